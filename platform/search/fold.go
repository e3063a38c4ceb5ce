package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Fold makes writings equal that mean the same word: full-width forms become
// narrow, capitals small, and traditional characters become
// simplified. It never changes the number of characters.
func Fold(s string) string {
	plain := true
	for _, r := range s {
		if r >= 0x80 || ('A' <= r && r <= 'Z') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		b.WriteRune(foldRune(r))
	}
	return b.String()
}

// Simplified is the simplified form of a traditional character; other characters
// stay as they are.
func Simplified(r rune) rune {
	if isHan(r) {
		return foldRune(r)
	}
	return r
}

func foldRune(r rune) rune {
	if 0x4e00 <= r && r <= 0x9fff {
		if t := common()[r-0x4e00]; t != 0 {
			return rune(t)
		}
		return r
	}
	if isHan(r) {
		if t, ok := simplified()[r]; ok {
			return t
		}
		return r
	}
	if r > 0xff00 && r < 0xffef || r == 0x3000 {
		if n := width.LookupRune(r).Narrow(); n != 0 {
			r = n
		}
	}
	return unicode.ToLower(r)
}

func isHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r >= 0x20000 && r <= 0x323af || r == '〇'
}

// isWord tells whether r belongs to a Latin word or a number.
func isWord(r rune) bool { return !isHan(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
