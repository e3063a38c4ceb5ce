package builtin

import (
	"tongban/platform/dmn/feel/value"
)

// extent is a point or a range seen as one thing: a point is a closed range of
// one value.
type extent struct {
	*value.Range
	point bool
}

func (e extent) letter() string {
	if e.point {
		return "p"
	}
	return "r"
}

func extentOf(v value.Value) (extent, bool) {
	if l, ok := v.([]any); ok && len(l) == 1 {
		v = l[0]
	}
	switch x := v.(type) {
	case nil:
		return extent{}, false
	case *value.Range:
		return extent{x, false}, x.Op != "!="
	}
	if _, ok := value.Compare(v, v); !ok {
		return extent{}, false
	}
	return extent{&value.Range{Low: v, High: v, LowIn: true, HighIn: true}, true}, true
}

// The four comparisons of ends. A missing low end lies before everything, a
// missing high end behind; ok is false when two ends have no order.

func ends(a, b value.Value, aMissing, bMissing int) (int, bool) {
	switch {
	case a == nil && b == nil:
		return aMissing - bMissing, true
	case a == nil:
		return aMissing, true
	case b == nil:
		return -bMissing, true
	}
	return value.Compare(a, b)
}

func lows(a, b extent) (int, bool)    { return ends(a.Low, b.Low, -1, -1) }
func highs(a, b extent) (int, bool)   { return ends(a.High, b.High, 1, 1) }
func highLow(a, b extent) (int, bool) { return ends(a.High, b.Low, 1, -1) }

// relation is one of the functions on points and ranges; shape says which
// arguments it takes, such as "pr" for a point and a range.
func relation(name string, shapes string, names [][2]string, test func(a, b extent) (bool, bool)) {
	fn := func(_ *value.Run, args []value.Value) value.Value {
		a, ok1 := extentOf(args[0])
		b, ok2 := extentOf(args[1])
		if !ok1 || !ok2 {
			return nil
		}
		shape := a.letter() + b.letter()
		for i := 0; i < len(shapes); i += 3 {
			if shapes[i:i+2] == shape {
				return orNull(test(a, b))
			}
		}
		return nil
	}
	for _, n := range names {
		Define(name+"("+n[0]+":a, "+n[1]+":a)", fn)
	}
}

func flip(test func(a, b extent) (bool, bool)) func(a, b extent) (bool, bool) {
	return func(a, b extent) (bool, bool) { return test(b, a) }
}

func isBefore(a, b extent) (bool, bool) {
	c, ok := highLow(a, b)
	return c < 0 || c == 0 && !(a.HighIn && b.LowIn), ok
}

func isMeets(a, b extent) (bool, bool) {
	c, ok := highLow(a, b)
	return c == 0 && a.HighIn && b.LowIn, ok
}

func isOverlaps(a, b extent) (bool, bool) {
	x, ok1 := isBefore(a, b)
	y, ok2 := isBefore(b, a)
	return !x && !y, ok1 && ok2
}

func isOverlapsBefore(a, b extent) (bool, bool) {
	low, ok1 := lows(a, b)
	touch, ok2 := highLow(a, b)
	high, ok3 := highs(a, b)
	return (low < 0 || low == 0 && a.LowIn && !b.LowIn) && (touch > 0 || touch == 0 && a.HighIn && b.LowIn) &&
		(high < 0 || high == 0 && (!a.HighIn || b.HighIn)), ok1 && ok2 && ok3
}

func isFinishes(a, b extent) (bool, bool) {
	low, ok1 := lows(a, b)
	high, ok2 := highs(a, b)
	return high == 0 && a.HighIn == b.HighIn && (low > 0 || low == 0 && (!a.LowIn || b.LowIn)), ok1 && ok2
}

func isDuring(a, b extent) (bool, bool) {
	low, ok1 := lows(a, b)
	high, ok2 := highs(a, b)
	return (low > 0 || low == 0 && (!a.LowIn || b.LowIn)) && (high < 0 || high == 0 && (!a.HighIn || b.HighIn)), ok1 && ok2
}

func isStarts(a, b extent) (bool, bool) {
	low, ok1 := lows(a, b)
	high, ok2 := highs(a, b)
	return low == 0 && a.LowIn == b.LowIn && (high < 0 || high == 0 && (!a.HighIn || b.HighIn)), ok1 && ok2
}

func isCoincides(a, b extent) (bool, bool) {
	low, ok1 := lows(a, b)
	high, ok2 := highs(a, b)
	return low == 0 && high == 0 && a.LowIn == b.LowIn && a.HighIn == b.HighIn, ok1 && ok2
}

func init() {
	pp, pr, rp, rr := [2]string{"point1", "point2"}, [2]string{"point", "range"}, [2]string{"range", "point"}, [2]string{"range1", "range2"}
	all, ranges := [][2]string{pp, pr, rp, rr}, [][2]string{rr}
	relation("before", "pp pr rp rr", all, isBefore)
	relation("after", "pp pr rp rr", all, flip(isBefore))
	relation("meets", "rr", ranges, isMeets)
	relation("met by", "rr", ranges, flip(isMeets))
	relation("overlaps", "rr", ranges, isOverlaps)
	relation("overlaps before", "rr", ranges, isOverlapsBefore)
	relation("overlaps after", "rr", ranges, flip(isOverlapsBefore))
	relation("finishes", "pr rr", [][2]string{pr, rr}, isFinishes)
	relation("finished by", "rp rr", [][2]string{rp, rr}, flip(isFinishes))
	relation("includes", "rp rr", [][2]string{rp, rr}, flip(isDuring))
	relation("during", "pr rr", [][2]string{pr, rr}, isDuring)
	relation("starts", "pr rr", [][2]string{pr, rr}, isStarts)
	relation("started by", "rp rr", [][2]string{rp, rr}, flip(isStarts))
	relation("coincides", "pp rr", [][2]string{pp, rr}, isCoincides)
}
