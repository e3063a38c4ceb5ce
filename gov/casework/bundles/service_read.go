package bundles

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/casenumber"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/guess"
)

// mayAnswer lets the applicant, or a clerk at a counter for him, act.
func mayAnswer(ctx context.Context, b *Bundle) error {
	if drafts.Owns(ctx, b.Matter(), identity.ActApply) == nil || drafts.MayTakeIn(ctx, b.Region) == nil {
		return nil
	}
	if drafts.Owns(ctx, b.Matter(), identity.ActSee) == nil {
		return drafts.ErrScope.With("company", b.ApplicantName)
	}
	return ErrNone
}

// maySee lets the applicant, clerks who take in items of the region, and staff
// who may read a case of it see the whole.
func (s *Service) maySee(ctx context.Context, b *Bundle) error {
	if drafts.Owns(ctx, b.Matter(), identity.ActSee) == nil || drafts.MayTakeIn(ctx, b.Region) == nil ||
		desk.Touches(ctx, desk.MaySupervise, b.Region, b.Org) == nil {
		return nil
	}
	for _, p := range b.Parts {
		if p.Case != nil && s.Cases.MayRead(ctx, p.Case.Region, p.Case.ID) == nil {
			return nil
		}
	}
	return ErrNone
}

// MayRead tells whether the caller may see a one thing, for papers.
func (s *Service) MayRead(ctx context.Context, region string, id terms.CaseID) error {
	_, err := s.Bundle(ctx, region, ID(id))
	return err
}

// Bundle is a one thing with its parts and where their cases stand.
func (s *Service) Bundle(ctx context.Context, region string, id ID) (Bundle, error) {
	b, err := load(ctx, s.DB, region, id)
	if err != nil {
		return Bundle{}, err
	}
	return b, s.maySee(ctx, &b)
}

// File is a one thing as its applicant sees it.
type File struct {
	Bundle
	ItemNameEn string
	Definition *catalogue.Bundle
	Due        calendar.Result // of the whole
	Faces      map[string]cases.ClockFace
	Timeline   []Entry
	Asked      []Request // open requests for supplements of all parts
}

// Open is everything about a one thing in one place.
func (s *Service) Open(ctx context.Context, region string, id ID) (File, error) {
	b, err := s.Bundle(ctx, region, id)
	if err != nil {
		return File{}, err
	}
	f := File{Bundle: b, Due: b.Due(s.Calendar), Faces: map[string]cases.ClockFace{}}
	o, err := s.Cases.Offer(ctx, b.Region, b.Item, b.ItemVersion)
	if err != nil {
		return File{}, err
	}
	f.Definition, f.ItemNameEn = o.Bundle, o.NameEn
	for _, p := range b.Parts {
		if p.Case == nil {
			continue
		}
		tasks, err := desk.Of(ctx, s.DB, p.Case.Region, p.Case.ID)
		if err != nil {
			return File{}, err
		}
		f.Faces[p.ID] = s.Cases.Face(*p.Case, tasks)
	}
	if f.Timeline, err = s.timeline(ctx, b); err != nil {
		return File{}, err
	}
	f.Asked, err = s.asked(ctx, b)
	return f, err
}

// Mine tells whether the caller is the applicant.
func (f File) Mine(ctx context.Context) bool {
	return drafts.Owns(ctx, f.Matter(), identity.ActSee) == nil
}

// If is what follows when one part fails.
func (f File) If(part string) []Move {
	standing := map[string]Standing{}
	for _, p := range f.Parts {
		standing[p.ID] = p.Standing()
	}
	standing[part] = Failed
	return Moves(f.Definition, standing)
}

// Definition is the version of the one thing that was applied for.
func (s *Service) Definition(ctx context.Context, b Bundle) (*catalogue.Bundle, error) {
	o, err := s.Cases.Offer(ctx, b.Region, b.Item, b.ItemVersion)
	if err != nil {
		return nil, err
	}
	return o.Bundle, nil
}

// timeline is what the applicant sees of all cases: not who opened a step, not
// the opinions that steps gave each other.
func (s *Service) timeline(ctx context.Context, b Bundle) ([]Entry, error) {
	list, err := timeline(ctx, s.DB, b)
	list = slices.DeleteFunc(list, func(e Entry) bool { return e.Kind == "task.opened" })
	for i := range list {
		e := &list[i]
		if !e.Since.IsZero() {
			e.Days = s.Calendar.WorkingDaysBetween(e.Since, e.At)
		}
		if strings.HasPrefix(e.Kind, "task.") {
			e.Text = ""
		}
	}
	return list, err
}

// Mine lists the caller's one things, newest first, before an id.
func (s *Service) Mine(ctx context.Context, before ID, limit int) ([]Bundle, error) {
	owner, err := drafts.Mine(ctx)
	if err != nil {
		return nil, err
	}
	list, err := by(ctx, s.DB, s.Regions, "owner", owner, before, limit)
	return slices.DeleteFunc(list, func(b Bundle) bool { return drafts.Owns(ctx, b.Matter(), identity.ActSee) != nil }), err
}

// OfDraft is the one thing that a draft became, for whoever may work on it.
func (s *Service) OfDraft(ctx context.Context, region string, id drafts.DraftID) (Bundle, error) {
	b, err := ofDraft(ctx, s.DB, region, id)
	if err != nil {
		return b, err
	}
	return b, s.maySee(ctx, &b)
}

// OfNumber finds a one thing by its number, for the counter.
func (s *Service) OfNumber(ctx context.Context, number string) (Bundle, error) {
	b, err := byNumber(ctx, s.DB, s.Regions, casenumber.Clean(number))
	if err != nil {
		return b, err
	}
	return b, s.maySee(ctx, &b)
}

// Sister is what the officers of one case see of another case of the same one
// thing: state and dates, nobody's opinion.
type Sister struct {
	Part, ItemName, OrgName string
	State                   PartState
	Case                    casework.State // "" without a case
	Outcome                 casework.Outcome
	Since, Due, ClosedAt    time.Time
	Self                    bool
}

// Together is the one thing that a case belongs to, as its officers see it.
type Together struct {
	Number, ItemName string
	Due              calendar.Result
	Sisters          []Sister
}

// OfCase is the one thing that a case belongs to; nil when it stands alone. The
// caller has been let into the case.
//
// Law: 个人信息保护法 art. 6: an office sees of the others what it needs to plan.
func (s *Service) OfCase(ctx context.Context, region string, id terms.CaseID) (*Together, error) {
	if err := s.Cases.MayRead(ctx, region, id); err != nil {
		return nil, err
	}
	b, self, err := of(ctx, s.DB, region, id)
	if errors.Is(err, ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &Together{Number: b.Number, ItemName: b.ItemName, Due: b.Due(s.Calendar)}
	for _, p := range b.Parts {
		x := Sister{Part: p.ID, ItemName: p.ItemName, OrgName: p.OrgName, State: p.State, Since: p.Since, Self: p.ID == self}
		if p.Case != nil {
			x.Case, x.Outcome, x.Due, x.ClosedAt, x.Since = p.Case.State, p.Case.Outcome, p.Case.Due(), p.Case.ClosedAt, p.Case.SubmittedAt
		}
		out.Sisters = append(out.Sisters, x)
	}
	return out, nil
}

// PartOf is the one thing that a case is a part of, for its applicant; ErrNone
// when it stands alone.
func (s *Service) PartOf(ctx context.Context, region string, id terms.CaseID) (Bundle, error) {
	b, _, err := of(ctx, s.DB, region, id)
	if err != nil {
		return b, err
	}
	return b, s.maySee(ctx, &b)
}

// Watch lists the one things that are open, newest first, for supervision.
func (s *Service) Watch(ctx context.Context, before ID, limit int) ([]Bundle, error) {
	if err := authz.Door(ctx, desk.MaySupervise); err != nil {
		return nil, err
	}
	var regions []string
	for _, r := range s.Regions {
		for _, g := range auth.From(ctx).Grants {
			if g.Has(desk.MaySupervise.Name) && authz.InScope(g, r) && !slices.Contains(regions, r) {
				regions = append(regions, r)
			}
		}
	}
	if len(regions) == 0 {
		return nil, nil
	}
	return by(ctx, s.DB, regions, "open", string(Open), before, limit)
}

// Guesses, as of a case: how often one may look for a number.
var (
	perNumber = guess.Limit{Burst: 8, Every: 10 * time.Minute}
	perSender = guess.Limit{Burst: 40, Every: 30 * time.Second}
)

// Progress is a one thing for somebody without an account who knows its number
// and the end of the identity number; from is the sender's network address.
func (s *Service) Progress(ctx context.Context, number, last4, from string) (File, error) {
	number = casenumber.Clean(number)
	keys := []guess.Key{{Name: "bundle " + number, Limit: perNumber}, {Name: "from " + guess.Network(from), Limit: perSender}}
	if !s.guesses.Open(s.Clock.Now(), keys...) {
		return File{}, cases.ErrTooManyGuesses
	}
	b, err := byNumber(ctx, s.DB, s.Regions, number)
	if err == nil && !drafts.SameNumber(last4, b.Last4) {
		s.guesses.Miss(s.Clock.Now(), 1, keys...)
		err = ErrNone
	}
	if err != nil {
		return File{}, err
	}
	f := File{Bundle: b, Due: b.Due(s.Calendar)}
	f.Definition, err = s.Definition(ctx, b)
	return f, err
}
