package intake_test

import (
	"archive/zip"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/outlet"
	"tongban/gov/catalogue/packages"
	"tongban/gov/catalogue/standard"
	"tongban/platform/db/dbtest"
)

// filler fills values that are there and differ from each other; with a random
// source it leaves out some.
type filler struct {
	n   int
	rnd *rand.Rand // nil: everything
}

func (f *filler) leaves() bool { return f.rnd != nil && f.rnd.IntN(3) == 0 }

func (f *filler) text() string {
	f.n++
	return fmt.Sprintf("虚构内容%d，含“引号”、=号和\n第二行", f.n)
}

// valueOf is a value of an element as its kind asks for.
func (f *filler) valueOf(e standard.Field) []string {
	f.n++
	short := fmt.Sprintf("虚构%s%d", e.Zh, f.n)
	switch e.Kind {
	case standard.NumberKind:
		return []string{strconv.Itoa(1 + f.n%20)}
	case standard.YesNoKind:
		return []string{strconv.FormatBool(f.n%2 == 0)}
	case standard.DateKind:
		return []string{"2026-12-01"}
	case standard.LimitKind:
		return []string{strconv.Itoa(1 + f.n%30), string(content.Days)}
	case standard.URLKind:
		return []string{fmt.Sprintf("https://example.gov.cn/%d?a=1,2", f.n)}
	case standard.CodeKind, standard.CodesKind:
		l, _ := codes.Of(e.List)
		last := l.Entries[len(l.Entries)-1].Code
		if e.Kind == standard.CodesKind {
			return []string{l.Entries[0].Code, last}
		}
		return []string{last}
	case standard.WordsKind:
		if e.Key == "audience" {
			return []string{content.Audiences[1], content.Audiences[0]}
		}
		return []string{short, short + "乙"}
	case standard.LongKind:
		return []string{f.text()}
	}
	if e.Key == "project_type" && f.n%2 == 0 { // otherwise a text that is in no list
		return []string{"承诺件"}
	}
	return []string{short}
}

// rest fills what is still empty, however deep.
func (f *filler) rest(v reflect.Value, at string) {
	if !v.IsZero() || f.leaves() {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.rest(v.Field(i), at+"."+v.Type().Field(i).Name)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.rest(v.Elem(), at)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.rest(v.Index(i), at+strconv.Itoa(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		one := reflect.New(v.Type().Elem()).Elem()
		f.rest(one, at)
		v.SetMapIndex(reflect.ValueOf("k"+strconv.Itoa(f.n)), one)
	case reflect.String:
		switch {
		case v.Type() == reflect.TypeFor[content.Unit]():
			v.SetString(string(content.Hours))
		case strings.HasSuffix(at, ".ID"):
			f.n++
			v.SetString("x" + strconv.Itoa(f.n))
		default:
			v.SetString(strings.TrimSpace(f.text()))
		}
	case reflect.Int, reflect.Int64:
		f.n++
		v.SetInt(int64(1 + f.n%9))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("what is " + v.Kind().String())
	}
}

// everything is an item with every element of the list, every element of
// materials, charges and common questions, and every other part of an item that
// an export carries; rnd leaves out some.
func everything(t testing.TB, n int, rnd *rand.Rand) content.Content {
	t.Helper()
	f := &filler{rnd: rnd, n: n * 1000}
	base := fmt.Sprintf("44010199%04d", n)
	it := content.Item{Region: "440000", Code: licence[:19] + base, Base: base, Name: fmt.Sprintf("虚构事项%d", n), Type: "行政许可", TypeCode: "01",
		Org: licence[:18], OrgName: "虚构办事机构", OrgID: "006939756", Visits: -1, Audience: []string{}, Themes: []string{}, Source: content.Zh("虚构来源")}
	fixed := []string{"name", "base_code", "code", "type", "org", "org_name", "region", "is_fee", "joint_offices"}
	for _, e := range standard.Shipped() {
		if e.Kind == standard.OwnKind || slices.Contains(fixed, e.Key) || f.leaves() {
			continue
		}
		if err := content.Set(&it, e.Key, f.valueOf(e)); err != nil {
			t.Fatal(err)
		}
	}
	if rnd == nil || rnd.IntN(2) == 0 {
		it.Partners, _ = content.ParsePartners("省级公安（受理,审核）、市级公安（审核）")
	} else {
		it.PartnersText = "若干部门"
	}
	if it.Level = ""; !f.leaves() {
		it.Level = "市级"
	}
	c := content.Content{Materials: make([]content.Material, 2)}
	partsOf(f, n, &it, &c)
	v := reflect.ValueOf(&it).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if !slices.Contains(append(content.Stays(), "fields", "predecessors", "successors", "partners", "partners_text"), name) && name != "parent" && name != "parent_code" && name != "level" {
			f.rest(v.Field(i), name)
		}
	}
	for _, l := range []*content.Limit{&it.Legal, &it.Promise, &it.Extension, &it.Correction} {
		if l.Amount == 0 { // a unit of nothing
			l.Unit = ""
		}
	}
	it.Predecessors, it.Successors = []string{licence[:19] + "440101980001"}, []string{licence[:19] + "440101980002"}
	c.Item = it
	return c
}

// partsOf fills materials, charges and common questions: those of even numbers
// came with marks of their source.
func partsOf(f *filler, n int, it *content.Item, c *content.Content) {
	own := func(subs []fields.Sub, i int, but ...string) map[string]string {
		out := map[string]string{"beyond_all_columns": f.text()}
		for _, s := range subs {
			if !slices.Contains(but, s.Key) && !f.leaves() {
				out[s.Key] = f.text()
			}
		}
		if n%2 == 0 {
			out["row_guid"], out["order_num"] = fmt.Sprintf("mark-%d-%d", n, f.n), strconv.Itoa(2-i)
		}
		return out
	}
	for i := range c.Materials {
		m := &c.Materials[i]
		m.ID, m.Name, m.Accept = fmt.Sprintf("m_own_%d", i), content.Text{Zh: fmt.Sprintf("材料%d", i), En: "Paper"}, []string{"pdf"}
		m.Fields = own(fields.Materials, i, "material_name")
		f.rest(reflect.ValueOf(m).Elem(), "m")
		for j := range reflect.ValueOf(m).Elem().NumField() {
			f.rest(reflect.ValueOf(m).Elem().Field(j), "m"+strconv.Itoa(j))
		}
	}
	for i := range 2 {
		it.Fees = append(it.Fees, content.FeeProject{ID: fmt.Sprintf("fee%d", i), Name: fmt.Sprintf("工本费%d", i), Standard: f.text(), Basis: f.text(), Reduction: f.text(),
			Fields: own(fields.Fees, i, "fee_name", "fee_stand", "by_law", "desc_explain")})
		it.FAQ = append(it.FAQ, content.FAQ{ID: fmt.Sprintf("faq%d", i), Question: fmt.Sprintf("怎么办%d？", i), Answer: f.text(), Fields: own(fields.FAQs, i, "question", "answer")})
	}
}

// bring takes contents in as an import does.
func (b bundle) bring(t testing.TB, list ...content.Content) {
	t.Helper()
	var arrivals []*catalogue.Arrival
	for _, c := range list {
		a, err := b.cat.Arrive(c, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		arrivals = append(arrivals, a)
	}
	if _, err := b.cat.TakeIn(b.ctx, arrivals, catalogue.TakeOptions{Name: "filled"}); err != nil {
		t.Fatal(err)
	}
}

// Whatever an item says, in whatever form it leaves: it comes in elsewhere the
// same, and an export from there is the same again.
func TestCarry_everyElementInEveryForm(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		list := []content.Content{everything(t, 1, nil), everything(t, 2, nil)}
		for n := range 12 {
			list = append(list, everything(t, 3+n, rand.New(rand.NewPCG(4, uint64(n)))))
		}
		full := standard.Base{Region: "440000", Code: list[0].Item.Base, Name: list[0].Item.Name, NameEn: list[0].Item.NameEn, Type: "01", Levels: []string{"2", "3"}, Keeper: standard.KeptByImport,
			Basis:  []content.Clause{{ID: "own_id", Law: "虚构条例", LawEn: "Invented regulations", Version: "2020", Article: "第三条", Text: "从事虚构活动，\n应当经许可。"}},
			Tiers:  []standard.Tier{{ID: "fast", Name: content.Text{Zh: "提速档", En: "Faster"}, Rank: 2, Values: map[string][]string{"visits": {"0"}}}},
			Fields: map[string][]string{"local_catalog_code": {"DF-9"}, "power_split": {"省级"}}, Source: "虚构目录", Effective: b.clock.Now()}
		head := standard.Base{Region: "440000", Code: "44010201300Y", Name: "教师资格认定", Type: "01", Keeper: standard.KeptByImport, Source: "虚构目录", Effective: b.clock.Now()}
		sub := head
		sub.Code, sub.Name, sub.Parent = "440102013001", "高等学校教师资格认定", head.Code
		if _, err := b.cat.TakeBases(b.ctx, []standard.Base{head, sub, full}, catalogue.TakeOptions{}); err != nil {
			t.Fatal(err)
		}
		b.bring(t, list...)
		before := b.contents(t)
		if len(before) != len(list) {
			t.Fatalf("%d items of %d", len(before), len(list))
		}
		for _, f := range append(outlet.Formats, outlet.GuidesCSV) {
			file := b.export(t, f, time.Time{})
			opt := intake.Options{Mapping: mappingOf(t, file, f)}
			other := newBundle(t, dbtest.SQLite(t, tables))
			got := other.take(t, "f", file, opt)
			got.want(t, string(f), len(list), 0, 0, 0, 0, 0)
			after := other.contents(t)
			for code, was := range before {
				if d := differs(was, after[code]); d != "" {
					t.Errorf("%s: %s: %s", f, code[len(code)-4:], d)
				}
			}
			if f != outlet.National && f != outlet.NationalCSV {
				continue
			}
			for _, want := range []standard.Base{head, sub, full} { // the tiers and the main item as the province numbers it with them
				is, err := other.cat.Base(other.ctx, want.Code)
				if !is.Same(&want) || err != nil {
					t.Errorf("%s: base %+v, want %+v, %v", f, is, want, err)
				}
			}
			if again := b.take(t, "f", file, opt); again.Bases.Changed+again.Bases.New > 0 {
				t.Errorf("%s: its own directory changes %d base items", f, again.Bases.Changed)
			}
		}
	})
}

// The guides' own door takes the same.
func TestCarry_byTheGuidesDoor(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		b.bring(t, everything(t, 1, nil), everything(t, 2, nil))
		before := b.contents(t)
		for _, format := range []string{catalogue.JSONL, catalogue.CSV} {
			var out strings.Builder
			if err := b.cat.ExportItems(b.ctx, "440000", format, &out); err != nil {
				t.Fatal(err)
			}
			other := newBundle(t, dbtest.SQLite(t, tables))
			for _, want := range []catalogue.Report{{Read: 2, New: 2}, {Read: 2, Same: 2}} {
				if r, err := other.cat.ImportGuides(other.ctx, "440000", strings.NewReader(out.String()), catalogue.ImportOptions{}); err != nil || r != want {
					t.Errorf("%s: %+v, %v", format, r, err)
				}
			}
			for code, is := range other.contents(t) {
				if d := differs(before[code], is); d != "" {
					t.Errorf("%s: %s", format, d)
				}
			}
		}
	})
}

// What the tables of the exchange have no column for is said in words, in the
// archive and to the caller.
func TestCarry_saysWhatOthersCannotRead(t *testing.T) {
	b := newBundle(t, dbtest.SQLite(t, tables))
	b.bring(t, everything(t, 1, nil))
	for _, f := range []outlet.Format{outlet.National, outlet.NationalCSV} {
		var out strings.Builder
		sum, err := b.outlet().Export(b.ctx, outlet.Options{Region: "440000", Format: f}, &out)
		if err != nil || len(sum.Left) != 0 || sum.Beside["more.windows"] != 1 || sum.Beside["name"] != 0 {
			t.Errorf("%s: %+v, %v", f, sum, err)
		}
		lines := sum.Report()
		if len(lines) != 1 || !strings.Contains(lines[0].Zh, "办理窗口（1）") || !strings.Contains(lines[0].En, "windows (1)") || strings.Contains(lines[0].Zh, "more.") {
			t.Errorf("%s: %+v", f, lines)
		}
		z, err := zip.NewReader(strings.NewReader(out.String()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		note, err := fs.ReadFile(z, outlet.Note)
		if err != nil || !strings.Contains(string(note), lines[0].Zh) || !strings.Contains(string(note), lines[0].En) {
			t.Errorf("%s: %s, %v", f, note, err)
		}
	}
}

// What a part must not say is refused with its row, and the others are taken.
func TestCarry_refusesWhatNoFormLetsIn(t *testing.T) {
	b := newBundle(t, dbtest.SQLite(t, tables))
	for more, want := range map[string]string{
		`{"own_flow":true}`:          "more.own_flow: this part is not known",
		`{"windows":"nowhere"}`:      "more.windows: cannot be read",
		`{"windows":[{"door":"3"}]}`: "more.windows: cannot be read",
		`{"extension":{"amount":-1,"unit":"day","citation":{"zh":"","en":""}}}`:                       "more.extension: the limit makes no sense",
		`{"materials":[{"id":"m1","name":{"zh":"甲","en":""}},{"id":"m1","name":{"zh":"乙","en":""}}]}`: "more.materials: a material has no name, or its id m1 is malformed or used twice",
		`{"fields":{"<script>":"1"}}`: "is no key of an element",
		`{"visits":100}`:              "more.visits: the number makes no sense",
	} {
		row := strings.TrimSuffix(strings.TrimSpace(lines(t, 1)), "}") + `,"more":` + more + "}"
		got := b.take(t, "f", row+"\n", intake.Options{})
		if got.Rejected != 1 || len(got.problems) != 1 || !strings.Contains(got.problems[0], want) {
			t.Errorf("%s: %+v %v", more, got.Report, got.problems)
		}
		r, err := b.cat.ImportGuides(b.ctx, "440000", strings.NewReader(row+"\n"), catalogue.ImportOptions{})
		if err != nil || r.Rejected != 1 || r.New != 0 {
			t.Errorf("%s: %+v %v", more, r, err)
		}
	}
}

// differs names the first parts that differ.
func differs(was, is content.Content) string {
	a, b := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, p := range []struct {
		c content.Content
		m *map[string]json.RawMessage
	}{{was, &a}, {is, &b}} {
		raw, _ := json.Marshal(p.c.Item)
		json.Unmarshal(raw, p.m)
		p.c.Item = content.Item{}
		(*p.m)["materials"], _ = json.Marshal(p.c.Materials)
		(*p.m)["result"], _ = json.Marshal(p.c.Result)
		(*p.m)["flow"] = json.RawMessage(p.c.FormHash + p.c.FlowHash)
	}
	var out []string
	for k := range a {
		if string(a[k]) != string(b[k]) {
			out = append(out, fmt.Sprintf("%s was %.300s, is %.300s", k, a[k], b[k]))
		}
	}
	for k := range b {
		if a[k] == nil {
			out = append(out, k+" was not there: "+string(b[k]))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// A package carries every element of the list as well. What a package cannot
// leave open — a fee, visits — it assumes, and says so; what follows an item stays
// where it was followed.
func TestCarry_asPackage(t *testing.T) {
	for n := range 12 {
		was := everything(t, 1+n, map[bool]*rand.Rand{true: rand.New(rand.NewPCG(5, uint64(n)))}[n > 0])
		p, err := packages.Read(packages.Of(was).Files(nil))
		if err != nil {
			t.Fatal(err)
		}
		is := p.Content(nil)
		assumed := strings.Join(packages.Assumed(&was), " ")
		if assumed != strings.TrimSpace(map[bool]string{true: "fee"}[!was.Item.Fee.Known]+" "+map[bool]string{true: "visits"}[was.Item.Visits < 0]) {
			t.Errorf("%d assumes %q", n, assumed)
		}
		is.Item.Fee.Known, is.Item.Visits = was.Item.Fee.Known, cmp.Or(is.Item.Visits, was.Item.Visits)
		is.Item.Package, is.Item.PackageVersion, is.Item.Successors, is.Item.Offices = "", "", was.Item.Successors, was.Item.Offices
		is.Item.OrgNameEn, is.Result = was.Item.OrgNameEn, was.Result // a name without English is given as it is; results have a test of their own
		if was.Item.Answers == nil {
			is.Item.Answers = nil // empty ones
		}
		for _, c := range []*content.Content{&was, &is} {
			for i := range c.Materials {
				m := &c.Materials[i]
				m.Instead, m.Sample = append([]content.Substitute{}, m.Instead...), append([]content.Fact{}, m.Sample...)
			}
		}
		if d := differs(was, is); d != "" {
			t.Errorf("%d: %s", n, d)
		}
	}
}
