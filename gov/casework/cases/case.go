package cases

import (
	"context"
	"slices"
	"time"

	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/gov/identity"
	"tongban/platform/calendar"
)

// Case is one matter from submission to decision (办件).
type Case struct {
	Region        string
	ID            terms.CaseID
	Number        string // 办件编号: eight digits and a check digit
	Item          string
	ItemVersion   int
	ItemName      string
	Org           string // the office that is in charge
	OrgName       string
	Express       bool // 即办件; otherwise 承诺件
	Channel       drafts.Channel
	Draft         drafts.DraftID
	Owner         string // person or company
	Person        string // the person who applied
	ApplicantName string
	Place         string // the office whose counter took it in
	TakenBy       string // the clerk who handed it in for the applicant
	State         State
	Version       int
	Paused        bool // a special procedure stops the clock
	SubmittedAt   time.Time
	ReceivedAt    time.Time // when everything was complete: submission, or the answer to a request for supplements
	AcceptedAt    time.Time
	ClosedAt      time.Time
	AcceptDue     time.Time // zero while the clock stands, and afterwards
	LegalDue      time.Time
	PromiseDue    time.Time
	Outcome       Outcome
	Reason        string // of a refusal or a withdrawal
	Deemed        bool   // accepted by lapse of time
	Supplements   int    // how often supplements were asked for
	Certificate   string // id of the paper that the decision issued
	Terms         terms.Terms
	Last4         string // of the identity number, by which the applicant is known without an account
}

// Recompute works out the due dates from the terms. It is the only place that
// does, so that a deadline computed twice agrees.
//
// Law: 行政许可法 art. 42: the limits start at acceptance; art. 45: special
// procedures do not count; art. 32: five days to accept or to ask.
func (c *Case) Recompute(cal *calendar.Calendar) {
	c.AcceptDue, c.LegalDue, c.PromiseDue = time.Time{}, time.Time{}, time.Time{}
	switch {
	case c.State == Submitted:
		c.AcceptDue = cal.Due(c.SubmittedAt, c.Terms.Accept, c.Terms.AcceptPauses).Due.UTC()
	case c.AcceptedAt.IsZero():
	default:
		c.LegalDue = c.Terms.EndOf(cal, c.AcceptedAt, c.Terms.Legal).At
		c.PromiseDue = c.Terms.EndOf(cal, c.AcceptedAt, c.Terms.Promise).At
	}
}

// Due is the date that binds the office now: acceptance before acceptance,
// afterwards the earlier of promise and statute. Zero while the clock stands.
func (c Case) Due() time.Time { return c.End().At }

// End is Due with what the limit that binds counts.
func (c Case) End() terms.End {
	switch {
	case !c.State.Open():
		return terms.End{}
	case c.AcceptedAt.IsZero():
		return terms.End{At: c.AcceptDue, Unit: c.Terms.Accept.Unit}
	}
	return terms.End{At: c.PromiseDue, Unit: c.Terms.UnitOf(c.Terms.Promise)}.Earlier(terms.End{At: c.LegalDue, Unit: c.Terms.UnitOf(c.Terms.Legal)})
}

// Matter is whose the case is and what it is about.
func (c *Case) Matter() drafts.Matter {
	return drafts.Matter{Owner: c.Owner, Region: c.Region, Item: c.Item, Org: c.Org}
}

// SeenBy tells whether the caller sees the case as its own: its owner, or an
// agent whose mandate reaches that far.
func (c *Case) SeenBy(ctx context.Context) bool {
	return drafts.Owns(ctx, c.Matter(), identity.ActSee) == nil
}

// Step is when an open step of the case has to be done.
func (c Case) Step(cal *calendar.Calendar, t desk.Task) terms.End {
	return t.DueUnder(cal, c.End(), c.Paused, c.Terms.Stops())
}

// Move brings the case into the state that follows from the action.
func (c *Case) Move(a Action) error {
	to, err := Next(c.State, c.Paused, a)
	if err != nil {
		return err
	}
	c.State = to
	return nil
}

// Expect refuses a command that was made in view of an older version.
func (c *Case) Expect(version int) error {
	if version != 0 && version != c.Version {
		return drafts.ErrStale.With("version", c.Version)
	}
	return nil
}

// ClosePause ends the open special procedure, if there is one.
func (c *Case) ClosePause(at time.Time, result string) terms.Special {
	c.Paused = false
	c.Terms.Pauses = slices.Clone(c.Terms.Pauses)
	for i := range c.Terms.Pauses {
		if p := &c.Terms.Pauses[i]; p.Until.IsZero() {
			p.Until, p.Result = at, result
			return *p
		}
	}
	return terms.Special{}
}

// MovedFrom tells whether a date is another than it was.
func (c Case) MovedFrom(old Case) bool {
	return !c.AcceptDue.Equal(old.AcceptDue) || !c.PromiseDue.Equal(old.PromiseDue) || !c.LegalDue.Equal(old.LegalDue)
}

// Stop says why a special procedure stops the clock.
type Stop struct {
	Kind     string // of the item or of Rules.Special
	Reason   string
	Expected int    // working days that it is expected to take; the applicant is told
	Basis    string // of a suspension: law and article
	Version  int
}

// Suspension is the kind of stop that no special procedure is (挂起), such as a
// lawsuit about the premises; who stops names the law.
const Suspension = "suspension"
