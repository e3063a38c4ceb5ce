package casework

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/gov/catalogue"
	"tongban/items"
	"tongban/platform/db/dbtest"
)

// takeaway is the restaurant package in which a take-away shop waits three days
// instead of twelve, and another office decides.
func takeaway(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(items.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(items.Files, path)
		if path == "restaurant-opening/situations.json" {
			raw = []byte(strings.Replace(string(raw), `"questions":`, `"variations": [{"id": "takeaway", "when": "service == 'takeaway'", "why": {"zh": "只做外带", "en": "Take-away only"},
				"promise_limit": {"amount": 3, "unit": "workday", "citation": {"zh": "示例承诺", "en": "example promise"}}, "office": {"code": "`+fire+`", "name": "示例区消防救援大队"}}], "questions":`, 1))
		}
		if path == "restaurant-opening/item.json" {
			raw = []byte(strings.Replace(string(raw), `"version": "`, `"version": "9`, 1))
		}
		out[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Clock, acceptance and office follow the situation of the case.
func TestSubmit_inASituation(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		if _, err := w.items.PublishPackage(dbtest.As(t, "test"), takeaway(t), "restaurant-opening", catalogue.PublishOptions{}); err != nil {
			t.Fatal(err)
		}
		me := w.resident("王示例")
		usual := w.apply(me, dineIn())
		if usual.Terms.Promise.Amount != 12 || usual.Org != lead {
			t.Fatalf("dine-in: %+v, %s", usual.Terms.Promise, usual.Org)
		}
		situation := dineIn()
		situation["service"] = "takeaway"
		quick := w.apply(me, situation)
		if quick.Terms.Promise.Amount != 3 || quick.Terms.Promise.Citation != "示例承诺" || quick.Org != fire || quick.OrgName != "示例区消防救援大队" {
			t.Fatalf("take-away: %+v, %s %s", quick.Terms.Promise, quick.Org, quick.OrgName)
		}
		if _, err := w.s.Accept(w.officer("lead", RoleClerk, lead), quick.Region, quick.ID, quick.Version); err == nil {
			t.Error("accepted by the office of the other situations")
		}
		done, err := w.s.Accept(w.officer("fire", RoleClerk, fire), quick.Region, quick.ID, quick.Version)
		if err != nil {
			t.Fatal(err)
		}
		if due := done.Terms.EndOf(w.cal, done.AcceptedAt, done.Terms.Promise).At; !done.PromiseDue.Equal(due) || done.PromiseDue.Sub(done.AcceptedAt).Hours() > 6*24 {
			t.Errorf("due %v, want %v", done.PromiseDue, due)
		}
	})
}
