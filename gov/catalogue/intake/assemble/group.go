package assemble

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"tongban/gov/catalogue/intake/mapping"
)

// Group are the rows of one item, in the order of the source.
type Group struct {
	Code  string
	Parts []mapping.Part
}

// Groups collects rows of several tables by item. Rows beyond what fits into
// memory lie in temporary files, sorted into heaps by their item, so that one
// heap at a time is put together.
type Groups struct {
	heaps []*heap
	dir   string
}

// heap is a file of rows, or the rows themselves when there is only one heap.
type heap struct {
	parts []mapping.Part
	f     *os.File
	w     *bufio.Writer
}

// heapSize is how many bytes of a source make one heap, roughly.
const heapSize = 24 << 20

// NewGroups prepares for a source of so many bytes.
func NewGroups(size int64) (*Groups, error) {
	n := int(min(size/heapSize+1, 256))
	g := &Groups{}
	if n == 1 {
		g.heaps = []*heap{{}}
		return g, nil
	}
	dir, err := os.MkdirTemp("", "tongban-intake-")
	if err != nil {
		return nil, err
	}
	g.dir = dir
	for range n {
		f, err := os.CreateTemp(dir, "heap-")
		if err != nil {
			return nil, errors.Join(err, g.Close())
		}
		g.heaps = append(g.heaps, &heap{f: f, w: bufio.NewWriterSize(f, 64<<10)})
	}
	return g, nil
}

// Close removes the temporary files.
func (g *Groups) Close() (err error) {
	for _, h := range g.heaps {
		if h.f != nil {
			err = errors.Join(err, h.f.Close())
		}
	}
	if g.dir != "" {
		err = errors.Join(err, os.RemoveAll(g.dir))
	}
	return err
}

// Add puts a row to the others of its item.
func (g *Groups) Add(p mapping.Part) error {
	if len(g.heaps) == 1 {
		g.heaps[0].parts = append(g.heaps[0].parts, p)
		return nil
	}
	sum := fnv(p.Code) // the same at every run, so that a resumed import meets the items in the same order
	return write(g.heaps[sum%uint64(len(g.heaps))].w, &p)
}

func fnv(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// Each goes through the groups, one after the other.
func (g *Groups) Each(f func(Group) error) error {
	for _, h := range g.heaps {
		parts, err := h.load()
		if err != nil {
			return err
		}
		at := map[string]int{}
		var list []Group
		for _, p := range parts {
			i, known := at[p.Code]
			if !known {
				i = len(list)
				at[p.Code] = i
				list = append(list, Group{Code: p.Code})
			}
			list[i].Parts = append(list[i].Parts, p)
		}
		h.parts = nil
		for _, one := range list {
			if err := f(one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *heap) load() ([]mapping.Part, error) {
	if h.f == nil {
		return h.parts, nil
	}
	if err := h.w.Flush(); err != nil {
		return nil, err
	}
	if _, err := h.f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(h.f, 256<<10)
	var out []mapping.Part
	for {
		p, err := read(r)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
}

// write puts a part down as lengths and bytes.
func write(w *bufio.Writer, p *mapping.Part) error {
	b := make([]byte, 0, 512+len(p.Raw))
	b = binary.AppendUvarint(b, uint64(p.Table))
	b = binary.AppendUvarint(b, uint64(p.Line))
	broken := uint64(0)
	if p.Broken {
		broken = 1
	}
	b = binary.AppendUvarint(b, broken)
	texts := append([]string{string(p.Role), p.Code, p.Mark, p.Above, p.Op, p.Batch, p.Time, p.Order, p.Raw}, p.Keys...)
	b = binary.AppendUvarint(b, uint64(len(p.Keys)))
	b = binary.AppendUvarint(b, uint64(len(p.Fields)))
	for _, f := range p.Fields {
		b = binary.AppendUvarint(b, uint64(f))
	}
	for _, s := range append(texts, p.Values...) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	_, err := w.Write(b)
	return err
}

// read takes the next part; io.EOF after the last.
func read(r *bufio.Reader) (p mapping.Part, err error) {
	number := func() int {
		if err != nil {
			return 0
		}
		var n uint64
		n, err = binary.ReadUvarint(r)
		return int(n)
	}
	text := func() string {
		b := make([]byte, number())
		if err == nil {
			_, err = io.ReadFull(r, b)
		}
		return string(b)
	}
	if p.Table = number(); err != nil {
		return p, err // io.EOF at the end
	}
	p.Line = number()
	p.Broken = number() == 1
	keys, marks := number(), number()
	for range marks {
		p.Fields = append(p.Fields, number())
	}
	p.Role = mapping.Role(text())
	for _, at := range []*string{&p.Code, &p.Mark, &p.Above, &p.Op, &p.Batch, &p.Time, &p.Order, &p.Raw} {
		*at = text()
	}
	for range keys {
		p.Keys = append(p.Keys, text())
	}
	for range keys + marks {
		p.Values = append(p.Values, text())
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return p, err
}
