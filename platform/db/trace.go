package db

// Trace hands what every later write does to f, just before it is made
// durable: for how many statements it waited, one round trip each on
// PostgreSQL, and its changing statements in order. For benchmarks that replay
// the writes of an act as bare commits. Set it while nothing is written; f must
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
	f(t.awaited, t.writes)
}
