package province_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/province"
)

func make1(t *testing.T, o province.Options) *province.Province {
	t.Helper()
	p, err := province.New(data.Files, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEach_makesSoManyDifferentItems(t *testing.T) {
	for _, n := range []int{1, 1903, 20_000, 780_000} {
		if n > 20_000 && testing.Short() {
			continue
		}
		p := make1(t, province.Options{Seed: 7, Items: n})
		powers, services := 0, 0
		type key struct{ region, code string }
		seen := make(map[key]bool, n)
		if err := p.Each(func(r *province.Row) error {
			if k := (key{r.Region, r.Code}); seen[k] {
				t.Fatalf("%s of %s twice", r.Code, r.Region)
			} else {
				seen[k] = true
			}
			if r.TypeCode == "21" {
				services++
			} else {
				powers++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if powers+services != n || powers != n*68/78 {
			t.Errorf("%d items: %d powers and %d services", n, powers, services)
		}
	}
	p := make1(t, province.Options{Seed: 7, Items: 780_000})
	places, items := p.Count()
	if want := [6]int{0, 1, 21, 124, 1757, 1757}; places != want {
		t.Errorf("places %v, want %v", places, want)
	}
	t.Log("items by level:", items)
}

func TestEach_everyCodeIsRight(t *testing.T) {
	p := make1(t, province.Options{Seed: 7, Items: 5000})
	if err := p.Each(func(r *province.Row) error {
		if _, err := codes.Parse(r.Code); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if !codes.CheckUnified(r.Org) || !strings.HasPrefix(r.OrgID, "XX") || !strings.Contains(r.Org, r.OrgID) {
			t.Errorf("%s: unified code %s of %s", r.OrgName, r.Org, r.OrgID)
		}
		if !strings.HasPrefix(r.Source, province.Source) {
			t.Errorf("%s is not marked as generated: %s", r.Name, r.Source)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWrite_sameSeedSameBytes(t *testing.T) {
	sum := func(seed uint64) [32]byte {
		var b bytes.Buffer
		if err := make1(t, province.Options{Seed: seed, Items: 4000}).WriteGuides(&b); err != nil {
			t.Fatal(err)
		}
		return sha256.Sum256(b.Bytes())
	}
	if sum(1) != sum(1) || sum(1) == sum(2) {
		t.Error("the seed must decide what is made")
	}
}

type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

func TestWriteNational_tablesBelongTogether(t *testing.T) {
	tables := map[string]*buffer{}
	p := make1(t, province.Options{Seed: 3, Items: 500})
	if err := p.WriteNational(func(name string) (io.WriteCloser, error) {
		tables[name] = &buffer{}
		return tables[name], nil
	}, "20261122-1", "2026-11-22 08:00:00"); err != nil {
		t.Fatal(err)
	}
	codesOf := func(table string) map[string]int {
		m := map[string]int{}
		for line := range strings.Lines(tables[table].String()) {
			var row struct {
				Code      string `json:"task_code"`
				Operation string `json:"cd_operation"`
			}
			if err := json.Unmarshal([]byte(line), &row); err != nil || row.Operation != "I" {
				t.Fatalf("%s: %v in %s", table, err, line)
			}
			m[row.Code]++
		}
		return m
	}
	basic := codesOf("up_task_general_basic")
	if extend := codesOf("up_task_general_extend"); len(basic) < 490 || !maps.Equal(basic, extend) {
		t.Errorf("%d items with %d extensions", len(basic), len(extend))
	}
	for code := range codesOf("up_task_general_material") {
		if basic[code] == 0 {
			t.Errorf("a material of %s, which is no item", code)
		}
	}
	if names := slices.Sorted(maps.Keys(tables)); !slices.Equal(names, province.Tables) {
		t.Errorf("tables %v", names)
	}
}

func TestNew_refusesMoreThanThereIs(t *testing.T) {
	if _, err := province.New(data.Files, province.Options{Items: 10_000_000}); !errors.Is(err, province.ErrTooMany) {
		t.Errorf("ten million: %v", err)
	}
}

// Where every place writes for itself, hardly two items have one name; the numbers,
// codes and places are those of the province that shares its words.
func TestEach_wordsOfTheirOwn(t *testing.T) {
	names, codes := map[bool]map[string]bool{true: {}, false: {}}, map[bool][]string{}
	for _, own := range []bool{true, false} {
		p := make1(t, province.Options{Seed: 3, Items: 20000, Own: own})
		if err := p.Each(func(r *province.Row) error {
			names[own][r.Name] = true
			codes[own] = append(codes[own], r.Code)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if n, shared := len(names[true]), len(names[false]); n < 17000 || shared > n/2 {
		t.Errorf("%d names where they are their own, %d where they are shared", n, shared)
	}
	if !slices.Equal(codes[true], codes[false]) {
		t.Error("the items are others")
	}
}
