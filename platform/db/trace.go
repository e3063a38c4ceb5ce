package db

import "database/sql/driver"

// Trace hands what every later write does to f, just before it is made
// durable: for how many statements it waited, one round trip each on
// PostgreSQL, and its changing statements in order. For benchmarks that replay
// the writes of an act as bare commits; arguments come as the drivers see them,
// numbers as int64. Set it while nothing is written; f must
// be safe for concurrent use.
func (d *DB) Trace(f func(awaited int, writes []Statement)) { d.trace = f }

// traced collects what one transaction does.
type traced struct {
	awaited int
	writes  []Statement
}

func (t *traced) read() {
	if t != nil {
		t.awaited++
	}
}

func (t *traced) write(query string, args []any) {
	if t != nil {
		t.awaited++
		t.writes = append(t.writes, Statement{query, args})
	}
}

// hand gives everything to f; the queued statements come last.
func (t *traced) hand(f func(awaited int, writes []Statement), later []statement) {
	if t == nil {
		return
	}
	for _, s := range later {
		t.writes = append(t.writes, Statement{s.query, s.args})
	}
	for i := range t.writes {
		t.writes[i].Args = plain(t.writes[i].Args)
	}
	f(t.awaited, t.writes)
}

// plain resolves arguments that know their own form.
func plain(args []any) []any {
	out := make([]any, len(args))
	for i, v := range args {
		out[i] = v
		if w, ok := v.(driver.Valuer); ok {
			if x, err := w.Value(); err == nil {
				out[i] = x
			}
		}
		if n, ok := out[i].(int); ok {
			out[i] = int64(n)
		}
	}
	return out
}
