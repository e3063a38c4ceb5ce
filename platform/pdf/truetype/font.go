package truetype

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// ErrDamaged says that the bytes are not a font that this package can read.
var ErrDamaged = errors.New("truetype: damaged or unsupported font")

// Font is a parsed font. Its zero value is useless; use Parse or Open.
type Font struct {
	metrics Metrics
	head    []byte
	hhea    []byte
	maxp    []byte
	hmtx    []byte
	chars   []charRange
	glyphs  int
	hmtxLen int // glyphs with an advance of their own
	source  outlineSource

	mu       sync.RWMutex
	outlines map[uint16][]byte
}

// Metrics are the measures of a whole font, in font units.
type Metrics struct {
	UnitsPerEm             int
	Ascent, Descent        int
	XMin, YMin, XMax, YMax int
}

// charRange maps the characters first..last to consecutive glyphs.
type charRange struct {
	first, last rune
	glyph       uint32
}

// outlineSource gives the bytes of one outline: either a slice of the file or
// a piece of a packed block.
type outlineSource interface {
	outline(glyph uint16) ([]byte, error)
}

func damaged(what string) error { return fmt.Errorf("%w: %s", ErrDamaged, what) }

// Parse reads a font file in the TrueType format. It keeps b.
func Parse(b []byte) (*Font, error) {
	if len(b) < 12 {
		return nil, damaged("no header")
	}
	if v := binary.BigEndian.Uint32(b); v != 0x00010000 && v != 0x74727565 {
		return nil, damaged("not TrueType outlines")
	}
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		at := 12 + 16*i
		if at+16 > len(b) {
			return nil, damaged("table directory")
		}
		off, size := int64(binary.BigEndian.Uint32(b[at+8:])), int64(binary.BigEndian.Uint32(b[at+12:]))
		if off+size > int64(len(b)) {
			return nil, damaged("table beyond the end")
		}
		tables[string(b[at:at+4])] = b[off : off+size]
	}
	f, err := newFont(tables)
	if err != nil {
		return nil, err
	}
	f.source, err = newWholeTable(tables, f.glyphs)
	return f, err
}

// wholeTable is the outline source of an ordinary font file.
type wholeTable struct {
	glyf []byte
	loca []uint32
}

func newWholeTable(tables map[string][]byte, glyphs int) (*wholeTable, error) {
	t := &wholeTable{glyf: tables["glyf"], loca: make([]uint32, glyphs+1)}
	b, size := tables["loca"], 2
	long := binary.BigEndian.Uint16(tables["head"][50:]) != 0
	if long {
		size = 4
	}
	if len(b) < size*(glyphs+1) {
		return nil, damaged("loca too short")
	}
	for i := range t.loca {
		if long {
			t.loca[i] = binary.BigEndian.Uint32(b[4*i:])
		} else {
			t.loca[i] = 2 * uint32(binary.BigEndian.Uint16(b[2*i:]))
		}
		if i > 0 && t.loca[i] < t.loca[i-1] || int64(t.loca[i]) > int64(len(t.glyf)) {
			return nil, damaged("loca")
		}
	}
	return t, nil
}

func (t *wholeTable) outline(glyph uint16) ([]byte, error) {
	return t.glyf[t.loca[glyph]:t.loca[int(glyph)+1]], nil
}

func newFont(tables map[string][]byte) (*Font, error) {
	f := &Font{
		head: tables["head"], hhea: tables["hhea"], maxp: tables["maxp"], hmtx: tables["hmtx"],
		outlines: map[uint16][]byte{},
	}
	if len(f.head) < 54 || len(f.hhea) < 36 || len(f.maxp) < 32 {
		return nil, damaged("missing head, hhea or maxp")
	}
	be := binary.BigEndian
	i16 := func(b []byte) int { return int(int16(be.Uint16(b))) }
	f.metrics = Metrics{
		UnitsPerEm: int(be.Uint16(f.head[18:])),
		Ascent:     i16(f.hhea[4:]), Descent: i16(f.hhea[6:]),
		XMin: i16(f.head[36:]), YMin: i16(f.head[38:]), XMax: i16(f.head[40:]), YMax: i16(f.head[42:]),
	}
	f.glyphs = int(be.Uint16(f.maxp[4:]))
	f.hmtxLen = int(be.Uint16(f.hhea[34:]))
	if f.metrics.UnitsPerEm == 0 || f.glyphs == 0 || f.hmtxLen == 0 || f.hmtxLen > f.glyphs {
		return nil, damaged("impossible sizes")
	}
	if len(f.hmtx) < 4*f.hmtxLen+2*(f.glyphs-f.hmtxLen) {
		return nil, damaged("hmtx too short")
	}
	var err error
	f.chars, err = readCmap(tables["cmap"], f.glyphs)
	return f, err
}

// Metrics gives the measures of the font.
func (f *Font) Metrics() Metrics { return f.metrics }

// Glyphs is the number of glyphs in the font.
func (f *Font) Glyphs() int { return f.glyphs }

// Glyph finds the glyph that draws r. ok is false when the font has none.
func (f *Font) Glyph(r rune) (glyph uint16, ok bool) {
	lo, hi := 0, len(f.chars)
	for lo < hi {
		mid := (lo + hi) / 2
		if c := f.chars[mid]; r > c.last {
			lo = mid + 1
		} else if r < c.first {
			hi = mid
		} else {
			return uint16(c.glyph + uint32(r-c.first)), true
		}
	}
	return 0, false
}

// Advance is the width of a glyph in font units.
func (f *Font) Advance(glyph uint16) int {
	i := min(int(glyph), f.hmtxLen-1)
	return int(binary.BigEndian.Uint16(f.hmtx[4*i:]))
}

func (f *Font) bearing(glyph uint16) uint16 {
	if int(glyph) < f.hmtxLen {
		return binary.BigEndian.Uint16(f.hmtx[4*int(glyph)+2:])
	}
	return binary.BigEndian.Uint16(f.hmtx[4*f.hmtxLen+2*(int(glyph)-f.hmtxLen):])
}

// Outline gives the outline of a glyph as it stands in the glyf table; empty
// for a glyph without ink. The caller MUST NOT change it.
func (f *Font) Outline(glyph uint16) ([]byte, error) {
	if int(glyph) >= f.glyphs {
		return nil, damaged(fmt.Sprintf("no glyph %d", glyph))
	}
	f.mu.RLock()
	o, ok := f.outlines[glyph]
	f.mu.RUnlock()
	if ok {
		return o, nil
	}
	o, err := f.source.outline(glyph)
	if err != nil {
		return nil, err
	}
	o, err = dropInstructions(o)
	if err != nil {
		return nil, fmt.Errorf("glyph %d: %w", glyph, err)
	}
	f.mu.Lock()
	f.outlines[glyph] = o
	f.mu.Unlock()
	return o, nil
}
