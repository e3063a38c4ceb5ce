package changes_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

const (
	permit   = "440799902000" // the base item of the residence permit
	province = "440000"
)

type town struct {
	*changes.Service
	cat   *catalogue.Service
	clock *clock.Fake
	run   *schedule.Runner
	item  string
	cases int
}

func (t *town) OpenCases(context.Context, string, string) (int, error) { return t.cases, nil }

// who is an officer of the whole province with these permissions.
func who(id string, may ...authz.Permission) context.Context {
	var names []string
	for _, p := range may {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return auth.With(context.Background(), auth.Principal{ID: id, Name: id, Kind: auth.KindOfficer, Grants: []auth.Grant{{Role: "x", Permissions: names, Region: province, Subtree: true}}})
}

var (
	anna  = who("anna", catalogue.MayDraftChanges, catalogue.MayReviewChanges, catalogue.MayApproveChanges)
	berta = who("berta", catalogue.MayDraftChanges, catalogue.MayReviewChanges)
	clara = who("clara", catalogue.MayApproveChanges, catalogue.MayReviewChanges)
)

func run(t *testing.T, f func(t *testing.T, w *town)) {
	t.Helper()
	tables := []db.Migrations{audit.Migrations(), once.Migrations(), schedule.Migrations(), catalogue.Migrations()}
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
		w := &town{clock: c, cases: 3}
		w.cat = catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
		w.Service = changes.NewService(changes.Deps{DB: d, Clock: c, Catalogue: w.cat, Cases: w})
		w.run = schedule.NewRunner(d, c, nil)
		w.run.Handle(catalogue.JobFollow, w.cat.Follow)
		w.run.Handle(changes.JobEffect, w.TakeEffect)
		p, err := w.cat.PublishPackage(dbtest.As(t, "test"), os.DirFS("../../../items"), "residence-permit", catalogue.PublishOptions{})
		if err != nil {
			t.Fatal(err)
		}
		w.item = p.Code
		f(t, w)
	})
}

func (w *town) due(t *testing.T) {
	t.Helper()
	for range 5 {
		if _, err := w.run.RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// pass takes a draft through review and approval.
func (w *town) pass(t *testing.T, c changes.Change) changes.Change {
	t.Helper()
	c, err := w.Submit(anna, c.Region, c.Number, c.Version)
	if err == nil {
		c, err = w.Review(berta, c.Region, c.Number, c.Version, "依据齐全")
	}
	if err == nil {
		c, err = w.Approve(clara, c.Region, c.Number, c.Version, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func reason(c *changes.Change) error { c.Reason = "与上级目录一致"; return nil }

// A name is held once: renaming the base item renames its items, and who
// applied before still sees what was said then.
func TestChange_renameFollows(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		c, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.Alter, Level: standard.BaseLevel, Targets: []changes.Target{{Code: permit}}})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := w.Reach(anna, c); err != nil || r.Items != 1 || r.Cases != 3 {
			t.Errorf("reach %+v, %v", r, err)
		}
		c, err = w.Edit(anna, province, c.Number, c.Version, func(c *changes.Change) error {
			c.Bases[0].Name = "居住证办理"
			c.From, _ = calendar.ParseDate("2026-12-01")
			return reason(c)
		})
		if err != nil || strings.Join(c.Last().Keys, " ") != "from name reason" {
			t.Fatalf("%v %+v", err, c.Last())
		}
		if c = w.pass(t, c); c.State != changes.Approved {
			t.Fatalf("state %s", c.State)
		}
		w.due(t)
		if o, _ := w.cat.Offer(t.Context(), "449901", w.item); o.Name != "居住证首次申领" || o.Version != 1 {
			t.Errorf("before its day: %s version %d", o.Name, o.Version)
		}
		w.clock.Set(time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC))
		w.due(t)
		o, err := w.cat.Offer(t.Context(), "449901", w.item)
		if err != nil || o.Name != "居住证办理" || o.Version != 2 || o.BaseVersion != 2 || len(o.Basis) == 0 {
			t.Errorf("on its day: %+v %v", o.Item.Name, err)
		}
		then, err := w.cat.OfferAt(t.Context(), "449901", w.item, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
		if err != nil || then.Name != "居住证首次申领" || then.Version != 1 {
			t.Errorf("as of November: %v %v", then.Name, err)
		}
		if c, _ = w.Change(anna, province, c.Number); c.State != changes.InEffect || c.Last().Act != "effective" {
			t.Errorf("%s %+v", c.State, c.Last())
		}
		found, err := w.cat.Search(t.Context(), catalogue.Query{Text: "居住证办理"})
		if err != nil || found.Total != 1 || found.Items[0].Name != "居住证办理" {
			t.Errorf("found %+v %v", found.Items, err)
		}
	})
}

func TestChange_twoPersons(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		c, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.Alter, Level: standard.BaseLevel, Targets: []changes.Target{{Code: permit}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Submit(anna, province, c.Number, c.Version); err == nil {
			t.Error("a draft without a reason was submitted")
		}
		c, _ = w.Edit(anna, province, c.Number, c.Version, reason)
		c, err = w.Submit(anna, province, c.Number, c.Version)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Review(anna, province, c.Number, c.Version, ""); !errors.Is(err, changes.ErrSamePerson) {
			t.Errorf("the drafter reviewed: %v", err)
		}
		if _, err := w.Approve(clara, province, c.Number, c.Version, ""); !errors.Is(err, changes.ErrState) {
			t.Errorf("approved without a review: %v", err)
		}
		if c, err = w.Review(clara, province, c.Number, c.Version, ""); err != nil {
			t.Fatal(err)
		}
		for name, ctx := range map[string]context.Context{"drafter": anna, "reviewer": clara} {
			if _, err := w.Approve(ctx, province, c.Number, c.Version, ""); !errors.Is(err, changes.ErrSamePerson) {
				t.Errorf("the %s approved: %v", name, err)
			}
		}
		if c, err = w.Return(clara, province, c.Number, c.Version, "补充理由"); err != nil || c.State != changes.Drafting || c.Last().Note != "补充理由" {
			t.Errorf("%v %+v", err, c)
		}
		if c, err = w.Withdraw(anna, province, c.Number, c.Version); err != nil || c.State != changes.Withdrawn {
			t.Errorf("%v %s", err, c.State)
		}
	})
}

// Two designers at once: the second one is told who changed what, and an item
// that was published meanwhile is not overwritten.
func TestChange_atTheSameTime(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		begin := changes.Change{Region: "449901", Kind: changes.Alter, Level: standard.ImplementationLevel, Targets: []changes.Target{{Code: w.item}}}
		c, err := w.Begin(anna, begin)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Begin(berta, begin); !errors.Is(err, changes.ErrTaken) {
			t.Errorf("a second open change: %v", err)
		}
		phone := func(n string) func(*changes.Change) error {
			return func(c *changes.Change) error { c.Items[0].Values["supervise_way"] = []string{n}; return reason(c) }
		}
		next, err := w.Edit(anna, "449901", c.Number, c.Version, phone("010-1"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Edit(berta, "449901", c.Number, c.Version, phone("010-2")); !errors.Is(err, changes.ErrStale) {
			t.Errorf("an edit over an older draft: %v", err)
		}
		bad, err := w.Edit(anna, "449901", c.Number, next.Version, func(c *changes.Change) error { c.Items[0].Values["name"] = []string{"别名"}; return nil })
		if err != nil {
			t.Fatal(err)
		}
		var problems standard.Problems
		if _, err := w.Submit(anna, "449901", c.Number, bad.Version); !errors.As(err, &problems) || problems[0].Field != "name" || problems[0].Key != "refers" {
			t.Errorf("a name of its own: %v", err)
		}
		good, err := w.Edit(anna, "449901", c.Number, bad.Version, func(c *changes.Change) error { delete(c.Items[0].Values, "name"); return nil })
		if err != nil {
			t.Fatal(err)
		}
		w.pass(t, good)
		o, err := w.cat.Offer(t.Context(), "449901", w.item)
		if err != nil || o.ComplaintPhone != "010-1" || o.Version != 2 || o.Name != "居住证首次申领" || len(o.Materials) == 0 {
			t.Errorf("%+v %v", o, err)
		}
		p, err := w.cat.PublishPackage(dbtest.As(t, "test"), os.DirFS("../../../items"), "residence-permit", catalogue.PublishOptions{Shipped: true})
		if err != nil || p.Fresh {
			t.Errorf("a start overwrote what was approved: %+v %v", p, err)
		}
	})
}

func TestChange_newSplitCancel(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		basis := []content.Clause{{ID: "b1", Law: "示例条例", Article: "第一条", Text: "示例"}}
		c, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.New, Level: standard.BaseLevel, Reason: "新设",
			Bases: []standard.Base{{Code: "440799", Name: "示例登记", Type: "07", Basis: basis}}})
		if err != nil || c.Bases[0].Code != "440799001000" {
			t.Fatalf("%v %+v", err, c.Bases)
		}
		w.pass(t, c)
		c, err = w.Begin(anna, changes.Change{Region: "449901", Kind: changes.New, Level: standard.ImplementationLevel, Reason: "承接",
			Items: []changes.ItemDraft{{Base: "440799001000", Values: map[string][]string{"org": {"11449901900000065F"}, "org_name": {"示例区公安局"}, "use_level": {"4"}, "visits": {"1"}, "handle_area": {"4"}}}}})
		if err != nil || c.Items[0].Code != "11449901900000065F4440799001000" {
			t.Fatalf("%v %+v", err, c.Items)
		}
		w.pass(t, c)
		o, err := w.cat.Offer(t.Context(), "449901", c.Items[0].Code)
		if err != nil || o.Name != "示例登记" || o.TypeCode != "07" || o.Visits != 1 || o.Fields["handle_area"] != "4" || o.Form == nil {
			t.Fatalf("%+v %v", o, err)
		}
		split, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.Split, Level: standard.BaseLevel, Reason: "情形不同", Targets: []changes.Target{{Code: "440799001000"}}})
		if err != nil || len(split.Bases) != 2 || split.Bases[0].Code != "440799002000" || split.Bases[1].Code != "440799003000" {
			t.Fatalf("%v %+v", err, split.Bases)
		}
		w.pass(t, split)
		w.due(t)
		if o, _ = w.cat.Offer(t.Context(), "449901", c.Items[0].Code); o.State != content.Cancelled {
			t.Errorf("after the split: %q", o.State)
		}
		old, _ := w.cat.Base(t.Context(), "440799001000")
		next, _ := w.cat.Base(t.Context(), "440799002000")
		if strings.Join(old.Successors, " ") != "440799002000 440799003000" || next.Predecessors[0] != "440799001000" {
			t.Errorf("links: %v %v", old.Successors, next.Predecessors)
		}
		again, err := w.Begin(anna, changes.Change{Region: "449901", Kind: changes.New, Level: standard.ImplementationLevel, Reason: "x",
			Items: []changes.ItemDraft{{Base: "440799001000", Values: map[string][]string{"org": {"11449901900000065F"}, "org_name": {"x"}, "use_level": {"5"}}}}})
		if err != nil {
			t.Fatal(err)
		}
		var problems standard.Problems
		if _, err := w.Submit(anna, "449901", again.Number, again.Version); !errors.As(err, &problems) || problems[0].Key != "base_gone" {
			t.Errorf("an item of a cancelled base item: %v", err)
		}
	})
}

// Items that are merged stay readable, name what follows them, and are found by
// their old names.
func TestChange_mergeOfItems(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		basis := []content.Clause{{ID: "b1", Law: "示例条例", Article: "第一条", Text: "示例"}}
		var bases []standard.Base
		for _, name := range []string{"示例甲登记", "示例乙登记", "示例合一登记"} {
			c, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.New, Level: standard.BaseLevel, Reason: "新设", Bases: []standard.Base{{Code: "440799", Name: name, Type: "07", Basis: basis}}})
			if err != nil {
				t.Fatal(err)
			}
			bases = append(bases, w.pass(t, c).Bases...)
		}
		draft := func(base string) changes.ItemDraft {
			return changes.ItemDraft{Base: base, Values: map[string][]string{"org": {"11449901900000065F"}, "org_name": {"示例区公安局"}, "use_level": {"4"}, "visits": {"1"}}}
		}
		var targets []changes.Target
		for _, b := range bases[:2] {
			c, err := w.Begin(anna, changes.Change{Region: "449901", Kind: changes.New, Level: standard.ImplementationLevel, Reason: "承接", Items: []changes.ItemDraft{draft(b.Code)}})
			if err != nil {
				t.Fatal(err)
			}
			targets = append(targets, changes.Target{Code: w.pass(t, c).Items[0].Code})
		}
		c, err := w.Begin(anna, changes.Change{Region: "449901", Kind: changes.Merge, Level: standard.ImplementationLevel, Reason: "两事并一事", Targets: targets, Items: []changes.ItemDraft{draft(bases[2].Code)}})
		if err != nil {
			t.Fatal(err)
		}
		made := w.pass(t, c).Items[0].Code
		next, err := w.cat.Offer(t.Context(), "449901", made)
		if err != nil || len(next.Predecessors) != 2 || next.State != content.InForce {
			t.Fatalf("%+v, %v", next, err)
		}
		for _, target := range targets {
			old, err := w.cat.Offer(t.Context(), "449901", target.Code)
			if err != nil || old.State != content.Cancelled || len(old.Successors) != 1 || old.Successors[0] != made {
				t.Fatalf("%+v, %v", old, err)
			}
			if was, err := w.cat.OfferVersion(t.Context(), "449901", target.Code, 1); err != nil || was.State != content.InForce {
				t.Fatalf("what open cases refer to: %v", err)
			}
		}
		found, err := w.cat.Search(t.Context(), catalogue.Query{Text: "示例甲登记", Region: "449901", Limit: 10})
		if err != nil || len(found.Items) == 0 || found.Items[0].Code != made {
			t.Fatalf("by the old name: %+v, %v", found.Items, err)
		}
	})
}

// A base item is withdrawn while cases are open: who approves is told how many,
// the items end, and what the cases refer to stays as it was.
func TestChange_cancelWithOpenCases(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		before, err := w.cat.Offer(t.Context(), "449901", w.item)
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.Cancel, Level: standard.BaseLevel, Reason: "依据废止", Targets: []changes.Target{{Code: permit}}})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := w.Reach(clara, c); err != nil || r.Items != 1 || r.Cases != 3 {
			t.Fatalf("it touches %+v, %v", r, err)
		}
		w.pass(t, c)
		w.due(t)
		if o, err := w.cat.Offer(t.Context(), "449901", w.item); err != nil || o.State != content.Cancelled {
			t.Fatalf("after it: %v, %v", o.State, err)
		}
		o, err := w.cat.OfferVersion(t.Context(), "449901", w.item, before.Version)
		if err != nil || o.State != content.InForce || o.Name != before.Name || len(o.Materials) != len(before.Materials) {
			t.Fatalf("what open cases refer to: %+v, %v", o, err)
		}
	})
}

func TestChange_suspendAndBadReferences(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		for _, k := range []changes.Kind{changes.Suspend, changes.Resume} {
			c, err := w.Begin(anna, changes.Change{Region: province, Kind: k, Level: standard.BaseLevel, Reason: "系统升级", Targets: []changes.Target{{Code: permit}}})
			if err != nil {
				t.Fatal(err)
			}
			w.pass(t, c)
			w.due(t)
			o, err := w.cat.Offer(t.Context(), "449901", w.item)
			want := map[changes.Kind]content.State{changes.Suspend: content.Suspended, changes.Resume: content.InForce}[k]
			if err != nil || o.State != want {
				t.Errorf("after %s: %q %v", k, o.State, err)
			}
		}
		var problems standard.Problems
		for key, b := range map[string]standard.Base{
			"parent": {Code: "440799", Parent: "44079988800Y", Name: "甲", Type: "07", Basis: []content.Clause{{ID: "b", Law: "x"}}},
			"cycle":  {Code: "440799005000", Parent: "440799005000", Name: "甲", Type: "07", Basis: []content.Clause{{ID: "b", Law: "x"}}},
		} {
			c, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.New, Level: standard.BaseLevel, Reason: "x", Bases: []standard.Base{b}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = w.Submit(anna, province, c.Number, c.Version); !errors.As(err, &problems) || !hasKey(problems, key) {
				t.Errorf("%s: %v", key, err)
			}
		}
		if _, err := w.Begin(anna, changes.Change{Region: province, Kind: changes.Cancel, Level: standard.BaseLevel, Targets: []changes.Target{{Code: "440799777000"}}}); !errors.Is(err, changes.ErrNoTarget) {
			t.Errorf("nothing to cancel: %v", err)
		}
	})
}

func hasKey(list standard.Problems, key string) bool {
	for _, p := range list {
		if p.Key == key {
			return true
		}
	}
	return false
}

// A region chooses a tier; its values are held in the base item.
func TestChange_tier(t *testing.T) {
	run(t, func(t *testing.T, w *town) {
		c, _ := w.Begin(anna, changes.Change{Region: province, Kind: changes.Alter, Level: standard.BaseLevel, Targets: []changes.Target{{Code: permit}}})
		c, err := w.Edit(anna, province, c.Number, c.Version, func(c *changes.Change) error {
			c.Bases[0].Tiers = []standard.Tier{{ID: "fast", Name: content.Text{Zh: "提速档", En: "Faster"}, Rank: 2, Values: map[string][]string{"promise_limit": {"3", "workday"}}}}
			return reason(c)
		})
		if err != nil {
			t.Fatal(err)
		}
		w.pass(t, c)
		w.due(t)
		c, err = w.Begin(anna, changes.Change{Region: "449901", Kind: changes.Alter, Level: standard.ImplementationLevel, Targets: []changes.Target{{Code: w.item}}})
		if err != nil {
			t.Fatal(err)
		}
		c, _ = w.Edit(anna, "449901", c.Number, c.Version, func(c *changes.Change) error { c.Items[0].Tier = "fast"; return reason(c) })
		w.pass(t, c)
		if o, err := w.cat.Offer(t.Context(), "449901", w.item); err != nil || o.Promise.Amount != 3 || o.Tier != "fast" {
			t.Errorf("%+v %v", o.Promise, err)
		}
	})
}
