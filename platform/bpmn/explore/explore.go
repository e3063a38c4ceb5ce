package explore

import (
	"fmt"
	"slices"
	"sort"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
)

// Kind says what can go wrong.
type Kind string

// Kinds of warnings.
const (
	Waits     Kind = "waits"     // a join can wait for ever
	Twice     Kind = "twice"     // an element can be begun twice at once
	Unreached Kind = "unreached" // nothing leads to it
	Endless   Kind = "endless"   // there is a state without a way to an end
)

// Warning is one thing that can go wrong.
type Warning struct {
	Kind    Kind
	Line    int
	Element string // id
	Reason  string // one sentence for the author of the model
}

// Report is what was found.
type Report struct {
	Warnings []Warning
	States   int
	Cut      bool // there are more states than were looked at
}

// defaultLimit is enough for twelve branches side by side.
const defaultLimit = 20_000

// Check explores a process; limit bounds the states of each scope, 0 means the
// usual number.
func Check(p *definition.Process, limit int) Report {
	if limit <= 0 {
		limit = defaultLimit
	}
	var r Report
	scopes := []*definition.Element{nil}
	for _, el := range p.Elements {
		if el.Kind == draw.Sub || el.Kind == draw.EventSub {
			scopes = append(scopes, el)
		}
	}
	for _, scope := range scopes {
		s := newSpace(p, scope)
		s.walk(limit)
		r.States += len(s.list)
		r.Cut = r.Cut || s.cut
		r.Warnings = append(r.Warnings, s.warnings()...)
	}
	return r
}

// CheckAll explores a process and those of its file that it calls: each by itself,
// since what calls sees nothing of the inside but that it comes to an end.
func CheckAll(p *definition.Process, limit int) Report {
	var r Report
	for _, q := range p.Reach() {
		one := Check(q, limit)
		r.Warnings, r.States, r.Cut = append(r.Warnings, one.Warnings...), r.States+one.States, r.Cut || one.Cut
	}
	return r
}

// marking counts the tokens on each flow of a scope.
type marking string

// space is the states of one scope.
type space struct {
	p        *definition.Process
	elements []*definition.Element
	starts   []*definition.Element
	flows    []*definition.Flow
	number   map[*definition.Flow]int
	seen     map[marking]int
	list     []marking
	from     [][]int // states that lead to this one
	final    []int
	dead     []int
	fired    map[*definition.Element]bool
	twice    map[*definition.Element]bool
	up       map[string]map[*definition.Element]bool
	cut      bool
}

func newSpace(p *definition.Process, scope *definition.Element) *space {
	s := &space{p: p, number: map[*definition.Flow]int{}, seen: map[marking]int{}, fired: map[*definition.Element]bool{}, twice: map[*definition.Element]bool{},
		up: map[string]map[*definition.Element]bool{}}
	for _, el := range p.Elements {
		if el.Parent != scope {
			continue
		}
		s.elements = append(s.elements, el)
		if el.Kind == draw.Start {
			s.starts = append(s.starts, el)
		}
		for _, f := range el.Out {
			s.number[f] = len(s.flows)
			s.flows = append(s.flows, f)
		}
	}
	return s
}

// walk visits all markings from every start.
func (s *space) walk(limit int) {
	for _, start := range s.starts {
		s.fired[start] = true
		for _, out := range s.outcomes(start) {
			s.visit(s.with(make([]byte, len(s.flows)), nil, out), -1)
		}
	}
	for i := 0; i < len(s.list); i++ {
		if len(s.list) > limit {
			s.cut = true
			return
		}
		s.expand(i)
	}
}

func (s *space) visit(m []byte, from int) {
	k := marking(m)
	i, ok := s.seen[k]
	if !ok {
		i = len(s.list)
		s.seen[k] = i
		s.list = append(s.list, k)
		s.from = append(s.from, nil)
	}
	if from >= 0 {
		s.from[i] = append(s.from[i], from)
	}
}

// with takes tokens off flows and puts others on. Two on one flow are noted and
// not counted further.
func (s *space) with(m []byte, take, put []*definition.Flow) []byte {
	c := slices.Clone(m)
	for _, f := range take {
		c[s.number[f]]--
	}
	for _, f := range put {
		n := s.number[f]
		if c[n]++; c[n] > 1 {
			s.twice[f.To] = true
			c[n] = 1
		}
	}
	return c
}

func (s *space) expand(i int) {
	m := []byte(s.list[i])
	if !slices.ContainsFunc(m, func(n byte) bool { return n > 0 }) {
		s.final = append(s.final, i)
		return
	}
	moved := false
	for _, el := range s.elements {
		for _, take := range s.ready(el, m) {
			moved = true
			s.fired[el] = true
			if ends(el) { // everything in the scope is over
				s.visit(make([]byte, len(m)), i)
				continue
			}
			for _, out := range s.outcomes(el) {
				s.visit(s.with(m, take, out), i)
			}
		}
	}
	if !moved {
		s.dead = append(s.dead, i)
	}
}

// ends reports whether an end event ends its whole scope.
func ends(el *definition.Element) bool {
	return el.Kind == draw.End && el.Event != nil && (el.Event.Kind == definition.OnEnd || el.Event.Kind == definition.OnError)
}

// ready lists the sets of flows whose tokens would let an element go on.
func (s *space) ready(el *definition.Element, m []byte) [][]*definition.Flow {
	var filled, empty []*definition.Flow
	for _, f := range el.In {
		if m[s.number[f]] > 0 {
			filled = append(filled, f)
		} else {
			empty = append(empty, f)
		}
	}
	switch {
	case len(filled) == 0:
		return nil
	case len(el.In) < 2 || el.Kind != draw.Parallel && el.Kind != draw.Inclusive:
		var list [][]*definition.Flow
		for _, f := range filled {
			list = append(list, []*definition.Flow{f})
		}
		return list
	case el.Kind == draw.Parallel && len(empty) > 0, el.Kind == draw.Inclusive && s.mayCome(el, m, filled, empty):
		return nil
	}
	return [][]*definition.Flow{filled}
}

// mayCome is the rule of the engine for inclusive joins: somebody elsewhere can
// still reach a flow that has no token, and none that has one.
func (s *space) mayCome(el *definition.Element, m []byte, filled, empty []*definition.Flow) bool {
	if len(empty) == 0 {
		return false
	}
	toEmpty, toFilled := s.upstream(el, empty), s.upstream(el, filled)
	for n, f := range s.flows {
		if m[n] > 0 && f.To != el && toEmpty[f.To] && !toFilled[f.To] {
			return true
		}
	}
	return false
}

func (s *space) upstream(el *definition.Element, flows []*definition.Flow) map[*definition.Element]bool {
	key := el.ID
	for _, f := range flows {
		key += " " + f.ID
	}
	if s.up[key] == nil {
		s.up[key] = definition.Upstream(el, flows)
	}
	return s.up[key]
}

// outcomes lists the sets of flows on which an element may put tokens, by its
// own conditions and by the events on its border.
func (s *space) outcomes(el *definition.Element) [][]*definition.Flow {
	list := choices(el)
	for _, b := range el.Boundaries {
		s.fired[b] = true
		if b.Interrupting {
			list = append(list, choices(b)...)
			continue
		}
		for _, out := range choices(el) {
			for _, more := range choices(b) {
				list = append(list, append(slices.Clone(out), more...))
			}
		}
	}
	return list
}

// maxSubsets bounds how many flows of an inclusive choice are combined freely.
const maxSubsets = 6

func choices(el *definition.Element) [][]*definition.Flow {
	switch {
	case len(el.Out) == 0:
		return [][]*definition.Flow{nil}
	case el.Kind == draw.Parallel:
		return [][]*definition.Flow{el.Out}
	case el.Kind == draw.Exclusive || el.Kind == draw.ByEvent:
		var list [][]*definition.Flow
		for _, f := range el.Out {
			list = append(list, []*definition.Flow{f})
		}
		return list
	}
	var always, maybe []*definition.Flow
	for _, f := range el.Out {
		switch {
		case f == el.Default:
		case f.Cond == nil:
			always = append(always, f)
		default:
			maybe = append(maybe, f)
		}
	}
	list := subsets(always, maybe)
	if el.Default != nil && len(always) == 0 {
		list = append(list, []*definition.Flow{el.Default})
	}
	return list
}

func subsets(always, maybe []*definition.Flow) [][]*definition.Flow {
	var list [][]*definition.Flow
	if len(maybe) > maxSubsets {
		for _, f := range maybe {
			list = append(list, append(slices.Clone(always), f))
		}
		return append(list, append(slices.Clone(always), maybe...))
	}
	for bits := range 1 << len(maybe) {
		set := slices.Clone(always)
		for i, f := range maybe {
			if bits&(1<<i) != 0 {
				set = append(set, f)
			}
		}
		if len(set) > 0 {
			list = append(list, set)
		}
	}
	return list
}

// warnings tells what was found, in document order.
func (s *space) warnings() []Warning {
	found := map[*definition.Element]map[Kind]string{}
	add := func(el *definition.Element, k Kind, reason string) {
		if found[el] == nil {
			found[el] = map[Kind]string{}
		}
		found[el][k] = reason
	}
	for el := range s.twice {
		if el.Kind == draw.End || !s.p.Main(el) { // reminders may well come twice, and ends do no harm
			continue
		}
		add(el, Twice, "can be begun twice at once: two tokens can come to it by one flow")
	}
	for _, i := range s.dead {
		for n, f := range s.flows {
			if s.list[i][n] > 0 {
				add(f.To, Waits, fmt.Sprintf("can wait for ever: a token comes by %q, and the others it needs may never come", f.ID))
			}
		}
	}
	if !s.cut && len(s.dead) == 0 {
		for _, el := range s.elements {
			if !s.fired[el] && el.Kind != draw.EventSub && found[el] == nil {
				add(el, Unreached, "is never reached, whatever happens")
			}
		}
		if el := s.endless(); el != nil {
			add(el, Endless, "can be reached without any way from there to an end")
		}
	}
	var list []Warning
	for _, el := range s.elements {
		for _, k := range []Kind{Waits, Twice, Unreached, Endless} {
			if reason := found[el][k]; reason != "" {
				list = append(list, Warning{Kind: k, Line: el.Line, Element: el.ID, Reason: reason})
			}
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Line < list[j].Line })
	return list
}

// endless finds a place in a circle without a way out.
func (s *space) endless() *definition.Element {
	good := make([]bool, len(s.list))
	queue := append(slices.Clone(s.final), s.dead...) // what waits for ever has its own warning
	for _, i := range queue {
		good[i] = true
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, j := range s.from[i] {
			if !good[j] {
				good[j] = true
				queue = append(queue, j)
			}
		}
	}
	for i, ok := range good {
		if ok {
			continue
		}
		for n, f := range s.flows {
			if s.list[i][n] > 0 {
				return f.To
			}
		}
	}
	return nil
}
