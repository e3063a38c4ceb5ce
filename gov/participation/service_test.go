package participation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/gov/participation"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
)

var now = time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)

func tables() []db.Migrations {
	return []db.Migrations{audit.Migrations(), events.Migrations(), participation.Migrations()}
}

func resident(person string) auth.Principal {
	return auth.Principal{ID: "acc_" + person, Kind: auth.KindPerson, Person: person,
		Grants: []auth.Grant{{Role: "resident", Own: true, Permissions: []string{participation.MayRate.Name}}}}
}

func invite(t *testing.T, s *participation.Service) {
	t.Helper()
	ctx := dbtest.As(t, "events")
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		return s.InviteTx(ctx, tx, participation.Rating{Region: "449900", Case: "case_1", CaseNumber: "123456782", Item: "i", ItemName: "居住证", Org: "o", Owners: []string{"per_1"}, DecidedAt: now})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRate_onceAndChangedOnce(t *testing.T) {
	dbtest.Run(t, tables(), func(t *testing.T, d *db.DB) {
		s := participation.New(participation.Deps{DB: d, Clock: clock.NewFake(now)})
		invite(t, s)
		ctx := auth.With(t.Context(), resident("per_1"))
		for i, want := range []error{nil, nil, participation.ErrRatedAlready} {
			err := s.Rate(ctx, "449900", "case_1", participation.Answer{Grade: participation.Dissatisfied, Indicators: []string{"guide"}, Text: "指南写得不清楚"})
			if !errors.Is(err, want) {
				t.Fatalf("rating %d: %v, want %v", i+1, err, want)
			}
		}
		super := auth.With(t.Context(), auth.Principal{ID: "acc_s", Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: []string{participation.MayReadRatings.Name}}}})
		sum, err := s.Summary(super, "449900", "")
		if err != nil || sum.Rated() != 1 || sum.Counts[participation.Dissatisfied] != 1 {
			t.Fatalf("summary %+v, %v", sum, err)
		}
		if p, ok := sum.SatisfiedPercent(); !ok || p != 0 {
			t.Fatalf("satisfied %d %v", p, ok)
		}
		bad, err := s.Bad(super, participation.BadQuery{Region: "449900", Limit: 10})
		if err != nil || len(bad) != 1 || bad[0].Text != "指南写得不清楚" {
			t.Fatalf("bad ratings %+v, %v", bad, err)
		}
	})
}

// A bad rating waits until somebody says what was done, and again when the
// applicant rates anew; the applicant reads it.
func TestFollowUp_waitsUntilItIsSaid(t *testing.T) {
	dbtest.Run(t, tables(), func(t *testing.T, d *db.DB) {
		c := clock.NewFake(now)
		s := participation.New(participation.Deps{DB: d, Clock: c})
		invite(t, s)
		mine := auth.With(t.Context(), resident("per_1"))
		super := auth.With(t.Context(), auth.Principal{ID: "acc_s", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: []string{participation.MayFollow.Name, participation.MayReadRatings.Name}}}})
		reader := auth.With(t.Context(), auth.Principal{ID: "acc_r", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: []string{participation.MayReadRatings.Name}}}})
		waiting := func(all bool, want int) participation.Rating {
			t.Helper()
			list, err := s.Bad(super, participation.BadQuery{All: all, Limit: 10})
			if err != nil || len(list) != want {
				t.Fatalf("%d ratings, want %d (%v)", len(list), want, err)
			}
			if want == 0 {
				return participation.Rating{}
			}
			return list[0]
		}
		rate := func() {
			t.Helper()
			if err := s.Rate(mine, "449900", "case_1", participation.Answer{Grade: participation.VeryDissatisfied}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.FollowUp(super, "449900", "case_1", "已致电申请人说明", now); !errors.Is(err, participation.ErrNothingToFollow) {
			t.Fatalf("not rated yet: %v", err)
		}
		rate()
		r := waiting(false, 1)
		if err := s.FollowUp(reader, "449900", "case_1", "已致电申请人说明", r.RatedAt); !fault.IsKind(err, fault.KindForbidden) {
			t.Fatalf("a reader followed up: %v", err)
		}
		if err := s.FollowUp(super, "449900", "case_1", " 好 ", r.RatedAt); err == nil {
			t.Fatal("a follow-up that says nothing")
		}
		if err := s.FollowUp(super, "449900", "case_1", "已致电申请人，指南已改", r.RatedAt); err != nil {
			t.Fatal(err)
		}
		waiting(false, 0)
		waiting(true, 1)
		if own, err := s.Invitation(mine, "449900", "case_1"); err != nil || own.FollowUp.Text != "已致电申请人，指南已改" {
			t.Fatalf("the applicant reads %+v, %v", own.FollowUp, err)
		}
		c.Advance(time.Hour)
		rate()
		waiting(false, 1)
		if err := s.FollowUp(super, "449900", "case_1", "已再次说明情况", r.RatedAt); !errors.Is(err, participation.ErrRatedSince) {
			t.Fatalf("about a rating that was changed: %v", err)
		}
		if sum, err := s.Overall(super, ""); err != nil || sum.Rated() != 1 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if _, err := s.Bad(mine, participation.BadQuery{Limit: 1}); !fault.IsKind(err, fault.KindForbidden) {
			t.Fatalf("a resident reads the list: %v", err)
		}
	})
}

func TestRate_byStrangerOrWithoutInvitation(t *testing.T) {
	dbtest.Run(t, tables(), func(t *testing.T, d *db.DB) {
		s := participation.New(participation.Deps{DB: d, Clock: clock.NewFake(now)})
		invite(t, s)
		ok := participation.Answer{Grade: participation.Satisfied}
		if err := s.Rate(auth.With(t.Context(), resident("per_2")), "449900", "case_1", ok); !errors.Is(err, participation.ErrNothingToRate) {
			t.Fatalf("stranger: %v", err)
		}
		if err := s.Rate(auth.With(t.Context(), resident("per_1")), "449900", "case_9", ok); !errors.Is(err, participation.ErrNothingToRate) {
			t.Fatalf("unknown case: %v", err)
		}
		if _, err := s.Summary(auth.With(t.Context(), resident("per_1")), "449900", ""); !fault.IsKind(err, fault.KindForbidden) {
			t.Fatalf("summary for a resident: %v", err)
		}
	})
}

func TestCheck_namesEveryField(t *testing.T) {
	p := participation.Answer{Grade: 6, Indicators: []string{"price"}, Text: strings.Repeat("长", 501)}.Check()
	if len(p) != 3 {
		t.Fatalf("problems %v", p)
	}
	if (participation.Answer{Grade: 1}).Check() != nil {
		t.Fatal("a bare grade is enough")
	}
}
