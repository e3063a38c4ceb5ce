package onething

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// lines finds the line of every value of a JSON file by its path, such as
// parts[1].form[0].field.
func lines(raw []byte) map[string]int {
	out := map[string]int{}
	d := json.NewDecoder(bytes.NewReader(raw))
	at := func() int { // of the value that comes next
		n := int(d.InputOffset())
		for n < len(raw) && strings.IndexByte(" \t\r\n,:", raw[n]) >= 0 {
			n++
		}
		return 1 + bytes.Count(raw[:n], []byte("\n"))
	}
	var value func(path string)
	value = func(path string) {
		out[path] = at()
		t, err := d.Token()
		if err != nil {
			return
		}
		switch t {
		case json.Delim('{'):
			for d.More() {
				k, err := d.Token()
				if err != nil {
					return
				}
				name := fmt.Sprint(k)
				if path != "" {
					name = path + "." + name
				}
				value(name)
			}
		case json.Delim('['):
			for i := 0; d.More(); i++ {
				value(path + "[" + strconv.Itoa(i) + "]")
			}
		default:
			return
		}
		_, _ = d.Token() // its end
	}
	value("")
	return out
}

// line is the line of a path, or of the nearest value around it: what is
// missing has no line of its own.
func line(of map[string]int, path string) int {
	for {
		if n, ok := of[path]; ok {
			return n
		}
		cut := max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['))
		if cut < 0 {
			return 1
		}
		path = path[:cut]
	}
}
