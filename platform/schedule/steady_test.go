package schedule

import (
	"testing"
	"time"
)

// The machine's clock leaps, is put right, leaps and stays, goes back.
func TestSteady_distrustsLeaps(t *testing.T) {
	base := time.Date(2026, 9, 30, 23, 0, 0, 0, time.UTC)
	at := func(minutes float64) time.Time { return base.Add(time.Duration(minutes * float64(time.Minute))) }
	steps := []struct {
		passed, clock, want float64 // minutes
		held                bool
	}{
		{0, 0, 0, false},
		{1, 1, 1, false},
		{2, 122, 2, true},  // two hours ahead
		{3, 123, 3, false}, // still waiting
		{4, 4, 4, false},   // put right: nothing was early
		{5, 125, 5, true},  // again
		{14.9, 134.9, 14.9, false},
		{15, 135, 135, false}, // it stands for ten minutes: believed
		{16, 16, 16, false},   // back by two hours
		{17, 20, 20, false},   // a small correction
		{17.5, 26, 17.5 + 3, true},
	}
	var s steady
	for i, c := range steps {
		got, held := s.now(at(c.clock), time.Duration(c.passed*float64(time.Minute)))
		if !got.Equal(at(c.want)) || held != c.held {
			t.Errorf("step %d: trusts %v (held %v), want %v (%v)", i, got.Sub(base), held, at(c.want).Sub(base), c.held)
		}
	}
}
