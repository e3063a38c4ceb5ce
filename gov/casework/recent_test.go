package casework

import (
	"context"
	"reflect"
	"testing"

	"tongban/gov/casework/flows"
)

// asStored compares what a server remembers of a case with what is stored, and
// returns how many of its open steps it remembers.
func (w *town) asStored(s *Service, c Case) (known int) {
	w.t.Helper()
	for element, task := range w.open(c) {
		got, ok := s.recent.Take(c.Region, task.ID)
		if !ok {
			continue
		}
		known++
		want, err := flows.LoadTask(w.t.Context(), s.DB, c.Region, task.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		timers := got.Flow.Timers
		for id, at := range timers {
			if !at.Equal(want.Flow.Timers[id]) {
				w.t.Errorf("timer %s: %v, stored %v", id, at, want.Flow.Timers[id])
			}
		}
		if len(timers) != len(want.Flow.Timers) {
			w.t.Errorf("%d timers, stored %d", len(timers), len(want.Flow.Timers))
		}
		got.Flow.Timers, want.Flow.Timers = nil, nil
		for what, pair := range map[string][2]any{"case": {got.Case, want.Case}, "step": {got.Task, want.Task}, "flow": {got.Flow, want.Flow}, "instance": {got.Flow.Instance, want.Flow.Instance}} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				w.t.Errorf("%s of %s is remembered as\n%+v\nand stored as\n%+v", what, element, pair[0], pair[1])
			}
		}
		got.Flow.Timers = timers
		s.recent.Keep(flows.Work{Case: got.Case, Flow: got.Flow, Open: append(got.Open, got.Task)})
	}
	return known
}

// What a server remembers of a case is what reading would give, at every step.
func TestComplete_remembersWhatIsStored(t *testing.T) {
	inTwoServers(t, func(t *testing.T, w *town, here, _ *Service) {
		c := w.accepted(dineIn())
		for _, step := range []struct {
			element string
			open    int
		}{{"", 3}, {"check_drain", 2}, {"register", 2}, {"check_fire", 1}, {"check_food", 1}, {"decide", 0}} {
			if step.element != "" {
				w.do(c, step.element, "某人"+step.element, Approve)
			}
			if n := w.asStored(here, c); n != step.open {
				t.Errorf("%d steps are remembered after %q, want %d", n, step.element, step.open)
			}
		}
		if c = w.reload(c); c.State != Decided || c.Outcome != Granted {
			t.Errorf("ended as %s, %s", c.State, c.Outcome)
		}
	})
}

// What a server remembers of a case decides nothing when another server has
// moved it since.
func TestComplete_movedByAnotherServer(t *testing.T) {
	inTwoServers(t, func(t *testing.T, w *town, here, there *Service) {
		c := w.accepted(dineIn())
		open := w.open(c)
		by := func(element string) context.Context {
			return w.officer("某人"+element, open[element].Role, open[element].Org)
		}
		do := func(s *Service, element string) error {
			_, err := s.Complete(by(element), c.Region, open[element].ID, Opinion{Result: Approve, Text: "同意"})
			return err
		}
		if err := do(there, "check_drain"); err != nil {
			t.Fatal(err)
		}
		wants(t, "a step that the other server has finished", do(here, "check_drain"), ErrTaskClosed)
		if err := do(there, "check_fire"); err != nil {
			t.Fatal(err)
		}
		if err := do(here, "register"); err != nil { // by a copy that is old
			t.Fatal(err)
		}
		if n := w.asStored(here, c); n > 1 {
			t.Errorf("%d steps are remembered", n)
		}
		open = w.open(c)
		if got := keys(open); len(got) != 1 || got[0] != "check_food" {
			t.Fatalf("open: %v", got)
		}
		task := open["check_food"]
		if _, err := there.Claim(w.officer("另一人", task.Role, task.Org), c.Region, task.ID); err != nil {
			t.Fatal(err)
		}
		wants(t, "a step that somebody took on the other server", do(here, "check_food"), ErrTaskHeld)
		if c = w.reload(c); c.State != InProgress {
			t.Errorf("the case is %s", c.State)
		}
	})
}
