package truetype

import (
	"encoding/binary"
	"sort"
)

// readCmap reads the best character map of the table: format 12 (all of
// Unicode) before format 4 (the first 65,536 characters).
func readCmap(b []byte, glyphs int) ([]charRange, error) {
	if len(b) < 4 {
		return nil, damaged("no cmap")
	}
	var best []byte
	bestFormat := uint16(0)
	for i := range int(binary.BigEndian.Uint16(b[2:])) {
		at := 4 + 8*i
		if at+8 > len(b) {
			return nil, damaged("cmap directory")
		}
		platform, encoding := binary.BigEndian.Uint16(b[at:]), binary.BigEndian.Uint16(b[at+2:])
		unicode := platform == 0 && encoding != 5 || platform == 3 && (encoding == 1 || encoding == 10)
		off := int64(binary.BigEndian.Uint32(b[at+4:]))
		if !unicode || off+2 > int64(len(b)) {
			continue
		}
		if format := binary.BigEndian.Uint16(b[off:]); (format == 4 || format == 12) && format > bestFormat {
			best, bestFormat = b[off:], format
		}
	}
	var chars []charRange
	var err error
	switch bestFormat {
	case 12:
		chars, err = readFormat12(best)
	case 4:
		chars, err = readFormat4(best)
	default:
		return nil, damaged("no Unicode character map")
	}
	if err != nil {
		return nil, err
	}
	return tidy(chars, glyphs)
}

// tidy sorts the ranges, refuses overlaps and glyphs that do not exist, and
// drops what maps to glyph 0, which means "missing".
func tidy(chars []charRange, glyphs int) ([]charRange, error) {
	sort.Slice(chars, func(i, j int) bool { return chars[i].first < chars[j].first })
	out := chars[:0]
	for _, c := range chars {
		if c.glyph == 0 {
			if c.first == c.last {
				continue
			}
			c.first, c.glyph = c.first+1, 1
		}
		if c.last < c.first || c.last > 0x10FFFF || int64(c.glyph)+int64(c.last-c.first) >= int64(glyphs) {
			return nil, damaged("cmap names a glyph that does not exist")
		}
		if n := len(out); n > 0 {
			p := &out[n-1]
			if c.first <= p.last {
				return nil, damaged("cmap ranges overlap")
			}
			if c.first == p.last+1 && c.glyph == p.glyph+uint32(p.last-p.first)+1 {
				p.last = c.last
				continue
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func readFormat12(b []byte) ([]charRange, error) {
	if len(b) < 16 {
		return nil, damaged("cmap 12 header")
	}
	n := int64(binary.BigEndian.Uint32(b[12:]))
	if 16+12*n > int64(len(b)) {
		return nil, damaged("cmap 12 groups")
	}
	chars := make([]charRange, n)
	for i := range chars {
		g := b[16+12*i:]
		first, last := binary.BigEndian.Uint32(g), binary.BigEndian.Uint32(g[4:])
		if first > last || last > 0x10FFFF {
			return nil, damaged("cmap 12 range")
		}
		chars[i] = charRange{rune(first), rune(last), binary.BigEndian.Uint32(g[8:])}
	}
	return chars, nil
}

func readFormat4(b []byte) ([]charRange, error) {
	if len(b) < 16 {
		return nil, damaged("cmap 4 header")
	}
	n := int(binary.BigEndian.Uint16(b[6:])) / 2
	if 16+8*n > len(b) {
		return nil, damaged("cmap 4 segments")
	}
	at := func(column, i int) uint16 {
		pad := 0
		if column > 0 {
			pad = 2 // one reserved number follows the first column
		}
		return binary.BigEndian.Uint16(b[14+pad+2*n*column+2*i:])
	}
	var chars []charRange
	for i := range n {
		end, start, delta, offset := at(0, i), at(1, i), at(2, i), at(3, i)
		for c := int(start); c <= int(end) && c < 0xFFFF; c++ {
			g := uint16(c) + delta
			if offset != 0 {
				p := 16 + 6*n + 2*i + int(offset) + 2*(c-int(start))
				if p+2 > len(b) {
					return nil, damaged("cmap 4 glyph index")
				}
				if g = binary.BigEndian.Uint16(b[p:]); g != 0 {
					g += delta
				}
			}
			if g != 0 {
				chars = append(chars, charRange{rune(c), rune(c), uint32(g)})
			}
		}
	}
	return chars, nil
}

// writeCmap writes a cmap table with one format 12 map.
func writeCmap(chars []charRange) []byte {
	be := binary.BigEndian
	b := be.AppendUint16(nil, 0)
	b = be.AppendUint16(b, 1)
	b = be.AppendUint16(b, 3)
	b = be.AppendUint16(b, 10)
	b = be.AppendUint32(b, 12)
	b = be.AppendUint16(b, 12)
	b = be.AppendUint16(b, 0)
	b = be.AppendUint32(b, uint32(16+12*len(chars)))
	b = be.AppendUint32(b, 0)
	b = be.AppendUint32(b, uint32(len(chars)))
	for _, c := range chars {
		b = be.AppendUint32(b, uint32(c.first))
		b = be.AppendUint32(b, uint32(c.last))
		b = be.AppendUint32(b, c.glyph)
	}
	return b
}
