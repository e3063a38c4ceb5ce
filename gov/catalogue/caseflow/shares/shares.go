package shares

import (
	"slices"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
	"tongban/platform/calendar"
)

// How says where a share comes from.
type How string

// The sources of a share.
const (
	Given How = "given" // by the item or its flow
	Equal How = "equal" // of what is left, by the rule
	Cut   How = "cut"   // given, and cut since all together are too long
)

// Share is what one step may use.
type Share struct {
	Element string
	Name    string
	Limit   calendar.Limit // Given: as it was written; otherwise days in the unit of the whole
	How     How
}

// Split is a limit divided among the steps of a flow.
type Split struct {
	Whole   calendar.Limit
	Longest int // along the longest way, as given, in the unit of the whole; a day for each step that has none
	Fits    bool
	Shares  []Share // in the order of the file, called processes behind those that call
}

// Written reads the limit of a step: its element and the attribute of the flow.
// A zero limit is none.
type Written func(element, attr string) calendar.Limit

// Applicant is the post of steps that the applicant does; they have no share.
const Applicant = "applicant"

// Of divides a limit among the user tasks that a process reaches. A limit in hours is
// not divided, nor is none.
func Of(p *definition.Process, whole calendar.Limit, written Written) Split {
	f := flow{process: p, days: map[*definition.Element]int{}}
	s := Split{Whole: whole, Fits: true}
	var tasks, free []*definition.Element
	for _, q := range p.Reach() {
		for _, el := range q.Elements {
			if el.Kind != draw.User || el.Attrs["post"] == Applicant {
				continue
			}
			tasks = append(tasks, el)
			l := written(el.ID, el.Attrs["limit"])
			how := Given
			if f.days[el] = inUnit(l, whole.Unit); l.Amount <= 0 {
				free, how, f.days[el] = append(free, el), Equal, 1
			}
			s.Shares = append(s.Shares, Share{Element: el.ID, Name: el.Name, Limit: l, How: how})
		}
	}
	if whole.Amount <= 0 || whole.Unit == calendar.Hours {
		for i := range s.Shares {
			s.Shares[i].How = Given // as it is, or none
		}
		return s
	}
	s.Longest = f.longest()
	s.Fits = s.Longest <= whole.Amount
	switch {
	case !s.Fits:
		for i, el := range tasks {
			f.days[el] = max(1, f.days[el]*whole.Amount/s.Longest)
			s.Shares[i].How = Cut
		}
	case len(free) > 0:
		f.spread(free, whole.Amount)
	}
	for i, el := range tasks {
		if s.Shares[i].How != Given {
			s.Shares[i].Limit = calendar.Limit{Amount: f.days[el], Unit: whole.Unit}
		}
	}
	return s
}

// Find is the share of a step; ok is false for a step that is none of the flow.
func (s Split) Find(element string) (Share, bool) {
	i := slices.IndexFunc(s.Shares, func(x Share) bool { return x.Element == element })
	if i < 0 {
		return Share{}, false
	}
	return s.Shares[i], true
}

// inUnit reads a limit as days of a unit, rounded up: five of seven days are
// working days.
func inUnit(l calendar.Limit, unit calendar.Unit) int {
	switch {
	case l.Unit == calendar.Hours:
		return (l.Amount + 23) / 24
	case l.Unit == calendar.CalendarDays && unit == calendar.WorkingDays:
		return (l.Amount*5 + 6) / 7
	case l.Unit == calendar.WorkingDays && unit == calendar.CalendarDays:
		return (l.Amount*7 + 4) / 5
	}
	return l.Amount
}

// flow measures the ways through a process.
type flow struct {
	process *definition.Process
	days    map[*definition.Element]int
}

// spread gives the steps that have no limit as many days as fit, the same to each.
func (f flow) spread(free []*definition.Element, whole int) {
	low, high := 1, whole // a day fits
	for low < high {
		n := (low + high + 1) / 2
		for _, el := range free {
			f.days[el] = n
		}
		if f.longest() <= whole {
			low = n
		} else {
			high = n - 1
		}
	}
	for _, el := range free {
		f.days[el] = low
	}
}

// longest is the sum of the days along the longest way through the process on
// which nothing is sent back.
func (f flow) longest() int { return f.within(f.process, nil, map[*definition.Process]bool{}) }

// within is the same for one scope: a process, or a sub-process of it.
func (f flow) within(p *definition.Process, scope *definition.Element, calls map[*definition.Process]bool) int {
	if scope == nil {
		if calls[p] { // a process that calls itself is refused elsewhere
			return 0
		}
		calls[p] = true
		defer delete(calls, p)
	}
	w := walk{flow: f, p: p, calls: calls, from: map[*definition.Element]int{}, above: map[*definition.Element]bool{}}
	most := 0
	for _, el := range p.Elements {
		if el.Parent == scope && el.Kind == draw.Start {
			most = max(most, w.way(el))
		}
	}
	return most
}

// walk follows the flows of one scope.
type walk struct {
	flow
	p     *definition.Process
	calls map[*definition.Process]bool
	from  map[*definition.Element]int // the longest way from an element on
	above map[*definition.Element]bool
}

func (w walk) way(el *definition.Element) int {
	if n, ok := w.from[el]; ok {
		return n
	}
	if w.above[el] { // it is sent back
		return 0
	}
	w.above[el] = true
	most := 0
	for _, f := range el.Out {
		most = max(most, w.way(f.To))
	}
	for _, b := range el.Boundaries {
		if b.Interrupting { // what runs beside does not make the way longer
			most = max(most, w.way(b))
		}
	}
	delete(w.above, el)
	w.from[el] = most + w.own(el)
	return w.from[el]
}

// own is what an element itself takes.
func (w walk) own(el *definition.Element) int {
	switch {
	case el.Kind == draw.Sub:
		return w.within(w.p, el, w.calls)
	case el.Call != nil && el.Call.Text != "":
		for _, q := range w.process.Reach() {
			if q.ID == el.Call.Text {
				return w.within(q, nil, w.calls)
			}
		}
	}
	return w.days[el]
}
