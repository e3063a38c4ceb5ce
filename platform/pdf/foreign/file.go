package foreign

import (
	"bytes"
	"errors"

	"tongban/platform/pdf/syntax"
)

// Why a file is left alone.
var (
	ErrBroken  = errors.New("foreign: the PDF contradicts itself or uses what is not read")
	ErrLocked  = errors.New("foreign: the PDF is encrypted")
	ErrTooMuch = errors.New("foreign: the PDF is beyond what is read")
)

// Bounds on what one file may make us do.
const (
	maxObjects   = 1 << 20   // highest object number
	maxRevisions = 200       // cross-reference sections
	maxPages     = 2_000     // pages of a file
	maxListed    = 1 << 21   // entries of all tables together
	maxUnpacked  = 32 << 20  // bytes of all streams, unpacked
	maxObject    = 512 << 10 // bytes of one object, without its stream
	maxRead      = 4 << 20   // bytes of all objects together, as often as they are read; in memory they are some 70 times larger
	maxDepth     = 40        // of the tree of pages
)

// File is a PDF whose cross-references have been read.
type File struct {
	data    []byte
	trailer syntax.Value // of the newest revision
	start   int          // where the newest cross-references begin
	streams bool         // the newest cross-references are a stream
	entries []entry      // by object number
	packed  map[int64]*pack
	left    int // bytes that may still be unpacked
	unread  int // bytes of objects that may still be read
	listed  int // entries of tables
}

// entry says where an object stands.
type entry struct {
	how uint8 // unknown, free, plain, inStream
	gen uint16
	at  int // plain: offset; inStream: number of the stream
	nth int // inStream: place in it
}

const (
	unknown = iota
	free
	plain
	inStream
)

// Open reads the cross-references of a file, newest first.
func Open(data []byte) (*File, error) {
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, ErrBroken
	}
	const tail = 2048
	from := max(0, len(data)-tail)
	mark := bytes.LastIndex(data[from:], []byte("startxref"))
	if mark < 0 {
		return nil, ErrBroken
	}
	f := &File{data: data, packed: map[int64]*pack{}, left: maxUnpacked, unread: maxRead}
	t := text{data, from + mark + len("startxref")}
	next, ok := t.number()
	if !ok {
		return nil, ErrBroken
	}
	for n := 0; next >= 0; n++ {
		if n == maxRevisions { // also of revisions that lead in a circle
			return nil, ErrTooMuch
		}
		trailer, stream, err := f.section(int(next))
		if err != nil {
			return nil, err
		}
		if trailer.Get("Encrypt").Kind != syntax.Null {
			return nil, ErrLocked
		}
		if n == 0 {
			f.trailer, f.start, f.streams = trailer, int(next), stream
		}
		next = integer(&trailer, "Prev", -1)
	}
	return f, nil
}

// integer is a whole number of a dictionary, or what counts where there is none.
func integer(v *syntax.Value, name string, otherwise int64) int64 {
	if x := v.Get(name); x.Kind == syntax.Int {
		return x.Int
	}
	return otherwise
}

// section reads a table or a stream of cross-references and gives its trailer.
func (f *File) section(at int) (trailer syntax.Value, stream bool, err error) {
	t := text{f.data, at}
	if !t.word("xref") {
		trailer, err = f.crossStream(at)
		return trailer, true, err
	}
	if trailer, err = f.table(&t); err != nil {
		return trailer, false, err
	}
	if hidden := integer(&trailer, "XRefStm", -1); hidden >= 0 { // entries for readers that know streams
		_, err = f.crossStream(int(hidden))
	}
	return trailer, false, err
}

// table reads the entries of a table; those of newer ones stand already.
func (f *File) table(t *text) (syntax.Value, error) {
	for !t.word("trailer") {
		first, ok1 := t.number()
		count, ok2 := t.number()
		if !ok1 || !ok2 {
			return syntax.Value{}, ErrBroken
		}
		if f.listed += int(count); first+count > maxObjects || f.listed > maxListed {
			return syntax.Value{}, ErrTooMuch
		}
		for n := first; n < first+count; n++ {
			at, ok1 := t.number()
			gen, ok2 := t.number()
			used := t.word("n")
			if !ok1 || !ok2 || !used && !t.word("f") {
				return syntax.Value{}, ErrBroken
			}
			e := entry{how: free}
			if used && at > 0 {
				e = entry{how: plain, gen: uint16(min(gen, 65535)), at: int(at)}
			}
			f.note(n, e)
		}
	}
	v, err := f.read(f.data, t.at)
	if err == nil && v.Kind != syntax.Dict {
		err = ErrBroken
	}
	return v, err
}

// note keeps an entry unless a newer revision has one.
func (f *File) note(n int64, e entry) {
	if need := int(n) + 1; need > len(f.entries) {
		f.entries = append(f.entries, make([]entry, need-len(f.entries))...)
	}
	if f.entries[n].how == unknown {
		f.entries[n] = e
	}
}

// crossStream reads a stream of cross-references.
func (f *File) crossStream(at int) (syntax.Value, error) {
	_, v, err := f.objectAt(at)
	if err != nil {
		return v, err
	}
	if v.Kind != syntax.Stream || v.Get("Type").Text != "XRef" {
		return v, ErrBroken
	}
	widths, wide := [3]int{}, 0
	given := v.Get("W").Items
	for i := range given {
		w := given[i].Int
		if i > 2 || w < 0 || w > 8 {
			return v, ErrBroken
		}
		widths[i], wide = int(w), wide+int(w)
	}
	if wide == 0 {
		return v, ErrBroken
	}
	rows, err := f.unpack(v)
	if err != nil {
		return v, err
	}
	index := []int64{0, integer(&v, "Size", 0)}
	if given = v.Get("Index").Items; given != nil {
		index = index[:0]
		for i := range given {
			index = append(index, given[i].Int)
		}
	}
	for ; len(index) >= 2; index = index[2:] {
		first, count := index[0], index[1]
		if first < 0 || count < 0 || first > maxObjects || count > maxObjects-first {
			return v, ErrTooMuch
		}
		if int64(len(rows)) < count*int64(wide) {
			return v, ErrBroken
		}
		for n := first; n < first+count; n, rows = n+1, rows[wide:] {
			f.note(n, row(rows, widths))
		}
	}
	return v, nil
}

// row reads one entry of a stream of cross-references.
func row(b []byte, widths [3]int) entry {
	var x [3]uint64
	for i, w := range widths {
		for range w {
			x[i], b = x[i]<<8|uint64(b[0]), b[1:]
		}
	}
	if widths[0] == 0 {
		x[0] = 1
	}
	const most = 1 << 40 // beyond any file: an offset or place that is refused later
	switch at, second := int(min(x[1], most)), min(x[2], most); {
	case x[0] == 1 && at > 0:
		return entry{how: plain, gen: uint16(min(second, 65535)), at: at}
	case x[0] == 2:
		return entry{how: inStream, at: at, nth: int(second)}
	}
	return entry{how: free}
}

// text is a place in a file that is read word by word.
type text struct {
	b  []byte
	at int
}

func (t *text) skip() {
	for t.at < len(t.b) {
		switch t.b[t.at] {
		case ' ', '\n', '\r', '\t', '\f', 0:
			t.at++
		case '%':
			for t.at < len(t.b) && t.b[t.at] != '\n' && t.b[t.at] != '\r' {
				t.at++
			}
		default:
			return
		}
	}
}

// word passes over w when it comes next.
func (t *text) word(w string) bool {
	t.skip()
	if t.at > len(t.b) || !bytes.HasPrefix(t.b[t.at:], []byte(w)) {
		return false
	}
	t.at += len(w)
	return true
}

// number passes over a whole number of at most 12 digits.
func (t *text) number() (n int64, ok bool) {
	t.skip()
	from := t.at
	for ; t.at < len(t.b) && t.b[t.at] >= '0' && t.b[t.at] <= '9' && t.at-from < 12; t.at++ {
		n = n*10 + int64(t.b[t.at]-'0')
	}
	return n, t.at > from
}
