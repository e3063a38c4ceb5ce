package truetype

import (
	"encoding/binary"
)

// A block holds the outlines of blockGlyphs neighbouring glyphs, taken apart
// into streams of like things: headers, contour ends, flags, x and y steps.
// Like things compress better together than outline by outline (8 % on our
// fonts). Composite outlines are kept whole in the last stream.
type block struct {
	streams [6][]byte
}

const (
	streamHeader = iota
	streamEnds
	streamFlags
	streamX
	streamY
	streamWhole
)

// Flags of a point of a simple outline.
const (
	xShort  = 0x02
	yShort  = 0x04
	repeats = 0x08
	xSame   = 0x10
	ySame   = 0x20
)

func xSize(flag byte) int {
	switch {
	case flag&xShort != 0:
		return 1
	case flag&xSame != 0:
		return 0
	}
	return 2
}

func ySize(flag byte) int {
	switch {
	case flag&yShort != 0:
		return 1
	case flag&ySame != 0:
		return 0
	}
	return 2
}

// add takes one outline without instructions apart.
func (b *block) add(o []byte) error {
	s := &b.streams
	if len(o) == 0 {
		s[streamHeader] = append(s[streamHeader], 0, 0)
		return nil
	}
	if isComposite(o) {
		s[streamHeader] = append(s[streamHeader], 0xFF, 0xFF)
		s[streamWhole] = binary.AppendUvarint(s[streamWhole], uint64(len(o)))
		s[streamWhole] = append(s[streamWhole], o...)
		return nil
	}
	contours := int(binary.BigEndian.Uint16(o))
	body := 10 + 2*contours + 2 // after the empty instructions
	if contours == 0 || body > len(o) {
		return damaged("outline contours")
	}
	s[streamHeader] = append(s[streamHeader], o[:10]...)
	points, before := 0, -1
	for i := range contours {
		end := int(binary.BigEndian.Uint16(o[10+2*i:]))
		if end <= before {
			return damaged("contour ends")
		}
		s[streamEnds] = binary.AppendUvarint(s[streamEnds], uint64(end-before))
		before, points = end, end+1
	}
	xs, ys := 0, 0
	for n := 0; n < points; {
		if body >= len(o) {
			return damaged("outline flags")
		}
		flag, times := o[body], 1
		body++
		if flag&repeats != 0 {
			if body >= len(o) {
				return damaged("outline flags")
			}
			times += int(o[body])
			body++
		}
		flag &^= repeats
		for ; times > 0 && n < points; times, n = times-1, n+1 {
			s[streamFlags] = append(s[streamFlags], flag)
			xs, ys = xs+xSize(flag), ys+ySize(flag)
		}
	}
	if body+xs+ys > len(o) {
		return damaged("outline coordinates")
	}
	s[streamX] = append(s[streamX], o[body:body+xs]...)
	s[streamY] = append(s[streamY], o[body+xs:body+xs+ys]...)
	return nil
}

// bytes writes the block: the length of every stream, then the streams.
func (b *block) bytes() []byte {
	var out []byte
	for _, s := range b.streams {
		out = binary.AppendUvarint(out, uint64(len(s)))
	}
	for _, s := range b.streams {
		out = append(out, s...)
	}
	return out
}

// readBlock splits the bytes of a block into its streams.
func readBlock(in []byte) (*block, error) {
	var sizes [6]int
	for i := range sizes {
		n, used := binary.Uvarint(in)
		if used <= 0 || n > maxPart {
			return nil, damaged("block sizes")
		}
		sizes[i], in = int(n), in[used:]
	}
	b := &block{}
	for i, n := range sizes {
		if n > len(in) {
			return nil, damaged("block streams")
		}
		b.streams[i], in = in[:n], in[n:]
	}
	return b, nil
}

// take removes the next n bytes of a stream.
func (b *block) take(stream, n int) ([]byte, error) {
	s := b.streams[stream]
	if n > len(s) {
		return nil, damaged("block stream ends early")
	}
	b.streams[stream] = s[n:]
	return s[:n], nil
}

func (b *block) takeUvarint(stream int) (int, error) {
	n, used := binary.Uvarint(b.streams[stream])
	if used <= 0 || n > maxPart {
		return 0, damaged("block number")
	}
	b.streams[stream] = b.streams[stream][used:]
	return int(n), nil
}

// next puts the next outline together again.
func (b *block) next() ([]byte, error) {
	head, err := b.take(streamHeader, 2)
	if err != nil {
		return nil, err
	}
	contours := int(int16(binary.BigEndian.Uint16(head)))
	if contours == 0 {
		return nil, nil
	}
	if contours < 0 {
		n, err := b.takeUvarint(streamWhole)
		if err != nil {
			return nil, err
		}
		return b.take(streamWhole, n)
	}
	box, err := b.take(streamHeader, 8)
	if err != nil {
		return nil, err
	}
	out := append(append([]byte(nil), head...), box...)
	points := 0
	for range contours {
		step, err := b.takeUvarint(streamEnds)
		if err != nil {
			return nil, err
		}
		if points += step; points > 1<<16 {
			return nil, damaged("too many points")
		}
		out = binary.BigEndian.AppendUint16(out, uint16(points-1))
	}
	out = append(out, 0, 0)
	return b.points(out, points)
}

// points appends flags and steps of n points to out.
func (b *block) points(out []byte, n int) ([]byte, error) {
	flags, err := b.take(streamFlags, n)
	if err != nil {
		return nil, err
	}
	xs, ys := 0, 0
	for i := 0; i < n; {
		run := 1
		for i+run < n && flags[i+run] == flags[i] && run < 256 {
			run++
		}
		xs, ys = xs+run*xSize(flags[i]), ys+run*ySize(flags[i])
		if run > 1 {
			out = append(out, flags[i]|repeats, byte(run-1))
		} else {
			out = append(out, flags[i])
		}
		i += run
	}
	x, err := b.take(streamX, xs)
	if err != nil {
		return nil, err
	}
	y, err := b.take(streamY, ys)
	if err != nil {
		return nil, err
	}
	return append(append(out, x...), y...), nil
}
