package flows

import (
	"maps"
	"sync"
	"time"

	"tongban/gov/casework/desk"
)

// Recent keeps the cases that this process moved last, with the steps that it
// opened, so that whoever does the next step does not wait for them to be read.
//
// Because: finishing a step writes the step, the case and its flow, each only
// while it still has the version of the copy, so that a copy that somebody else's
// act has made old cannot do harm; and nobody is refused anything on its word.
// Acts that decide upon what they do not write must not go by a copy.
type Recent struct {
	mu    sync.Mutex
	cases map[key]Work
	steps map[key]string // the case of a step, by its id
}

type key struct{ region, id string }

const maxRecent = 1024 // cases

// Take hands the copy of a case with one of its steps over; who needs it again
// reads it anew.
func (r *Recent) Take(region string, id desk.TaskID) (Work, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in, ok := r.steps[key{region, string(id)}]
	if !ok {
		return Work{}, false
	}
	w := r.cases[key{region, in}]
	r.drop(key{region, in})
	for i, t := range w.Open {
		if t.ID == id {
			w.Task, w.Open = t, append(w.Open[:i:i], w.Open[i+1:]...)
			return w, true
		}
	}
	return Work{}, false
}

// Keep remembers a case as it was written, with steps that are open.
func (r *Recent) Keep(w Work) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := key{w.Case.Region, string(w.Case.ID)}
	r.drop(at)
	if w.Flow == nil || len(w.Open) == 0 || !w.Case.State.Open() {
		return
	}
	if r.cases == nil || len(r.cases) >= maxRecent {
		r.cases, r.steps = map[key]Work{}, map[key]string{}
	}
	w = w.copied()
	r.cases[at] = w
	for _, t := range w.Open {
		r.steps[key{t.Region, string(t.ID)}] = at.id
	}
}

func (r *Recent) drop(at key) {
	for _, t := range r.cases[at].Open {
		delete(r.steps, key{t.Region, string(t.ID)})
	}
	delete(r.cases, at)
}

// copied is the work as reading it would give it, sharing nothing that acts change.
func (w Work) copied() Work {
	c := &w.Case
	c.Terms = c.Terms.Clone()
	for _, t := range []*time.Time{&c.SubmittedAt, &c.ReceivedAt, &c.AcceptedAt, &c.ClosedAt, &c.AcceptDue, &c.LegalDue, &c.PromiseDue} {
		*t = stored(*t)
	}
	w.Flow = &Flow{version: w.Flow.version, Instance: w.Flow.Instance.Clone(), Timers: maps.Clone(w.Flow.Timers)}
	open := make([]desk.Task, len(w.Open))
	for i, t := range w.Open {
		if t.Version == 0 { // as desk.Insert writes a new one
			t.Version, t.Fields = 1, map[string]string{}
		}
		t.OpenedAt, t.Due = stored(t.OpenedAt), stored(t.Due)
		open[i] = t
	}
	w.Task, w.Open = desk.Task{}, open
	return w
}

// stored is a time as the database gives it back.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
