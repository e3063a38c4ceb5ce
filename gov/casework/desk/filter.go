package desk

import (
	"context"
	"strings"
	"time"

	"tongban/gov/casework/terms"
	"tongban/platform/auth"
	"tongban/platform/authz"
)

// Filter narrows a list of open steps; empty fields do not.
type Filter struct {
	Item   string // the code of an item, or a part of its name
	Light  terms.Light
	Number string // a case number, or its first digits
	Role   string // only steps for this role
}

// lookAt is how many steps, the nearest ones, a list that is filtered by words,
// digits or a role looks at; then it goes on with the next page. Because: how long a
// page takes must not depend on how much work there is.
const lookAt = 5000

// walks tells whether rows have to be looked at to find those that fit.
func (f Filter) walks() bool { return f.Item != "" || f.Number != "" || f.Role != "" }

// narrow adds the conditions of a filter to the ranges, and bounds their dates.
func (s *Service) narrow(arms []arm, f Filter, now time.Time) ([]arm, span, error) {
	var more arm
	due := span{}
	near := s.nears(now)
	past := now.Add(-time.Microsecond)
	switch f.Light {
	case "":
	case terms.Red:
		_, last := over(near)
		due.to = last.Add(-time.Microsecond)
		if len(near) > 1 {
			where, args := red(near)
			more = more.and(where, args...)
		}
	case terms.Yellow:
		first, _ := over(near)
		due.from, due.to = first.Add(-time.Microsecond), latest(near)
		where, args := yellow(near, now)
		more = more.and(where, args...)
	case terms.Early:
		due.from, due.to = past, latestEarly(near)
		where, args := early(near)
		more = more.and(where, args...)
	case terms.Green:
		due.from, due.to = past, terms.NoDue.Add(-time.Microsecond)
		where, args := calm(near)
		more = more.and(where, args...)
	case terms.Still:
		due.from = terms.NoDue.Add(-time.Microsecond)
	default:
		return nil, due, ErrQuery.With("light", string(f.Light))
	}
	if f.Role != "" {
		more = more.and("t.role = ?", f.Role)
	}
	if f.Item != "" {
		part := strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(strings.ToLower(f.Item))
		more = more.and("(t.item = ? OR lower(t.item_name) LIKE ? ESCAPE '!')", f.Item, "%"+part+"%")
	}
	if f.Number != "" {
		more = more.and("t.case_number >= ? AND t.case_number < ?", f.Number, f.Number+":") // the character after 9
	}
	if more.where == "" {
		return arms, due, nil
	}
	out := make([]arm, len(arms))
	for i, a := range arms {
		out[i] = a.and(more.where, more.args...)
	}
	return out, due, nil
}

// checkNumber refuses what cannot be the beginning of a case number.
func checkNumber(number string) error {
	if len(number) > 9 || strings.Trim(number, "0123456789") != "" {
		return ErrQuery.With("number", number)
	}
	return nil
}

// find lists one page of the steps that fit.
func (s *Service) find(ctx context.Context, arms []arm, f Filter, after cursor, limit int) (Inbox, error) {
	if err := checkNumber(f.Number); err != nil {
		return Inbox{}, err
	}
	narrowed, due, err := s.narrow(arms, f, s.Clock.Now())
	if err != nil {
		return Inbox{}, err
	}
	if len(f.Number) == 9 { // the case says which steps there are
		in, err := caseOf(ctx, s.DB, s.Regions, f.Number)
		if err != nil || in == "" {
			return Inbox{}, err
		}
		for i := range narrowed {
			narrowed[i] = narrowed[i].and("t.case_id = ?", in)
		}
		return s.list(ctx, narrowed, after, due, limit)
	}
	var edge cursor
	if f.walks() {
		if edge, err = edgeOf(ctx, s.DB, arms, after, due, lookAt); err != nil {
			return Inbox{}, err
		}
		due.edge = edge
	}
	in, err := s.list(ctx, narrowed, after, due, limit)
	if err == nil && in.Next == "" && edge.id != "" {
		in.Next, in.Further = edge.String(), true
	}
	return in, err
}

// Most is up to where a Tally counts.
const Most = 200

// Tally is how much lies in an inbox. A count above Most says that there is
// more, and not how much.
type Tally struct{ Open, Red, Yellow, Still int }

// Tally counts what lies in an inbox, by light. Each count looks at no more
// than Most rows of an index.
func (s *Service) Tally(ctx context.Context, q InboxQuery) (Tally, error) {
	p := auth.From(ctx)
	if !p.SignedIn() {
		return Tally{}, authz.ErrSignIn
	}
	arms, err := s.arms(ctx, p, q)
	if err != nil || len(arms) == 0 {
		return Tally{}, err
	}
	var sets []counted
	for _, light := range []terms.Light{"", terms.Red, terms.Yellow, terms.Still} {
		narrowed, due, err := s.narrow(arms, Filter{Light: light}, s.Clock.Now())
		if err != nil {
			return Tally{}, err
		}
		sets = append(sets, counted{narrowed, due})
	}
	return countSets(ctx, s.DB, sets, Most+1)
}
