package value

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// maxInput bounds what comes in from outside: nesting and number of values.
const (
	maxInputDepth = 100
	maxInput      = 1_000_000
)

// FromGo turns a value of Go into one of the language:
//
//	nil, bool, string            as they are
//	int…, uint…, float…          number; NaN and infinities are refused
//	json.Number, Number          number
//	time.Time                    date and time with its offset
//	time.Duration                days and time duration
//	[]any, []string              list
//	map[string]any, …string      context, names in alphabetical order
//	values of this package       as they are
func FromGo(v any) (Value, error) {
	left := maxInput
	return fromGo(v, 0, &left)
}

func fromGo(v any, depth int, left *int) (Value, error) {
	if *left--; *left < 0 {
		return nil, fmt.Errorf("feel: the input has more than %d values", maxInput)
	}
	if depth > maxInputDepth {
		return nil, fmt.Errorf("feel: the input is nested more than %d levels deep", maxInputDepth)
	}
	switch x := v.(type) {
	case nil, bool, string, Number, Date, Time, DateTime, DayDuration, MonthDuration, *Context, *Range, *Function:
		return v, nil
	case int:
		return Int(int64(x)), nil
	case int64:
		return Int(x), nil
	case int32:
		return Int(int64(x)), nil
	case int16:
		return Int(int64(x)), nil
	case int8:
		return Int(int64(x)), nil
	case uint8:
		return Int(int64(x)), nil
	case uint16:
		return Int(int64(x)), nil
	case uint32:
		return Int(int64(x)), nil
	case uint, uint64:
		return numeric(fmt.Sprint(x))
	case float64:
		return finite(x)
	case float32:
		return numeric(fmt.Sprint(x))
	case json.Number:
		return numeric(x.String())
	case time.Time:
		return Moment(x), nil
	case time.Duration:
		return makeDuration(0, int64(x)), nil
	}
	return fromCollection(v, depth, left)
}

func fromCollection(v any, depth int, left *int) (Value, error) {
	switch x := v.(type) {
	case []any:
		return listFrom(x, depth, left)
	case []string:
		return listFrom(x, depth, left)
	case []map[string]any:
		return listFrom(x, depth, left)
	case map[string]any:
		return contextFrom(x, depth, left)
	case map[string]string:
		return contextFrom(x, depth, left)
	}
	return nil, fmt.Errorf("feel: a Go value of type %T has no form in the language", v)
}

func finite(f float64) (Value, error) {
	n, ok := Float(f)
	if !ok {
		return nil, fmt.Errorf("feel: %v is no number of the language", f)
	}
	return n, nil
}

func numeric(s string) (Value, error) {
	n, ok := ParseNumber(s)
	if !ok {
		return nil, fmt.Errorf("feel: %s is no number of the language", s)
	}
	return n, nil
}

func listFrom[T any](list []T, depth int, left *int) (Value, error) {
	out := make([]any, len(list))
	for i, e := range list {
		v, err := fromGo(any(e), depth+1, left)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func contextFrom[T any](m map[string]T, depth int, left *int) (Value, error) {
	c := &Context{keys: slices.Sorted(maps.Keys(m))}
	for _, k := range c.keys {
		v, err := fromGo(any(m[k]), depth+1, left)
		if err != nil {
			return nil, fmt.Errorf("%w (in %q)", err, k)
		}
		c.vals = append(c.vals, v)
	}
	return c, nil
}

// ToGo turns a value of the language into one that can be kept as JSON:
//
//	number                  int64 when it is whole and fits, else float64 (nearest)
//	date, time, date and time, durations, ranges, functions
//	                        their text, such as "2026-12-01" or "P1DT2H"
//	list, context           []any, map[string]any
//
// Use the Value itself where a number must stay exact.
func ToGo(v Value) any {
	left := maxInput
	return toGo(v, 0, &left)
}

func toGo(v Value, depth int, left *int) any {
	if *left--; *left < 0 || depth > 500 {
		return nil
	}
	switch x := v.(type) {
	case Number:
		if i, ok := x.Int64(); ok {
			return i
		}
		return x.Float64()
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = toGo(e, depth+1, left)
		}
		return out
	case *Context:
		out := make(map[string]any, len(x.keys))
		for i, k := range x.keys {
			out[k] = toGo(x.vals[i], depth+1, left)
		}
		return out
	case nil, bool, string:
		return v
	}
	return Text(v)
}
