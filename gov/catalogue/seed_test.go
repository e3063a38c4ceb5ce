package catalogue_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"tongban/gov/catalogue"
	"tongban/platform/db"
)

func TestSeed_bringsEverythingAndOnlyOnce(t *testing.T) {
	seeded(t, func(t *testing.T, b bundle) {
		count := func(query string) int {
			t.Helper()
			n, err := db.One(b.ctx, b.db, db.Value[int], query)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := count(`SELECT count(*) FROM catalogue_item WHERE region = '440000' AND package = ''`); n != 2024 {
			t.Errorf("%d imported items, want 2024", n)
		}
		if n := count(`SELECT count(*) FROM catalogue_division`); n != 44700+7 {
			t.Errorf("%d divisions, want the 44,700 that ship and seven of the practice town", n)
		}
		if got := b.RegionName(b.ctx, "449901"); got != "广东省示例市示例区" {
			t.Errorf("practice district: %s", got)
		}
		dirs, err := catalogue.PackageDirs(b.Items)
		if err != nil || len(dirs) < 3 {
			t.Fatalf("packages: %v %v", dirs, err)
		}
		entries := count(`SELECT count(*) FROM audit_entry`)
		if err := b.Seed(b.ctx); err != nil {
			t.Fatal(err)
		}
		if again := count(`SELECT count(*) FROM audit_entry`); again != entries {
			t.Errorf("a second start recorded %d further acts", again-entries)
		}
		if n := count(`SELECT count(*) FROM audit_entry WHERE action = 'catalogue.item.published'`); n != len(dirs) {
			t.Errorf("%d publications of packages recorded, want %d", n, len(dirs))
		}
		if n := count(`SELECT count(*) FROM catalogue_version WHERE version > 1`); n != 0 {
			t.Errorf("a second start made %d versions", n)
		}
		for _, region := range []string{"440000", "449901"} {
			res, err := b.Search(b.ctx, catalogue.Query{Region: region, Packages: true})
			if err != nil || res.Total != len(dirs) {
				t.Errorf("%s: %d packages, %v", region, res.Total, err)
			}
		}
		res, err := b.Search(b.ctx, catalogue.Query{Packages: true, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		afresh := newBundle(t, b.db) // a server that holds nothing in memory yet
		for _, x := range res.Items {
			if o, err := afresh.OfferVersion(b.ctx, x.Region, x.Code, x.Version); err != nil || o.Form == nil {
				t.Errorf("%s: %v", x.Name, err)
			}
		}
		testOtherPackage(t, b)
		testLostIndex(t, b)
	})
}

// testOtherPackage: a shipped package that differs from what is published under
// its version does not stop a start; what is published stays.
func testOtherPackage(t *testing.T, b bundle) {
	f := copyOf(t, "residence-permit")
	item := strings.Replace(string(f["residence-permit/item.json"].Data), `"visits": 0`, `"visits": 1`, 1)
	f["residence-permit/item.json"] = &fstest.MapFile{Data: []byte(item)}
	ships := b.Items
	b.Items = f
	defer func() { b.Items = ships }()
	if err := b.Seed(b.ctx); err != nil {
		t.Errorf("a start with another package under the same version: %v", err)
	}
	res, err := b.Search(b.ctx, catalogue.Query{Region: "449901", Packages: true, Text: "居住证"})
	if err != nil || len(res.Items) == 0 {
		t.Fatalf("%+v %v", res, err)
	}
	now, err := b.Offer(b.ctx, res.Items[0].Region, res.Items[0].Code)
	if err != nil || now.Version != 1 || now.Visits != 0 {
		t.Errorf("in force: %+v %v", now, err)
	}
}

// testLostIndex: a lost or outdated index is made anew at the next start.
func testLostIndex(t *testing.T, b bundle) {
	if err := b.db.Write(b.ctx, func(tx *db.Tx) error {
		tx.Unaudited("test")
		_, err := tx.Exec(b.ctx, `DROP TABLE catalogue_search`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	fresh := newBundle(t, b.db)
	res, err := fresh.Search(fresh.ctx, catalogue.Query{Text: "公证"})
	if err != nil || res.Total < 190 {
		t.Errorf("%d hits after the index was lost, %v", res.Total, err)
	}
}
