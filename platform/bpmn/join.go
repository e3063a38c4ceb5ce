package bpmn

import (
	"slices"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
)

// fork opens a frame and gives its number.
func (r *run) fork(up, host int, trail []step) int {
	id := r.number()
	r.in.Frames = append(r.in.Frames, frame{ID: id, Up: up, Host: host, Trail: trail})
	return id
}

func common(a, b []int) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// waiting finds, among the tokens that came to a join by one flow, the one that
// is closest to near in the nesting of forks, and of those the oldest. Because:
// when two waves are under way at once, each should come together with its own.
func (r *run) waiting(el *element, f *flow, scope int, near []int) *token {
	var best *token
	score := -1
	for _, t := range r.in.Tokens {
		if t.At != el.ID || t.Wait != f.ID || t.Scope != scope {
			continue
		}
		if n := common(r.in.Chain(t), near); n > score {
			best, score = t, n
		}
	}
	return best
}

// arrive handles a token that came to a parallel join: when every incoming flow
// has brought one, exactly one of each goes on as a single token.
func (r *run) arrive(t *token, el *element) error {
	near := r.in.Chain(t)
	set := make([]*token, 0, len(el.In))
	for _, f := range el.In {
		if f.ID == t.Wait {
			set = append(set, t)
			continue
		}
		w := r.waiting(el, f, t.Scope, near)
		if w == nil && r.e.breakJoins && len(set) > 0 {
			continue
		}
		if w == nil {
			return nil
		}
		set = append(set, w)
	}
	return r.merge(el, set)
}

// merge makes one token of several and lets it leave the join.
func (r *run) merge(el *element, set []*token) error {
	shared := r.in.Chain(set[0])
	for _, t := range set[1:] {
		shared = shared[:common(shared, r.in.Chain(t))]
	}
	base := 0
	if len(shared) > 0 {
		base = shared[len(shared)-1]
	}
	r.leak(base, set)
	trail := r.history(el, base, set)
	scope, proc := set[0].Scope, set[0].Proc
	for _, t := range set {
		r.drop(t)
	}
	for _, t := range set {
		for f := r.in.Frame(t.Frame); f != nil && f.ID != base && !r.alive(f.ID); f = r.in.Frame(f.Up) {
			r.orphans(f.ID, f.Up)
		}
	}
	// Forks of which nothing else is left are closed, and what was done before
	// them becomes the past of the merged token.
	for f := r.in.Frame(base); f != nil && f.Host == 0 && !f.Side && !r.alive(f.ID); f = r.in.Frame(base) {
		trail = concat(f.Trail, trail)
		base = f.Up
		r.orphans(f.ID, base)
	}
	m := &token{ID: r.number(), At: el.ID, Scope: scope, Proc: proc, Frame: base, Trail: trail}
	r.in.Tokens = append(r.in.Tokens, m)
	return r.leave(m, el)
}

func (r *run) alive(frame int) bool {
	for _, t := range r.in.Tokens {
		if r.in.Branch(t, frame) {
			return true
		}
	}
	return false
}

// orphans hands what non-interrupting events have begun inside a closed fork to
// the fork around it.
func (r *run) orphans(closed, up int) {
	for i := range r.in.Frames {
		if f := &r.in.Frames[i]; f.Side && f.Up == closed {
			f.Up = up
		}
	}
}

// leak forgets the past of forks whose branches part here: some of their tokens
// join outsiders while others go on. Going back before such a fork would have to
// undo the outsiders as well.
func (r *run) leak(base int, set []*token) {
	for _, t := range set {
		for f := r.in.Frame(t.Frame); f != nil && f.ID != base; f = r.in.Frame(f.Up) {
			open := false
			for _, o := range r.in.Tokens {
				open = open || !slices.Contains(set, o) && r.in.Branch(o, f.ID)
			}
			if open {
				f.Trail = nil
			}
		}
	}
}

// history is the step that a join leaves in the trail; none when no task was
// done in any branch.
func (r *run) history(el *element, base int, set []*token) []step {
	arr := r.arrivals(base, set)
	for _, a := range arr {
		if anything(&a) {
			fork := ""
			if f := r.in.Frame(base); f != nil {
				fork = f.At
			}
			return []step{{El: el.ID, At: fork, Arr: arr}}
		}
	}
	return nil
}

func anything(a *arrival) bool {
	if len(a.Trail) > 0 {
		return true
	}
	for i := range a.Sub {
		if anything(&a.Sub[i]) {
			return true
		}
	}
	return false
}

// arrivals groups tokens by the forks they were born in below base.
func (r *run) arrivals(base int, set []*token) []arrival {
	var list []arrival
	groups := map[int][]*token{}
	var order []int
	for _, t := range set {
		if t.Frame == base {
			list = append(list, arrival{Flow: t.Wait, Trail: t.Trail})
			continue
		}
		f := r.in.Frame(t.Frame)
		for f.Up != base {
			f = r.in.Frame(f.Up)
		}
		if groups[f.ID] == nil {
			order = append(order, f.ID)
		}
		groups[f.ID] = append(groups[f.ID], t)
	}
	for _, id := range order {
		list = append(list, arrival{At: r.in.Frame(id).At, Trail: r.in.Frame(id).Trail, Sub: r.arrivals(id, groups[id])})
	}
	return list
}

// inclusiveJoins lets inclusive joins go on that no other token can still
// reach. It runs when everything else has come to rest.
func (r *run) inclusiveJoins() (fired bool, err error) {
	for _, t := range r.in.Tokens {
		if t.Wait == "" {
			continue
		}
		el, err := r.el(t)
		if err != nil {
			return false, err
		}
		if el.Kind != draw.Inclusive {
			continue
		}
		near := r.in.Chain(t)
		var set []*token
		var filled, empty []*flow
		for _, f := range el.In {
			if w := r.waiting(el, f, t.Scope, near); w != nil {
				set, filled = append(set, w), append(filled, f)
			} else {
				empty = append(empty, f)
			}
		}
		if r.mayCome(el, t.Scope, filled, empty) {
			continue
		}
		return true, r.merge(el, set)
	}
	return false, nil
}

// mayCome reports whether a token elsewhere could still reach a flow of the
// join that has none, without being able to reach one that has (BPMN 2.0
// §13.4.3).
func (r *run) mayCome(el *element, scope int, filled, empty []*flow) bool {
	if len(empty) == 0 {
		return false
	}
	toEmpty, toFilled := definition.Upstream(el, empty), definition.Upstream(el, filled)
	for _, t := range r.in.Tokens {
		if t.Scope != scope || t.At == el.ID {
			continue
		}
		from, err := r.el(t)
		if err != nil {
			continue
		}
		if toEmpty[from] && !toFilled[from] {
			return true
		}
	}
	return false
}
