package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"tongban/platform/fault"
)

// ErrVariable says that a variable has a value that cannot be kept.
var ErrVariable = fault.Invalid("bpmn.variable")

// Canon brings a value into the form it has after a trip through JSON, so that
// a live instance and a stored one decide alike: whole numbers are int, other
// numbers float64, times RFC 3339 text, lists []any, records map[string]any.
func Canon(v any, depth int) (any, error) {
	if depth > 64 {
		return nil, fmt.Errorf("%w: nested too deeply", ErrVariable)
	}
	switch x := v.(type) {
	case nil, bool, int:
		return v, nil
	case string:
		return strings.ToValidUTF8(x, "\uFFFD"), nil
	case float64:
		return canonFloat(x)
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return int(i), nil
		}
		f, err := x.Float64()
		if err != nil {
			return nil, fmt.Errorf("%w: number %s", ErrVariable, x)
		}
		return canonFloat(f)
	case time.Time:
		return x.Format(time.RFC3339Nano), nil
	case []any:
		list := make([]any, len(x))
		for i, item := range x {
			c, err := Canon(item, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = c
		}
		return list, nil
	case map[string]any:
		m := make(map[string]any, len(x))
		for k, item := range x {
			c, err := Canon(item, depth+1)
			if err != nil {
				return nil, err
			}
			m[strings.ToValidUTF8(k, "\uFFFD")] = c
		}
		return m, nil
	}
	return canonOther(v, depth)
}

func canonFloat(x float64) (any, error) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil, fmt.Errorf("%w: %v is no number", ErrVariable, x)
	}
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return int(x), nil
	}
	return x, nil
}

func canonOther(v any, depth int) (any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrVariable, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrVariable, err)
	}
	return Canon(out, depth+1)
}

// CanonList is Canon for lists.
func CanonList(list []any) ([]any, error) {
	if list == nil {
		return nil, nil
	}
	v, err := Canon(list, 0)
	if err != nil {
		return nil, err
	}
	return v.([]any), nil
}

// CanonMap is Canon for variables.
func CanonMap(m map[string]any) (map[string]any, error) {
	if m == nil {
		return nil, nil
	}
	v, err := Canon(m, 0)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil
}
