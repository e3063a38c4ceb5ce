package oversight_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/gov/oversight"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/sign"
)

func holder(id, region string, subtree bool, perms ...authz.Permission) context.Context {
	var names []string
	for _, p := range perms {
		names = append(names, p.Name)
	}
	return auth.With(context.Background(), auth.Principal{ID: id, Kind: auth.KindOfficer, Grants: []auth.Grant{{Role: "x", Region: region, Subtree: subtree, Permissions: names}}})
}

type bundle struct {
	*oversight.Service
	sealer *audit.Sealer
}

func setup(t *testing.T, d *db.DB) bundle {
	t.Helper()
	keys, err := sign.Open(sign.Options{Dir: filepath.Join(t.TempDir(), "keys"), Name: "node"})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s := oversight.New(oversight.Deps{DB: d, Bus: events.New(d, log), Verifier: keys.NoteVerifier(), Region: "440000", Regions: []string{"440000", "449900"}})
	return bundle{s, &audit.Sealer{DB: d, Signer: keys.NoteSigner(), Clock: clock.System, Log: log}}
}

func act(t *testing.T, d *db.DB, region, object string) {
	t.Helper()
	ctx := dbtest.As(t, "test")
	if err := d.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "test.thing.done", Object: object})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func tables() []db.Migrations { return []db.Migrations{audit.Migrations(), events.Migrations()} }

func TestRecord_readByTheAuditorAndOnRecordItself(t *testing.T) {
	dbtest.Run(t, tables(), func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		act(t, d, "440000", "thing_1")
		auditor := holder("acc_audit", "440000", true, oversight.MayReadRecord)
		acts, _, err := s.Record(auditor, audit.Filter{Object: "thing_1"})
		if err != nil || len(acts) != 1 || acts[0].Action != "test.thing.done" {
			t.Fatalf("acts %v, %v", acts, err)
		}
		acts, _, err = s.Record(auditor, audit.Filter{Actor: "acc_audit"})
		if err != nil || len(acts) == 0 || acts[0].Action != "oversight.record.read" {
			t.Fatalf("the reading is not on record: %v, %v", acts, err)
		}
		if _, _, err := s.Record(holder("acc_clerk", "440000", true), audit.Filter{}); !errors.Is(err, authz.ErrForbidden) {
			t.Fatalf("without the permission: %v", err)
		}
		if _, _, err := s.Record(holder("acc_other", "449900", false, oversight.MayReadRecord), audit.Filter{Region: "440000"}); !errors.Is(err, authz.ErrForbidden) {
			t.Fatalf("an auditor of another region: %v", err)
		}
	})
}

func TestVerify_findsAnAlteredAct(t *testing.T) {
	dbtest.Run(t, tables(), func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		act(t, d, "440000", "thing_1")
		if _, err := s.sealer.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		auditor := holder("acc_audit", "440000", true, oversight.MayReadRecord)
		r, err := s.Verify(auditor)
		if err != nil || !r.OK() || r.Sealed != 1 {
			t.Fatalf("sound record: %+v, %v", r, err)
		}
		ctx := dbtest.As(t, "thief")
		err = d.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("the test plays the thief")
			_, err := tx.Exec(ctx, `UPDATE audit_entry SET object = 'thing_2' WHERE region = '440000' AND object = 'thing_1'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if r, err = s.Verify(auditor); err != nil || r.OK() {
			t.Fatalf("altered record passed: %+v, %v", r, err)
		}
	})
}

func TestMachine_onlyForWhoRunsIt(t *testing.T) {
	dbtest.Run(t, tables(), func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		act(t, d, "440000", "thing_1")
		m, err := s.Machine(holder("acc_admin", "440000", true, oversight.MaySeeMachine))
		if err != nil || m.Unsealed != 1 || m.Parked != 0 {
			t.Fatalf("%+v, %v", m, err)
		}
		if _, err := s.Machine(holder("acc_audit", "440000", true, oversight.MayReadRecord)); !errors.Is(err, authz.ErrForbidden) {
			t.Fatalf("an auditor: %v", err)
		}
	})
}

// news is a fact that a reaction cannot take.
type news struct{ N int }

func (news) Type() string { return "tongban.test.news.told.v1" }

// A fact that cannot be delivered is dropped by whoever may, with the reason in
// the record; what waits behind it goes on.
func TestDiscard_withAReasonOnRecord(t *testing.T) {
	dbtest.Run(t, tables(), func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		ctx, now := dbtest.As(t, "test"), clock.NewFake(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		s.Bus.Clock = now
		heard := map[int]bool{}
		events.React(s.Bus, "test.thing", func(_ context.Context, tx *db.Tx, f news) error {
			tx.Unaudited("a reaction of a test")
			if f.N == 0 {
				return errors.New("cannot be delivered")
			}
			heard[f.N] = true
			return nil
		})
		for n := range 2 {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				audit.Record(ctx, tx, audit.Entry{Region: "440000", Action: "test.thing.done", Object: "x"})
				events.Emit(ctx, tx, "440000", "x", news{n})
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		run := func() {
			t.Helper()
			for range 20 {
				if _, err := s.Bus.RunOnce(ctx); err != nil {
					t.Fatal(err)
				}
				now.Advance(time.Hour)
			}
		}
		run()
		admin := holder("acc_admin", "440000", true, oversight.MayDiscard, oversight.MaySeeMachine)
		m, err := s.Machine(admin)
		if err != nil || len(m.Held) != 1 || m.Held[0].Parked == "" || m.Held[0].Behind != 1 {
			t.Fatalf("%+v, %v", m, err)
		}
		fact := m.Held[0].ID
		if err := s.Discard(holder("acc_audit", "440000", true, oversight.MaySeeMachine), "440000", fact, "无法送达"); !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("without the right: %v", err)
		}
		for _, reason := range []string{" ", strings.Repeat("长", oversight.MaxReason+1)} {
			if err := s.Discard(admin, "440000", fact, reason); !errors.Is(err, oversight.ErrNeedReason) {
				t.Errorf("reason of %d characters: %v", len([]rune(reason)), err)
			}
		}
		if err := s.Discard(admin, "440000", fact, " 对方系统已下线 "); err != nil {
			t.Fatal(err)
		}
		if err := s.Discard(admin, "440000", fact, "再来一次"); !errors.Is(err, oversight.ErrNoFact) {
			t.Errorf("twice: %v", err)
		}
		if err := s.Retry(admin, "440000", fact); !errors.Is(err, oversight.ErrNoFact) {
			t.Errorf("retry afterwards: %v", err)
		}
		run()
		if len(heard) != 1 || !heard[1] {
			t.Errorf("heard %v", heard)
		}
		details, err := db.One(ctx, d, db.Value[string], `SELECT details FROM audit_entry WHERE region = '440000' AND action = 'events.fact.discarded' AND object = $1`, fact)
		if err != nil || !strings.Contains(details, "对方系统已下线") || !strings.Contains(details, `N`) {
			t.Errorf("record %q %v", details, err)
		}
	})
}
