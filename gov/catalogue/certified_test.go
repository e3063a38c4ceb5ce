package catalogue_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/platform/db"
)

// relations are what ItemsOf gives, a line each.
func relations(t *testing.T, b bundle, refs ...string) string {
	t.Helper()
	list, more, err := b.ItemsOf(b.ctx, refs)
	if err != nil || more {
		t.Fatal(more, err)
	}
	var out []string
	for _, x := range list {
		if x.Name.Zh == "" || x.Name.En == "" || x.Office.Zh == "" {
			t.Errorf("no names: %+v", x)
		}
		out = append(out, x.Role+" "+x.Region+" "+x.Code[:8])
	}
	return strings.Join(out, ", ")
}

// next publishes what change makes of the newest version of an item.
func next(t *testing.T, b bundle, code string, from time.Time, change func(c *catalogue.Content)) {
	t.Helper()
	c, seen, err := b.Newest(b.ctx, b.db, "449901", code)
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	if err := b.db.Write(b.ctx, func(tx *db.Tx) error {
		_, err := b.PublishItemTx(b.ctx, tx, c, from, seen)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// Who shows a type finds the items that issue or take it, in whatever region and
// by code or key, as the versions in force say it.
func TestItemsOf_followsTheVersionInForce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		const key, permit = "resident_id_card", "11449901900000065F4440799902000"
		for _, dir := range []string{"food-licence", "residence-permit"} {
			if _, err := b.PublishPackage(b.ctx, shipped(), dir, catalogue.PublishOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		food, _, err := b.Newest(b.ctx, b.db, "449901", "1144990190000002224440199912000")
		if err != nil {
			t.Fatal(err)
		}
		licence := food.Result.Certificate.Type
		expect := func(what, want string, refs ...string) {
			t.Helper()
			if got := relations(t, b, refs...); got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		expect("issued", "grants 449901 11449901", licence, "food_licence")
		expect("by both references, once", "takes 449901 11449901, takes 449901 11449901", key, "11449901900000065F101")
		expect("nobody", "", "no_such_type")

		now := b.clock.Now()
		drop := func(c *catalogue.Content) {
			for i := range c.Materials {
				c.Materials[i].Instead = slices.DeleteFunc(slices.Clone(c.Materials[i].Instead), func(x catalogue.Substitute) bool { return x.Source == key })
			}
			c.Result.Certificate.Type = licence
		}
		next(t, b, permit, now.Add(24*time.Hour), drop)
		expect("before its day", "takes 449901 11449901, takes 449901 11449901", key)
		expect("before its day", "grants 449901 11449901", licence)
		b.refill(t) // as after an update: both versions are read
		expect("filled before its day", "takes 449901 11449901, takes 449901 11449901", key)
		b.clock.Advance(25 * time.Hour)
		expect("from its day on", "takes 449901 11449901", key)
		expect("from its day on", "grants 449901 11449901, grants 449901 11449901", licence)
		next(t, b, permit, b.clock.Now(), func(c *catalogue.Content) { c.Item.Visits++ })
		if n := b.rowsOf(t, permit, key); n != 0 {
			t.Errorf("%d rows of an earlier version", n)
		}
		f := copyOf(t, "food-licence")
		for _, file := range []string{"item.json", "form.json"} {
			f["food-licence/"+file].Data = bytes.ReplaceAll(f["food-licence/"+file].Data, []byte(`"449901"`), []byte(`"459902"`))
		}
		if _, err := b.PublishPackage(b.ctx, f, "food-licence", catalogue.PublishOptions{}); err != nil {
			t.Fatal(err)
		}
		expect("another region", "grants 449901 11449901, grants 449901 11449901, grants 459902 11449901", licence)
		for _, state := range []content.State{content.Suspended, content.Cancelled} {
			next(t, b, permit, b.clock.Now(), func(c *catalogue.Content) { c.Item.State = state })
			expect(string(state), "grants 449901 11449901, grants 459902 11449901", licence)
		}
		b.refill(t)
		expect("filled", "grants 449901 11449901, grants 459902 11449901", licence)
		next(t, b, permit, b.clock.Now(), func(c *catalogue.Content) { c.Item.State, c.Item.Package = content.InForce, "" })
		b.refill(t)
		expect("a guide without a package", "grants 449901 11449901, grants 459902 11449901", licence)
	})
}

// refill takes away what is kept, as it is after an update, and fills it.
func (b *bundle) refill(t *testing.T) {
	t.Helper()
	err := b.db.Write(b.ctx, func(tx *db.Tx) error {
		tx.Unaudited("test")
		_, err := tx.Exec(b.ctx, `DELETE FROM catalogue_item_certificate WHERE region <> ''`)
		if err == nil {
			_, err = tx.Exec(b.ctx, `DELETE FROM catalogue_import WHERE region = '000000' AND kind = 'certified'`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := b.clock
	*b = newBundle(t, b.db)
	b.clock.Set(c.Now())
}

func (b *bundle) rowsOf(t *testing.T, code, ref string) int {
	t.Helper()
	n, err := db.One(b.ctx, b.db, db.Value[int], `SELECT count(*) FROM catalogue_item_certificate WHERE region = '449901' AND code = $1 AND certificate = $2`, code, ref)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
