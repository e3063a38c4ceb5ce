package truetype

import "math/bits"

// A block holds the outlines of neighbouring glyphs. It is written step by
// step by a coder that learns from the steps before: after a step of this
// length and direction, which one follows; and where the last two steps stood
// in the block before, does the same one follow again. Characters are drawn out
// of the same few hundred strokes, so it often does.
type block struct {
	coder   coder
	reading bool
	chances []chance
	steps   []step  // of the whole block so far
	places  []int32 // in steps, by the two steps before it
}

// Sizes of the two tables, as powers of two.
const (
	chanceBits = 19
	placeBits  = 16
)

// maxSteps bounds a block, so that a damaged one ends.
const maxSteps = 1 << 20

func newBlock(c coder, reading bool) *block {
	return &block{coder: c, reading: reading, chances: make([]chance, 1<<chanceBits), places: make([]int32, 1<<placeBits)}
}

// What is coded; a number stands for what its chances are learnt under.
const (
	codesKind = iota + 1
	codesByte
	codesContours
	codesSame
	codesOn
	codesX
	codesY
	codesStartX
	codesStartY
	codesLast
	codesFine = 1 << 4 // the digits of a number
)

// The kinds of outlines.
const (
	kindEmpty = iota
	kindSimple
	kindComposite
)

func mix(a, b uint32) uint32 {
	h := (a ^ b*0x9E3779B1) * 0x85EBCA6B
	return (h ^ h>>15) * 0xC2B2AE35
}

// bit codes what is true or not.
func (b *block) bit(what, known uint32, one bool) bool {
	return b.coder.bit(&b.chances[mix(what, known)>>(32-chanceBits)], one)
}

// together is how many digits have their chances side by side: the processor
// fetches 64 bytes at a time.
const together = 5

// digits codes the lowest n bits of v, the highest first.
func (b *block) digits(what, known uint32, n int, v uint32) uint32 {
	out, mask := uint32(1), uint32(1)<<n-1
	for n > 0 {
		part := min(n, together)
		n -= part
		at := mix(what|out<<8, known) >> (32 - chanceBits) &^ (1<<part - 1)
		node := uint32(1)
		for i := part - 1; i >= 0; i-- {
			node <<= 1
			if b.coder.bit(&b.chances[at+node>>1], v>>(n+i)&1 != 0) {
				node |= 1
			}
		}
		out = out<<part | node&(1<<part-1)
	}
	return out & mask
}

// class tells the size of a number and its sign: 0, then two for each length
// in bits.
func class(v int32) uint32 {
	if v < 0 {
		return uint32(2*bits.Len32(uint32(-v)) - 1)
	}
	return uint32(2 * bits.Len32(uint32(v)))
}

// fineClass tells small numbers apart and halves the lengths of others.
func fineClass(v int32) uint32 {
	sign := uint32(0)
	if v < 0 {
		v, sign = -v, 1
	}
	if v < 6 {
		return 2*uint32(v) + sign
	}
	n := bits.Len32(uint32(v))
	return 2*uint32(6+2*(n-3)+int(v>>(n-2)&1)) + sign
}

// number codes a number below 1<<15 either way: its class, then its digits. The
// first three depend on what is known, the others hardly.
func (b *block) number(what, known uint32, v int32) int32 {
	size := b.digits(what, known, 5, class(v))
	n := int(size+1) / 2
	if n == 0 {
		return 0
	}
	abs := uint32(max(v, -v))
	out := uint32(1)
	if first := min(n-1, 3); first > 0 {
		out = out<<first | b.digits(what|codesFine, mix(known, size), first, abs>>(n-1-first))
	}
	if rest := n - 4; rest > 0 {
		out = out<<rest | b.digits(what|codesFine, mix(out, size), rest, abs)
	}
	if size&1 != 0 {
		return -int32(out)
	}
	return int32(out)
}

// add writes one outline without instructions.
func (b *block) add(o []byte) error {
	switch {
	case len(o) == 0:
		b.digits(codesKind, 0, 2, kindEmpty)
	case isComposite(o):
		b.digits(codesKind, 0, 2, kindComposite)
		if len(o) >= 1<<15 {
			return damaged("composite outline too long")
		}
		b.raw(o)
	default:
		steps, err := stepsOf(o)
		if err != nil {
			return err
		}
		b.digits(codesKind, 0, 2, kindSimple)
		for _, s := range steps {
			if max(s.x, -s.x, s.y, -s.y) >= longest {
				return damaged("step too long")
			}
		}
		_, err = b.outline(steps)
		return err
	}
	return nil
}

// next reads the next outline.
func (b *block) next() ([]byte, error) {
	switch b.digits(codesKind, 0, 2, 0) {
	case kindEmpty:
		return nil, nil
	case kindSimple:
		steps, err := b.outline(nil)
		if err != nil {
			return nil, err
		}
		return outlineOf(steps)
	case kindComposite:
		return b.raw(nil), nil
	}
	return nil, damaged("kind of outline")
}

// raw codes a composite outline, byte by byte.
func (b *block) raw(o []byte) []byte {
	n := int(b.number(codesByte, 1<<8, int32(len(o))))
	for i := range n {
		var v byte
		if !b.reading {
			v = o[i]
		}
		if v = byte(b.digits(codesByte, 0, 8, uint32(v))); b.reading {
			o = append(o, v)
		}
	}
	return o
}

// outline codes the steps of an outline: given when writing, else found.
func (b *block) outline(steps []step) ([]step, error) {
	contours := 0
	for _, s := range steps {
		if s.last {
			contours++
		}
	}
	contours = int(b.number(codesContours, 0, int32(contours)))
	if contours <= 0 {
		return nil, damaged("outline contours")
	}
	for at := 0; contours > 0; contours-- {
		c := contour{block: b}
		for done := false; !done; at++ {
			if b.reading {
				steps = append(steps, step{})
			}
			s := c.step(steps[at])
			if b.steps = append(b.steps, s); len(b.steps) > maxSteps {
				return nil, damaged("block too long")
			}
			steps[at], done = s, s.last
		}
	}
	return steps, nil
}

// contour is one contour while it is coded.
type contour struct {
	*block
	length int   // steps so far
	x, y   int32 // from its first point
	like   int   // where the block went the same way; 0 is nowhere
	times  int   // for how many steps
}

func (c *contour) step(s step) step {
	b := c.block
	if c.length == 0 {
		s.on = b.bit(codesOn, 4, s.on)
		s.x = b.number(codesStartX, flag(s.on), s.x)
		s.y = b.number(codesStartY, flag(s.on)|class(s.x)<<4, s.y)
		s.last = b.bit(codesLast, 1<<16, s.last)
		c.length++
		return s
	}
	var one, two step // the steps before; the first of a contour says nothing
	if c.length > 1 {
		one = b.steps[len(b.steps)-1]
	}
	if c.length > 2 {
		two = b.steps[len(b.steps)-2]
	}
	c.look()
	old, same := step{}, uint32(0)
	if c.like > 0 {
		old = b.steps[c.like]
		if b.bit(codesSame, uint32(min(c.times, 30)), old.x == s.x && old.y == s.y && old.on == s.on) {
			s.x, s.y, s.on = old.x, old.y, old.on
			same = 1 + flag(old.last)
			c.times++
		} else {
			c.like, c.times = 0, 0
		}
	}
	if same == 0 {
		c.other(&s, one, two)
	}
	c.x, c.y = c.x+s.x, c.y+s.y
	near := min(bits.Len32(uint32(max(c.x, -c.x)+max(c.y, -c.y))), 7)
	s.last = b.bit(codesLast, same<<8|uint32(near)<<4|uint32(min(c.length, 7)), s.last)
	c.length++
	if c.like > 0 {
		if c.like++; s.last || c.like >= len(b.steps) {
			c.like = 0
		}
	}
	return s
}

// other codes a step that is none of before.
func (c *contour) other(s *step, one, two step) {
	s.on = c.bit(codesOn, flag(one.on)|flag(two.on)<<1|8, s.on)
	kind := uint32(min(c.length, 2))<<1 | flag(s.on)
	s.x = c.number(codesX, kind<<16|fineClass(one.x)<<6|class(one.y), s.x)
	s.y = c.number(codesY, kind<<18|class(s.x)<<12|fineClass(one.y)<<6|class(one.x), s.y)
}

// look finds where the block last went the way of the last two steps.
func (c *contour) look() {
	n := len(c.steps)
	if n < 2 || c.length < 2 {
		return
	}
	one, two := c.steps[n-1], c.steps[n-2]
	key := mix(mix(uint32(one.x)<<16^uint32(one.y), uint32(two.x)<<16^uint32(two.y)), 7) >> (32 - placeBits)
	if c.like == 0 {
		if at := int(c.places[key]); at > 0 && c.steps[at-1].x == one.x && c.steps[at-1].y == one.y {
			c.like, c.times = at, 0
		}
	}
	c.places[key] = int32(n)
}

func flag(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
