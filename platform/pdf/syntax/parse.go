package syntax

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

// maxDepth bounds how deep arrays and dictionaries may nest.
const maxDepth = 48

// maxFields bounds a dictionary; looking a name up takes as many steps.
const maxFields = 2000

// scanner reads values from a file.
type scanner struct {
	b  []byte
	at int
}

// Parse reads the value that begins at b[at:], after white space.
func Parse(b []byte, at int) (Value, error) {
	if at < 0 || at > len(b) {
		return Value{}, broken(at, "offset outside the file")
	}
	s := &scanner{b: b, at: at}
	return s.value(0)
}

func (s *scanner) skip() {
	for s.at < len(s.b) {
		switch c := s.b[s.at]; {
		case space(c):
			s.at++
		case c == '%':
			for s.at < len(s.b) && s.b[s.at] != '\n' && s.b[s.at] != '\r' {
				s.at++
			}
		default:
			return
		}
	}
}

func (s *scanner) value(depth int) (Value, error) {
	s.skip()
	if depth > maxDepth {
		return Value{}, broken(s.at, "nested too deep")
	}
	if s.at >= len(s.b) {
		return Value{}, broken(s.at, "end of file")
	}
	from := s.at
	var v Value
	var err error
	switch c := s.b[s.at]; {
	case c == '/':
		v, err = s.name()
	case c == '(':
		v, err = s.literal()
	case c == '[':
		v, err = s.array(depth)
	case c == '<' && s.at+1 < len(s.b) && s.b[s.at+1] == '<':
		v, err = s.dict(depth)
	case c == '<':
		v, err = s.hex()
	case c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9':
		v, err = s.number()
	default:
		v, err = s.keyword()
	}
	v.From, v.To = from, s.at
	return v, err
}

func (s *scanner) token() []byte {
	from := s.at
	for s.at < len(s.b) && !breaks[s.b[s.at]] {
		s.at++
	}
	return s.b[from:s.at]
}

// breaks marks the bytes that end a word.
var breaks = func() (t [256]bool) {
	for i := range t {
		t[i] = space(byte(i)) || delimiter(byte(i))
	}
	return t
}()

// whole reads the digits of a whole number; ok is false for anything else and
// for numbers beyond 15 digits.
func whole(word []byte) (n int64, ok bool) {
	if len(word) == 0 || len(word) > 15 {
		return 0, false
	}
	for _, c := range word {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func (s *scanner) keyword() (Value, error) {
	at := s.at
	switch string(s.token()) {
	case "true":
		return Value{Kind: Bool, Truth: true}, nil
	case "false":
		return Value{Kind: Bool}, nil
	case "null":
		return Value{}, nil
	}
	return Value{}, broken(at, "unexpected word")
}

// number reads a number, or a reference "12 0 R".
func (s *scanner) number() (Value, error) {
	at := s.at
	word := s.token()
	if n, ok := whole(word); ok {
		back := s.at
		if gen, ok := s.reference(); ok {
			return Value{Kind: Ref, Int: n, Gen: gen}, nil
		}
		s.at = back
		return Value{Kind: Int, Int: n, Real: float64(n)}, nil
	}
	if len(word) > 1 && (word[0] == '-' || word[0] == '+') {
		if n, ok := whole(word[1:]); ok {
			if word[0] == '-' {
				n = -n
			}
			return Value{Kind: Int, Int: n, Real: float64(n)}, nil
		}
	}
	x, err := strconv.ParseFloat(string(word), 64)
	if err != nil || len(word) > 40 || bytes.ContainsAny(word, "eExXpP_nN") {
		return Value{}, broken(at, "not a number")
	}
	if x == 0 {
		x = 0 // no "-0"
	}
	return Value{Kind: Real, Real: x}, nil
}

// reference reads the rest "0 R" of a reference.
func (s *scanner) reference() (gen int32, ok bool) {
	s.skip()
	n, ok := whole(s.token())
	if !ok || n > 65535 {
		return 0, false
	}
	s.skip()
	return int32(n), string(s.token()) == "R"
}

func (s *scanner) name() (Value, error) {
	at := s.at
	s.at++
	raw := s.token()
	if bytes.IndexByte(raw, '#') < 0 {
		return Value{Kind: Name, Text: string(raw)}, nil
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] != '#' {
			out = append(out, raw[i])
			continue
		}
		if i+2 >= len(raw) {
			return Value{}, broken(at, "name")
		}
		c, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8)
		if err != nil {
			return Value{}, broken(at, "name")
		}
		out = append(out, byte(c))
		i += 2
	}
	return Value{Kind: Name, Text: string(out)}, nil
}

func (s *scanner) hex() (Value, error) {
	at := s.at
	end := bytes.IndexByte(s.b[s.at:], '>')
	if end < 0 {
		return Value{}, broken(at, "hexadecimal string without end")
	}
	raw := s.b[s.at+1 : s.at+end]
	s.at += end + 1
	fast := make([]byte, len(raw)/2)
	if len(raw)%2 == 0 {
		if _, err := hex.Decode(fast, raw); err == nil {
			return Value{Kind: String, Text: string(fast), Hex: true}, nil
		}
	}
	out := fast[:0]
	half, have := byte(0), false
	for _, c := range raw {
		d := digit[c]
		if d == notDigit {
			if space(c) {
				continue
			}
			return Value{}, broken(at, "hexadecimal string")
		}
		if have {
			out = append(out, half<<4|d)
		}
		half, have = d, !have
	}
	if have {
		out = append(out, half<<4)
	}
	return Value{Kind: String, Text: string(out), Hex: true}, nil
}

// digit gives the value of every hexadecimal digit.
var digit = func() (t [256]byte) {
	for i := range t {
		t[i] = notDigit
	}
	for i := range byte(16) {
		t["0123456789abcdef"[i]], t["0123456789ABCDEF"[i]] = i, i
	}
	return t
}()

const notDigit = 0xFF

// literal reads a string in parentheses with its escapes.
func (s *scanner) literal() (Value, error) {
	at := s.at
	s.at++
	var out []byte
	for depth := 1; s.at < len(s.b); s.at++ {
		c := s.b[s.at]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.at++
				return Value{Kind: String, Text: string(out)}, nil
			}
		case '\\':
			out = s.escape(out)
			continue
		}
		out = append(out, c)
	}
	return Value{}, broken(at, "string without end")
}

// escape reads what follows a backslash and leaves s.at on its last byte.
func (s *scanner) escape(out []byte) []byte {
	s.at++
	if s.at >= len(s.b) {
		return out
	}
	switch c := s.b[s.at]; c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if s.at+1 < len(s.b) && s.b[s.at+1] == '\n' {
			s.at++
		}
		return out
	default:
		if c < '0' || c > '7' {
			return append(out, c)
		}
		n := 0
		for i := 0; i < 3 && s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '7'; i++ {
			n = n*8 + int(s.b[s.at]-'0')
			s.at++
		}
		s.at--
		return append(out, byte(n))
	}
}

func (s *scanner) array(depth int) (Value, error) {
	at := s.at
	s.at++
	v := Value{Kind: Array, Items: make([]Value, 0, 4)}
	for {
		s.skip()
		if s.at >= len(s.b) {
			return Value{}, broken(at, "array without end")
		}
		if s.b[s.at] == ']' {
			s.at++
			return v, nil
		}
		e, err := s.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		v.Items = append(v.Items, e)
	}
}

func (s *scanner) dict(depth int) (Value, error) {
	at := s.at
	s.at += 2
	v := Value{Kind: Dict, Fields: make([]Field, 0, 6)}
	for {
		s.skip()
		if s.at+1 >= len(s.b) {
			return Value{}, broken(at, "dictionary without end")
		}
		if s.b[s.at] == '>' && s.b[s.at+1] == '>' {
			s.at += 2
			return v, nil
		}
		if s.b[s.at] != '/' {
			return Value{}, broken(s.at, "dictionary key")
		}
		k, err := s.name()
		if err != nil {
			return Value{}, err
		}
		e, err := s.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		if v.find(k.Text) >= 0 {
			return Value{}, broken(e.From, "dictionary names a key twice")
		}
		if len(v.Fields) == maxFields {
			return Value{}, broken(e.From, "dictionary too large")
		}
		v.Fields = append(v.Fields, Field{k.Text, e})
	}
}
