package truetype

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
)

// SubsetFor is Subset for readers that look characters up in the font itself:
// chars[i] is drawn by glyphs[i]. It also has the tables without which some
// systems refuse to load a font.
func (f *Font) SubsetFor(glyphs []uint16, chars []rune, name string) ([]byte, error) {
	if len(glyphs) != len(chars) {
		return nil, errors.New("truetype: as many glyphs as characters are needed")
	}
	tables, err := f.subset(glyphs)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(chars))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(chars[a]) - int(chars[b]) })
	ranges := make([]charRange, len(chars))
	for i, n := range order {
		ranges[i] = charRange{first: chars[n], last: chars[n], glyph: uint32(n + 1)}
	}
	tables = append(tables, table{"cmap", bothMaps(ranges)}, table{"name", nameTable(name)}, table{"OS/2", f.os2(ranges)}, table{"post", postTable()})
	slices.SortFunc(tables, func(a, b table) int { return strings.Compare(a.tag, b.tag) })
	return assemble(tables), nil
}

// bothMaps writes a map of format 4 for plane 0 and one of format 12 for all,
// because some readers know only the first.
func bothMaps(chars []charRange) []byte {
	be := binary.BigEndian
	var basic []charRange
	for _, c := range chars {
		if c.first < 0xFFFF {
			basic = append(basic, c)
		}
	}
	segments := len(basic) + 1 // the last one is prescribed
	power, log := 1, 0
	for power*2 <= segments {
		power, log = power*2, log+1
	}
	four := be.AppendUint16(nil, 4)
	four = be.AppendUint16(four, uint16(16+8*segments))
	for _, v := range []int{0, 2 * segments, 2 * power, log, 2 * (segments - power)} {
		four = be.AppendUint16(four, uint16(v))
	}
	column := func(last uint16, value func(charRange) uint16) {
		for _, c := range basic {
			four = be.AppendUint16(four, value(c))
		}
		four = be.AppendUint16(four, last)
	}
	column(0xFFFF, func(c charRange) uint16 { return uint16(c.last) })
	four = be.AppendUint16(four, 0)
	column(0xFFFF, func(c charRange) uint16 { return uint16(c.first) })
	column(1, func(c charRange) uint16 { return uint16(c.glyph) - uint16(c.first) })
	column(0, func(charRange) uint16 { return 0 })

	const head = 4 + 2*8
	b := be.AppendUint16(nil, 0)
	b = be.AppendUint16(b, 2)
	b = be.AppendUint32(b, 3<<16|1)
	b = be.AppendUint32(b, head)
	b = be.AppendUint32(b, 3<<16|10)
	b = be.AppendUint32(b, uint32(head+len(four)))
	return append(append(b, four...), writeCmap(chars)[12:]...)
}

// nameTable gives the family, style, full and PostScript names.
func nameTable(name string) []byte {
	be := binary.BigEndian
	values := map[uint16]string{1: name, 2: "Regular", 4: name, 6: name}
	var records, text []byte
	for _, id := range []uint16{1, 2, 4, 6} {
		var v []byte
		for _, u := range utf16.Encode([]rune(values[id])) {
			v = be.AppendUint16(v, u)
		}
		for _, n := range []int{3, 1, 0x409, int(id), len(v), len(text)} {
			records = be.AppendUint16(records, uint16(n))
		}
		text = append(text, v...)
	}
	b := be.AppendUint16(nil, 0)
	b = be.AppendUint16(b, 4)
	b = be.AppendUint16(b, uint16(6+len(records)))
	return append(append(b, records...), text...)
}

// os2 is the table of metrics for one system, version 4.
func (f *Font) os2(chars []charRange) []byte {
	be := binary.BigEndian
	b := make([]byte, 96)
	m := f.Metrics()
	be.PutUint16(b, 4)
	be.PutUint16(b[2:], uint16(m.UnitsPerEm))
	be.PutUint16(b[4:], 400) // weight: regular
	be.PutUint16(b[6:], 5)   // width: medium
	be.PutUint16(b[62:], 0x40)
	if len(chars) > 0 {
		be.PutUint16(b[64:], uint16(min(chars[0].first, 0xFFFF)))
		be.PutUint16(b[66:], uint16(min(chars[len(chars)-1].last, 0xFFFF)))
	}
	be.PutUint16(b[68:], uint16(m.Ascent))
	be.PutUint16(b[70:], uint16(m.Descent))
	be.PutUint16(b[74:], uint16(max(m.Ascent, 0)))
	be.PutUint16(b[76:], uint16(max(-m.Descent, 0)))
	copy(b[58:], "TONG")
	return b
}

func postTable() []byte {
	b := make([]byte, 32)
	binary.BigEndian.PutUint32(b, 0x00030000)
	return b
}
