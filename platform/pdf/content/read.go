package content

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"

	"tongban/platform/pdf/syntax"
)

// Element is one piece of a paper as a screen reader announces it.
type Element struct {
	Tag  string // H1, H2, P, TH, TD, Caption, Figure
	Text string // what stands on the pages, line ends left out
	Alt  string // what a picture shows; for a QR code its content
}

// Bounds on what one file may make us do.
const (
	maxPages    = 500
	maxStream   = 16 << 20 // bytes of a stream, unpacked
	maxUnpacked = 64 << 20 // bytes of all streams of a file, unpacked
	maxElements = 50_000
	maxDepth    = 20
)

// Read gives the elements of a paper in reading order. Running headers and
// footers are decoration and not among them.
func Read(pdf []byte) ([]Element, error) {
	f, err := syntax.Open(pdf)
	if err != nil {
		return nil, err
	}
	r := &reader{f: f, left: maxUnpacked, pages: map[int64]map[int64]string{}, maps: map[int64]map[string]string{}}
	catalog, err := f.Dict(f.Trailer.Get("Root"))
	if err != nil {
		return nil, err
	}
	tree, err := f.Dict(catalog.Get("Pages"))
	if err != nil {
		return nil, err
	}
	kids := tree.Get("Kids").Items
	if len(kids) > maxPages {
		return nil, fmt.Errorf("%w: too many pages", ErrForeign)
	}
	for _, ref := range kids {
		if err := r.page(ref); err != nil {
			return nil, err
		}
	}
	root, err := f.Dict(catalog.Get("StructTreeRoot"))
	if err != nil {
		return nil, err
	}
	if err := r.element(root.Get("K"), 0); err != nil {
		return nil, err
	}
	return r.out, nil
}

// reader collects the text of every marked piece, then walks the structure.
type reader struct {
	f     *syntax.File
	left  int                         // bytes that may still be unpacked
	pages map[int64]map[int64]string  // page object → mark → text
	maps  map[int64]map[string]string // font object → code → characters
	out   []Element
	// visits bounds a structure that leads in circles
	visits int
}

func (r *reader) page(ref syntax.Value) error {
	page, err := r.f.Dict(ref)
	if err != nil {
		return err
	}
	resources, err := r.f.Dict(page.Get("Resources"))
	if err != nil {
		return err
	}
	fonts, err := r.f.Dict(resources.Get("Font"))
	if err != nil {
		return err
	}
	maps := map[string]map[string]string{}
	for _, e := range fonts.Fields {
		if maps["/"+e.Name], err = r.font(e.Value); err != nil {
			return err
		}
	}
	stream, err := r.f.Resolve(page.Get("Contents"))
	if err != nil {
		return err
	}
	ops, err := r.unpack(stream)
	if err != nil {
		return err
	}
	marks, err := readMarks(ops, maps)
	r.pages[ref.Int] = marks
	return err
}

func (r *reader) font(ref syntax.Value) (map[string]string, error) {
	if m, ok := r.maps[ref.Int]; ok {
		return m, nil
	}
	font, err := r.f.Dict(ref)
	if err != nil {
		return nil, err
	}
	stream, err := r.f.Resolve(font.Get("ToUnicode"))
	if err != nil {
		return nil, err
	}
	cmap, err := r.unpack(stream)
	if err != nil {
		return nil, err
	}
	m, err := readMap(cmap)
	r.maps[ref.Int] = m
	return m, err
}

// inflaters are kept because each is many times larger than what it unpacks.
var inflaters sync.Pool

func inflater(packed []byte) (io.Reader, error) {
	if z, ok := inflaters.Get().(zlib.Resetter); ok {
		err := z.Reset(bytes.NewReader(packed), nil)
		return z.(io.Reader), err
	}
	return zlib.NewReader(bytes.NewReader(packed))
}

// unpack inflates a stream within the bounds.
func (r *reader) unpack(v syntax.Value) (string, error) {
	if v.Kind != syntax.Stream || v.Get("Filter").Text != "FlateDecode" {
		return "", fmt.Errorf("%w: stream", ErrForeign)
	}
	z, err := inflater(v.Raw)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrForeign, err)
	}
	defer inflaters.Put(z)
	limit := min(maxStream, r.left)
	b, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	if err != nil || len(b) > limit {
		return "", fmt.Errorf("%w: stream: %v", ErrForeign, err)
	}
	r.left -= len(b)
	return string(b), nil
}

// readMap reads which characters the codes of a font stand for.
func readMap(cmap string) (map[string]string, error) {
	out := map[string]string{}
	for line := range strings.Lines(cmap) {
		fields := strings.Fields(line)
		if len(fields) != 2 || len(fields[0]) != 6 || fields[0][0] != '<' || fields[1] == "<FFFF>" {
			continue
		}
		text, err := hexText(strings.Trim(fields[1], "<>"))
		if err != nil {
			return nil, err
		}
		out[strings.ToLower(strings.Trim(fields[0], "<>"))] = text
	}
	return out, nil
}

func hexText(s string) (string, error) {
	if len(s)%4 != 0 {
		return "", fmt.Errorf("%w: character map", ErrForeign)
	}
	var units []uint16
	for ; s != ""; s = s[4:] {
		u, err := strconv.ParseUint(s[:4], 16, 16)
		if err != nil {
			return "", fmt.Errorf("%w: character map", ErrForeign)
		}
		units = append(units, uint16(u))
	}
	return string(utf16.Decode(units)), nil
}

// marks is the state of reading one page's operators.
type marks struct {
	texts map[int64]*strings.Builder
	stack []int64 // open marked content; -1 is decoration
	maps  map[string]map[string]string
	font  map[string]string
}

// readMarks gives the text of every marked piece of a page. Operators stand
// one on a line, the way package pdf writes them.
func readMarks(ops string, maps map[string]map[string]string) (map[int64]string, error) {
	m := &marks{texts: map[int64]*strings.Builder{}, maps: maps}
	for line := range strings.Lines(ops) {
		if err := m.line(strings.TrimSpace(line)); err != nil {
			return nil, err
		}
	}
	out := make(map[int64]string, len(m.texts))
	for n, b := range m.texts {
		out[n] = b.String()
	}
	return out, nil
}

func (m *marks) line(s string) error {
	op := s[strings.LastIndexByte(s, ' ')+1:]
	switch op {
	case "BDC", "BMC":
		m.stack = append(m.stack, m.markOf(s))
	case "EMC":
		if len(m.stack) == 0 {
			return fmt.Errorf("%w: marked content", ErrForeign)
		}
		m.stack = m.stack[:len(m.stack)-1]
	case "Tf":
		name, _, _ := strings.Cut(s, " ")
		if m.font = m.maps[name]; m.font == nil {
			return fmt.Errorf("%w: font %s", ErrForeign, name)
		}
		if i := strings.IndexByte(s, '<'); i >= 0 {
			return m.show(s[i:])
		}
	case "Tj":
		return m.show(s)
	}
	return nil
}

// markOf is the number of the piece that a marking operator begins. A span
// inside a piece belongs to the piece.
func (m *marks) markOf(s string) int64 {
	if _, rest, ok := strings.Cut(s, "/MCID "); ok {
		n, err := strconv.ParseInt(strings.TrimRight(strings.Fields(rest)[0], ">"), 10, 32)
		if err == nil {
			return n
		}
	}
	if strings.HasPrefix(s, "/Artifact") || len(m.stack) == 0 {
		return -1
	}
	return m.stack[len(m.stack)-1]
}

func (m *marks) show(s string) error {
	if len(m.stack) == 0 || m.stack[len(m.stack)-1] < 0 {
		return nil
	}
	n := m.stack[len(m.stack)-1]
	b := m.texts[n]
	if b == nil {
		b = &strings.Builder{}
		m.texts[n] = b
	}
	from, to := strings.IndexByte(s, '<'), strings.IndexByte(s, '>')
	if from < 0 || to < from {
		return fmt.Errorf("%w: text", ErrForeign)
	}
	for codes := s[from+1 : to]; codes != ""; codes = codes[4:] {
		if len(codes) < 4 {
			return fmt.Errorf("%w: text", ErrForeign)
		}
		text, ok := m.font[codes[:4]]
		if !ok {
			return fmt.Errorf("%w: code without character", ErrForeign)
		}
		b.WriteString(text)
	}
	return nil
}

// element walks the structure below ref.
func (r *reader) element(ref syntax.Value, depth int) error {
	r.visits++ // counted apart: an element may be listed any number of times
	if depth > maxDepth || r.visits > maxElements {
		return fmt.Errorf("%w: structure", ErrForeign)
	}
	d, err := r.f.Dict(ref)
	if err != nil {
		return err
	}
	e := Element{Tag: d.Get("S").Text, Alt: plainText(d.Get("Alt").Text)}
	place := len(r.out)
	direct := false
	for _, k := range d.Get("K").Items {
		switch {
		case k.Kind == syntax.Ref:
			if err := r.element(k, depth+1); err != nil {
				return err
			}
		case k.Kind == syntax.Dict:
			direct = true
			e.Text += r.pages[k.Get("Pg").Int][k.Get("MCID").Int]
		}
	}
	if direct {
		r.out = append(r.out, Element{})
		copy(r.out[place+1:], r.out[place:])
		r.out[place] = e
	}
	return nil
}

// plainText decodes a text string written by package pdf.
func plainText(s string) string {
	if !strings.HasPrefix(s, "\xFE\xFF") {
		return s
	}
	var units []uint16
	for i := 2; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}
