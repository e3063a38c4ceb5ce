package casework

import (
	"context"
	"testing"
	"time"

	"tongban/gov/casework/desk"
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

// TestWarnings_ofARegion: what counts as near is for each region to say, in
// lights, lists and counts alike; the region beside it is not touched.
func TestWarnings_ofARegion(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		rules := limits.New(limits.Deps{DB: w.db, Clock: w.clock})
		w.s.Rules.Source, w.s.Desk.Rules.Source = rules, rules
		by := func(name string) context.Context {
			return auth.With(t.Context(), auth.Principal{ID: "acc_" + name, Name: name, Kind: auth.KindOfficer,
				Grants: []auth.Grant{{Region: top, Subtree: true, Permissions: []string{limits.MayApproveLimits.Name, limits.MayProposeLimits.Name}}}})
		}
		w.accepted(dineIn())
		here := w.apply(w.resident("王示例"), dineIn())
		const school = "11440000006940116U244010200300101"
		w.importGuide(school)
		me := w.resident("李虚构")
		d, err := w.s.Start(me, Start{Region: top, Item: school})
		if err != nil {
			t.Fatal(err)
		}
		d = w.fill(me, d, nil)
		there, err := w.s.Submit(me, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		if !here.AcceptDue.Equal(there.AcceptDue) {
			t.Fatalf("due %v and %v", here.AcceptDue, there.AcceptDue)
		}
		w.clock.Set(here.AcceptDue.Add(-108 * time.Hour)) // a Thursday; it is due on Monday
		boss := w.officer("监察", "supervisor", "")
		yellow := func() map[string]int {
			t.Helper()
			list, err := w.s.WatchList(boss, WatchQuery{Light: Yellow})
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]int{}
			for _, x := range list.Tasks {
				if x.Light != Yellow {
					t.Errorf("listed as yellow: %s is %s", x.ID, x.Light)
				}
				out[x.Region]++
			}
			rows, err := w.s.Watch(boss, WatchQuery{By: desk.ByRegion})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if r.Yellow != out[r.Key] {
					t.Errorf("%s: counted %d, listed %d", r.Key, r.Yellow, out[r.Key])
				}
			}
			return out
		}
		before := yellow()
		if before[top] != 0 {
			t.Fatalf("%v", before)
		}
		r, err := rules.Propose(by("甲"), limits.Proposal{Region: district, Key: "warning", Amount: 2, Unit: calendar.WorkingDays, Basis: limits.Measure, Citation: "示例区电子监察办法第五条", From: calendar.DateOf(w.clock.Now()), Reason: "早一点提醒"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rules.Approve(by("乙"), district, r.Key, r.Number, ""); err != nil {
			t.Fatal(err)
		}
		after := yellow()
		if after[district] <= before[district] || after[top] != 0 {
			t.Errorf("yellow before %v, after %v", before, after)
		}
	})
}
