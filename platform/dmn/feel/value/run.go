package value

import (
	"errors"
	"fmt"
	"time"
)

// ErrBudget says that an expression used more steps than it was given. It is
// the only error that evaluation has: everything else that goes wrong is null
// with a note.
var ErrBudget = errors.New("feel: the expression needs more steps than allowed")

// ErrDepth says that functions or values were nested too deeply.
var ErrDepth = errors.New("feel: functions or values are nested too deeply")

// Limits bound what one evaluation may use. Zero values stand for the defaults.
type Limits struct {
	Steps int       // about one per operation or list element; default 1,000,000
	Depth int       // of function calls and nested values; default 400
	Now   time.Time // what now() and today() give; null when zero
}

// Run is one evaluation: its budget, its time and what went wrong on the way.
// A Run is used by one goroutine.
type Run struct {
	steps, deepest, depth int
	now                   time.Time
	fail                  error
	notes                 []string
	memo                  map[string]any
}

// maxNotes keeps what went wrong readable.
const maxNotes = 20

// NewRun begins an evaluation.
func NewRun(l Limits) *Run {
	if l.Steps <= 0 {
		l.Steps = 1_000_000
	}
	if l.Depth <= 0 {
		l.Depth = 400
	}
	return &Run{steps: l.Steps, deepest: l.Depth, now: l.Now}
}

// Err is ErrBudget or ErrDepth once a limit was reached; every value after that
// is null.
func (r *Run) Err() error { return r.fail }

// Notes are sentences about why something became null, in the order it happened.
func (r *Run) Notes() []string { return r.notes }

// Note adds a sentence. Only the first twenty different ones are kept.
func (r *Run) Note(format string, args ...any) {
	if len(r.notes) >= maxNotes {
		return
	}
	s := fmt.Sprintf(format, args...)
	for _, n := range r.notes {
		if n == s {
			return
		}
	}
	r.notes = append(r.notes, s)
}

// Null notes why and gives null.
func (r *Run) Null(format string, args ...any) Value {
	r.Note(format, args...)
	return nil
}

// Spend takes n steps, at least none, off the budget.
func (r *Run) Spend(n int) bool {
	if r.fail != nil {
		return false
	}
	if r.steps -= n; r.steps < 0 {
		r.fail = ErrBudget
		return false
	}
	return true
}

// Shallow fails when a value is nested too deeply.
func (r *Run) Shallow(depth int) bool {
	if depth > r.deepest && r.fail == nil {
		r.fail = ErrDepth
	}
	return r.fail == nil
}

// Enter counts a call inside a call; every Enter that gives true needs a Leave.
func (r *Run) Enter() bool {
	if !r.Spend(1) {
		return false
	}
	if r.depth >= r.deepest {
		r.fail = ErrDepth
		return false
	}
	r.depth++
	return true
}

// Leave ends what Enter began.
func (r *Run) Leave() { r.depth-- }

// Now is the time that the caller gave; zero when he gave none.
func (r *Run) Now() time.Time { return r.now }

// Memo keeps what is costly to make for the length of the run, such as a compiled
// pattern.
func (r *Run) Memo(key string, make func() any) any {
	if v, ok := r.memo[key]; ok {
		return v
	}
	if r.memo == nil {
		r.memo = map[string]any{}
	}
	v := make()
	r.memo[key] = v
	return v
}
