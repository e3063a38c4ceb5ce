package truetype

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// tiny builds a font with four glyphs: missing, a triangle, a square with
// instructions, and a composite of both; 'A' is the triangle, U+20BB7 the
// composite.
func tiny(format12 bool) []byte {
	be := binary.BigEndian
	simple := func(points int, instructions []byte) []byte {
		b := be.AppendUint16(nil, 1)
		b = append(b, 0, 0, 0, 0, 0, 100, 0, 100)
		b = be.AppendUint16(b, uint16(points-1))
		b = be.AppendUint16(b, uint16(len(instructions)))
		b = append(b, instructions...)
		for range points {
			b = append(b, 0x01|xShort|yShort|xSame)
		}
		for i := range points {
			b = append(b, byte(10+i))
		}
		for i := range points {
			b = append(b, byte(20+i))
		}
		return b
	}
	composite := be.AppendUint16(nil, 0xFFFF)
	composite = append(composite, 0, 0, 0, 0, 0, 100, 0, 100)
	composite = be.AppendUint16(composite, moreComponents)
	composite = be.AppendUint16(composite, 1)
	composite = append(composite, 0, 0)
	composite = be.AppendUint16(composite, haveInstructions|argsAreWords)
	composite = be.AppendUint16(composite, 2)
	composite = append(composite, 0, 5, 0, 5)
	composite = append(composite, 0, 1, 0xB0) // one byte of instructions
	outlines := [][]byte{nil, simple(3, nil), simple(4, []byte{1, 2, 3}), composite}
	var glyf, loca, hmtx []byte
	loca = be.AppendUint32(loca, 0)
	for i, o := range outlines {
		glyf = append(glyf, o...)
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		hmtx = be.AppendUint16(hmtx, uint16(500+100*i))
		hmtx = be.AppendUint16(hmtx, uint16(i))
	}
	head := make([]byte, 54)
	be.PutUint16(head[18:], 1000)
	be.PutUint16(head[50:], 1)
	hhea := make([]byte, 36)
	be.PutUint16(hhea[4:], 880)
	be.PutUint16(hhea[34:], 4)
	maxp := make([]byte, 32)
	be.PutUint16(maxp[4:], 4)
	cmap := writeCmap([]charRange{{'A', 'A', 1}, {0x20BB7, 0x20BB7, 3}})
	if !format12 {
		cmap = format4()
	}
	return assemble([]table{{"cmap", cmap}, {"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}})
}

// format4 maps 'A'..'B' by difference to 1..2 and 'Z' by an array to 3.
func format4() []byte {
	be := binary.BigEndian
	b := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12}
	words := []uint16{4, 0, 0, 6, 0, 0, 0,
		'B', 'Z', 0xFFFF, 0,
		'A', 'Z', 0xFFFF,
		0xFFC0, 0, 1, // 1-'A'
		0, 4, 0,
		3, // the array
	}
	for _, w := range words {
		b = be.AppendUint16(b, w)
	}
	return b
}

func mustParse(t *testing.T, b []byte) *Font {
	t.Helper()
	f, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParse_characterMaps(t *testing.T) {
	f := mustParse(t, tiny(true))
	for r, want := range map[rune]uint16{'A': 1, 0x20BB7: 3} {
		if g, ok := f.Glyph(r); !ok || g != want {
			t.Errorf("%U is glyph %d, %v", r, g, ok)
		}
	}
	for _, r := range []rune{'B', '@', 0x20BB6, 0x10FFFF, -1} {
		if g, ok := f.Glyph(r); ok {
			t.Errorf("%U is glyph %d", r, g)
		}
	}
	f = mustParse(t, tiny(false))
	for r, want := range map[rune]uint16{'A': 1, 'B': 2, 'Z': 3} {
		if g, ok := f.Glyph(r); !ok || g != want {
			t.Errorf("format 4: %U is glyph %d, %v", r, g, ok)
		}
	}
	if f.Advance(2) != 700 || f.Metrics().Ascent != 880 || f.Metrics().UnitsPerEm != 1000 || f.Glyphs() != 4 {
		t.Errorf("metrics %+v", f.Metrics())
	}
}

func TestSubset_bringsComponents(t *testing.T) {
	f := mustParse(t, tiny(true))
	b, err := f.Subset([]uint16{3, 3})
	if err != nil {
		t.Fatal(err)
	}
	// The subset has no character map of its own; give it one to read it back.
	s := mustParse(t, withCmap(t, b))
	if s.Glyphs() != 5 { // missing, twice the composite, its two parts
		t.Fatalf("%d glyphs", s.Glyphs())
	}
	o, err := s.Outline(1)
	if err != nil {
		t.Fatal(err)
	}
	var parts []uint16
	if _, err := eachComponent(o, func(c []byte) { parts = append(parts, binary.BigEndian.Uint16(c[2:])) }); err != nil {
		t.Fatal(err)
	}
	if len(parts) != 2 || parts[0] != 3 || parts[1] != 4 {
		t.Errorf("components %v", parts)
	}
	for i, want := range map[uint16]uint16{3: 1, 4: 2} {
		a, _ := s.Outline(i)
		b, _ := f.Outline(want)
		if !bytes.Equal(bytes.TrimRight(a, "\x00"), bytes.TrimRight(b, "\x00")) || s.Advance(i) != f.Advance(want) {
			t.Errorf("glyph %d is not glyph %d of the full font", i, want)
		}
	}
	if bytes.Contains(o, []byte{0xB0}) || binary.BigEndian.Uint16(o[len(o)-8:])&haveInstructions != 0 {
		t.Error("instructions were kept")
	}
	if checksum(b) != 0xB1B0AFBA {
		t.Errorf("checksum of the whole file %#x", checksum(b))
	}
	again, err := f.Subset([]uint16{3, 3})
	if err != nil || !bytes.Equal(b, again) {
		t.Error("the same subset twice differs", err)
	}
	if _, err := f.Subset([]uint16{9}); !errors.Is(err, ErrDamaged) {
		t.Error("a glyph that does not exist:", err)
	}
}

func withCmap(t *testing.T, b []byte) []byte {
	t.Helper()
	tables := []table{{"cmap", writeCmap([]charRange{{'A', 'A', 1}})}}
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		e := b[12+16*i:]
		off, n := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
		tables = append(tables, table{string(e[:4]), b[off : off+n]})
	}
	return assemble(tables)
}

func TestPack_sameGlyphs(t *testing.T) {
	f := mustParse(t, tiny(true))
	var packed bytes.Buffer
	if err := f.Pack(&packed, 3, []rune{0x20BB7, 'A', 'X'}); err != nil {
		t.Fatal(err)
	}
	g, err := Open(packed.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint16(4) {
		a, err1 := f.Subset([]uint16{i})
		b, err2 := g.Subset([]uint16{i})
		if err1 != nil || err2 != nil || len(a) < 200 || len(b) < 200 {
			t.Fatal(err1, err2)
		}
		oa, _ := f.Outline(i)
		ob, _ := g.Outline(i)
		if len(oa) == 0 || isComposite(oa) {
			if !bytes.Equal(oa, ob) {
				t.Errorf("glyph %d: %x became %x", i, oa, ob)
			}
			continue
		}
		pa, err1 := stepsOf(oa)
		pb, err2 := stepsOf(ob)
		if err1 != nil || err2 != nil || !slices.Equal(pa, pb) {
			t.Errorf("glyph %d: %v became %v: %v, %v", i, pa, pb, err1, err2)
		}
	}
}

// The fonts that ship: outlines from everywhere can be unpacked, and a changed
// byte is noticed.
func TestOpen_shippedFonts(t *testing.T) {
	for name, char := range map[string]rune{"notosanssc-regular.font": '国', "hanaminb.font": '𠮷'} {
		b, err := os.ReadFile("../fonts/" + name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(b)
		if err != nil {
			t.Fatal(name, err)
		}
		g, ok := f.Glyph(char)
		if !ok {
			t.Fatalf("%s lacks %c", name, char)
		}
		for i := 0; i < f.Glyphs(); i += f.Glyphs() / 16 {
			if _, err := f.Outline(uint16(i)); err != nil {
				t.Fatalf("%s: glyph %d: %v", name, i, err)
			}
		}
		if o, err := f.Outline(g); err != nil || len(o) < 50 {
			t.Errorf("%s: %c has an outline of %d bytes, %v", name, char, len(o), err)
		}
		b[len(b)/2] ^= 0xFF
		damaged := 0
		if f, err = Open(b); err != nil {
			damaged++
		} else {
			for i := f.Glyphs() / 3; i < f.Glyphs() && damaged == 0; i += 100 {
				if _, err := f.Outline(uint16(i)); err != nil {
					damaged++
				}
			}
		}
		if damaged == 0 {
			t.Errorf("%s: a changed byte goes unnoticed", name)
		}
	}
}

// Bits of all chances come back as they were written, also when what was
// learnt is wrong from then on.
func TestCoder_bitsComeBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var want []bool
	for _, share := range []float64{0.5, 0, 1, 0.01, 0.99, 1, 0, 0.9} {
		for range 5000 {
			want = append(want, random.Float64() < share)
		}
	}
	w, chances := newBitWriter(), make([]chance, 3)
	for i, one := range want {
		w.bit(&chances[i%3], one)
	}
	code := w.bytes()
	if len(code) > len(want)/8*2/3 { // five of eight parts are all but certain
		t.Errorf("%d bits became %d bytes", len(want), len(code))
	}
	r := newBitReader(code)
	clear(chances)
	for i, one := range want {
		if r.bit(&chances[i%3], false) != one {
			t.Fatalf("bit %d is wrong", i)
		}
	}
}

// Outlines of all shapes survive a block: strokes that come again, long steps,
// single points, many contours.
func TestBlock_outlinesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		distance := rapid.Custom(func(t *rapid.T) int32 {
			return int32(rapid.SampledFrom([]int{0, 0, 1, -1, 5, 300, -300, 12000, -12000}).Draw(t, "about")) + int32(rapid.IntRange(-9, 9).Draw(t, "more"))
		})
		var outlines [][]step
		for range rapid.IntRange(1, 6).Draw(t, "outlines") {
			var steps []step
			x, y := int32(0), int32(0)
			for range rapid.IntRange(1, 4).Draw(t, "contours") {
				for range rapid.IntRange(1, 12).Draw(t, "points") {
					s := step{distance.Draw(t, "x"), distance.Draw(t, "y"), rapid.Bool().Draw(t, "on"), false}
					if max(x+s.x, -x-s.x, y+s.y, -y-s.y) > 1<<15-1 {
						s.x, s.y = -x, -y
					}
					x, y = x+s.x, y+s.y
					steps = append(steps, s)
				}
				steps[len(steps)-1].last = true
			}
			outlines = append(outlines, steps, steps)
		}
		w := newBitWriter()
		b := newBlock(w, false)
		for _, steps := range outlines {
			o, err := outlineOf(steps)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.add(o); err != nil {
				t.Fatal(err)
			}
		}
		b = newBlock(newBitReader(w.bytes()), true)
		for i, want := range outlines {
			o, err := b.next()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := stepsOf(o); err != nil || !slices.Equal(got, want) {
				t.Fatalf("outline %d: %v became %v, %v", i, want, got, err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(tiny(true))
	f.Add(tiny(false))
	f.Fuzz(func(t *testing.T, b []byte) {
		font, err := Parse(b)
		if err != nil {
			return
		}
		font.Glyph('A')
		for i := range min(font.Glyphs(), 20) {
			font.Advance(uint16(i))
			_, _ = font.Subset([]uint16{uint16(i)})
		}
	})
}

func FuzzReadBlock(f *testing.F) {
	w := newBitWriter()
	b := newBlock(w, false)
	font, err := Parse(tiny(true))
	if err != nil {
		f.Fatal(err)
	}
	for i := range uint16(4) {
		o, err := font.Outline(i)
		if err != nil {
			f.Fatal(err)
		}
		if err := b.add(o); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(w.bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		b := newBlock(newBitReader(in), true)
		for range 100 {
			o, err := b.next()
			if err != nil {
				return
			}
			if len(o) > 0 && !isComposite(o) {
				if _, err := stepsOf(o); err != nil {
					t.Fatalf("what was read is no outline: %v", err)
				}
			}
		}
	})
}
