package foreign

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sort"

	"tongban/platform/pdf/syntax"
)

// maxAdded bounds an update, in bytes.
const maxAdded = 16 << 20

// Update collects what is added to a file.
type Update struct {
	f     *File
	next  int64
	added []byte
	put   []placed
}

// placed is where an object that was added stands.
type placed struct {
	n, gen int64
	at     int
}

// Update begins an addition to the file.
func (f *File) Update() *Update {
	next := min(integer(&f.trailer, "Size", 1), maxObjects)
	return &Update{f: f, next: max(next, int64(len(f.entries)), 1), added: []byte("\n")}
}

// Next is the number that the next object gets.
func (u *Update) Next() int { return int(u.next) }

// Add puts a new object at the end of the file and gives its number.
func (u *Update) Add(body []byte) int {
	u.object(u.next, 0, body)
	u.next++
	return int(u.next - 1)
}

func (u *Update) object(n, gen int64, body []byte) {
	u.put = append(u.put, placed{n, gen, len(u.f.data) + len(u.added)})
	u.added = fmt.Appendf(u.added, "%d %d obj\n", n, gen)
	u.added = append(append(u.added, body...), "\nendobj\n"...)
}

// Annotate puts the annotation with this number onto a page, above all others.
func (u *Update) Annotate(p Page, number int) error {
	list, err := u.f.resolve(p.dict.Get("Annots"))
	if err != nil {
		return err
	}
	if list.Kind != syntax.Array && list.Kind != syntax.Null {
		return ErrBroken
	}
	dict := p.dict.Clone()
	fields := dict.Fields[:0]
	for i := range dict.Fields {
		if dict.Fields[i].Name != "Annots" {
			fields = append(fields, dict.Fields[i])
		}
	}
	dict.Fields = fields
	b := syntax.Append(nil, dict)
	b = append(b[:len(b)-len(">>")], " /Annots "...)
	list.Kind = syntax.Array
	b = syntax.Append(b, list)
	b = fmt.Appendf(b[:len(b)-len("]")], " %d 0 R]>>", number)
	if u.object(p.number, p.gen, b); len(u.added) > maxAdded {
		return ErrTooMuch
	}
	return nil
}

// Bytes is the file with what was added.
func (u *Update) Bytes() []byte {
	f := u.f
	var trailer []byte
	for _, k := range []string{"Root", "Info"} {
		if v := f.trailer.Get(k); v.Kind != syntax.Null {
			trailer = syntax.Append(append(trailer, " /"+k+" "...), v)
		}
	}
	if id := f.trailer.Get("ID").Items; len(id) == 2 { // the second half names the revision
		sum := sha256.Sum256(u.added)
		trailer = fmt.Appendf(syntax.Append(append(trailer, " /ID ["...), id[0]), " <%x>]", sum[:16])
	}
	trailer = fmt.Appendf(trailer, " /Prev %d", f.start)
	start := len(f.data) + len(u.added)
	if f.streams {
		u.crossStream(trailer, start)
	} else {
		u.crossTable(trailer)
	}
	u.added = fmt.Appendf(u.added, "startxref\n%d\n%%%%EOF\n", start)
	return append(f.data[:len(f.data):len(f.data)], u.added...)
}

// runs calls f with what was added in the order of its numbers, neighbours together.
func (u *Update) runs(f func(run []placed)) {
	sort.Slice(u.put, func(i, j int) bool { return u.put[i].n < u.put[j].n })
	for from, i := 0, 1; i <= len(u.put); i++ {
		if i == len(u.put) || u.put[i].n != u.put[i-1].n+1 {
			f(u.put[from:i])
			from = i
		}
	}
}

func (u *Update) crossTable(trailer []byte) {
	u.added = append(u.added, "xref\n"...)
	u.runs(func(run []placed) {
		u.added = fmt.Appendf(u.added, "%d %d\n", run[0].n, len(run))
		for _, p := range run {
			u.added = fmt.Appendf(u.added, "%010d %05d n \n", p.at, p.gen)
		}
	})
	u.added = fmt.Appendf(u.added, "trailer\n<</Size %d%s>>\n", u.next, trailer)
}

func (u *Update) crossStream(trailer []byte, start int) {
	own := u.next
	u.next++
	u.put = append(u.put, placed{n: own, at: start})
	var rows, index []byte
	u.runs(func(run []placed) {
		index = fmt.Appendf(index, "%d %d ", run[0].n, len(run))
		for _, p := range run {
			rows = binary.BigEndian.AppendUint32(append(rows, 1), uint32(p.at))
			rows = binary.BigEndian.AppendUint16(rows, uint16(p.gen))
		}
	})
	u.added = fmt.Appendf(u.added, "%d 0 obj\n<</Type /XRef /Size %d%s /W [1 4 2] /Index [%s] /Length %d>>\nstream\n%s\nendstream\nendobj\n",
		own, u.next, trailer, index, len(rows), rows)
}
