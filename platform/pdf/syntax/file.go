package syntax

import (
	"bytes"
	"fmt"
)

// File is a PDF whose cross-reference tables have been read.
type File struct {
	Data    []byte
	Trailer Value     // of the newest revision
	Start   int       // where the newest cross-reference table begins
	Size    int       // one more than the highest object number
	tables  []section // newest first
}

// section is a run of entries of a cross-reference table, for the objects
// first to first+count-1. Entries are read when they are asked for.
type section struct {
	first, count int64
	at           int
}

// entrySize is the fixed length of an entry, line end included.
const entrySize = 20

// maxSections bounds how long looking an object up can take.
const maxSections = 5000

// maxRevisions bounds how many updates a file may have had.
const maxRevisions = 200

// Open reads the cross-reference tables of a file, newest first.
func Open(data []byte) (*File, error) {
	if len(data) < 32 || !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, broken(0, "no PDF header")
	}
	tail := max(0, len(data)-1024)
	mark := bytes.LastIndex(data[tail:], []byte("startxref"))
	if mark < 0 {
		return nil, broken(len(data), "no startxref")
	}
	v, err := Parse(data, tail+mark+len("startxref"))
	if err != nil {
		return nil, err
	}
	f := &File{Data: data}
	next := v
	for n := 0; ; n++ {
		if next.Kind != Int || next.Int < 0 || next.Int >= int64(len(data)) {
			return nil, broken(next.From, "cross-reference offset")
		}
		if n == maxRevisions {
			return nil, broken(next.From, "too many revisions")
		}
		if n > 0 && int(next.Int) >= f.Start {
			return nil, broken(next.From, "an earlier revision must stand before a later one")
		}
		trailer, err := f.table(int(next.Int))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			f.Trailer, f.Start = trailer, int(next.Int)
		}
		next = trailer.Get("Prev")
		if next.Kind == Null {
			return f, f.check()
		}
	}
}

func (f *File) check() error {
	if f.Trailer.Get("Encrypt").Kind != Null {
		return fmt.Errorf("%w: encrypted", ErrUnsupported)
	}
	size := f.Trailer.Get("Size")
	if size.Kind != Int || size.Int < 1 || size.Int > 1<<24 {
		return broken(f.Start, "trailer size")
	}
	f.Size = int(size.Int)
	for _, t := range f.tables {
		f.Size = max(f.Size, int(t.first+t.count))
	}
	return nil
}

// table reads one cross-reference table and the trailer behind it. Entries of
// newer tables win.
func (f *File) table(at int) (Value, error) {
	s := &scanner{b: f.Data, at: at}
	s.skip()
	if s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		return Value{}, fmt.Errorf("%w: cross-reference stream", ErrUnsupported)
	}
	if string(s.token()) != "xref" {
		return Value{}, broken(at, "no cross-reference table")
	}
	for {
		s.skip()
		if s.at >= len(s.b) {
			return Value{}, broken(s.at, "cross-reference table without trailer")
		}
		if s.b[s.at] == 't' {
			break
		}
		first, ok1 := whole(s.token())
		s.skip()
		count, ok2 := whole(s.token())
		if !ok1 || !ok2 || first+count > 1<<24 {
			return Value{}, broken(s.at, "cross-reference section")
		}
		s.skip()
		if int64(len(s.b)-s.at) < count*entrySize || len(f.tables) == maxSections {
			return Value{}, broken(s.at, "cross-reference section")
		}
		f.tables = append(f.tables, section{first, count, s.at})
		s.at += int(count) * entrySize
	}
	if string(s.token()) != "trailer" {
		return Value{}, broken(s.at, "trailer")
	}
	trailer, err := s.value(0)
	if err != nil {
		return Value{}, err
	}
	if trailer.Kind != Dict {
		return Value{}, broken(s.at, "trailer")
	}
	if trailer.Get("XRefStm").Kind != Null {
		return Value{}, fmt.Errorf("%w: cross-reference stream", ErrUnsupported)
	}
	return trailer, nil
}

// offset looks up where object n begins; 0 when there is none.
func (f *File) offset(n int64) (int, error) {
	for _, t := range f.tables {
		if n < t.first || n >= t.first+t.count {
			continue
		}
		at := t.at + int(n-t.first)*entrySize
		line := f.Data[at : at+entrySize] // "0000000017 00000 n" and two bytes of line end
		off, ok := whole(line[:10])
		if _, gen := whole(line[11:16]); !ok || !gen || line[10] != ' ' || line[16] != ' ' ||
			!space(line[18]) || !space(line[19]) || line[17] != 'n' && line[17] != 'f' {
			return 0, broken(at, "cross-reference entry")
		}
		if line[17] == 'f' {
			return 0, nil
		}
		if off == 0 || off >= int64(len(f.Data)) {
			return 0, broken(at, "object outside the file")
		}
		return int(off), nil
	}
	return 0, nil
}

// Object reads object number n. The From and To of the result are those of
// the value, without "obj" and "endobj".
func (f *File) Object(n int64) (Value, error) {
	at, err := f.offset(n)
	if err != nil || at == 0 {
		return Value{}, err // what is not there counts as null
	}
	s := &scanner{b: f.Data, at: at}
	s.skip()
	if number, ok := whole(s.token()); !ok || number != n {
		return Value{}, broken(at, "object number")
	}
	s.skip()
	if _, ok := whole(s.token()); !ok {
		return Value{}, broken(at, "object generation")
	}
	s.skip()
	if string(s.token()) != "obj" {
		return Value{}, broken(at, "object")
	}
	v, err := s.value(0)
	if err != nil {
		return Value{}, err
	}
	s.skip()
	if v.Kind != Dict || !bytes.HasPrefix(s.b[s.at:], []byte("stream")) {
		return v, nil
	}
	return f.stream(s, v)
}

func (f *File) stream(s *scanner, v Value) (Value, error) {
	s.at += len("stream")
	if s.at < len(s.b) && s.b[s.at] == '\r' {
		s.at++
	}
	if s.at < len(s.b) && s.b[s.at] == '\n' {
		s.at++
	}
	length := v.Get("Length")
	if length.Kind == Ref {
		var err error
		if length, err = f.plainObject(length.Int); err != nil {
			return Value{}, err
		}
	}
	if length.Kind != Int || length.Int < 0 || length.Int > int64(len(s.b)-s.at) {
		return Value{}, broken(s.at, "stream length")
	}
	v.Kind = Stream
	v.Raw = s.b[s.at : s.at+int(length.Int)]
	return v, nil
}

// plainObject reads an object that is not a stream.
func (f *File) plainObject(n int64) (Value, error) {
	at, err := f.offset(n)
	if err != nil || at == 0 {
		return Value{}, err
	}
	s := &scanner{b: f.Data, at: at}
	for range 3 {
		s.skip()
		s.token()
	}
	return s.value(0)
}

// Resolve follows a reference; other values are returned as they are.
func (f *File) Resolve(v Value) (Value, error) {
	if v.Kind != Ref {
		return v, nil
	}
	v, err := f.Object(v.Int)
	if err == nil && v.Kind == Ref {
		return Value{}, broken(v.From, "reference to a reference")
	}
	return v, err
}

// Dict follows a reference to a dictionary.
func (f *File) Dict(v Value) (Value, error) {
	d, err := f.Resolve(v)
	if err == nil && d.Kind != Dict {
		err = broken(v.From, "not a dictionary")
	}
	return d, err
}
