package value

import (
	"math"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// Number is a decimal number with 34 digits, as the standard asks for: 0.1 + 0.2
// is 0.3. The zero value is 0. A Number never changes.
type Number struct {
	i int64        // the value, when d is nil
	d *apd.Decimal // the value otherwise; never changed once set, never NaN or infinite
}

// decimal128 are the limits of IEEE 754 decimal128. Nothing traps: a result
// that is not finite becomes null.
var decimal128 = apd.Context{Precision: 34, MaxExponent: 6144, MinExponent: -6143, Rounding: apd.RoundHalfEven}

// Rounding says which way a number is rounded.
type Rounding = apd.Rounder

// The ways of rounding; up and down are away from zero and towards it.
const (
	RoundHalfEven = apd.RoundHalfEven
	RoundHalfUp   = apd.RoundHalfUp
	RoundHalfDown = apd.RoundHalfDown
	RoundUp       = apd.RoundUp
	RoundDown     = apd.RoundDown
	RoundFloor    = apd.RoundFloor
	RoundCeiling  = apd.RoundCeiling
)

// Int makes a number of an integer.
func Int(i int64) Number { return Number{i: i} }

// Float makes the number that a float shows when printed shortest; NaN and
// infinities are no numbers.
func Float(f float64) (Number, bool) {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return Int(int64(f)), true
	}
	return ParseNumber(strconv.FormatFloat(f, 'g', -1, 64))
}

// ParseNumber reads a number as JSON or XML write it: 12, -0.5, 1e3.
func ParseNumber(s string) (Number, bool) {
	if len(s) < 18 {
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return Int(i), true
		}
	}
	if s == "" || len(s) > 400 || strings.Trim(s, "0123456789+-.eE") != "" || !strings.ContainsAny(s, "0123456789") {
		return Number{}, false
	}
	d := new(apd.Decimal)
	if _, _, err := d.SetString(s); err != nil {
		return Number{}, false
	}
	return settle(d)
}

// settle rounds to 34 digits and keeps integers as integers.
func settle(d *apd.Decimal) (Number, bool) {
	if d.Form != apd.Finite {
		return Number{}, false
	}
	decimal128.Round(d, d)
	if d.Form != apd.Finite {
		return Number{}, false
	}
	if d.Exponent <= 0 && d.Exponent > -40 || d.Exponent > 0 && d.Exponent < 19 {
		if i, err := d.Int64(); err == nil {
			return Int(i), true
		}
	}
	return Number{d: d}, true
}

// big gives the number as a decimal that the caller must not change.
func (n Number) big() *apd.Decimal {
	if n.d != nil {
		return n.d
	}
	return apd.New(n.i, 0)
}

// Int64 gives the number as an integer when it is one and fits.
func (n Number) Int64() (int64, bool) {
	if n.d == nil {
		return n.i, true
	}
	if n.d.Exponent > 19 || n.d.Exponent < -6200 {
		return 0, false
	}
	i, err := n.d.Int64()
	return i, err == nil
}

// Float64 gives the nearest float.
func (n Number) Float64() float64 {
	if n.d == nil {
		return float64(n.i)
	}
	f, _ := strconv.ParseFloat(n.d.Text('E'), 64)
	return f
}

// Sign is -1, 0 or 1.
func (n Number) Sign() int {
	if n.d == nil {
		return sign(n.i)
	}
	return n.d.Sign()
}

func sign(i int64) int {
	switch {
	case i < 0:
		return -1
	case i > 0:
		return 1
	}
	return 0
}

// Cmp compares two numbers: -1, 0 or 1.
func (n Number) Cmp(m Number) int {
	if n.d == nil && m.d == nil {
		switch {
		case n.i < m.i:
			return -1
		case n.i > m.i:
			return 1
		}
		return 0
	}
	x, y := n.d, m.d
	var whole apd.Decimal // at most one of them is
	if x == nil {
		x = whole.SetInt64(n.i)
	}
	if y == nil {
		y = whole.SetInt64(m.i)
	}
	return x.Cmp(y)
}

// String writes the number plainly, without exponent and trailing zeros, and
// with an exponent only beyond 40 digits.
func (n Number) String() string {
	if n.d == nil {
		return strconv.FormatInt(n.i, 10)
	}
	d := new(apd.Decimal)
	d.Reduce(n.d)
	if d.Exponent > 40 || d.Exponent < -60 {
		return d.Text('E')
	}
	return d.Text('f')
}

type decimalOp func(d, x, y *apd.Decimal) (apd.Condition, error)

func (n Number) with(m Number, op decimalOp) (Number, bool) {
	d := new(apd.Decimal)
	if _, err := op(d, n.big(), m.big()); err != nil {
		return Number{}, false
	}
	return settle(d)
}

// Add gives n + m. ok is false when the result has no decimal form.
func (n Number) Add(m Number) (Number, bool) {
	if n.d == nil && m.d == nil {
		if s := n.i + m.i; (s > n.i) == (m.i > 0) {
			return Int(s), true
		}
	}
	return n.with(m, decimal128.Add)
}

// Sub gives n - m. ok is false when the result has no decimal form.
func (n Number) Sub(m Number) (Number, bool) {
	if n.d == nil && m.d == nil {
		if s := n.i - m.i; (s < n.i) == (m.i > 0) {
			return Int(s), true
		}
	}
	return n.with(m, decimal128.Sub)
}

// Mul gives n × m. ok is false when the result has no decimal form.
func (n Number) Mul(m Number) (Number, bool) {
	if n.d == nil && m.d == nil && abs64(n.i) < 1<<31 && abs64(m.i) < 1<<31 {
		return Int(n.i * m.i), true
	}
	return n.with(m, decimal128.Mul)
}

// Div gives n / m; ok is false when m is zero or the result has no decimal form.
func (n Number) Div(m Number) (Number, bool) {
	if m.Sign() == 0 {
		return Number{}, false
	}
	if n.d == nil && m.d == nil && n.i != math.MinInt64 && n.i%m.i == 0 {
		return Int(n.i / m.i), true
	}
	return n.with(m, decimal128.Quo)
}

// Modulo is n - m*floor(n/m): it has the sign of the divisor.
func (n Number) Modulo(m Number) (Number, bool) {
	if m.Sign() == 0 {
		return Number{}, false
	}
	wide := decimal128
	wide.Precision = 12400 // the quotient of the largest by the smallest number
	d := new(apd.Decimal)
	if n.span(m) > 200 {
		return Number{}, false
	}
	if _, err := wide.Rem(d, n.big(), m.big()); err != nil || d.Form != apd.Finite {
		return Number{}, false
	}
	if d.Sign() != 0 && (d.Sign() < 0) != (m.Sign() < 0) {
		wide.Add(d, d, m.big())
	}
	return settle(d)
}

// Cost is how many steps an operation on two numbers is worth: more when they lie
// far apart, because their digits are lined up.
func (n Number) Cost(m Number) int {
	if n.d == nil && m.d == nil {
		return 0
	}
	return n.span(m) / 32
}

// span is how many powers of ten lie between the exponents of two numbers.
func (n Number) span(m Number) int {
	s := int(n.big().Exponent) - int(m.big().Exponent)
	if s < 0 {
		return -s
	}
	return s
}

// Pow gives n to the power of m. ok is false when the result has no decimal form.
func (n Number) Pow(m Number) (Number, bool) {
	if m.Sign() == 0 {
		return Int(1), true
	}
	if n.Sign() == 0 && m.Sign() < 0 {
		return Number{}, false
	}
	return n.with(m, decimal128.Pow)
}

// Neg gives -n.
func (n Number) Neg() Number {
	if n.d == nil && n.i != math.MinInt64 {
		return Int(-n.i)
	}
	d := new(apd.Decimal)
	d.Neg(n.big())
	m, _ := settle(d)
	return m
}

// one applies a function of one argument.
func (n Number) one(op func(d, x *apd.Decimal) (apd.Condition, error)) (Number, bool) {
	d := new(apd.Decimal)
	if _, err := op(d, n.big()); err != nil {
		return Number{}, false
	}
	return settle(d)
}

// Round rounds to a number of digits after the point; scale may be negative.
func (n Number) Round(scale int64, mode Rounding) (Number, bool) {
	if scale < -6111 || scale > 6176 {
		return Number{}, false
	}
	if n.d == nil && scale >= 0 {
		return n, true
	}
	if n.d != nil && int64(n.d.Exponent) >= -scale {
		return n, true // nothing to round away
	}
	c := decimal128
	c.Rounding = mode
	c.Precision = 12400
	c.MinExponent = -12400
	d := new(apd.Decimal)
	if _, err := c.Quantize(d, n.big(), int32(-scale)); err != nil {
		return Number{}, false
	}
	return settle(d)
}

func abs64(i int64) int64 {
	if i < 0 {
		return -i
	}
	return i
}

// Sqrt gives the square root; ok is false below zero.
func (n Number) Sqrt() (Number, bool) {
	if n.Sign() < 0 {
		return Number{}, false
	}
	return n.one(decimal128.Sqrt)
}

// Ln gives the natural logarithm; ok is false for zero and below.
func (n Number) Ln() (Number, bool) {
	if n.Sign() <= 0 {
		return Number{}, false
	}
	return n.one(decimal128.Ln)
}

// Exp gives e to the power of the number; ok is false when that has no decimal form.
func (n Number) Exp() (Number, bool) {
	if n.Cmp(Int(20000)) > 0 || n.Cmp(Int(-20000)) < 0 {
		return Number{}, false
	}
	return n.one(decimal128.Exp)
}
