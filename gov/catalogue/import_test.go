package catalogue_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/items"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
)

func guides(t testing.TB) []byte {
	t.Helper()
	raw, err := data.Files.ReadFile(data.Guides)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestImportGuides_realFile(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		var warnings []catalogue.Problem
		opt := catalogue.ImportOptions{Name: "guides", Problem: func(p catalogue.Problem) { warnings = append(warnings, p) }}
		opt.DryRun = true
		dry, err := b.ImportGuides(b.ctx, "440000", bytes.NewReader(guides(t)), opt)
		if err != nil || dry.New != 2024 || !dry.DryRun {
			t.Fatalf("dry run: %+v %v", dry, err)
		}
		if res, err := b.Search(b.ctx, catalogue.Query{}); err != nil || res.Total != 0 {
			t.Fatalf("a dry run left %d items, %v", res.Total, err)
		}
		opt.DryRun, warnings = false, nil
		last := 0
		opt.Progress = func(done int) { last = done }
		first, err := b.ImportGuides(b.ctx, "440000", bytes.NewReader(guides(t)), opt)
		if err != nil {
			t.Fatal(err)
		}
		if first.Read != 2024 || first.New != 2024 || first.Rejected != 0 || first.Changed != 0 || last != 2024 {
			t.Errorf("first import: %+v, progress %d", first, last)
		}
		for _, w := range warnings { // two offices have codes that fail their check
			if w.Field != "dept_uscc" || !w.Warning || w.Line == 0 {
				t.Errorf("warning %+v", w)
			}
		}
		if first.Warnings != len(warnings) || len(warnings) == 0 {
			t.Errorf("%d warnings reported, %d counted", len(warnings), first.Warnings)
		}
		second, err := b.ImportGuides(b.ctx, "440000", bytes.NewReader(guides(t)), catalogue.ImportOptions{Name: "guides"})
		if err != nil || second.Same != 2024 || second.New+second.Changed != 0 {
			t.Errorf("second import: %+v %v", second, err)
		}
		checkReal(t, b)
	})
}

func checkReal(t *testing.T, b bundle) {
	t.Helper()
	depts, err := b.Departments(b.ctx, "440000")
	if err != nil || len(depts) != 166 {
		t.Errorf("%d departments, want 166 (%v)", len(depts), err)
	}
	suspected := 0
	for _, d := range depts {
		if d.Suspected {
			suspected++
		}
	}
	if suspected != 2 {
		t.Errorf("%d departments have a suspected code, want 2", suspected)
	}
	it, err := b.Item(b.ctx, "440000", "11440000006940116U244010200300103")
	if err != nil {
		t.Fatal(err)
	}
	if len(it.Partners) != 9 || it.Partners[0].Dept != "教育" || it.Org != "11440000006940116U" || it.Visits < 0 || it.Source.Zh != "guides" {
		t.Errorf("item: %+v", it)
	}
	o, err := b.Offer(b.ctx, "440000", "11440000006939756B2440101007000")
	if err != nil {
		t.Fatal(err)
	}
	if o.Promise.Amount != 7 || o.Legal.Amount != 30 || o.Legal.Unit != catalogue.Workdays || len(o.MaterialsFor(nil)) != 1 || o.Fee.Known || len(o.Form.Groups) != 3 || len(o.Flow) == 0 {
		t.Errorf("offer: %+v", o)
	}
	if o.Result.Certificate.Type != "11440000006939756B000" || len(o.Result.Refusal.Remedies) != 2 {
		t.Errorf("result: %+v", o.Result)
	}
}

// oneGuide is the first real row with some fields replaced.
func oneGuide(t *testing.T, changes ...string) string {
	t.Helper()
	line, _, _ := bytes.Cut(guides(t), []byte("\n"))
	var m map[string]json.RawMessage
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		m[changes[i]] = json.RawMessage(changes[i+1])
	}
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestImportGuides_brokenLinesDoNotStopTheOthers(t *testing.T) {
	const code = `11440000006939756B24401010070`
	lines := []struct{ text, want string }{
		{oneGuide(t), ""},
		{"", ""},
		{`{"task_code": `, "不是正确的 JSON"},
		{"garbage", "不是正确的 JSON"},
		{oneGuide(t), "与第 1 行的编码相同"},
		{oneGuide(t, "task_code", `"12"`), "task_code"},
		{oneGuide(t, "task_code", `"`+code+`02"`, "name", `"  "`), "name：没有事项名称"},
		{oneGuide(t, "task_code", `"`+code+`03"`, "legal_limit", `"thirty"`), "legal_limit"},
		{oneGuide(t, "task_code", `"`+code+`04"`, "legal_limit", `-3`), "legal_limit：时限 -3 不合理"},
		{oneGuide(t, "task_code", `"`+code+`05"`, "promise_limit_unit", `"week"`), "workday（工作日）"},
		{oneGuide(t, "task_code", `"`+code+`06"`, "area_code", `"330000"`), "区划 330000 不在 440000 之内"},
		{oneGuide(t, "task_code", `"`+code+`07"`, "area_code", `"44"`), "不是区划代码"},
		{oneGuide(t, "task_code", `"`+code+`08"`, "task_type_code", `"77"`), "事项类型代码"},
		{oneGuide(t, "task_code", `"`+code+`09"`, "name", `"`+strings.Repeat("长", 201)+`"`), "201 个字"},
		{"{\"task_code\": \"\xff\xfe\"}", "UTF-8"},
		{`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, "超过 1 MB"},
		{oneGuide(t, "task_code", `"`+code+`10"`, "co_departments", `"省教育厅和公安厅"`), "读不出联办部门"},
		{oneGuide(t, "task_code", `"`+code+`11"`, "service_objects", `["自然人","火星人"]`), "火星人"},
		{oneGuide(t, "task_code", `"`+code+`12"`, "name", `"𠮷野家注册"`), ""},
	}
	var file strings.Builder
	file.WriteString("\ufeff")
	for _, l := range lines {
		file.WriteString(l.text + "\r\n")
	}
	onBoth(t, func(t *testing.T, b bundle) {
		got := map[int]string{}
		r, err := b.ImportGuides(b.ctx, "440000", strings.NewReader(file.String()), catalogue.ImportOptions{Reject: func(line int, p string) { got[line] += p }})
		if err != nil {
			t.Fatal(err)
		}
		if r.New != 4 || r.Rejected != 14 || r.Warnings != 2 || r.Read != 18 {
			t.Errorf("report %+v", r)
		}
		for i, l := range lines {
			if l.want == "" && got[i+1] != "" || !strings.Contains(got[i+1], l.want) {
				t.Errorf("line %d: %q, want %q", i+1, got[i+1], l.want)
			}
		}
		it, err := b.Item(b.ctx, "440000", code+"10")
		if err != nil || it.PartnersText != "省教育厅和公安厅" || it.Partners != nil {
			t.Errorf("partners that cannot be read: %q %v %v", it.PartnersText, it.Partners, err)
		}
	})
}

func TestImportGuides_changedContentIsTheNextVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		load := func(text string) catalogue.Report {
			t.Helper()
			r, err := b.ImportGuides(b.ctx, "440000", strings.NewReader(text), catalogue.ImportOptions{Name: "x"})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		load(oneGuide(t))
		b.clock.Advance(24 * 3600e9)
		if r := load(oneGuide(t, "promise_limit", "5", "name", `"涨价申报"`, "parent_catalog_name", `"涨价申报"`)); r.Changed != 1 {
			t.Errorf("report %+v", r)
		}
		const code = "11440000006939756B2440101007000"
		o, err := b.Offer(b.ctx, "440000", code)
		if err != nil || o.Version != 2 || o.Promise.Amount != 5 {
			t.Errorf("in force: %+v %v", o, err)
		}
		if old, err := b.OfferVersion(b.ctx, "440000", code, 1); err != nil || old.Promise.Amount != 7 {
			t.Errorf("version 1: %+v %v", old, err)
		}
		for text, want := range map[string]int{"涨价": 1, "提价申报": 1, "临时价格": 0} { // 提价申报 is a material still
			if res, err := b.Search(b.ctx, catalogue.Query{Text: text}); err != nil || res.Total != want {
				t.Errorf("%s: %d hits, want %d (%v)", text, res.Total, want, err)
			}
		}
	})
}

func TestImportGuides_needsPermission(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		in := func(p auth.Principal) error {
			_, err := b.ImportGuides(auth.With(t.Context(), p), "440000", strings.NewReader(oneGuide(t)), catalogue.ImportOptions{})
			return err
		}
		designer := func(region string, subtree bool) auth.Principal {
			return auth.Principal{ID: "acc_1", Kind: auth.KindOfficer, Grants: []auth.Grant{{Role: "designer", Permissions: []string{catalogue.MayImportItems.Name}, Region: region, Subtree: subtree}}}
		}
		if err := in(auth.Anonymous); !isCode(err, authz.ErrSignIn) {
			t.Errorf("nobody: %v", err)
		}
		if err := in(auth.Principal{ID: "acc_1", Kind: auth.KindPerson}); !isCode(err, authz.ErrForbidden) {
			t.Errorf("a resident: %v", err)
		}
		if err := in(designer("449901", true)); !isCode(err, authz.ErrForbidden) {
			t.Errorf("a designer of a district: %v", err)
		}
		if err := in(designer("440000", true)); err != nil {
			t.Errorf("a designer of the province: %v", err)
		}
		n, err := db.One(t.Context(), b.db, db.Value[int], `SELECT count(*) FROM audit_entry WHERE action = 'catalogue.items.imported' AND actor = 'acc_1'`)
		if err != nil || n != 1 {
			t.Errorf("%d audit entries, %v", n, err)
		}
	})
}

func TestImportGuides_unreadableFile(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		for _, c := range []struct {
			r    io.Reader
			want error
		}{
			{strings.NewReader(""), catalogue.ErrFormat},
			{strings.NewReader(" \n "), catalogue.ErrFormat},
			{strings.NewReader("task_code,name\n"), catalogue.ErrFormat},
			{io.MultiReader(strings.NewReader(oneGuide(t)+"\n"), failing{}), os.ErrClosed},
		} {
			if _, err := b.ImportGuides(b.ctx, "440000", c.r, catalogue.ImportOptions{}); !isCode(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, os.ErrClosed }

func TestExportItems_comesBackTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		if err := b.Seed(b.ctx); err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{catalogue.JSONL, catalogue.CSV} {
			var out bytes.Buffer
			if err := b.ExportItems(b.ctx, "440000", format, &out); err != nil {
				t.Fatal(err)
			}
			r, err := b.ImportGuides(b.ctx, "440000", bytes.NewReader(out.Bytes()), catalogue.ImportOptions{Problem: func(p catalogue.Problem) {
				if !p.Warning {
					t.Errorf("%s line %d: %s", format, p.Line, p)
				}
			}})
			if err != nil || r.Read != 2024+len(items.Packages) || r.Same != 2024 || r.Kept != len(items.Packages) || r.New+r.Changed+r.Rejected != 0 {
				t.Errorf("%s: %+v %v", format, r, err)
			}
		}
		if err := b.ExportItems(b.ctx, "440000", "xml", io.Discard); !isCode(err, catalogue.ErrFormat) {
			t.Errorf("xml: %v", err)
		}
	})
}

func TestImportGuides_csvSurvivesAnOpenQuote(t *testing.T) {
	header := "task_code,name,dept_name,dept_uscc,area_code,task_type_code,materials,online\n"
	row := func(n int, name string) string {
		return fmt.Sprintf("11440000006939756B24401010070%02d,%s,广东省发展和改革委员会,11440000006939756B,440000,01,\"申请书\n身份证\",true\n", n, name)
	}
	text := header + row(1, "甲") + row(2, "\"乙") + row(3, "丙") + "a,b\n" + row(5, "\"戊") + row(4, "\"丁\"\"戊\"")
	onBoth(t, func(t *testing.T, b bundle) {
		var lines []int
		r, err := b.ImportGuides(b.ctx, "440000", strings.NewReader(text), catalogue.ImportOptions{Reject: func(line int, p string) { lines = append(lines, line) }})
		if err != nil || r.New != 3 {
			t.Fatalf("%+v %v %v", r, lines, err)
		}
		if !slices.Contains(lines, 4) || !slices.Contains(lines, 8) {
			t.Errorf("broken lines %v, want 4 and 8 among them", lines)
		}
		o, err := b.Offer(b.ctx, "440000", "11440000006939756B2440101007004")
		if err != nil || o.Name != `丁"戊` || len(o.Materials) != 2 || !o.Online {
			t.Errorf("%+v %v", o, err)
		}
	})
}

// What imported guides say alike is kept once; reading puts it back, so that a
// guide says, and is called, what was published.
func TestOfferVersion_saysEverythingThatWasPublished(t *testing.T) {
	seeded(t, func(t *testing.T, b bundle) {
		general, err := catalogue.LoadGeneral(shipped())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		err = b.EachItem(b.ctx, "440000", time.Time{}, func(p catalogue.PublishedItem) error {
			if p.Item.Package != "" {
				return nil
			}
			n++
			want := general.Result
			want.Certificate.Type, want.Certificate.Issuer = p.Item.Org+"000", p.Item.Org
			if !reflect.DeepEqual(p.Result, want) || !slices.Equal(p.Item.Basis[max(len(p.Item.Basis)-len(general.Clauses), 0):], general.Clauses) {
				t.Errorf("%s: %+v %+v", p.Item.Code, p.Result, p.Item.Basis)
			}
			return nil
		})
		if err != nil || n < 2000 {
			t.Errorf("%d guides, %v", n, err)
		}
		kept, err := db.One(b.ctx, b.db, db.Value[int], `SELECT count(*) FROM catalogue_version WHERE region = '440000' AND general <> '' AND length(CAST(doc AS text)) < 3000`)
		if err != nil || kept < n/2 {
			t.Errorf("%d of %d documents leave out what is common, %v", kept, n, err)
		}
	})
}
