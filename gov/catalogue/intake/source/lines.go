package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// window is how much of a file is looked at to find its encoding.
const window = 256 << 10

// lines reads lines of any length, never keeps more than MaxRow of one, and
// turns them into UTF-8.
type lines struct {
	r       *bufio.Reader
	n       int
	back    []line // lines that were looked at and given back, in order
	decoder *encoding.Decoder
	decided bool // the encoding is known
}

type line struct {
	n    int
	text []byte // without its end, UTF-8 unless bad
	long bool
	bad  bool // not in the encoding of the file
}

// newLines finds out the encoding from the first bytes.
func newLines(r io.Reader) *lines {
	l := &lines{r: bufio.NewReaderSize(r, window)}
	head, _ := l.r.Peek(window)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		l.r.Discard(3)
		l.decided = true
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		wide := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		l.r = bufio.NewReaderSize(transform.NewReader(l.r, wide), window)
		l.decided = true
	default:
		l.decide(whole(head))
	}
	return l
}

// whole cuts off a line that the window cut in two.
func whole(head []byte) []byte {
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 && len(head) == window {
		return head[:i]
	}
	return head
}

// decide learns the encoding from a text that is not plain ASCII.
func (l *lines) decide(text []byte) {
	if l.decided || ascii(text) {
		return
	}
	l.decided = true
	if utf8.Valid(text) {
		return
	}
	gb := simplifiedchinese.GB18030.NewDecoder()
	if out, err := gb.Bytes(text); err == nil && !bytes.ContainsRune(out, utf8.RuneError) {
		l.decoder = gb
	}
}

// encodingName names the encoding for a person.
func (l *lines) encodingName() string {
	if l.decoder != nil {
		return "GB18030"
	}
	return "UTF-8"
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// first is the first byte that is not blank.
func (l *lines) first() (byte, error) {
	for n := 1; n <= l.r.Size(); n++ {
		p, err := l.r.Peek(n)
		if len(p) < n {
			return 0, err
		}
		if c := p[n-1]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, nil
		}
	}
	return 0, io.EOF
}

func (l *lines) next() (line, error) {
	if len(l.back) > 0 {
		out := l.back[0]
		l.back = l.back[1:]
		return out, nil
	}
	out := line{n: l.n + 1}
	for {
		part, err := l.r.ReadSlice('\n')
		if len(out.text)+len(part) > MaxRow {
			out.long = true
		} else {
			out.text = append(out.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (err != io.EOF || len(part) == 0 && len(out.text) == 0 && !out.long) {
			return out, err
		}
		break
	}
	l.n++
	out.text = bytes.TrimRight(out.text, "\r\n")
	return l.decode(out), nil
}

func (l *lines) decode(in line) line {
	if in.long || ascii(in.text) {
		return in
	}
	l.decide(in.text)
	if l.decoder != nil {
		text, err := l.decoder.Bytes(in.text)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			in.bad = true
			return in
		}
		in.text = text
		return in
	}
	in.bad = !utf8.Valid(in.text)
	return in
}

func (l *lines) giveBack(list []line) { l.back = append(list, l.back...) }
