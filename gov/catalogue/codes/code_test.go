package codes_test

import (
	"bufio"
	"encoding/json"
	"errors"

	"strings"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue/codes"
)

func TestParse_publishedCodes(t *testing.T) {
	for _, x := range []struct{ code, org, level, basic, serial string }{
		{"11370800MB285591843370117002011", "11370800MB28559184", "3", "370117002011", ""},
		{"12441500196720244T3442199806003", "12441500196720244T", "3", "442199806003", ""},
		{"114400000069401674244010901400402", "114400000069401674", "2", "440109014004", "02"},
	} {
		c, err := codes.Check(x.code)
		if err != nil {
			t.Errorf("%s: %v", x.code, err)
			continue
		}
		if c.Org != x.org || c.Level != x.level || c.BasicCode() != x.basic || c.Serial != x.serial || c.String() != x.code {
			t.Errorf("%s is taken apart as %+v", x.code, c)
		}
	}
}

// Every code that ships can be taken apart, and its basic code and that of its
// main item are those which the source names beside it.
func TestParse_everyShippedGuide(t *testing.T) {
	raw, err := data.Files.Open("items/guangdong_provincial_guides.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	sc := bufio.NewScanner(raw)
	sc.Buffer(nil, 1<<20)
	n, heads, suspected := 0, 0, 0
	for ; sc.Scan(); n++ {
		var g struct {
			TaskCode  string `json:"task_code"`
			CatalogID string `json:"catalog_id"`
			ParentID  string `json:"parent_catalog_id"`
		}
		if err := json.Unmarshal(sc.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		c, err := codes.Parse(g.TaskCode)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if c.BasicCode() != g.CatalogID {
			t.Errorf("%s holds %s, the source says %s", g.TaskCode, c.BasicCode(), g.CatalogID)
		}
		if strings.HasSuffix(g.ParentID, codes.Head) {
			heads++
			if c.HeadCode() != g.ParentID {
				t.Errorf("%s lies under %s, the source says %s", g.CatalogID, c.HeadCode(), g.ParentID)
			}
		}
		if _, err := codes.Check(g.TaskCode); err != nil {
			suspected++
		}
	}
	if n != 2024 || heads != 766 {
		t.Errorf("%d codes, %d below a main item with sub-items", n, heads)
	}
	if suspected == 0 || suspected > n/10 {
		t.Errorf("%d offices fail the check; the source has a few such", suspected)
	}
}

func TestParse_refusesWhatIsNoCode(t *testing.T) {
	const good = "11440000006939756B2440101007000"
	for part, s := range map[string]string{
		"length": good[:30],
		"org":    strings.Replace(good, "11440000", "1144000o", 1),
		"level":  good[:18] + "8" + good[19:],
		"region": "4A0101007000",
		"type":   "44X101007000",
		"main":   "44010I007000",
		"sub":    "44010100700I",
		"serial": good + "0V",
	} {
		_, err := codes.Parse(s)
		var e *codes.Error
		if !errors.As(err, &e) || e.Part != part || e.Zh == "" || e.En == "" {
			t.Errorf("%s: %v, want a problem with %s", s, err, part)
		}
	}
	wrong := strings.Replace(good, "6939756B", "6939756C", 1)
	if _, err := codes.Parse(wrong); err != nil {
		t.Errorf("form only: %v", err)
	}
	if _, err := codes.Check(wrong); err == nil {
		t.Error("a wrong check character went through")
	}
	if _, err := codes.Make("11440000006939756B", "2", "440101007000"); err != nil {
		t.Errorf("make: %v", err)
	}
	if _, err := codes.Make("11440000006939756B", "2", "44010100700"); err == nil {
		t.Error("a short basic code was put in")
	}
}

func TestNext(t *testing.T) {
	main := func(used ...string) string { s, _ := codes.NextMain("44", "01", "02", used); return s }
	if got := main("440102001000", "440102002001", "440102004000", "440103003000"); got != "440102003000" {
		t.Errorf("main item %s", got)
	}
	var used []string
	var last string
	seen := map[string]bool{}
	for range 999 + 21*100 {
		s, err := codes.NextSub("44010200200Y", used)
		if err != nil || seen[s] {
			t.Fatalf("after %s: %s, %v", last, s, err)
		}
		if _, err := codes.Parse(s); err != nil {
			t.Fatal(err)
		}
		if last == "440102002999" && s != "440102002A00" {
			t.Errorf("after 999 comes %s", s)
		}
		used, last = append(used, s), s
		seen[s] = true
	}
	if _, err := codes.NextSub("44010200200Y", used); !errors.Is(err, codes.ErrFull) {
		t.Errorf("after %s: %v", last, err)
	}
	if _, err := codes.NextSub("440102002001", nil); err == nil {
		t.Error("a sub-item got sub-items")
	}
	const impl = "11440000006939756B2440101007000"
	if s, err := codes.NextHandling(impl, []string{impl + "01", impl + "03"}); err != nil || s != impl+"02" {
		t.Errorf("handling item %s, %v", s, err)
	}
}

func TestLists_haveWords(t *testing.T) {
	if len(codes.Lists()) < 8 {
		t.Fatalf("%d lists", len(codes.Lists()))
	}
	for _, l := range codes.Lists() {
		seen := map[string]bool{}
		for _, e := range l.Entries {
			if e.Code == "" || e.Zh == "" || e.En == "" || seen[e.Code] {
				t.Errorf("%s: %+v", l.ID, e)
			}
			seen[e.Code] = true
		}
		if l.Zh == "" || l.En == "" || l.Standard == "" || len(l.Entries) < 2 {
			t.Errorf("%+v", l)
		}
	}
	types, _ := codes.Of(codes.TypeList)
	if e, _ := types.Entry("20"); e.Zh != "公共服务" {
		t.Errorf("20 is %s in the national list", e.Zh)
	}
	if e, ok := types.Named("其他行政权力"); !ok || e.Code != "10" {
		t.Errorf("其他行政权力 is %s", e.Code)
	}
	if _, ok := codes.Of("nothing"); ok {
		t.Error("a list that is not there")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("11440000006939756B2440101007000")
	f.Add("44010200200Y")
	f.Add("114400000069401674244010901400402")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := codes.Parse(s)
		if err != nil {
			return
		}
		if c.String() != s {
			t.Errorf("%q is written as %q", s, c.String())
		}
		if _, err := codes.Parse(c.BasicCode()); err != nil {
			t.Errorf("%q: its basic code: %v", s, err)
		}
	})
}
