package db

import (
	"strings"
	"unicode/utf8"

	"tongban/platform/fault"
)

// ErrBadText refuses text that only one of the engines would keep: bytes that
// are not UTF-8, or the character NUL.
var ErrBadText = fault.Invalid("db.bad_text")

// checkArgs keeps the two engines alike about text.
func checkArgs(args []any) error {
	for _, a := range args {
		if s, ok := a.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			return ErrBadText
		}
	}
	return nil
}
