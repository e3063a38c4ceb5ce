package changes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/standard"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

// The refusals of changes.
var (
	ErrNoChange   = fault.NotFound("changes.no_change")
	ErrStale      = fault.Conflict("changes.stale")        // somebody else edited it meanwhile
	ErrTaken      = fault.Conflict("changes.taken")        // another open change touches the same thing
	ErrState      = fault.Conflict("changes.state")        // it is not at that step
	ErrSamePerson = fault.Forbidden("changes.same_person") // who drafted or reviewed cannot decide
	ErrNoTarget   = fault.Invalid("changes.no_target")
)

// Cases tells how many matters are under way for items; casework knows.
type Cases interface {
	OpenCases(ctx context.Context, region, item string) (int, error)
}

// Deps is what changes need.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Catalogue *catalogue.Service
	Cases     Cases // nil: nobody counts
}

// Service is the door to changes.
type Service struct{ Deps }

// NewService returns a service.
func NewService(d Deps) *Service { return &Service{d} }

// Handle registers the work that falls due: changes on their day, and items
// that follow their base item.
func (s *Service) Handle(r *schedule.Runner) {
	r.Handle(JobEffect, s.TakeEffect)
	r.Handle(catalogue.JobFollow, s.Catalogue.Follow)
}

// JobEffect puts an approved change into effect on its day.
const JobEffect = "catalogue.change"

// Changes lists the changes of a region, the newest first.
func (s *Service) Changes(ctx context.Context, region string, open bool, limit int) ([]Change, error) {
	if err := s.mayRead(ctx, region); err != nil {
		return nil, err
	}
	return list(ctx, s.DB, region, open, min(max(limit, 1), 200))
}

// Change returns one change.
func (s *Service) Change(ctx context.Context, region string, number int) (Change, error) {
	if err := s.mayRead(ctx, region); err != nil {
		return Change{}, err
	}
	return load(ctx, s.DB, region, number)
}

func (s *Service) mayRead(ctx context.Context, region string) (err error) {
	for _, p := range []authz.Permission{catalogue.MayDraftChanges, catalogue.MayReviewChanges, catalogue.MayApproveChanges} {
		if err = authz.Require(ctx, p, authz.Object{Region: region}); err == nil {
			return nil
		}
	}
	return err
}

// Begin opens a draft over what there is now.
func (s *Service) Begin(ctx context.Context, c Change) (out Change, err error) {
	if err := authz.Require(ctx, catalogue.MayDraftChanges, authz.Object{Region: c.Region}); err != nil {
		return Change{}, err
	}
	if !slices.Contains(Kinds, c.Kind) || c.Level != standard.BaseLevel && c.Level != standard.ImplementationLevel {
		return Change{}, ErrState
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		number, err := once.Do(ctx, tx, c.Region, "catalogue/changes", func() (string, error) {
			d := c
			if err := s.fill(ctx, tx, &d); err != nil {
				return "", err
			}
			if err := s.free(ctx, tx, &d); err != nil {
				return "", err
			}
			last, err := lastNumber(ctx, tx, c.Region)
			if err != nil {
				return "", err
			}
			d.Number, d.Version, d.State, d.History = last+1, 1, Drafting, nil
			s.note(tx, &d, "begun", nil, "")
			audit.Record(ctx, tx, audit.Entry{Region: d.Region, Action: "catalogue.change.begun", Object: strconv.Itoa(d.Number), Details: d.details()})
			out = d
			return strconv.Itoa(d.Number), insert(ctx, tx, d, s.Clock.Now())
		})
		if err == nil && strconv.Itoa(out.Number) != number { // the command ran before; its sender did not hear of it
			n, _ := strconv.Atoi(number)
			out, err = load(ctx, tx, c.Region, n)
		}
		return err
	})
	return out, err
}

// free refuses what another open change touches.
func (s *Service) free(ctx context.Context, tx *db.Tx, c *Change) error {
	for _, code := range c.Codes() {
		n, err := openOn(ctx, tx, c.Region, code)
		if err != nil {
			return err
		}
		if n != 0 && n != c.Number {
			other, err := load(ctx, tx, c.Region, n)
			if err != nil {
				return err
			}
			return ErrTaken.With("code", code).With("number", n).With("name", other.Last().Name)
		}
	}
	return nil
}

func (s *Service) note(tx *db.Tx, c *Change, act string, keys []string, note string) {
	p := tx.Actor()
	c.History = append(slices.Clone(c.History), Entry{At: s.Clock.Now(), By: p.ID, Name: p.Name, Act: act, Keys: keys, Note: strings.TrimSpace(note)})
}

// details are what the record keeps of a change.
func (c *Change) details() map[string]any {
	return map[string]any{"version": c.Version, "kind": string(c.Kind), "level": string(c.Level), "codes": strings.Join(c.Codes(), " "), "effective": day(c.From)}
}

// step runs one act on a change that was seen at a version.
func (s *Service) step(ctx context.Context, region string, number, seen int, act string, f func(tx *db.Tx, c *Change) error) (out Change, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		out = Change{}
		_, err := once.Do(ctx, tx, region, fmt.Sprintf("%s/%d", act, number), func() (string, error) {
			c, err := load(ctx, tx, region, number)
			if err != nil {
				return "", err
			}
			if c.Version != seen {
				last := c.Last()
				return "", ErrStale.With("name", last.Name).With("at", last.At.Format(time.DateTime)).With("keys", strings.Join(last.Keys, ", "))
			}
			if err := f(tx, &c); err != nil {
				return "", err
			}
			c.Version = seen + 1
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: strconv.Itoa(c.Number), Details: c.details()})
			out = c
			return string(c.State), save(ctx, tx, c, seen, s.Clock.Now())
		})
		if err == nil && out.Number == 0 { // the command ran before; its sender did not hear of it
			out, err = load(ctx, tx, region, number)
		}
		return err
	})
	return out, err
}

// Edit changes a draft.
func (s *Service) Edit(ctx context.Context, region string, number, seen int, change func(*Change) error) (Change, error) {
	if err := authz.Require(ctx, catalogue.MayDraftChanges, authz.Object{Region: region}); err != nil {
		return Change{}, err
	}
	return s.step(ctx, region, number, seen, "catalogue.change.edited", func(tx *db.Tx, c *Change) error {
		if c.State != Drafting {
			return ErrState.With("state", string(c.State))
		}
		was := *c
		was.Bases, was.Items = slices.Clone(c.Bases), slices.Clone(c.Items)
		if err := change(c); err != nil {
			return err
		}
		c.Region, c.Number, c.Kind, c.Level, c.State = was.Region, was.Number, was.Kind, was.Level, was.State
		if err := s.fill(ctx, tx, c); err != nil {
			return err
		}
		if err := s.free(ctx, tx, c); err != nil {
			return err
		}
		s.note(tx, c, "edited", edited(&was, c), "")
		return nil
	})
}

// Submit sends a draft to the legal review.
func (s *Service) Submit(ctx context.Context, region string, number, seen int) (Change, error) {
	if err := authz.Require(ctx, catalogue.MayDraftChanges, authz.Object{Region: region}); err != nil {
		return Change{}, err
	}
	return s.step(ctx, region, number, seen, "catalogue.change.submitted", func(tx *db.Tx, c *Change) error {
		if c.State != Drafting {
			return ErrState.With("state", string(c.State))
		}
		if err := s.sound(ctx, tx, c); err != nil {
			return err
		}
		c.State = InReview
		s.note(tx, c, "submitted", nil, "")
		return nil
	})
}

// Review passes a draft on to who approves it. Who drafted it cannot.
func (s *Service) Review(ctx context.Context, region string, number, seen int, note string) (Change, error) {
	if err := authz.Require(ctx, catalogue.MayReviewChanges, authz.Object{Region: region}); err != nil {
		return Change{}, err
	}
	return s.step(ctx, region, number, seen, "catalogue.change.reviewed", func(tx *db.Tx, c *Change) error {
		if c.State != InReview {
			return ErrState.With("state", string(c.State))
		}
		if err := s.other(tx, c); err != nil {
			return err
		}
		c.State = InVoting
		s.note(tx, c, "reviewed", nil, note)
		return nil
	})
}

// other refuses who had a hand in the draft or reviewed it.
func (s *Service) other(tx *db.Tx, c *Change) error {
	me := tx.Actor().ID
	for _, act := range []string{"begun", "edited", "submitted", "reviewed"} {
		if slices.Contains(c.Did(act), me) {
			return ErrSamePerson
		}
	}
	return nil
}

// Approve lets a change take effect on its day, or at once when that has come.
func (s *Service) Approve(ctx context.Context, region string, number, seen int, note string) (Change, error) {
	if err := authz.Require(ctx, catalogue.MayApproveChanges, authz.Object{Region: region}); err != nil {
		return Change{}, err
	}
	return s.step(ctx, region, number, seen, "catalogue.change.approved", func(tx *db.Tx, c *Change) error {
		if c.State != InVoting {
			return ErrState.With("state", string(c.State))
		}
		if err := s.other(tx, c); err != nil {
			return err
		}
		if err := s.sound(ctx, tx, c); err != nil {
			return err
		}
		s.note(tx, c, "approved", nil, note)
		c.State = Approved
		now := s.Clock.Now()
		if c.From > calendar.DateOf(now) {
			schedule.Set(tx, schedule.Job{Region: region, Kind: JobEffect, Key: strconv.Itoa(number), At: c.From.Start()})
			return nil
		}
		return s.apply(ctx, tx, c, now)
	})
}

// Return gives a change back to who drafts, with the reason.
func (s *Service) Return(ctx context.Context, region string, number, seen int, note string) (Change, error) {
	if n := len([]rune(strings.TrimSpace(note))); n == 0 || n > maxReason {
		return Change{}, standard.Problems{{Field: "note", Key: "reason", With: []any{"max", maxReason}}}
	}
	return s.step(ctx, region, number, seen, "catalogue.change.returned", func(tx *db.Tx, c *Change) error {
		may := map[State]authz.Permission{InReview: catalogue.MayReviewChanges, InVoting: catalogue.MayApproveChanges, Approved: catalogue.MayApproveChanges}[c.State]
		if may.Name == "" {
			return ErrState.With("state", string(c.State))
		}
		if err := authz.Require(ctx, may, authz.Object{Region: region}); err != nil {
			return err
		}
		schedule.Cancel(tx, region, JobEffect, strconv.Itoa(number))
		c.State = Drafting
		s.note(tx, c, "returned", nil, note)
		return nil
	})
}

// Withdraw ends a draft.
func (s *Service) Withdraw(ctx context.Context, region string, number, seen int) (Change, error) {
	if err := authz.Require(ctx, catalogue.MayDraftChanges, authz.Object{Region: region}); err != nil {
		return Change{}, err
	}
	return s.step(ctx, region, number, seen, "catalogue.change.withdrawn", func(tx *db.Tx, c *Change) error {
		if c.State == Approved || !c.State.Open() {
			return ErrState.With("state", string(c.State))
		}
		c.State = Withdrawn
		s.note(tx, c, "withdrawn", nil, "")
		return nil
	})
}

// TakeEffect is the job of the day. What cannot take effect any more goes back
// to who drafted it, with the reason; nothing is lost.
func (s *Service) TakeEffect(ctx context.Context, tx *db.Tx, j schedule.Job) error {
	number, err := strconv.Atoi(j.Key)
	if err != nil {
		return err
	}
	c, err := load(ctx, tx, j.Region, number)
	if err != nil || c.State != Approved {
		return err
	}
	seen := c.Version
	err = s.sound(ctx, tx, &c)
	var bad standard.Problems
	switch {
	case errors.As(err, &bad), fault.IsKind(err, fault.KindConflict), fault.IsKind(err, fault.KindInvalid):
		c.State = Drafting
		s.note(tx, &c, "failed", nil, err.Error())
		audit.Record(ctx, tx, audit.Entry{Region: c.Region, Action: "catalogue.change.failed", Object: strconv.Itoa(c.Number), Details: c.details()})
	case err != nil:
		return err
	default:
		if err := s.apply(ctx, tx, &c, s.Clock.Now()); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: c.Region, Action: "catalogue.change.effective", Object: strconv.Itoa(c.Number), Details: c.details()})
	}
	c.Version = seen + 1
	return save(ctx, tx, c, seen, s.Clock.Now())
}
