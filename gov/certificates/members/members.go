package members

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Each calls each with the name and the bytes of every member of a JSON
// object without white space; false when it is none, or each fails.
func Each(s string, each func(name, value string) error) bool {
	s, ok := strings.CutPrefix(s, "{")
	for ok {
		name, rest, found := strings.Cut(s, `":`)
		n := length(rest)
		if !found || n == 0 || !strings.HasPrefix(name, `"`) || each(name[1:], rest[:n]) != nil {
			return false
		}
		if rest[n:] == "}" {
			return true
		}
		s, ok = strings.CutPrefix(rest[n:], ",")
	}
	return false
}

// length is how long the JSON value at the beginning of s is; 0 when it does not end.
func length(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			i += quoted(s[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 && (i+1 >= len(s) || s[i+1] == ',' || s[i+1] == '}') {
			return min(i+1, len(s))
		}
		if depth < 0 {
			return 0
		}
	}
	return 0
}

// quoted is how long the JSON string at the beginning of s is; more than s when
// it does not end.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		n := strings.IndexByte(s[i:], '"')
		if n < 0 {
			break
		}
		if i += n; s[i-1] != '\\' || escaped(s[:i]) {
			return i + 1
		}
	}
	return len(s) + 1
}

// escaped tells whether the backslashes at the end of s are characters themselves.
func escaped(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 0
}

// Text decodes a JSON string.
func Text(value string) (string, error) {
	if len(value) >= 2 && value[0] == '"' && strings.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], nil
	}
	return decoded(value)
}

func decoded(value string) (string, error) {
	text := new(string) // apart from Text, whose result would lie on the heap with it
	err := json.Unmarshal([]byte(value), text)
	return *text, err
}

// Member is one member of an object of texts.
type Member struct{ Name, Value string }

var errNotTexts = errors.New("members: not an object of texts")

// Ordered is a JSON object of texts whose members keep their order.
type Ordered []Member

// MarshalJSON implements json.Marshaler.
func (o Ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, s := range []string{m.Name, m.Value} {
			text, err := json.Marshal(s)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				b.WriteByte(':')
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *Ordered) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errNotTexts
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		value, err := d.Token()
		text, ok := value.(string)
		if err != nil || !ok {
			return errNotTexts
		}
		*o = append(*o, Member{name.(string), text})
	}
	return nil
}
