package rows

import "fmt"

// Problem is what is wrong with one row: which line, which field, and what to
// do about it, in both languages.
type Problem struct {
	Line    int
	Field   string // name of the field in the file; "" is the whole line
	Zh, En  string
	Warning bool // the row was taken nevertheless
}

// Bad is a problem for which a row is not taken; args fill both texts.
func Bad(field, zh, en string, args ...any) Problem {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	return Problem{Field: field, Zh: zh, En: en}
}

// Warn is a problem in spite of which a row is taken.
func Warn(field, zh, en string, args ...any) Problem {
	p := Bad(field, zh, en, args...)
	p.Warning = true
	return p
}

// String is the problem in Chinese, with its field.
func (p Problem) String() string {
	if p.Field == "" {
		return p.Zh
	}
	return p.Field + "：" + p.Zh
}

// English is the problem in English, with its field.
func (p Problem) English() string {
	if p.Field == "" {
		return p.En
	}
	return p.Field + ": " + p.En
}
