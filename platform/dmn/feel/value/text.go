package value

import (
	"fmt"
	"strings"
)

// Text writes a value as string() does: a string as it is, everything else as it
// would be written in an expression. Null is "null".
func Text(v Value) string {
	r := NewRun(Limits{})
	s, _ := r.Text(v)
	return s
}

// Text writes a value as string() does; it fails when the budget is used up.
func (r *Run) Text(v Value) (string, bool) {
	if s, ok := v.(string); ok {
		return s, true
	}
	var b strings.Builder
	r.write(&b, v, 0)
	return b.String(), r.fail == nil
}

func (r *Run) write(b *strings.Builder, v Value, depth int) {
	if !r.Spend(1) || !r.Shallow(depth) {
		return
	}
	switch x := v.(type) {
	case nil:
		b.WriteString("null")
	case string:
		if r.Spend(len(x) / 32) {
			b.WriteString(Quote(x))
		}
	case []any:
		b.WriteByte('[')
		for i, e := range x {
			if i > 0 {
				b.WriteString(", ")
			}
			r.write(b, e, depth+1)
		}
		b.WriteByte(']')
	case *Context:
		b.WriteByte('{')
		for i, k := range x.keys {
			if i > 0 {
				b.WriteString(", ")
			}
			if !IsName(k) {
				k = Quote(k)
			}
			b.WriteString(k + ": ")
			r.write(b, x.vals[i], depth+1)
		}
		b.WriteByte('}')
	case *Range:
		r.writeRange(b, x, depth)
	case *Function:
		b.WriteString("function " + x.Name)
	case Date, Time, DateTime, DayDuration, MonthDuration, Number:
		b.WriteString(v.(fmt.Stringer).String())
	default:
		fmt.Fprint(b, x)
	}
}

func (r *Run) writeRange(b *strings.Builder, x *Range, depth int) {
	if x.Op != "" {
		b.WriteString(x.Op + " ")
		end := x.Low
		if strings.HasPrefix(x.Op, "<") {
			end = x.High
		}
		r.write(b, end, depth+1)
		return
	}
	b.WriteByte("(["[b2i(x.LowIn)])
	r.write(b, x.Low, depth+1)
	b.WriteString("..")
	r.write(b, x.High, depth+1)
	b.WriteByte(")]"[b2i(x.HighIn)])
}

// Quote writes a string literal.
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"`
}
