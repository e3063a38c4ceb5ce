package truetype

import "encoding/binary"

// step is the way from one point of an outline to the next.
type step struct {
	x, y int32
	on   bool // the point lies on the line; otherwise it bends it
	last bool // of its contour
}

// longest is what a step stays below, either way.
const longest = 1 << 15

// Flags of a point of a simple outline.
const (
	onLine  = 0x01
	xShort  = 0x02
	yShort  = 0x04
	repeats = 0x08
	xSame   = 0x10
	ySame   = 0x20
)

// stepsOf takes a simple outline without instructions apart.
func stepsOf(o []byte) ([]step, error) {
	contours := int(binary.BigEndian.Uint16(o))
	at := 10 + 2*contours + 2 // after the empty instructions
	if contours == 0 || at > len(o) {
		return nil, damaged("outline contours")
	}
	points := int(binary.BigEndian.Uint16(o[10+2*(contours-1):])) + 1
	var flags []byte
	for len(flags) < points {
		if at >= len(o) || o[at]&repeats != 0 && at+1 >= len(o) {
			return nil, damaged("outline flags")
		}
		flag, times := o[at], 1
		at++
		if flag&repeats != 0 {
			times += int(o[at])
			at++
		}
		for range times {
			flags = append(flags, flag)
		}
	}
	steps := make([]step, points)
	before := -1
	for i := range contours {
		end := int(binary.BigEndian.Uint16(o[10+2*i:]))
		if end <= before || end >= points {
			return nil, damaged("contour ends")
		}
		steps[end].last, before = true, end
	}
	rest := o[at:]
	for i := range steps {
		steps[i].on = flags[i]&onLine != 0
		steps[i].x, rest = distance(rest, flags[i]&xShort != 0, flags[i]&xSame != 0)
	}
	for i := range steps {
		steps[i].y, rest = distance(rest, flags[i]&yShort != 0, flags[i]&ySame != 0)
	}
	if rest == nil {
		return nil, damaged("outline coordinates")
	}
	return steps, nil
}

// distance reads one coordinate; same means the sign of a short one, and that
// there is none otherwise. The rest is nil when the outline ends before.
func distance(in []byte, short, same bool) (d int32, rest []byte) {
	switch {
	case in == nil, short && len(in) < 1, !short && !same && len(in) < 2:
		return 0, nil
	case short && same:
		return int32(in[0]), in[1:]
	case short:
		return -int32(in[0]), in[1:]
	case same:
		return 0, in
	}
	return int32(int16(binary.BigEndian.Uint16(in))), in[2:]
}

// outlineOf puts a simple outline together. Its box is measured anew.
func outlineOf(steps []step) ([]byte, error) {
	be := binary.BigEndian
	var x, y, contours int32
	xMin, xMax, yMin, yMax := int32(1<<30), int32(-1<<30), int32(1<<30), int32(-1<<30)
	var ends, flags, xs, ys []byte
	for i, s := range steps {
		if max(s.x, -s.x, s.y, -s.y) >= longest {
			return nil, damaged("step too long")
		}
		x, y = x+s.x, y+s.y
		xMin, xMax, yMin, yMax = min(xMin, x), max(xMax, x), min(yMin, y), max(yMax, y)
		if s.last {
			contours++
			ends = be.AppendUint16(ends, uint16(i))
		}
		var flag byte
		if s.on {
			flag = onLine
		}
		xs, flag = appendDistance(xs, flag, s.x, xShort, xSame)
		ys, flag = appendDistance(ys, flag, s.y, yShort, ySame)
		flags = append(flags, flag)
	}
	if len(steps) == 0 || len(steps) > 1<<16-1 || min(xMin, yMin) < -1<<15 || max(xMax, yMax) > 1<<15-1 {
		return nil, damaged("outline out of bounds")
	}
	out := be.AppendUint16(nil, uint16(contours))
	for _, v := range []int32{xMin, yMin, xMax, yMax} {
		out = be.AppendUint16(out, uint16(int16(v)))
	}
	out = append(append(out, ends...), 0, 0)
	return append(append(appendFlags(out, flags), xs...), ys...), nil
}

func appendDistance(out []byte, flag byte, d int32, short, same byte) ([]byte, byte) {
	switch {
	case d == 0:
		return out, flag | same
	case d > 0 && d < 256:
		return append(out, byte(d)), flag | short | same
	case d < 0 && d > -256:
		return append(out, byte(-d)), flag | short
	}
	return binary.BigEndian.AppendUint16(out, uint16(int16(d))), flag
}

// appendFlags adds flags; like ones in a row are counted.
func appendFlags(out, flags []byte) []byte {
	for len(flags) > 0 {
		run := 1
		for run < len(flags) && flags[run] == flags[0] && run < 256 {
			run++
		}
		if run > 1 {
			out = append(out, flags[0]|repeats, byte(run-1))
		} else {
			out = append(out, flags[0])
		}
		flags = flags[run:]
	}
	return out
}
