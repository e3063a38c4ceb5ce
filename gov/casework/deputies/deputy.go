package deputies

import (
	"slices"
	"time"

	"tongban/platform/calendar"
	"tongban/platform/fault"
)

// Deputy is one arrangement: who stands in for whom, for what and until when.
type Deputy struct {
	Region     string
	ID         string
	Org        string // the office of the post
	OrgName    string
	Roles      []string // of the posts in that office
	Items      []string // codes; empty is every item
	Account    string   // who is away
	Name       string
	Deputy     string
	DeputyName string
	From       time.Time
	Until      time.Time // the last moment
	Reason     string
	SetBy      string
	SetName    string
	SetAt      time.Time
	EndedAt    time.Time // ended early
	EndedName  string
	EndReason  string
}

// The refusals.
var (
	ErrNoDeputy = fault.NotFound("casework.no_deputy")
	ErrSelf     = fault.Invalid("casework.deputy_self")
	ErrPeriod   = fault.Invalid("casework.deputy_period")
	ErrTwice    = fault.Conflict("casework.deputy_twice")   // there is one for this time and work
	ErrAway     = fault.Conflict("casework.deputy_away")    // who is chosen is away himself
	ErrCircle   = fault.Conflict("casework.deputy_circle")  // who is chosen is represented by who is away
	ErrStandsIn = fault.Conflict("casework.deputy_stands")  // who is away stands in for somebody else
	ErrNotPost  = fault.Invalid("casework.deputy_not_post") // one of the two does not hold the post
	ErrNoItem   = fault.Invalid("casework.deputy_item")
	ErrOver     = fault.Conflict("casework.deputy_over")
)

// Longest is how long one arrangement may last.
const Longest = 366 * 24 * time.Hour

// State is where an arrangement stands.
type State string

// The states.
const (
	Planned State = "planned"
	Active  State = "active"
	Over    State = "over"
)

// StateAt tells where an arrangement stands at a moment.
func (d Deputy) StateAt(now time.Time) State {
	switch {
	case !d.EndedAt.IsZero() || now.After(d.Until):
		return Over
	case now.Before(d.From):
		return Planned
	}
	return Active
}

// Covers tells whether an arrangement reaches work of a role on an item.
func (d Deputy) Covers(org, role, item string) bool {
	return d.Org == org && slices.Contains(d.Roles, role) && (len(d.Items) == 0 || slices.Contains(d.Items, item))
}

// meets tells whether two arrangements share time and work.
func (d Deputy) meets(o Deputy) bool {
	if !d.EndedAt.IsZero() || !o.EndedAt.IsZero() || d.Until.Before(o.From) || o.Until.Before(d.From) {
		return false
	}
	roles := slices.ContainsFunc(d.Roles, func(r string) bool { return slices.Contains(o.Roles, r) })
	items := len(d.Items) == 0 || len(o.Items) == 0 || slices.ContainsFunc(d.Items, func(i string) bool { return slices.Contains(o.Items, i) })
	return d.Org == o.Org && roles && items
}

// Clash says why an arrangement cannot stand beside those that there are.
func Clash(all []Deputy, d Deputy) error {
	if d.Account == d.Deputy {
		return ErrSelf
	}
	for _, o := range all {
		if !d.meets(o) {
			continue
		}
		with := func(f *fault.Fault) error {
			return f.With("officer", o.Name).With("deputy", o.DeputyName).With("from", o.From).With("until", o.Until)
		}
		switch {
		case o.Account == d.Account:
			return with(ErrTwice)
		case o.Account == d.Deputy && o.Deputy == d.Account:
			return with(ErrCircle)
		case o.Account == d.Deputy:
			return with(ErrAway)
		case o.Deputy == d.Account:
			return with(ErrStandsIn)
		}
	}
	return nil
}

// Days are the first moment of one day and the last of another, as forms and
// programs write them (2026-12-01); what is no day is zero.
func Days(from, until string) (start, end time.Time) {
	if d, err := calendar.ParseDate(from); err == nil {
		start = d.Start()
	}
	if d, err := calendar.ParseDate(until); err == nil {
		end = d.End()
	}
	return start, end
}
