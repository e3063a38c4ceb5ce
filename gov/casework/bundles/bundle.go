package bundles

import (
	"slices"
	"strings"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
	"tongban/platform/fault"
)

// ID identifies a one thing.
type ID string

// prefix begins every ID. The page of a case that has it leads to the one thing.
const prefix = "bun"

// Is tells whether the id of a case is that of a one thing.
func Is(id terms.CaseID) bool { return strings.HasPrefix(string(id), prefix+"_") }

// State is where a one thing stands.
type State string

// The states of a one thing.
const (
	Open      State = "open"
	Closed    State = "closed"
	Withdrawn State = "withdrawn"
)

// PartState is where a part stands.
type PartState string

// The states of a part. A part that has started stands where its case stands.
const (
	Waiting  PartState = "waiting"
	Started  PartState = "started"
	Held     PartState = "held"     // its application waits for the applicant
	Unneeded PartState = "unneeded" // the answers do not ask for it
	Stopped  PartState = "stopped"  // another part failed, or its item is offered no more
	Dropped  PartState = "dropped"  // taken back before it started
)

// The refusals about a one thing.
var (
	ErrNone     = fault.NotFound("casework.no_bundle")
	ErrNoPart   = fault.NotFound("casework.no_part")
	ErrOne      = fault.Conflict("casework.one_item") // the item is no one thing
	ErrEnded    = fault.Conflict("casework.bundle_ended")
	ErrNotTaken = fault.Conflict("casework.part_ended")
)

// Bundle is an application for a one thing (总件).
type Bundle struct {
	Region        string
	ID            ID
	Number        string
	Item          string
	ItemVersion   int
	ItemName      string
	Org           string // the office that looks after the whole
	OrgName       string
	Channel       drafts.Channel
	Draft         drafts.DraftID
	Owner, Person string
	ApplicantName string
	Last4         string
	Place         string // the office whose counter took it in
	TakenBy       string
	State         State
	Reason        string // of a withdrawal
	Promise       calendar.Limit
	Version       int
	SubmittedAt   time.Time
	ClosedAt      time.Time
	Parts         []Part
}

// Part is one item of it, with its case once it has started.
type Part struct {
	ID          string
	Place       int
	ItemRegion  string
	Item        string
	ItemVersion int
	ItemName    string
	Org         string
	OrgName     string
	Draft       drafts.DraftID
	State       PartState
	Because     string // of what is not under way: the part that failed, or the code of a problem
	Since       time.Time
	Case        *cases.Case // nil: it has none
}

// Part finds a part.
func (b Bundle) Part(id string) (Part, bool) {
	i := slices.IndexFunc(b.Parts, func(p Part) bool { return p.ID == id })
	if i < 0 {
		return Part{}, false
	}
	return b.Parts[i], true
}

// Has tells whether a case is one of its parts.
func (b Bundle) Has(id terms.CaseID) bool {
	return slices.ContainsFunc(b.Parts, func(p Part) bool { return p.Case != nil && p.Case.ID == id })
}

// Matter is whose the one thing is and what it is about.
func (b *Bundle) Matter() drafts.Matter {
	return drafts.Matter{Owner: b.Owner, Region: b.Region, Item: b.Item, Org: b.Org}
}

// case ID of the timeline and of papers.
func (b *Bundle) asCase() terms.CaseID { return terms.CaseID(b.ID) }

// Standing is where a part stands for those that wait for it.
type Standing string

// The standings.
const (
	Ahead   Standing = "ahead"   // has not started
	Running Standing = "running" // has a case, or waits for the applicant
	Done    Standing = "done"    // granted
	Failed  Standing = "failed"  // refused or taken back
	Halted  Standing = "halted"  // did not start because another one failed
	Off     Standing = "off"     // not needed
)

// Standing of a part.
func (p Part) Standing() Standing {
	if c := p.Case; c != nil && p.State != Unneeded {
		switch {
		case c.State.Open():
			return Running
		case c.State == cases.Decided && c.Outcome == cases.Granted:
			return Done
		}
		return Failed
	}
	switch p.State {
	case Waiting:
		return Ahead
	case Held, Started:
		return Running
	case Unneeded:
		return Off
	case Dropped:
		return Failed
	}
	return Halted
}

// Pauses are the times in which the whole limit stands: while any part waits
// for the applicant or is in a special procedure. Because: what is promised for
// the whole is promised for the offices' own time.
func (b *Bundle) Pauses() []calendar.Pause {
	var all []calendar.Pause
	for _, p := range b.Parts {
		if p.Case == nil {
			continue
		}
		all = append(all, p.Case.Terms.AcceptPauses...)
		for _, s := range p.Case.Terms.Pauses {
			all = append(all, calendar.Pause{From: s.From, Until: s.Until, Reason: s.Reason, Basis: s.Basis, BasisEN: s.BasisEn})
		}
	}
	slices.SortStableFunc(all, func(x, y calendar.Pause) int { return x.From.Compare(y.From) })
	var out []calendar.Pause
	for _, p := range all {
		if n := len(out); n > 0 && (out[n-1].Until.IsZero() || !p.From.After(out[n-1].Until)) {
			if !out[n-1].Until.IsZero() && (p.Until.IsZero() || p.Until.After(out[n-1].Until)) {
				out[n-1].Until = p.Until
			}
			continue
		}
		out = append(out, p)
	}
	return out
}

// Due is until when the whole is promised, counted from the day of handing in;
// zero while it stands.
func (b *Bundle) Due(cal *calendar.Calendar) calendar.Result {
	if b.Promise.Amount == 0 {
		return calendar.Result{}
	}
	return cal.Due(b.SubmittedAt, b.Promise, b.Pauses())
}
