package truetype

import "encoding/binary"

// Flags of a component of a composite glyph.
const (
	argsAreWords     = 0x0001
	haveScale        = 0x0008
	moreComponents   = 0x0020
	haveXYScale      = 0x0040
	haveTwoByTwo     = 0x0080
	haveInstructions = 0x0100
)

// dropInstructions cuts the hinting program out of an outline: without the
// font's own programs it could not run, and keeping it would only cost bytes.
func dropInstructions(o []byte) ([]byte, error) {
	if len(o) == 0 {
		return nil, nil
	}
	if len(o) < 10 {
		return nil, damaged("outline header")
	}
	contours := int(int16(binary.BigEndian.Uint16(o)))
	if contours < 0 {
		out := append([]byte(nil), o...)
		end, err := eachComponent(out, func(c []byte) {
			flags := binary.BigEndian.Uint16(c)
			binary.BigEndian.PutUint16(c, flags&^haveInstructions)
		})
		if err != nil {
			return nil, err
		}
		return out[:end:end], nil
	}
	at := 10 + 2*contours
	if at+2 > len(o) {
		return nil, damaged("outline contours")
	}
	n := int(binary.BigEndian.Uint16(o[at:]))
	if at+2+n > len(o) {
		return nil, damaged("outline instructions")
	}
	out := make([]byte, 0, len(o)-n)
	out = append(out, o[:at]...)
	out = append(out, 0, 0)
	return append(out, o[at+2+n:]...), nil
}

// eachComponent calls visit with every component record of a composite outline
// and returns where the last one ends.
func eachComponent(o []byte, visit func(record []byte)) (end int, err error) {
	at := 10
	for {
		if at+4 > len(o) {
			return 0, damaged("composite outline")
		}
		flags := binary.BigEndian.Uint16(o[at:])
		size := 4 + 2
		if flags&argsAreWords != 0 {
			size += 2
		}
		switch {
		case flags&haveScale != 0:
			size += 2
		case flags&haveXYScale != 0:
			size += 4
		case flags&haveTwoByTwo != 0:
			size += 8
		}
		if at+size > len(o) {
			return 0, damaged("composite outline")
		}
		visit(o[at : at+size])
		at += size
		if flags&moreComponents == 0 {
			return at, nil
		}
	}
}

func isComposite(o []byte) bool {
	return len(o) >= 10 && int16(binary.BigEndian.Uint16(o)) < 0
}
