package builtin

import (
	"slices"
	"strings"

	"tongban/platform/dmn/feel/value"
)

func init() {
	for name, mode := range map[string]value.Rounding{"decimal": value.RoundHalfEven, "round up": value.RoundUp, "round down": value.RoundDown,
		"round half up": value.RoundHalfUp, "round half down": value.RoundHalfDown} {
		Define(name+"(n:n, scale:n)", rounding(mode))
	}
	Define("floor(n:n, scale?:n)", rounding(value.RoundFloor))
	Define("ceiling(n:n, scale?:n)", rounding(value.RoundCeiling))
	Define("abs(n:a)", fnAbs)
	Define("modulo(dividend:n, divisor:n)", func(_ *value.Run, a []value.Value) value.Value {
		return orNull(a[0].(value.Number).Modulo(a[1].(value.Number)))
	})
	Define("sqrt(number:n)", costly(100, value.Number.Sqrt))
	Define("log(number:n)", costly(500, value.Number.Ln))
	Define("exp(number:n)", costly(2000, value.Number.Exp))
	Define("odd(number:n)", func(_ *value.Run, a []value.Value) value.Value { return parity(a[0].(value.Number), 1) })
	Define("even(number:n)", func(_ *value.Run, a []value.Value) value.Value { return parity(a[0].(value.Number), 0) })
	Define("number(from:a)", func(r *value.Run, a []value.Value) value.Value { return toNumber(r, []value.Value{a[0], nil, nil}) })
	Define("number(from:s, grouping separator:a, decimal separator?:a)", toNumber)
}

// costly charges for functions that go round and round.
func costly(steps int, fn func(value.Number) (value.Number, bool)) func(*value.Run, []value.Value) value.Value {
	return func(r *value.Run, a []value.Value) value.Value {
		if !r.Spend(steps) {
			return nil
		}
		return orNull(fn(a[0].(value.Number)))
	}
}

func rounding(mode value.Rounding) func(*value.Run, []value.Value) value.Value {
	return func(_ *value.Run, a []value.Value) value.Value {
		scale := value.Int(0)
		if len(a) > 1 && a[1] != nil {
			scale, _ = a[1].(value.Number).Round(0, value.RoundDown)
		}
		i, ok := scale.Int64()
		if !ok {
			return nil
		}
		return orNull(a[0].(value.Number).Round(i, mode))
	}
}

func fnAbs(r *value.Run, a []value.Value) value.Value {
	v := a[0]
	if l, ok := v.([]any); ok && len(l) == 1 {
		v = l[0]
	}
	switch x := v.(type) {
	case value.Number:
		if x.Sign() < 0 {
			return x.Neg()
		}
		return x
	case value.DayDuration:
		if x.Seconds < 0 {
			return x.Neg()
		}
		return x
	case value.MonthDuration:
		return max(x, -x)
	}
	return nil
}

// parity compares the rest of a division by two; only whole numbers have one.
func parity(n value.Number, want int64) value.Value {
	rest, ok := n.Modulo(value.Int(2))
	if !ok {
		return nil
	}
	if i, whole := rest.Int64(); whole {
		return i == want
	}
	return nil
}

// toNumber reads a number with separators such as 1,000,000.01.
func toNumber(_ *value.Run, a []value.Value) value.Value {
	if n, ok := a[0].(value.Number); ok && a[1] == nil && a[2] == nil {
		return n
	}
	s, ok := a[0].(string)
	if l, is := a[0].([]any); is && len(l) == 1 {
		s, ok = l[0].(string)
	}
	group, ok1 := separator(a[1], " ", ",", ".")
	point, ok2 := separator(a[2], ",", ".")
	if !ok || !ok1 || !ok2 || group != "" && group == point {
		return nil
	}
	if group != "" {
		s = strings.ReplaceAll(s, group, "")
	}
	if point != "" && point != "." {
		if strings.Contains(s, ".") {
			return nil
		}
		s = strings.ReplaceAll(s, point, ".")
	}
	if s != strings.TrimSpace(s) || strings.HasSuffix(s, ".") {
		return nil
	}
	return orNull(value.ParseNumber(s))
}

func separator(v value.Value, allowed ...string) (string, bool) {
	if v == nil {
		return "", true
	}
	s, ok := v.(string)
	return s, ok && slices.Contains(allowed, s)
}
