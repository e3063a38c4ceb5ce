package rows

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine is how long a line may be, in bytes.
const maxLine = 1 << 20

// Lines reads lines of any length and never more than maxLine of one.
type Lines struct {
	r    *bufio.Reader
	line int
	back []Line // lines that were looked at and given back, in order
}

// Line is one line of a file, without its end. Text is cut when the line is Long.
type Line struct {
	Number int
	Text   []byte
	Long   bool
}

// NewLines reads lines from r.
func NewLines(r io.Reader) *Lines { return &Lines{r: bufio.NewReaderSize(r, 64<<10)} }

// First is the first byte that is not blank; a byte-order mark is dropped.
func (b *Lines) First() (byte, error) {
	if mark, _ := b.r.Peek(3); string(mark) == "\xef\xbb\xbf" {
		b.r.Discard(3)
	}
	for n := 1; n <= b.r.Size(); n++ {
		p, err := b.r.Peek(n)
		if len(p) < n {
			return 0, err
		}
		if c := p[n-1]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, nil
		}
	}
	return 0, io.EOF
}

// Next returns the next line without its end.
func (b *Lines) Next() (Line, error) {
	if len(b.back) > 0 {
		l := b.back[0]
		b.back = b.back[1:]
		return l, nil
	}
	l := Line{Number: b.line + 1}
	for {
		part, err := b.r.ReadSlice('\n')
		if len(l.Text)+len(part) > maxLine {
			l.Long = true
		} else {
			l.Text = append(l.Text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (err != io.EOF || len(part) == 0 && len(l.Text) == 0 && !l.Long) {
			return l, err
		}
		b.line++
		l.Text = bytes.TrimRight(l.Text, "\r\n")
		return l, nil
	}
}
