package truetype

import "encoding/binary"

// Subset cuts a font file in which glyph i+1 draws what glyphs[i] draws here;
// glyph 0 stays the "missing" sign. The same glyph may be named twice: a
// document needs that when two characters share one drawing but have to come
// out as two characters when the text is copied. Components of composite
// glyphs follow at the end.
func (f *Font) Subset(glyphs []uint16) ([]byte, error) {
	tables, err := f.subset(glyphs)
	if err != nil {
		return nil, err
	}
	return assemble(tables), nil
}

// subset are the tables of Subset.
func (f *Font) subset(glyphs []uint16) ([]table, error) {
	order := append([]uint16{0}, glyphs...)
	slots := map[uint16]uint16{}
	for i, g := range order {
		if _, ok := slots[g]; !ok {
			slots[g] = uint16(i)
		}
	}
	var glyf, hmtx []byte
	be := binary.BigEndian
	loca := be.AppendUint32(nil, 0)
	for i := 0; i < len(order); i++ { // order grows while components are found
		o, err := f.Outline(order[i])
		if err != nil {
			return nil, err
		}
		start := len(glyf)
		glyf = append(glyf, o...)
		if isComposite(o) {
			if _, err := eachComponent(glyf[start:], func(c []byte) {
				g := be.Uint16(c[2:])
				if _, ok := slots[g]; !ok {
					slots[g] = uint16(len(order))
					order = append(order, g)
				}
				be.PutUint16(c[2:], slots[g])
			}); err != nil {
				return nil, err
			}
		}
		if len(order) > 0xFFFF {
			return nil, damaged("more glyphs than a font may hold")
		}
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		hmtx = be.AppendUint16(hmtx, uint16(f.Advance(order[i])))
		hmtx = be.AppendUint16(hmtx, f.bearing(order[i]))
	}
	head := append([]byte(nil), f.head[:54]...)
	be.PutUint32(head[8:], 0)
	be.PutUint16(head[50:], 1) // long offsets
	hhea := append([]byte(nil), f.hhea[:36]...)
	be.PutUint16(hhea[34:], uint16(len(order)))
	maxp := append([]byte(nil), f.maxp[:32]...)
	be.PutUint16(maxp[4:], uint16(len(order)))
	return []table{
		{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp},
	}, nil
}

type table struct {
	tag  string
	data []byte
}

// assemble writes a font file from tables in alphabetical order.
func assemble(tables []table) []byte {
	be := binary.BigEndian
	n := len(tables)
	power := 1
	log := 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	b := be.AppendUint32(nil, 0x00010000)
	b = be.AppendUint16(b, uint16(n))
	b = be.AppendUint16(b, uint16(power*16))
	b = be.AppendUint16(b, uint16(log))
	b = be.AppendUint16(b, uint16((n-power)*16))
	off := 12 + 16*n
	for _, t := range tables {
		b = append(b, t.tag...)
		b = be.AppendUint32(b, checksum(t.data))
		b = be.AppendUint32(b, uint32(off))
		b = be.AppendUint32(b, uint32(len(t.data)))
		off += (len(t.data) + 3) &^ 3
	}
	head := 0
	for _, t := range tables {
		if t.tag == "head" {
			head = len(b)
		}
		b = append(b, t.data...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	be.PutUint32(b[head+8:], 0xB1B0AFBA-checksum(b))
	return b
}

func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}
