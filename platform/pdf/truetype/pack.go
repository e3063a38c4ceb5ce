package truetype

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// maxPart bounds what one part may unpack to, so that a damaged archive cannot
// fill the memory.
const maxPart = 4 << 20

// maxHeld is how many bytes of unpacked outlines a font keeps.
const maxHeld = 8 << 20

func blockName(i int) string { return fmt.Sprintf("glyf/%04d", i) }

// Pack writes the font into w in a form made for reading single glyphs: a ZIP
// archive of the measuring tables and of blocks of outlines, so many glyphs
// each. Large blocks are shorter together, small ones are read sooner; the
// characters of everyday stand in blocks of their own, so that a document needs
// few of them. Hinting, vertical and OpenType layout tables are left out.
func (f *Font) Pack(w io.Writer, glyphs int, everyday []rune) error {
	var first []byte
	seen := map[uint16]bool{}
	for _, r := range everyday {
		if g, ok := f.Glyph(r); ok && !seen[g] {
			seen[g] = true
			first = binary.BigEndian.AppendUint16(first, g)
		}
	}
	parts := []table{
		{"head", f.head}, {"hhea", f.hhea}, {"maxp", f.maxp}, {"hmtx", f.hmtx}, {"cmap", writeCmap(f.chars)},
		{"glyphs", binary.AppendUvarint(nil, uint64(glyphs))}, {"first", first},
	}
	tables := len(parts)
	places, err := placesOf(first, f.glyphs)
	if err != nil {
		return err
	}
	order := make([]uint16, f.glyphs)
	for g, place := range places {
		order[place] = uint16(g)
	}
	for n := 0; len(order) > 0; n++ {
		out := newBitWriter()
		b := newBlock(out, false)
		for _, g := range order[:min(glyphs, len(order))] {
			o, err := f.Outline(g)
			if err != nil {
				return err
			}
			if err := b.add(o); err != nil {
				return fmt.Errorf("glyph %d: %w", g, err)
			}
		}
		order = order[min(glyphs, len(order)):]
		parts = append(parts, table{blockName(n), out.bytes()})
	}
	return writeArchive(w, parts, tables)
}

// placesOf finds the place of every glyph: first come those that are named, two
// bytes each, then the others in their order.
func placesOf(first []byte, glyphs int) ([]uint16, error) {
	places, named := make([]uint16, glyphs), make([]bool, glyphs)
	for i := 0; i+1 < len(first); i += 2 {
		g := int(binary.BigEndian.Uint16(first[i:]))
		if g >= glyphs || named[g] {
			return nil, damaged("order of glyphs")
		}
		places[g], named[g] = uint16(i/2), true
	}
	next := len(first) / 2
	for g := range places {
		if !named[g] {
			places[g] = uint16(next)
			next++
		}
	}
	return places, nil
}

// writeArchive writes the tables, compressed, and after them the blocks, which
// cannot be made shorter.
func writeArchive(w io.Writer, parts []table, tables int) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for i, p := range parts {
		method := zip.Deflate
		if i >= tables {
			method = zip.Store
		}
		pw, err := z.CreateHeader(&zip.FileHeader{Name: p.tag, Method: method})
		if err != nil {
			return err
		}
		if _, err := pw.Write(p.data); err != nil {
			return err
		}
	}
	return z.Close()
}

// Open reads a font written by Pack. It keeps b.
func Open(b []byte) (*Font, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p := &packed{files: map[string]*zip.File{}, blocks: map[int][][]byte{}}
	for _, zf := range z.File {
		p.files[zf.Name] = zf
	}
	tables := map[string][]byte{}
	for _, tag := range []string{"head", "hhea", "maxp", "hmtx", "cmap"} {
		if tables[tag], err = p.read(tag); err != nil {
			return nil, err
		}
	}
	f, err := newFont(tables)
	if err != nil {
		return nil, err
	}
	size, err := p.read("glyphs")
	if err != nil {
		return nil, err
	}
	n, _ := binary.Uvarint(size)
	if n == 0 || n > 1<<16 {
		return nil, damaged("glyphs of a block")
	}
	first, err := p.read("first")
	if err != nil {
		return nil, err
	}
	p.places, err = placesOf(first, f.glyphs)
	p.glyphs, f.source = int(n), p
	return f, err
}

// packed reads outlines from the archive, block by block.
type packed struct {
	files  map[string]*zip.File
	glyphs int      // of a block
	places []uint16 // of all glyphs, over all blocks

	mu     sync.Mutex
	blocks map[int][][]byte // unpacked: whoever writes one document writes another
	held   int              // bytes in them
}

func (p *packed) read(name string) ([]byte, error) {
	zf := p.files[name]
	if zf == nil {
		return nil, damaged("no part " + name)
	}
	if zf.UncompressedSize64 > maxPart {
		return nil, damaged("part too large " + name)
	}
	r, err := zf.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, name, err)
	}
	defer r.Close()
	b := make([]byte, zf.UncompressedSize64)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, name, err)
	}
	// Only the read behind the last byte compares the checksum.
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, name, err)
	}
	return b, nil
}

func (p *packed) outline(glyph uint16) ([]byte, error) {
	place := int(p.places[glyph])
	n := place / p.glyphs
	p.mu.Lock()
	defer p.mu.Unlock()
	outlines, ok := p.blocks[n]
	if !ok {
		var err error
		if outlines, err = p.unpack(n); err != nil {
			return nil, err
		}
	}
	return outlines[place%p.glyphs], nil
}

func (p *packed) unpack(n int) ([][]byte, error) {
	raw, err := p.read(blockName(n))
	if err != nil {
		return nil, err
	}
	b := newBlock(newBitReader(raw), true)
	outlines := make([][]byte, min(p.glyphs, len(p.places)-n*p.glyphs))
	if p.held > maxHeld {
		clear(p.blocks)
		p.held = 0
	}
	for i := range outlines {
		if outlines[i], err = b.next(); err != nil {
			return nil, err
		}
		p.held += len(outlines[i])
	}
	p.blocks[n] = outlines
	return outlines, nil
}
