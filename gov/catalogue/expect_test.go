package catalogue_test

import (
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/standard"
	"tongban/platform/db"
)

// What is read beside the transaction may be old by the time it runs: an item
// that was bound to a base version is bound anew when there is a newer one.
func TestTakeIn_seesABaseItemThatChangedMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		if r, err := b.ImportGuides(b.ctx, "440000", strings.NewReader(oneGuide(t)), catalogue.ImportOptions{}); err != nil || r.New != 1 {
			t.Fatal(r, err)
		}
		list, err := b.EachOf("440000")
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		arrival := func(code string) *catalogue.Arrival {
			c := list[0]
			c.Item.Code, c.Item.Basis = code, nil
			a, err := b.Arrive(c, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		take := func(a *catalogue.Arrival) catalogue.Item {
			t.Helper()
			if r, err := b.TakeIn(b.ctx, []*catalogue.Arrival{a}, catalogue.TakeOptions{Name: "test"}); err != nil || r.New != 1 {
				t.Fatal(r, err)
			}
			it, err := b.Item(b.ctx, a.Region(), a.Code())
			if err != nil {
				t.Fatal(err)
			}
			return it
		}
		code := list[0].Item.Code[:18]
		old := take(arrival(code + "2440101007001"))
		late := arrival(code + "2440101007002")
		base := old.Base
		there, err := standard.Newest(b.ctx, b.db, "440000", []string{base})
		if err != nil || there[base].Version != 1 || old.BaseVersion != 1 {
			t.Fatal(there, old.BaseVersion, err)
		}
		next := there[base]
		next.Name = "改了名称的事项"
		err = b.db.Write(b.ctx, func(tx *db.Tx) error { return b.PublishBaseTx(b.ctx, tx, next, 1) })
		if err != nil {
			t.Fatal(err)
		}
		if it := take(late); it.Name != next.Name || it.BaseVersion != 2 {
			t.Errorf("%s, base version %d", it.Name, it.BaseVersion)
		}
		if res, err := b.Search(b.ctx, catalogue.Query{Text: next.Name}); err != nil || res.Total != 1 || res.Items[0].Code != late.Code() {
			t.Errorf("found %d, %v", res.Total, err)
		}
	})
}

// EachOf is the newest content of every item of a region.
func (b bundle) EachOf(region string) (out []catalogue.Content, err error) {
	err = b.EachItem(b.ctx, region, time.Time{}, func(p catalogue.PublishedItem) error {
		out = append(out, p.Content)
		return nil
	})
	return out, err
}
