// Package clock is the only source of now.
//
// # Purpose
//
// Everything that depends on the time takes a Clock, so that tests move time
// instead of sleeping and a deadline can be checked over a holiday in a
// millisecond.
//
// # How to use
//
// Services keep a clock.Clock; the app passes clock.System, tests pass a *clock.Fake.
//
// # Guarantees
//
// Times are UTC, cut to microseconds, because both databases keep microseconds.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time in UTC, to the microsecond.
type Clock interface{ Now() time.Time }

type system struct{}

func (system) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// System is the machine's clock.
var System Clock = system{}

// Fake is a clock that tests set and move. Safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake starts a fake clock at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t.UTC().Truncate(time.Microsecond)} }

// Now returns the fake time.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Advance moves the clock by d (which may be negative) and returns the new time.
func (f *Fake) Advance(d time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	return f.now
}

// Set moves the clock to t.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = t.UTC().Truncate(time.Microsecond)
}

// Elapsed returns the wall time since start; for measurements only, never for rules.
func Elapsed(start time.Time) time.Duration { return time.Since(start) }

// Start returns a monotonic start for Elapsed.
func Start() time.Time { return time.Now() }
