package pdf

import (
	"fmt"
	"sort"
	"strings"
)

// glyphKey is what one code in the document stands for: a character, with the
// variation selector that followed it, if any.
type glyphKey struct{ char, variation rune }

// placed is a character that was given a code in one of the document's fonts.
type placed struct {
	face  int
	code  uint16 // number in the subset font
	width float64
}

// usedFace collects what a document uses of one face, in the order of first use.
type usedFace struct {
	glyphs []uint16
	keys   []glyphKey
	widths []int // thousandths of an em
}

// MissingError says which characters no embedded font can draw.
type MissingError struct{ Runes []rune }

// Error lists the characters with their code points.
func (e *MissingError) Error() string {
	parts := make([]string, len(e.Runes))
	for i, r := range e.Runes {
		parts[i] = fmt.Sprintf("U+%04X", r)
	}
	return "pdf: no font for " + strings.Join(parts, ", ")
}

// glyphTable gives codes to characters as they come up.
type glyphTable struct {
	seen    map[glyphKey]placed
	used    []usedFace
	missing map[rune]bool
	err     error
}

func newGlyphTable() *glyphTable {
	return &glyphTable{seen: map[glyphKey]placed{}, used: make([]usedFace, len(faces)), missing: map[rune]bool{}}
}

func (t *glyphTable) place(k glyphKey) placed {
	if p, ok := t.seen[k]; ok {
		return p
	}
	i, glyph, ok, err := findGlyph(k.char)
	if err != nil {
		t.err = err
		return placed{}
	}
	if !ok {
		t.missing[k.char] = true
		return placed{width: 1}
	}
	font, err := faces[i].load()
	if err != nil {
		t.err = err
		return placed{}
	}
	u := &t.used[i]
	milli := (font.Advance(glyph)*1000 + font.Metrics().UnitsPerEm/2) / font.Metrics().UnitsPerEm
	u.glyphs = append(u.glyphs, glyph)
	u.keys = append(u.keys, k)
	u.widths = append(u.widths, milli)
	p := placed{face: i, code: uint16(len(u.glyphs)), width: float64(milli) / 1000}
	t.seen[k] = p
	return p
}

// shape gives the codes of a text. Tabs become spaces, line ends vanish.
func (t *glyphTable) shape(s string) []placed {
	out := make([]placed, 0, len(s)/2)
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		k := glyphKey{char: runes[i]}
		switch {
		case k.char == '\t':
			k.char = ' '
		case invisible(k.char):
			continue
		}
		if i+1 < len(runes) && isVariation(runes[i+1]) {
			i++
			k.variation = runes[i]
		}
		out = append(out, t.place(k))
	}
	return out
}

// width is the length of s set at the given size, in points.
func (t *glyphTable) width(s string, size float64) float64 {
	w := 0.0
	for _, p := range t.shape(s) {
		w += p.width
	}
	return w * size
}

func (t *glyphTable) problem() error {
	if t.err != nil {
		return t.err
	}
	if len(t.missing) == 0 {
		return nil
	}
	e := &MissingError{}
	for r := range t.missing {
		e.Runes = append(e.Runes, r)
	}
	sort.Slice(e.Runes, func(i, j int) bool { return e.Runes[i] < e.Runes[j] })
	return e
}
