package catalogue_test

import (
	"testing"
	"time"

	"tongban/gov/catalogue"
)

func TestSeed_bringsEverythingAndOnlyOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		start := time.Now()
		if err := b.Seed(b.ctx); err != nil {
			t.Fatal(err)
		}
		first := time.Since(start)
		start = time.Now()
		if err := b.Seed(b.ctx); err != nil {
			t.Fatal(err)
		}
		t.Logf("first %v, second %v", first, time.Since(start))
		res, err := b.Search(b.ctx, catalogue.Query{})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(res.Total, len(res.Facets.Orgs), len(res.Items), res.Next)
	})
}
