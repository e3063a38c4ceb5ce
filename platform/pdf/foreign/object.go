package foreign

import (
	"bytes"
	"compress/zlib"
	"io"

	"tongban/platform/pdf/syntax"
)

// object reads an object by its number; what is not there is null.
func (f *File) object(n int64) (syntax.Value, error) {
	if n < 0 || n >= int64(len(f.entries)) {
		return syntax.Value{}, nil
	}
	switch e := f.entries[n]; e.how {
	case plain:
		got, v, err := f.objectAt(e.at)
		if err == nil && got != n {
			err = ErrBroken
		}
		return v, err
	case inStream:
		return f.packedObject(n, e)
	}
	return syntax.Value{}, nil
}

// read counts what was read of b against the bound.
func (f *File) read(b []byte, at int) (syntax.Value, error) {
	v, err := syntax.Parse(b[:min(len(b), at+maxObject)], at)
	if err != nil {
		return v, ErrBroken
	}
	if f.unread -= v.To - v.From; f.unread < 0 {
		return v, ErrTooMuch
	}
	return v, nil
}

// objectAt reads "12 0 obj" and what follows.
func (f *File) objectAt(at int) (int64, syntax.Value, error) {
	if at < 0 || at >= len(f.data) {
		return 0, syntax.Value{}, ErrBroken
	}
	t := text{f.data, at}
	n, ok1 := t.number()
	_, ok2 := t.number()
	if !ok1 || !ok2 || !t.word("obj") {
		return 0, syntax.Value{}, ErrBroken
	}
	v, err := f.read(f.data, t.at)
	if err != nil || v.Kind != syntax.Dict {
		return n, v, err
	}
	t.at = v.To
	if !t.word("stream") {
		return n, v, nil
	}
	if bytes.HasPrefix(f.data[t.at:], []byte("\r")) {
		t.at++
	}
	if bytes.HasPrefix(f.data[t.at:], []byte("\n")) {
		t.at++
	}
	length := v.Get("Length")
	if length.Kind == syntax.Ref {
		if length, err = f.length(length.Int); err != nil {
			return n, v, err
		}
	}
	if length.Kind != syntax.Int || length.Int < 0 || length.Int > int64(len(f.data)-t.at) {
		return n, v, ErrBroken
	}
	v.Kind, v.Raw = syntax.Stream, f.data[t.at:t.at+int(length.Int)]
	return n, v, nil
}

// length reads a number that stands by itself; asking for an object here could go
// in circles.
func (f *File) length(n int64) (syntax.Value, error) {
	if n < 0 || n >= int64(len(f.entries)) || f.entries[n].how != plain || f.entries[n].at >= len(f.data) {
		return syntax.Value{}, ErrBroken
	}
	t := text{f.data, f.entries[n].at}
	t.number()
	t.number()
	if !t.word("obj") {
		return syntax.Value{}, ErrBroken
	}
	return f.read(f.data, t.at)
}

// pack is a stream of objects, unpacked.
type pack struct {
	data []byte
	at   []int64 // where they begin, by their place
	n    []int64 // their numbers
}

func (f *File) packedObject(n int64, e entry) (syntax.Value, error) {
	p, err := f.pack(int64(e.at))
	if err != nil {
		return syntax.Value{}, err
	}
	if e.nth >= len(p.at) || p.n[e.nth] != n {
		return syntax.Value{}, ErrBroken
	}
	return f.read(p.data, int(p.at[e.nth]))
}

func (f *File) pack(n int64) (*pack, error) {
	if p := f.packed[n]; p != nil {
		return p, nil
	}
	if n >= int64(len(f.entries)) || f.entries[n].how != plain {
		return nil, ErrBroken
	}
	got, v, err := f.objectAt(f.entries[n].at)
	if err != nil {
		return nil, err
	}
	count, first := integer(&v, "N", -1), integer(&v, "First", -1)
	if got != n || v.Kind != syntax.Stream || count < 0 || count > maxObjects || first < 0 {
		return nil, ErrBroken
	}
	p := &pack{}
	if p.data, err = f.unpack(v); err != nil {
		return nil, err
	}
	t := text{p.data, 0}
	for range count {
		number, ok1 := t.number()
		at, ok2 := t.number()
		if !ok1 || !ok2 || first+at > int64(len(p.data)) {
			return nil, ErrBroken
		}
		p.n, p.at = append(p.n, number), append(p.at, first+at)
	}
	f.packed[n] = p
	return p, nil
}

// resolve follows a reference; other values are returned as they are.
func (f *File) resolve(v syntax.Value) (syntax.Value, error) {
	if v.Kind != syntax.Ref {
		return v, nil
	}
	v, err := f.object(v.Int)
	if err == nil && v.Kind == syntax.Ref {
		err = ErrBroken
	}
	return v, err
}

// unpack inflates a stream within the bounds.
func (f *File) unpack(v syntax.Value) ([]byte, error) {
	filter, parms := v.Get("Filter"), v.Get("DecodeParms")
	if len(filter.Items) == 1 {
		filter = filter.Items[0]
	}
	if len(parms.Items) == 1 {
		parms = parms.Items[0]
	}
	switch {
	case filter.Kind == syntax.Null:
		if f.left -= len(v.Raw); f.left < 0 {
			return nil, ErrTooMuch
		}
		return v.Raw, nil
	case filter.Text != "FlateDecode" || parms.Kind == syntax.Ref:
		return nil, ErrBroken
	}
	z, err := zlib.NewReader(bytes.NewReader(v.Raw))
	if err != nil {
		return nil, ErrBroken
	}
	b, err := io.ReadAll(io.LimitReader(z, int64(f.left)+1))
	if f.left -= len(b); f.left < 0 {
		return nil, ErrTooMuch
	}
	if err != nil {
		return nil, ErrBroken
	}
	switch p := integer(&parms, "Predictor", 1); {
	case p == 1:
		return b, nil
	case p >= 10 && p <= 15:
		return rows(b, parms)
	}
	return nil, ErrBroken
}

// rows takes the predictor of PNG off rows of bytes.
func rows(b []byte, parms syntax.Value) ([]byte, error) {
	wide := integer(&parms, "Columns", 1)
	if wide < 1 || wide > 1<<16 || integer(&parms, "Colors", 1) != 1 || integer(&parms, "BitsPerComponent", 8) != 8 {
		return nil, ErrBroken
	}
	out := make([]byte, 0, len(b))
	above := make([]byte, wide)
	for len(b) > int(wide) {
		line := b[1 : 1+wide]
		if !Unfilter(b[0], line, above, 1) {
			return nil, ErrBroken
		}
		out, above, b = append(out, line...), line, b[1+wide:]
	}
	return out, nil
}

// Unfilter undoes a filter of PNG (ISO 15948, 9.2) in a row, with the row above it;
// step is how many bytes a pixel has. It is false for a filter that does not exist.
func Unfilter(filter byte, line, above []byte, step int) bool {
	for i := range line {
		var left, corner byte
		if i >= step {
			left, corner = line[i-step], above[i-step]
		}
		switch filter {
		case 0:
		case 1:
			line[i] += left
		case 2:
			line[i] += above[i]
		case 3:
			line[i] += byte((int(left) + int(above[i])) / 2)
		case 4:
			line[i] += paeth(left, above[i], corner)
		default:
			return false
		}
	}
	return true
}

// paeth is whichever of the three comes nearest to left + up - corner.
func paeth(left, up, corner byte) byte {
	p := int(left) + int(up) - int(corner)
	dl, du, dc := abs(p-int(left)), abs(p-int(up)), abs(p-int(corner))
	switch {
	case dl <= du && dl <= dc:
		return left
	case du <= dc:
		return up
	}
	return corner
}

func abs(n int) int { return max(n, -n) }
