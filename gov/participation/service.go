package participation

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"tongban/gov/facts"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
)

// The refusals of this capability.
var (
	ErrNothingToRate = fault.NotFound("participation.nothing_to_rate")
	ErrRatedAlready  = fault.Conflict("participation.rated_already")

	ErrNothingToFollow = fault.NotFound("participation.nothing_to_follow")
	ErrRatedSince      = fault.Conflict("participation.rated_since")
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "participation", FS: sub}
}

// Deps is what the service needs.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
}

// Service invites, takes and counts ratings.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// InviteTx opens the rating of a decided case; a second invitation changes nothing.
func (s *Service) InviteTx(_ context.Context, tx *db.Tx, r Rating) error {
	tx.Unaudited("an invitation is implied by the decision, which is on record")
	insertInvitation(tx, r)
	return nil
}

// Invitation returns the rating of one's own case, answered or not.
func (s *Service) Invitation(ctx context.Context, region, caseID string) (Rating, error) {
	return s.own(ctx, s.DB, region, caseID)
}

func (s *Service) own(ctx context.Context, r db.Reader, region, caseID string) (Rating, error) {
	rating, err := loadRating(ctx, r, region, caseID)
	if fault.IsKind(err, fault.KindNotFound) {
		return Rating{}, ErrNothingToRate
	}
	if err != nil {
		return Rating{}, err
	}
	if err := authz.Require(ctx, MayRate, authz.Object{Owners: rating.Owners, Act: identity.ActSee, Thing: identity.ItemKey(rating.Region, rating.Item), Orgs: []string{rating.Org}}); err != nil {
		return Rating{}, ErrNothingToRate // a stranger does not learn that the case exists
	}
	return rating, nil
}

// Rate takes the applicant's answer, or changes it once. It returns Problems
// for an answer that cannot be used.
func (s *Service) Rate(ctx context.Context, region, caseID string, a Answer) error {
	if p := a.Check(); len(p) > 0 {
		return p
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		old, err := s.own(ctx, tx, region, caseID)
		if err != nil {
			return err
		}
		if !old.Open() {
			return ErrRatedAlready
		}
		r := old
		r.Grade, r.Indicators, r.Text, r.RatedAt = a.Grade, a.Indicators, a.Text, s.Clock.Now()
		if r.Indicators == nil {
			r.Indicators = []string{}
		}
		if old.Answered() {
			r.Changes++
		}
		if err := updateRating(ctx, tx, old, r); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "participation.service.rated", Object: caseID,
			Details: map[string]any{"grade": int(a.Grade), "change": r.Changes}})
		events.Emit(ctx, tx, region, caseID, facts.ServiceRated{Region: region, Case: caseID, Item: r.Item, Org: r.Org, Grade: int(a.Grade), At: r.RatedAt})
		return nil
	})
}

// Summary counts the ratings of a region, or of one of its offices.
func (s *Service) Summary(ctx context.Context, region, org string) (Summary, error) {
	if err := authz.Require(ctx, MayReadRatings, authz.Object{Region: region}); err != nil {
		return Summary{}, err
	}
	counts, err := countRatings(ctx, s.DB, region, org)
	var sum Summary
	sum.add(counts)
	return sum, err
}

func (s *Summary) add(counts []gradeCount) {
	for _, c := range counts {
		s.Invited += c.n
		if c.grade.Known() {
			s.Counts[c.grade] += c.n
		}
	}
}

// BadQuery narrows the list of bad ratings down.
type BadQuery struct {
	Region string // and what lies in it; "" every region that the reader watches
	Org    string // unified code of the office
	All    bool   // those that were followed up too
	Limit  int    // 1 to 200
}

// Bad returns the newest ratings that ask for rectification, at most so many a
// region.
func (s *Service) Bad(ctx context.Context, q BadQuery) ([]Rating, error) {
	regions, err := watched(ctx, q.Region)
	var out []Rating
	for _, region := range regions {
		list, more := listBad(ctx, s.DB, region, q)
		out, err = append(out, list...), errors.Join(err, more)
	}
	return out, err
}

// Overall counts the ratings of every region that the reader watches, or of one
// of them with what lies in it.
func (s *Service) Overall(ctx context.Context, region string) (sum Summary, err error) {
	regions, err := watched(ctx, region)
	for _, prefix := range regions {
		counts, more := countBelow(ctx, s.DB, prefix)
		err = errors.Join(err, more)
		sum.add(counts)
	}
	return sum, err
}

// watched are the beginnings of the regions whose ratings the reader may see.
func watched(ctx context.Context, region string) ([]string, error) {
	if region != "" {
		return []string{authz.Prefix(region) + "%"}, authz.Require(ctx, MayReadRatings, authz.Object{Region: region})
	}
	if err := authz.Door(ctx, MayReadRatings); err != nil {
		return nil, err
	}
	var out []string
	for _, g := range auth.From(ctx).Grants {
		prefix := g.Region
		if g.Subtree {
			prefix = authz.Prefix(g.Region) + "%"
		}
		if g.Has(MayReadRatings.Name) && !slices.Contains(out, prefix) {
			out = append(out, prefix)
		}
	}
	return out, nil
}

// FollowUp puts on record what was done about a bad rating; the applicant reads
// it. seen is when the rating was given that the officer looked at: one that
// was changed meanwhile is looked at again.
func (s *Service) FollowUp(ctx context.Context, region, caseID, text string, seen time.Time) error {
	text = strings.TrimSpace(text)
	if p := CheckFollowUp(text); len(p) > 0 {
		return p
	}
	if err := authz.Require(ctx, MayFollow, authz.Object{Region: region}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := loadRating(ctx, tx, region, caseID)
		switch {
		case fault.IsKind(err, fault.KindNotFound) || err == nil && !r.Grade.Bad():
			return ErrNothingToFollow
		case err != nil:
			return err
		case !r.RatedAt.Equal(seen):
			return ErrRatedSince
		}
		if err := updateFollowUp(ctx, tx, r, FollowUp{text, auth.From(ctx).ID, s.Clock.Now()}); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "participation.service.followed_up", Object: caseID,
			Details: map[string]any{"grade": int(r.Grade), "text": text}})
		return nil
	})
}
