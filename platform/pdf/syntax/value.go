package syntax

import (
	"errors"
	"fmt"
	"strconv"
)

// ErrSyntax says that the bytes are not a PDF, or a broken one.
var ErrSyntax = errors.New("not a readable PDF")

// ErrUnsupported says that the PDF uses a construction this package does not
// read: cross-reference streams or encryption.
var ErrUnsupported = errors.New("unsupported PDF construction")

func broken(at int, what string) error { return fmt.Errorf("%w: %s at byte %d", ErrSyntax, what, at) }

// Kind is the type of a value.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Int
	Real
	Name
	String
	Array
	Dict
	Ref
	Stream
)

// Value is a value of any kind. Only the fields of its kind are set.
type Value struct {
	Kind     Kind
	Truth    bool  // Bool
	Hex      bool  // String: written as <…>
	Gen      int32 // generation of a Ref
	From, To int   // where it stands in the file: data[From:To]

	Int    int64   // Int; the object number of a Ref
	Real   float64 // Real, Int
	Text   string  // Name without the slash; String decoded to bytes
	Items  []Value // Array
	Fields []Field // Dict, Stream, in the order of the file
	Raw    []byte  // Stream: the bytes as stored
}

// Field is an entry of a dictionary.
type Field struct {
	Name  string
	Value Value
}

// Get gives a field of a dictionary or stream; Null when it is not there.
func (v *Value) Get(name string) Value {
	if i := v.find(name); i >= 0 {
		return v.Fields[i].Value
	}
	return Value{}
}

func (v *Value) find(name string) int {
	for i := range v.Fields {
		if v.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// Set changes or adds a field of a dictionary that the caller owns.
func (v *Value) Set(name string, to Value) {
	if i := v.find(name); i >= 0 {
		v.Fields[i].Value = to
		return
	}
	v.Fields = append(v.Fields, Field{name, to})
}

// Clone copies a dictionary or array one level deep, so that Set does not
// change the original.
func (v Value) Clone() Value {
	v.Fields = append([]Field(nil), v.Fields...)
	v.Items = append([]Value(nil), v.Items...)
	return v
}

// NewInt makes a whole number.
func NewInt(n int) Value { return Value{Kind: Int, Int: int64(n), Real: float64(n)} }

// NewReal makes a number with a fraction.
func NewReal(x float64) Value { return Value{Kind: Real, Real: x} }

// NewName makes a name.
func NewName(s string) Value { return Value{Kind: Name, Text: s} }

// NewRef makes a reference to object n.
func NewRef(n int) Value { return Value{Kind: Ref, Int: int64(n)} }

// NewBytes makes a string, written in hexadecimal.
func NewBytes(b string) Value { return Value{Kind: String, Text: b, Hex: true} }

// NewArray makes an array.
func NewArray(items ...Value) Value { return Value{Kind: Array, Items: items} }

// Append writes a value as PDF. Streams are written without their data.
func Append(b []byte, v Value) []byte {
	switch v.Kind {
	case Bool:
		return strconv.AppendBool(b, v.Truth)
	case Int:
		return strconv.AppendInt(b, v.Int, 10)
	case Real:
		return strconv.AppendFloat(b, v.Real, 'f', -1, 64)
	case Name:
		return appendName(b, v.Text)
	case String:
		return fmt.Appendf(b, "<%x>", v.Text)
	case Array:
		b = append(b, '[')
		for i, e := range v.Items {
			if i > 0 {
				b = append(b, ' ')
			}
			b = Append(b, e)
		}
		return append(b, ']')
	case Dict, Stream:
		b = append(b, '<', '<')
		for i, f := range v.Fields {
			if i > 0 {
				b = append(b, ' ')
			}
			b = Append(append(appendName(b, f.Name), ' '), f.Value)
		}
		return append(b, '>', '>')
	case Ref:
		return fmt.Appendf(b, "%d %d R", v.Int, v.Gen)
	}
	return append(b, "null"...)
}

func appendName(b []byte, s string) []byte {
	b = append(b, '/')
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7F && c != '#' && !delimiter(c) {
			b = append(b, c)
		} else {
			b = fmt.Appendf(b, "#%02x", c)
		}
	}
	return b
}

func delimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func space(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}
