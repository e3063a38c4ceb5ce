package state

import (
	"slices"
	"strconv"
)

// SignerState is one of the signers of an activity.
type SignerState struct {
	ID    string // for TakeAway; empty when done
	State string // open, held, later or done
	Index int
	Vars  map[string]any
}

// Signers lists who signs the activity of an open task: those done, open, held
// and still to come.
func (in *Instance) Signers(id string) []SignerState {
	var t *Token
	for _, o := range in.Tokens {
		if slices.ContainsFunc(o.Tasks, func(k Task) bool { return k.ID == id }) {
			t = o
		}
	}
	if t == nil {
		return nil
	}
	var list []SignerState
	if l := t.Loop; l != nil {
		for range l.Done {
			list = append(list, SignerState{State: "done", Index: -1})
		}
	}
	for _, k := range t.Tasks {
		s := SignerState{ID: k.ID, State: "open", Index: k.Index, Vars: k.For}
		if k.Held > 0 {
			s.State = "held"
		}
		list = append(list, s)
		for _, n := range k.Next {
			list = append(list, SignerState{ID: n.ID, State: "later", Index: k.Index, Vars: n.For})
		}
	}
	if l := t.Loop; l != nil {
		for i := l.Next; i < l.Base; i++ {
			if !slices.Contains(l.Skip, i) {
				list = append(list, SignerState{ID: strconv.Itoa(t.ID) + "#" + strconv.Itoa(i), State: "later", Index: i})
			}
		}
	}
	return list
}
