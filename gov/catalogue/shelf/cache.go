package shelf

import (
	"encoding/json"
	"sync"
	"time"
)

// What many people ask is answered from memory: the start page alone asks ten
// times. An answer holds while nothing is published, and never longer than
// freshFor, so that a synonym changed in another process is soon heeded.
const (
	maxAnswers = 300
	freshFor   = time.Minute
)

type answers struct {
	mu   sync.Mutex
	last int64 // serial at which they were given
	list map[string]answer
}

type answer struct {
	res Results
	at  time.Time
}

// questionOf is a query as a key; pointers are written as what they point to.
func questionOf(q Query) string {
	raw, _ := json.Marshal(q) // plain text and numbers
	return string(raw)
}

func (a *answers) get(question string, last int64, now time.Time) (Results, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	got, ok := a.list[question]
	age := now.Sub(got.at)
	return got.res, ok && a.last == last && age >= 0 && age < freshFor
}

func (a *answers) put(question string, last int64, now time.Time, res Results) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last != last || len(a.list) >= maxAnswers || a.list == nil {
		a.last, a.list = last, map[string]answer{}
	}
	a.list[question] = answer{res, now}
}

// Forget has everything asked anew, after a synonym was changed here.
func (s *Shelf) Forget() {
	s.answers.mu.Lock()
	defer s.answers.mu.Unlock()
	s.answers.list = nil
}
