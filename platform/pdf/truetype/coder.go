package truetype

// A coder writes or reads one bit after the other, each at the price that its
// chance gives it: what was likely costs nearly nothing. It is an arithmetic
// coder over bits; code that uses it reads and writes by the same steps. Given
// a bit to write, a writer returns it; a reader returns the bit that stands
// there and does not look at the one given.
type coder interface {
	bit(c *chance, one bool) bool
}

// chance is how likely a one is, learnt from the bits before: thirteen bits of
// a share, and in the last three how many bits were seen.
type chance uint16

// slowest bounds how slowly a chance learns: a new bit moves it by a half in
// the beginning and by 1/16 in the end.
const slowest = 4

func (c *chance) learn(one bool) {
	share, seen := *c>>3, *c&7
	if seen == 0 {
		share = 1 << 12
	}
	if seen < slowest {
		seen++
	}
	if one {
		share += (1<<13 - 1 - share) >> seen
	} else {
		share -= share >> seen
	}
	*c = share<<3 | seen
}

// split divides what is left between the two values of a bit. Both get
// something, however unlikely they are.
func (c chance) split(low, high uint32) uint32 {
	share := uint64(1 << 12)
	if c&7 != 0 {
		share = min(max(uint64(c>>3), 4), 1<<13-4)
	}
	return low + uint32(uint64(high-low)*share>>13)
}

// bitWriter is the coder that writes. Between low and high lies every code that
// begins with what was written.
type bitWriter struct {
	low, high uint32
	out       []byte
}

func newBitWriter() *bitWriter { return &bitWriter{high: 1<<32 - 1} }

func (w *bitWriter) bit(c *chance, one bool) bool {
	if middle := c.split(w.low, w.high); one {
		w.high = middle
	} else {
		w.low = middle + 1
	}
	c.learn(one)
	for (w.low^w.high)>>24 == 0 {
		w.out = append(w.out, byte(w.high>>24))
		w.low, w.high = w.low<<8, w.high<<8|0xFF
	}
	return one
}

// bytes ends the code.
func (w *bitWriter) bytes() []byte {
	return append(w.out, byte(w.high>>24), byte(w.high>>16), byte(w.high>>8), byte(w.high))
}

// bitReader is the coder that reads. Behind the end it reads zeros.
type bitReader struct {
	low, high, code uint32
	in              []byte
}

func newBitReader(in []byte) *bitReader {
	r := &bitReader{high: 1<<32 - 1, in: in}
	for range 4 {
		r.shift()
	}
	return r
}

func (r *bitReader) shift() {
	r.code <<= 8
	if len(r.in) > 0 {
		r.code |= uint32(r.in[0])
		r.in = r.in[1:]
	}
}

func (r *bitReader) bit(c *chance, _ bool) bool {
	middle := c.split(r.low, r.high)
	one := r.code <= middle
	if one {
		r.high = middle
	} else {
		r.low = middle + 1
	}
	c.learn(one)
	for (r.low^r.high)>>24 == 0 {
		r.low, r.high = r.low<<8, r.high<<8|0xFF
		r.shift()
	}
	return one
}
