package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"tongban/platform/pdf/syntax"
)

// reading is what a reader of the file gets out of it, found by following the
// file's own maps from codes to characters.
type reading struct {
	pages []string    // text of every page, a line end after every string shown
	at    [][]textPos // where every string stands
	fonts []string
}

type textPos struct {
	text string
	x, y float64
	size float64
}

// readBack reads a file that Bytes made.
func readBack(t testing.TB, b []byte) reading {
	t.Helper()
	f, err := syntax.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	dict := func(v syntax.Value) syntax.Value {
		d, err := f.Resolve(v)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	catalog := dict(f.Trailer.Get("Root"))
	tree := dict(catalog.Get("Pages"))
	var out reading
	for _, ref := range tree.Get("Kids").Items {
		page := dict(ref)
		resources := dict(page.Get("Resources"))
		fonts := dict(resources.Get("Font"))
		maps := map[string]map[uint16]string{}
		for _, e := range fonts.Fields {
			font := dict(e.Value)
			name := font.Get("BaseFont").Text
			out.fonts = append(out.fonts, name)
			maps["/"+e.Name] = readToUnicode(t, inflate(t, dict(font.Get("ToUnicode"))))
		}
		text, at := readContent(t, inflate(t, dict(page.Get("Contents"))), maps)
		out.pages = append(out.pages, text)
		out.at = append(out.at, at)
	}
	return out
}

func inflate(t testing.TB, v syntax.Value) string {
	t.Helper()
	z, err := zlib.NewReader(bytes.NewReader(v.Raw))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readToUnicode(t testing.TB, cmap string) map[uint16]string {
	t.Helper()
	out := map[uint16]string{}
	for line := range strings.Lines(cmap) {
		var code, text string
		if n, _ := fmt.Sscanf(line, "<%4s> <%s", &code, &text); n != 2 || len(code) != 4 || !strings.HasSuffix(text, ">") {
			continue
		}
		if strings.Contains(line, "<0000> <FFFF>") {
			continue
		}
		c, err := strconv.ParseUint(code, 16, 16)
		if err != nil {
			t.Fatal(line, err)
		}
		var units []uint16
		for text = strings.TrimSuffix(text, ">"); len(text) >= 4; text = text[4:] {
			u, err := strconv.ParseUint(text[:4], 16, 16)
			if err != nil {
				t.Fatal(line, err)
			}
			units = append(units, uint16(u))
		}
		out[uint16(c)] = string(utf16.Decode(units))
	}
	return out
}

func readContent(t testing.TB, ops string, maps map[string]map[uint16]string) (string, []textPos) {
	t.Helper()
	var text strings.Builder
	var at []textPos
	var current map[uint16]string
	var size, x, y float64
	depth := 0
	for line := range strings.Lines(ops) {
		words := strings.Fields(line)
		last := words[len(words)-1]
		switch last {
		case "Tf":
			if current = maps[words[0]]; current == nil {
				t.Fatalf("font %s is not in the resources", words[0])
			}
			size, _ = strconv.ParseFloat(words[1], 64)
		case "Tm":
			x, _ = strconv.ParseFloat(words[4], 64)
			y, _ = strconv.ParseFloat(words[5], 64)
		case "Tj":
			codes := strings.Trim(words[0], "<>")
			start := text.Len()
			for ; len(codes) >= 4; codes = codes[4:] {
				c, err := strconv.ParseUint(codes[:4], 16, 16)
				if err != nil {
					t.Fatal(err)
				}
				s, ok := current[uint16(c)]
				if !ok {
					t.Fatalf("code %04x has no character", c)
				}
				text.WriteString(s)
			}
			at = append(at, textPos{text.String()[start:], x, y, size})
		case "ET":
			text.WriteByte('\n')
		case "BDC", "BMC":
			depth++
		case "EMC":
			if depth--; depth < 0 {
				t.Fatal("marked content ends before it begins")
			}
		}
	}
	if depth != 0 {
		t.Fatalf("%d marked contents do not end", depth)
	}
	return text.String(), at
}

// joined is the text without line ends, as a search sees it.
func (r reading) joined() string {
	return strings.ReplaceAll(strings.Join(r.pages, ""), "\n", "")
}
