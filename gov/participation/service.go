package participation

import (
	"context"
	"embed"
	"io/fs"

	"tongban/gov/facts"
	"tongban/gov/identity"
	"tongban/platform/audit"
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
	for _, c := range counts {
		sum.Invited += c.n
		if c.grade.Known() {
			sum.Counts[c.grade] += c.n
		}
	}
	return sum, err
}

// Bad returns the newest ratings of a region that ask for rectification.
func (s *Service) Bad(ctx context.Context, region string, limit int) ([]Rating, error) {
	if err := authz.Require(ctx, MayReadRatings, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	return listBad(ctx, s.DB, region, limit)
}
