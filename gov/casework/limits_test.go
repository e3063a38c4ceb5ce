package casework

import (
	"context"
	"testing"
	"time"

	"tongban/gov/limits"
	"tongban/platform/auth"
	"tongban/platform/calendar"
)

// TestSubmit_underTheRegionsOwnLimit: a rule that two people made counts for
// applications from its first day on, and for none before.
func TestSubmit_underTheRegionsOwnLimit(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		rules := limits.New(limits.Deps{DB: w.db, Clock: w.clock})
		w.s.Rules.Source = rules
		const school = "11440000006940116U244010200300101"
		w.importGuide(school)
		by := func(name string) context.Context {
			return auth.With(t.Context(), auth.Principal{ID: "acc_" + name, Name: name, Kind: auth.KindOfficer,
				Grants: []auth.Grant{{Region: top, Subtree: true, Permissions: []string{limits.MayApproveLimits.Name, limits.MayProposeLimits.Name}}}})
		}
		from := calendar.DateOf(w.clock.Now()) + 2
		r, err := rules.Propose(by("甲"), limits.Proposal{Region: top, Key: "acceptance", Amount: 2, Unit: calendar.WorkingDays, Basis: limits.Measure, Citation: "示例办法第一条", From: from, Reason: "压缩时限"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rules.Approve(by("乙"), top, r.Key, r.Number, ""); err != nil {
			t.Fatal(err)
		}
		accept := func(name string) calendar.Limit {
			me := w.resident(name)
			d, err := w.s.Start(me, Start{Region: top, Item: school})
			if err != nil {
				t.Fatal(err)
			}
			d = w.fill(me, d, nil)
			c, err := w.s.Submit(me, d.Region, d.ID, d.Version)
			if err != nil {
				t.Fatal(err)
			}
			return c.Terms.Accept
		}
		if l := accept("王示例"); l.Amount != 5 {
			t.Fatalf("before its first day: %+v", l)
		}
		w.clock.Advance(2 * 24 * time.Hour)
		if l := accept("李虚构"); l.Amount != 2 || l.Citation != "示例办法第一条" {
			t.Fatalf("from its first day: %+v", l)
		}
	})
}
