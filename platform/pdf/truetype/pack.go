package truetype

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"sync"
)

// blockGlyphs is how many outlines are compressed together: few enough that
// reading one character is quick, many enough that compression still works.
const blockGlyphs = 128

// maxPart bounds what one part may unpack to, so that a damaged archive cannot
// fill the memory.
const maxPart = 4 << 20

func blockName(i int) string { return fmt.Sprintf("glyf/%04d", i) }

// Pack writes the font into w in a form made for reading single glyphs: a ZIP
// archive of the measuring tables and of blocks of outlines. Hinting, vertical
// and OpenType layout tables are left out.
func (f *Font) Pack(w io.Writer) error {
	var blocks []*block
	for g := range f.glyphs {
		if g%blockGlyphs == 0 {
			blocks = append(blocks, &block{})
		}
		o, err := f.Outline(uint16(g))
		if err != nil {
			return err
		}
		if err := blocks[len(blocks)-1].add(o); err != nil {
			return fmt.Errorf("glyph %d: %w", g, err)
		}
	}
	parts := []table{
		{"head", f.head}, {"hhea", f.hhea}, {"maxp", f.maxp}, {"hmtx", f.hmtx}, {"cmap", writeCmap(f.chars)},
	}
	for i, b := range blocks {
		parts = append(parts, table{blockName(i), b.bytes()})
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, p := range parts {
		pw, err := z.CreateHeader(&zip.FileHeader{Name: p.tag, Method: zip.Deflate})
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
	p := &packed{files: map[string]*zip.File{}}
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
	f.source = p
	return f, nil
}

// packed reads outlines from the archive, block by block.
type packed struct {
	files map[string]*zip.File

	mu       sync.Mutex
	number   int // the block unpacked last: neighbours are often asked for together
	outlines [][]byte
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
	n := int(glyph) / blockGlyphs
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.outlines == nil || p.number != n {
		if err := p.unpack(n); err != nil {
			return nil, err
		}
	}
	i := int(glyph) % blockGlyphs
	if i >= len(p.outlines) {
		return nil, damaged("outline beyond its block")
	}
	return p.outlines[i], nil
}

func (p *packed) unpack(n int) error {
	raw, err := p.read(blockName(n))
	if err != nil {
		return err
	}
	b, err := readBlock(raw)
	if err != nil {
		return err
	}
	outlines := make([][]byte, 0, blockGlyphs)
	for len(outlines) < blockGlyphs && len(b.streams[streamHeader]) > 0 {
		o, err := b.next()
		if err != nil {
			return err
		}
		outlines = append(outlines, o)
	}
	p.outlines, p.number = outlines, n
	return nil
}
