package feel

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tongban/platform/dmn/feel/value"
)

// SyntaxError says what cannot be understood in an expression, and where.
type SyntaxError struct {
	Line   int // counted from 1 within the expression
	Column int // in characters, counted from 1
	Reason string
}

// Error gives place and reason in one line.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

type tokenKind uint8

const (
	tokEnd    tokenKind = iota
	tokName             // a word
	tokNumber           // 12.5
	tokString           // the text without quotes
	tokAt               // @"…"
	tokSymbol           // an operator or bracket
)

type token struct {
	kind     tokenKind
	text     string
	from, to int // bytes in the source
}

const maxSource = 256 << 10

// symbols in the order in which they are tried.
var symbols = []string{"**", "..", "<=", ">=", "!=", "->", "+", "-", "*", "/", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", "'", "’", "|"}

type lexer struct {
	src  string
	pos  int
	toks []token
}

// lex cuts an expression into tokens.
func lex(src string) ([]token, error) {
	l := &lexer{src: src}
	if len(src) > maxSource {
		return nil, l.errorAt(0, "the expression is longer than 256 KiB")
	}
	if !utf8.ValidString(src) {
		return nil, l.errorAt(0, "the expression is not UTF-8")
	}
	for {
		if err := l.space(); err != nil {
			return nil, err
		}
		if l.pos >= len(src) {
			l.toks = append(l.toks, token{tokEnd, "", len(src), len(src)})
			return l.toks, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

func (l *lexer) errorAt(pos int, format string, args ...any) *SyntaxError {
	return errorAt(l.src, pos, format, args...)
}

func errorAt(src string, pos int, format string, args ...any) *SyntaxError {
	before := src[:min(pos, len(src))]
	line := strings.Count(before, "\n") + 1
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return &SyntaxError{line, col, fmt.Sprintf(format, args...)}
}

// space passes over white space and comments.
func (l *lexer) space() error {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case strings.HasPrefix(rest, "//"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			l.pos += n
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest, "*/")
			if n < 0 {
				return l.errorAt(l.pos, "the comment is not closed with */")
			}
			l.pos += n + 2
		default:
			c, n := utf8.DecodeRuneInString(rest)
			if !value.IsSpace(c) {
				return nil
			}
			l.pos += n
		}
	}
	return nil
}

func (l *lexer) add(kind tokenKind, text string, from int) {
	l.toks = append(l.toks, token{kind, text, from, l.pos})
}

func (l *lexer) next() error {
	from := l.pos
	c, n := utf8.DecodeRuneInString(l.src[from:])
	switch {
	case value.NameStart(c):
		for l.pos < len(l.src) {
			c, n = utf8.DecodeRuneInString(l.src[l.pos:])
			if !value.NamePart(c) {
				break
			}
			l.pos += n
		}
		l.add(tokName, l.src[from:l.pos], from)
	case c >= '0' && c <= '9' || c == '.' && from+1 < len(l.src) && value.IsDigit(l.src[from+1]):
		l.number()
	case c == '"':
		s, err := l.str()
		if err != nil {
			return err
		}
		l.add(tokString, s, from)
	case c == '@' && strings.HasPrefix(l.src[from:], `@"`):
		l.pos++
		s, err := l.str()
		if err != nil {
			return err
		}
		l.add(tokAt, s, from)
	default:
		for _, s := range symbols {
			if strings.HasPrefix(l.src[from:], s) {
				l.pos += len(s)
				l.add(tokSymbol, s, from)
				return nil
			}
		}
		return l.errorAt(from, "the character %q has no meaning here", c)
	}
	return nil
}

func (l *lexer) number() {
	from, s := l.pos, l.src
	digits := func() {
		for l.pos < len(s) && value.IsDigit(s[l.pos]) {
			l.pos++
		}
	}
	digits()
	if l.pos+1 < len(s) && s[l.pos] == '.' && value.IsDigit(s[l.pos+1]) {
		l.pos++
		digits()
	}
	if l.pos < len(s) && (s[l.pos] == 'e' || s[l.pos] == 'E') {
		at := l.pos
		l.pos++
		if l.pos < len(s) && (s[l.pos] == '+' || s[l.pos] == '-') {
			l.pos++
		}
		if l.pos < len(s) && value.IsDigit(s[l.pos]) {
			digits()
		} else {
			l.pos = at
		}
	}
	l.add(tokNumber, s[from:l.pos], from)
}

// str reads a string with its escapes; l.pos is on the opening quote.
func (l *lexer) str() (string, error) {
	from := l.pos
	l.pos++
	var b strings.Builder
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch c {
		case '"':
			l.pos++
			return b.String(), nil
		case '\\':
			r, n := escape(l.src[l.pos:])
			if n == 0 {
				b.WriteByte(c) // a lone backslash stands for itself
				n = 1
			} else {
				b.WriteRune(r)
			}
			l.pos += n
		default:
			b.WriteByte(c)
			l.pos++
		}
	}
	return "", l.errorAt(from, "the text is not closed with a quotation mark")
}

// escape reads \n, \", \u4e2d, \U01F600 or a pair of surrogates; n is 0 when it
// is none.
func escape(s string) (r rune, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case 'n':
		return '\n', 2
	case 't':
		return '\t', 2
	case 'r':
		return '\r', 2
	case '"', '\\', '\'':
		return rune(s[1]), 2
	case 'u':
		hi, ok := hex(s, 2, 4)
		if !ok {
			return 0, 0
		}
		if hi >= 0xd800 && hi < 0xdc00 && strings.HasPrefix(s[6:], `\u`) {
			if lo, ok := hex(s, 8, 4); ok && lo >= 0xdc00 && lo < 0xe000 {
				return 0x10000 + (hi-0xd800)<<10 + (lo - 0xdc00), 12
			}
		}
		return hi, 6
	case 'U':
		c, ok := hex(s, 2, 6)
		if !ok || c > utf8.MaxRune {
			return 0, 0
		}
		return c, 8
	}
	return 0, 0
}

func hex(s string, at, n int) (r rune, ok bool) {
	if len(s) < at+n {
		return 0, false
	}
	for _, c := range []byte(s[at : at+n]) {
		switch {
		case value.IsDigit(c):
			r = r<<4 + rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 + rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 + rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
