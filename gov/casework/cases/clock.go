package cases

import (
	"cmp"
	"slices"
	"time"

	"tongban/gov/casework/desk"
	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
)

// Counted is what limits are read by.
type Counted struct {
	Calendar *calendar.Calendar
	Rules    terms.Rules
}

// ClockFace is the clock of a case as everybody may see it.
type ClockFace struct {
	Running bool
	Stop    calendar.Pause // why and since when it stands; empty while it runs
	Accept  *Limited
	Promise *Limited
	Legal   *Limited
	Steps   []StepClock           // of the open steps: each office's share
	Answer  *calendar.Derivation  // of the day by which the applicant answers
	Results []calendar.Derivation // of the days by which papers are handed out
	Holders []Holder              // who has it now
	Offices []desk.Spent          // where the days went
}

// Derivations are those of all limits of the case, in the order in which they run,
// then those of its open steps that have one of their own, of the applicant's answer
// and of what is to be handed out.
func (f ClockFace) Derivations() []calendar.Derivation {
	var out []calendar.Derivation
	for _, l := range []*Limited{f.Accept, f.Promise, f.Legal} {
		if l != nil {
			out = append(out, l.Derivation)
			if l.Added != nil {
				out = append(out, l.Added.Derivation)
			}
		}
	}
	for _, st := range f.Steps {
		if st.Own {
			out = append(out, st.Derivation)
		}
	}
	if f.Answer != nil {
		out = append(out, *f.Answer)
	}
	return append(out, f.Results...)
}

// StepClock is how the date of an open step was found.
type StepClock struct {
	Task desk.Task
	// Own tells that the step has a limit of its own, and Derivation is of that
	// one; otherwise the limit of the case is the step's.
	Own        bool
	Derivation calendar.Derivation
}

// steps are how the dates of open steps were found, by whose limit and name. While
// the clock stands they have none; a step is never due later than its case.
func (s Counted) steps(c Case, f ClockFace, tasks []desk.Task) []StepClock {
	var out []StepClock
	for _, t := range tasks {
		switch l := t.Limit; {
		case t.State != desk.TaskOpen || c.Paused:
		case l.Amount > 0:
			l.Name, l.NameEN = t.OrgName+" · "+t.Name, t.OrgName+" · "+cmp.Or(l.NameEN, t.Name)
			out = append(out, StepClock{t, true, s.Calendar.Due(t.OpenedAt, l, c.Terms.Stops()).Derivation})
		default:
			if b := f.binding(); b != nil {
				out = append(out, StepClock{t, false, b.Derivation})
			}
		}
	}
	return out
}

// binding is the limit that ends first.
func (f ClockFace) binding() *Limited {
	var out *Limited
	for _, l := range []*Limited{f.Accept, f.Promise, f.Legal} {
		if l != nil && l.Running && (out == nil || l.Due.Before(out.Due)) {
			out = l
		}
	}
	return out
}

// Limited is one limit: how it stands and how its end was found.
type Limited struct {
	terms.Count
	Light terms.Light
}

// Holder is who has an open step of a case.
type Holder struct {
	Step, Org, OrgName, Officer string
	Since, Due                  time.Time
	Light                       terms.Light
	Left                        int // until Due, in Unit; negative when over
	Unit                        calendar.Unit
}

// Face is the clock of a case at a moment; of a closed one, as it stood at the end.
func (s Counted) Face(c Case, tasks []desk.Task, at time.Time) ClockFace {
	if !c.ClosedAt.IsZero() {
		at = c.ClosedAt
	}
	f := ClockFace{Running: c.State.Open() && !c.Paused && c.State != Supplemented}
	read := func(l calendar.Limit, start time.Time, count func() terms.Count) *Limited {
		if l.Amount <= 0 && l.Unit == "" {
			return nil
		}
		r := count()
		due := r.Due
		if !r.Running {
			due = time.Time{}
		}
		return &Limited{Count: r, Light: s.Rules.At(c.Region, at).LightAt(s.Calendar, start, due, at)}
	}
	since := func(l calendar.Limit) *Limited {
		return read(l, c.AcceptedAt, func() terms.Count { return c.Terms.Count(s.Calendar, c.AcceptedAt, l, at) })
	}
	if c.AcceptedAt.IsZero() {
		f.Accept = read(c.Terms.Accept, c.SubmittedAt, func() terms.Count {
			return terms.Count{Result: s.Calendar.Status(c.SubmittedAt, c.Terms.Accept, c.Terms.AcceptPauses, at)}
		})
	} else {
		f.Legal, f.Promise = since(c.Terms.Legal), since(c.Terms.Promise)
	}
	if n := len(c.Terms.AcceptPauses); c.State == Supplemented && n > 0 {
		f.Stop = c.Terms.AcceptPauses[n-1]
	}
	if stops := c.Terms.Stops(); c.Paused && len(stops) > 0 {
		f.Stop = stops[len(stops)-1]
	}
	f.Steps = s.steps(c, f, tasks)
	f.Holders, f.Offices = s.holders(tasks, at), desk.SpentBy(s.Calendar, tasks, append(slices.Clone(c.Terms.AcceptPauses), c.Terms.Stops()...), at)
	return f
}

func (s Counted) holders(tasks []desk.Task, now time.Time) []Holder {
	var out []Holder
	for _, t := range tasks {
		if t.State == desk.TaskOpen {
			h := Holder{Step: t.Name, Org: t.Org, OrgName: t.OrgName, Officer: t.AssigneeName, Since: t.OpenedAt, Due: t.Due, Light: s.Rules.At(t.Region, now).LightAt(s.Calendar, t.OpenedAt, t.Due, now), Unit: t.DueUnit}
			if !t.Due.IsZero() {
				h.Left = s.Calendar.Between(t.DueUnit, now, t.Due)
			}
			out = append(out, h)
		}
	}
	return out
}
