package intake_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"unicode/utf8"

	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"tongban/platform/fault"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/outlet"
	"tongban/platform/db/dbtest"
)

func (b bundle) outlet() *outlet.Service {
	return outlet.New(outlet.Deps{DB: b.db, Clock: b.clock, Catalogue: b.cat})
}

func (b bundle) export(t testing.TB, f outlet.Format, since time.Time) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := b.outlet().Export(b.ctx, outlet.Options{Region: "440000", Format: f, Since: since}, &out); err != nil {
		t.Fatalf("export %s: %v", f, err)
	}
	return out.String()
}

// contents are all items, by code.
func (b bundle) contents(t testing.TB) map[string]content.Content {
	t.Helper()
	out := map[string]content.Content{}
	err := b.cat.EachItem(b.ctx, "440000", time.Time{}, func(p catalogue.PublishedItem) error {
		p.Item.Version, p.Item.BaseVersion = 0, 0
		out[p.Item.Code] = p.Content
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// mappingOf is the mapping that a person would be shown for a file.
func mappingOf(t testing.TB, file string, f outlet.Format) mapping.Mapping {
	t.Helper()
	switch f {
	case outlet.Guides:
		return mapping.Mapping{Format: mapping.Guides}
	case outlet.National, outlet.NationalCSV:
		return mapping.Mapping{Format: mapping.National}
	}
	src, err := source.Open("f", bytes.NewReader([]byte(file)), int64(len(file)), source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	var list []mapping.Sample
	for _, e := range src.Tables {
		s, err := mapping.Peek(e, 50)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	m, _ := mapping.Propose(list)
	return m
}

// What goes out comes in again as it was, into the same catalogue and into an
// empty one.
func TestRoundTrip_everyForm(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		b.take(t, "guides", lines(t, 97), intake.Options{AsOf: "2021-05"})
		b.take(t, "more", richItems, intake.Options{Mapping: mapping.Mapping{Format: mapping.National}}).want(t, "rich items", 3, 0, 0, 0, 0, 0)
		before := b.contents(t)
		for _, f := range outlet.Formats {
			file := b.export(t, f, time.Time{})
			opt := intake.Options{Mapping: mappingOf(t, file, f)}
			b.take(t, "f", file, opt).want(t, string(f)+" into the same catalogue", 0, 0, 0, 100, 0, 0)
			other := newBundle(t, dbtest.SQLite(t, tables))
			got := other.take(t, "f", file, opt)
			got.want(t, string(f)+" into an empty one", 100, 0, 0, 0, 0, 0)
			after := other.contents(t)
			for code, was := range before {
				if is := after[code]; !reflect.DeepEqual(was, is) {
					t.Errorf("%s: %s %s", f, code, differ(was, is))
					break
				}
			}
		}
	})
}

// differ names the first line in which two contents differ.
func differ(was, is content.Content) string {
	a, _ := json.MarshalIndent(was, "", " ")
	b, _ := json.MarshalIndent(is, "", " ")
	one, two := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(one), len(two)) {
		if one[i] != two[i] {
			return "was " + one[i] + ", is " + two[i]
		}
	}
	return "differs in length"
}

// A batch since a time brings another catalogue to the same state.
func TestRoundTrip_batchesSince(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		other := newBundle(t, dbtest.SQLite(t, tables))
		opt := intake.Options{Mapping: mapping.Mapping{Format: mapping.National}}
		b.take(t, "guides", lines(t, 50), intake.Options{AsOf: "2021-05"})
		b.take(t, "more", richItems, opt)
		first := b.export(t, outlet.National, time.Time{})
		other.take(t, "first", first, opt).want(t, "everything", 53, 0, 0, 0, 0, 0)
		since := b.clock.Now()
		b.clock.Advance(time.Hour)
		b.take(t, "changed", strings.NewReplacer(`"申请人身份证明"`, `"申请人有效身份证明"`, `"online": true`, `"online": false`).Replace(lines(t, 52)), intake.Options{AsOf: "2021-06"})
		b.take(t, "delta", richDelta, opt).want(t, "delta", 0, 1, 1, 0, 0, 0)
		second := b.export(t, outlet.National, since)
		other.take(t, "second", second, opt)
		if was, is := b.contents(t), other.contents(t); !reflect.DeepEqual(was, is) {
			for code := range was {
				if !reflect.DeepEqual(was[code], is[code]) {
					t.Errorf("%s %s", code, differ(was[code], is[code]))
					break
				}
			}
		}
		other.take(t, "second again", second, opt).want(t, "the batch again", 0, 0, 0, 54, 0, 0)
		late := other.take(t, "first again, later", first, opt)
		if late.New+late.Changed+late.Suspended != 0 {
			t.Errorf("an older batch undid a newer one: %s", late.English())
		}
	})
}

func table(name string, rows ...string) string {
	return name + "\n" + strings.Join(rows, "\n") + "\n"
}

func batchOf(tables ...string) string {
	files, names := map[string]string{}, []string{}
	for _, t := range tables {
		name, rows, _ := strings.Cut(t, "\n")
		names = append(names, name+".jsonl")
		files[name+".jsonl"] = rows
	}
	return zipped(files, names)
}

func TestNational_batches(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		opt := intake.Options{Mapping: mapping.Mapping{Format: mapping.National}}
		got := b.take(t, "first", richItems, opt)
		got.want(t, "first", 3, 0, 0, 0, 0, 0)
		if len(got.Batches) != 1 || got.Batches[0].ID != firstBatch || got.Batches[0].Rows != 10 {
			t.Errorf("batches: %+v", got.Batches)
		}
		again := b.take(t, "first again", richItems, opt)
		again.want(t, "again", 0, 0, 0, 3, 0, 0)
		b.cases[penalty] = 2
		delta := b.take(t, "delta", richDelta, intake.Options{Mapping: opt.Mapping, DryRun: true})
		delta.want(t, "dry delta", 0, 1, 1, 0, 0, 0)
		if delta.OpenCases != 2 {
			t.Errorf("%d cases under way", delta.OpenCases)
		}
		b.take(t, "delta", richDelta, opt).want(t, "delta", 0, 1, 1, 0, 0, 0)
		late := b.take(t, "first, late", richItems, opt)
		late.want(t, "late", 0, 0, 0, 3, 0, 0)
		all := b.contents(t)
		var names []string
		for _, m := range all[licence].Materials {
			names = append(names, m.Name.Zh)
		}
		if it := all[licence].Item; strings.Join(names, " ") != "申请书 人员名单 场地证明" || it.Location != "虚构路2号" || it.OnlineURL == "" {
			t.Errorf("after the delta: %v %q %q %v", names, it.Location, it.OnlineURL, it.Fields)
		}
		if all[penalty].Item.State != content.Cancelled || all[penalty].Item.Fields["punishment_method"] == "" {
			t.Errorf("a deleted item: %+v", all[penalty].Item)
		}
	})
}

// What is wrong with a batch is said with line, column and what to do, and
// loses nothing else.
func TestNational_brokenBatches(t *testing.T) {
	other := strings.Replace(licence, "999000", "998000", 1)
	third := strings.Replace(licence, "999000", "997000", 1)
	file := batchOf(
		table("up_task_general_basic",
			row("a", "I", "B1", firstTime, basic(licence, "甲", "01")...),
			row("b", "I", "B1", firstTime, basic(licence, "乙", "01")...),
			row("c", "X", "B1", firstTime, basic(other, "丙", "01")...),
			row("d", "I", "B1", firstTime, basic(third, "丁", "99")...),
			row("e", "D", "B1", firstTime, basic(strings.Replace(licence, "999000", "996000", 1), "戊", "01")...),
			"{broken"),
		table("up_task_general_material",
			row("m1", "I", "B1", firstTime, child(strings.Replace(licence, "999000", "995000", 1), "material_name", "申请书")...),
			row("m2", "I", "B1", firstTime, "material_name", "没有编码"),
			row("m3", "I", "B1", firstTime, child(licence, "material_name", "申请书")...),
			row("m4", "D", "B1", firstTime, child(licence, "material_name", "没有的")...),
			row("m5", "U", "B1", firstTime, child(licence, "material_name", "承诺书")...)),
	)
	onBoth(t, func(t *testing.T, b bundle) {
		got := b.take(t, "f", file, intake.Options{Mapping: mapping.Mapping{Format: mapping.National}})
		got.want(t, "a broken batch", 1, 0, 0, 0, 0, 6)
		for _, want := range []string{
			"up_task_general_basic 2 task_code: line 1 has the same code under another mark",
			`up_task_general_basic 3 cd_operation: "X" is not I, U or D`,
			`up_task_general_basic 4 task_type: it is not decided what "99" means`,
			"up_task_general_basic 5 cd_operation: there is no item 11440000006939756B2440101996000 to delete",
			"up_task_general_basic 6 not JSON at byte 2",
			"up_task_general_material 1 task_code: there is no item 11440000006939756B2440101995000, neither in this batch nor in the catalogue",
			"up_task_general_material 2 task_code: there is no code of an item",
			`up_task_general_material 4 row_guid: there is no row with the mark "m4" to delete`,
			`up_task_general_material 5 row_guid: the row to change (mark "m5") is not there yet; it was added`,
		} {
			if !strings.Contains("\n"+strings.Join(got.problems, "\n"), "\n"+want) {
				t.Errorf("no word of: %s\n%s", want, strings.Join(got.problems, "\n"))
			}
		}
		if c := b.contents(t)[licence]; c.Item.Name != "甲" || len(c.Materials) != 2 {
			t.Errorf("what was sound: %s with %d materials", c.Item.Name, len(c.Materials))
		}
	})
}

func baseRow(mark, op, batch, time, code string, more ...string) string {
	return row(mark, op, batch, time, append([]string{"catalog_code", code, "task_name", "虚构基本事项", "task_type", "01", "by_law", "《虚构条例》第三条 从事虚构活动应当经许可。", "use_level", "2,3", "task_state", "1", "local_catalog_code", "DF-9"}, more...)...)
}

// The directory of base items comes in before the items, batch by batch, and goes
// out again; what is wrong with a row is said with it.
func TestNational_directory(t *testing.T) {
	const code, sub, orphan = "440101990000", "440101990001", "440101880001"
	item := licence[:19] + code
	onBoth(t, func(t *testing.T, b bundle) {
		opt := intake.Options{Mapping: mapping.Mapping{Format: mapping.National}}
		first := batchOf(table("up_task_directory",
			baseRow("d1", "I", firstBatch, firstTime, code),
			baseRow("d2", "I", firstBatch, firstTime, sub, "task_name", "虚构子项"),
			baseRow("d3", "I", firstBatch, firstTime, orphan),
			baseRow("d4", "X", firstBatch, firstTime, code),
			baseRow("d5", "I", firstBatch, firstTime, "44"),
			baseRow("d6", "I", firstBatch, firstTime, code, "task_name", "另一行")),
			table("up_task_general_basic", row("g1", "I", firstBatch, firstTime, basic(item, "别的名字", "10")...)),
			table("up_task_general_material", row("m1", "I", firstBatch, firstTime, "task_guid", "g1", "material_name", "申请书"), row("m2", "I", firstBatch, firstTime, "task_guid", "nowhere", "material_name", "没有主人")))
		dry := b.take(t, "dry", first, intake.Options{Mapping: opt.Mapping, DryRun: true})
		if _, err := b.cat.Base(b.ctx, code); err == nil || dry.Bases.New != 3 {
			t.Fatalf("a dry run: %v %+v", err, dry.Bases)
		}
		got := b.take(t, "first", first, opt)
		got.want(t, "first", 1, 0, 0, 0, 0, 4)
		if got.Bases.Rows != 6 || got.Bases.New != 3 {
			t.Errorf("%+v", got.Bases)
		}
		for _, want := range []string{"up_task_directory 3 catalog_code: there is no main item 440101880000", `up_task_directory 4 cd_operation: "X" is not I, U or D`, `up_task_directory 5 catalog_code: "44" is no basic code`,
			"up_task_directory 6 catalog_code: line 1 has the same basic code under another mark", `up_task_general_material 2 task_guid: there is no item with the mark "nowhere"`} {
			if !strings.Contains("\n"+strings.Join(got.problems, "\n"), "\n"+want) {
				t.Errorf("no word of: %s\n%s", want, strings.Join(got.problems, "\n"))
			}
		}
		base, err := b.cat.Base(b.ctx, code)
		if err != nil || base.Name != "虚构基本事项" || base.Type != "01" || len(base.Basis) != 1 || base.Basis[0].Law != "虚构条例" || base.Basis[0].Article != "第三条" || strings.Join(base.Levels, ",") != "2,3" {
			t.Fatalf("%+v, %v", base, err)
		}
		if c := b.contents(t)[item]; c.Item.Name != "虚构基本事项" || c.Item.TypeCode != "01" || len(c.Materials) != 1 || c.Materials[0].Name.Zh != "申请书" {
			t.Errorf("the item does not refer to it: %+v", c)
		}
		later := b.take(t, "by its mark alone, later", batchOf(table("up_task_general_material", row("m3", "I", secondBatch, secondTime, "task_guid", "g1", "material_name", "承诺书"))), opt)
		later.want(t, "later", 0, 1, 0, 0, 0, 0)
		renamed := batchOf(table("up_task_directory", baseRow("d1", "U", secondBatch, secondTime, code, "task_name", "新名字")))
		if got = b.take(t, "renamed", renamed, opt); got.Bases.Changed != 1 || got.Rejected != 0 {
			t.Errorf("renamed: %+v %v", got.Bases, got.problems)
		}
		if got = b.take(t, "renamed again", renamed, opt); got.Bases.Changed+got.Bases.New != 0 || got.Bases.Repeated != 1 {
			t.Errorf("again: %+v", got.Bases)
		}
		if got = b.take(t, "first, late", first, opt); got.Bases.Changed+got.Bases.New != 0 {
			t.Errorf("an older batch undid a newer one: %+v", got.Bases)
		}
		if base, _ = b.cat.Base(b.ctx, code); base.Name != "新名字" || base.Version != 2 {
			t.Errorf("after the second batch: %+v", base)
		}
		other := newBundle(t, dbtest.SQLite(t, tables))
		out := other.take(t, "elsewhere", b.export(t, outlet.National, time.Time{}), opt)
		there, err := other.cat.Base(other.ctx, code)
		if err != nil || there.Name != base.Name || !reflect.DeepEqual(there.Basis, base.Basis) || !reflect.DeepEqual(there.Levels, base.Levels) || there.Fields["local_catalog_code"][0] != "DF-9" || out.Rejected != 0 {
			t.Errorf("%+v, %v, %v", there, err, out.problems)
		}
		gone := batchOf(table("up_task_directory", baseRow("d1", "D", "B20261121", "2026-11-21 08:00:00", code)))
		b.cases[item] = 3
		if got = b.take(t, "gone", gone, opt); got.Bases.Changed != 1 {
			t.Errorf("gone: %+v", got.Bases)
		}
		if base, _ = b.cat.Base(b.ctx, code); base.State != content.Cancelled {
			t.Errorf("after D: %+v", base)
		}
	})
}

// A table that was cut on its way is refused where it was cut: nothing is read
// into its stump, and what came whole is taken.
func TestNational_cutFiles(t *testing.T) {
	b := newBundle(t, dbtest.SQLite(t, tables))
	opt := intake.Options{Mapping: mapping.Mapping{Format: mapping.National}}
	b.take(t, "guides", lines(t, 5), intake.Options{AsOf: "2021-05"})
	whole := unpacked(t, b.export(t, outlet.NationalCSV, time.Time{}))
	table := ""
	for name, text := range whole {
		if strings.HasSuffix(name, "_basic.csv") && strings.Count(text, "\n") > 1 {
			table = name
		}
	}
	text := whole[table]
	first, rest, _ := strings.Cut(text, "\n")
	end := strings.TrimRight(text, "\r\n")
	lastLine := strings.Count(end, "\n") + 1
	cut := end[:strings.LastIndex(end, "\n")+40] // forty bytes of the last row
	for strings.Count(cut, `"`)%2 != 0 || !utf8.ValidString(cut) {
		cut = cut[:len(cut)-1]
	}
	for what, x := range map[string]struct{ text, problem, refused string }{
		"in a row":        {cut, fmt.Sprintf("%s %d this row has", strings.TrimSuffix(table, ".csv"), lastLine), ""},
		"in a quote":      {cut + `,"`, fmt.Sprintf("%s %d a quote is not closed", strings.TrimSuffix(table, ".csv"), lastLine), ""},
		"in a character":  {cut + "\xe5\xb9", fmt.Sprintf("%s %d this line is not UTF-8", strings.TrimSuffix(table, ".csv"), lastLine), ""},
		"before row 2":    {rest, "", "line 1: these are not the names"},
		"before the text": {"", "", "the file is empty"},
		"after row 1":     {first + "\n", "", ""},
	} {
		other := newBundle(t, dbtest.SQLite(t, tables))
		files := maps.Clone(whole)
		files[table] = x.text
		got, err := other.try("cut.zip", packed(t, files), opt)
		if x.refused != "" {
			var f *fault.Fault
			if !errors.As(err, &f) || !strings.Contains(fmt.Sprint(f.Details), x.refused) || len(other.contents(t)) > 0 {
				t.Errorf("cut %s: %v, %d items", what, err, len(other.contents(t)))
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut %s: %v", what, err)
		}
		if x.problem != "" && !slices.ContainsFunc(got.problems, func(p string) bool { return strings.HasPrefix(p, x.problem) }) {
			t.Errorf("cut %s: %q, want %q", what, got.problems, x.problem)
		}
	}
}

func unpacked(t testing.TB, archive string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(raw)
	}
	return out
}

func packed(t testing.TB, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
