package laws_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/laws"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/once"
)

const province = "440000"

func designer(name string, may ...string) auth.Principal {
	return auth.Principal{ID: "acc_" + name, Name: "虚构·" + name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: province, Subtree: true, Permissions: may}}}
}

// shelf is a catalogue of two items.
type shelf struct{ list []laws.Citing }

func (s *shelf) ItemsSince(_ context.Context, serial int64, limit int) (out []laws.Citing, err error) {
	for _, c := range s.list {
		if c.Serial > serial && len(out) < limit {
			out = append(out, c)
		}
	}
	return out, nil
}

type bench struct {
	*laws.Service
	clock *clock.Fake
	items *shelf
	d     *db.DB
}

func onBoth(t *testing.T, f func(t *testing.T, b bench)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), laws.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))
		items := &shelf{}
		f(t, bench{laws.New(laws.Deps{DB: d, Clock: c, Items: items}), c, items, d})
	})
}

const two = `{"category":"行政法规","title":"示例居住条例","version_date":"2015-10-21","history":["2015年10月21日 通过"],"body":"第一条 为了居住，制定本条例。\n\n第二条 公民离开常住户口所在地，居住半年以上的，可以申领居住证。\n\n第三条 本条例自2016年1月1日起施行。"}
{"category":"行政法规","title":"示例居住条例","version_date":"2024-05-01","history":["2015年10月21日 通过","2024年5月1日 修订"],"body":"第一条 为了居住，制定本条例。\n\n第二条 公民离开常住户口所在地，居住三个月以上的，可以申领居住证。\n\n办理不收费。\n\n第三条 本条例自2024年7月1日起施行。"}
`

func operator(t testing.TB) context.Context { return auth.System(t.Context(), "operator:import") }

func (b bench) bring(t *testing.T, text string) laws.Report {
	t.Helper()
	r, err := b.Import(operator(t), strings.NewReader(text), laws.ImportOptions{Source: "测试"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImport(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		dry, err := b.Import(operator(t), strings.NewReader(two), laws.ImportOptions{DryRun: true})
		if err != nil || dry.New != 2 {
			t.Fatalf("%+v %v", dry, err)
		}
		if list, _ := b.Laws(t.Context(), province, ""); len(list) != 0 {
			t.Fatalf("a dry run left %d laws", len(list))
		}
		if r := b.bring(t, two); r.New != 2 || r.Laws != 1 || len(r.Problems) != 0 {
			t.Fatalf("%+v", r)
		}
		if r := b.bring(t, two); r.New != 0 || r.Same != 2 {
			t.Errorf("again: %+v", r)
		}
		other := strings.ReplaceAll(two, "居住三个月以上", "居住一年以上")
		if r := b.bring(t, other); r.New != 0 || len(r.Problems) != 1 || r.Problems[0].Reason != "other_text" {
			t.Errorf("another text under the same date: %+v", r)
		}
		bad := "{\"title\":\"\",\"body\":\"第一条 甲\"}\n{\"title\":\"甲法\",\"body\":\"\"}\n{\"title\":\"乙法\",\"version_date\":\"2024-13-01\",\"body\":\"第一条 甲\"}\nnonsense\n"
		if r := b.bring(t, bad); len(r.Problems) != 4 || r.New != 0 {
			t.Errorf("%+v", r)
		}
		if _, err := b.Import(operator(t), strings.NewReader(""), laws.ImportOptions{}); !errors.Is(err, laws.ErrFormat) {
			t.Errorf("an empty file: %v", err)
		}
		if _, err := b.Import(auth.With(t.Context(), designer("甲")), strings.NewReader(two), laws.ImportOptions{Region: province}); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a stranger imports: %v", err)
		}
		b.versions(t)
	})
}

// versions checks which text counts when.
func (b bench) versions(t *testing.T) {
	t.Helper()
	v, text, err := b.VersionOf(t.Context(), province, "《示例居住条例》", "")
	if err != nil || v.Date != "2024-05-01" || v.Effective != "2024-07-01" {
		t.Fatalf("%+v %v", v, err)
	}
	if a, _ := text.Article(2, 0); !strings.Contains(a.String(), "三个月") {
		t.Errorf("%s", a)
	}
	if v, _, err := b.VersionOf(t.Context(), province, "示例居住条例", "2015-10-21"); err != nil || v.Effective != "2016-01-01" {
		t.Errorf("%+v %v", v, err)
	}
	if _, _, err := b.VersionOf(t.Context(), province, "示例居住条例", "2016-10-21"); !errors.Is(err, laws.ErrNoLaw) {
		t.Errorf("a text that is not there: %v", err)
	}
	b.clock.Set(time.Date(2024, 6, 30, 2, 0, 0, 0, time.UTC))
	if l, err := b.Law(t.Context(), "449901", "示例居住条例"); err != nil || l.Date != "2015-10-21" || len(l.Versions) != 2 {
		t.Errorf("the day before it counts: %+v %v", l, err)
	}
	b.clock.Set(time.Date(2024, 7, 1, 2, 0, 0, 0, time.UTC))
	if l, err := b.Law(t.Context(), "449901", "示例居住条例"); err != nil || l.Date != "2024-05-01" {
		t.Errorf("on its day: %+v %v", l, err)
	}
}

func TestExport_givesWhatImportTakes(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		b.bring(t, two)
		var first, second bytes.Buffer
		if err := b.Export(t.Context(), "", &first); err != nil {
			t.Fatal(err)
		}
		r, err := b.Import(operator(t), bytes.NewReader(first.Bytes()), laws.ImportOptions{})
		if err != nil || r.Same != 2 || r.New != 0 {
			t.Fatalf("%+v %v", r, err)
		}
		if err := b.Export(t.Context(), "", &second); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("a second export differs (%v)", err)
		}
		// an archive whose text is not the one of its list is told row by row
		broken := bytes.Clone(first.Bytes())
		i := bytes.LastIndex(broken, []byte("texts/0002.md"))
		copy(broken[i:], "texts/0003.md")
		if r, err := b.Import(operator(t), bytes.NewReader(broken), laws.ImportOptions{DryRun: true}); err == nil && len(r.Problems) == 0 {
			t.Errorf("%+v", r)
		}
	})
}

func TestFollow_findsWhatDisagrees(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		b.bring(t, two)
		item := func(serial int64, code string, texts ...laws.CitingText) laws.Citing {
			return laws.Citing{Serial: serial, Region: "449901", Code: code, Version: 1, Name: "示例事项" + code, Org: "org", OrgName: "示例局", Texts: texts}
		}
		old := item(6, "6", laws.CitingText{Place: "condition", Text: "《示例居住条例》第二条"})
		old.AsOf = "2021-05"
		b.items.list = []laws.Citing{
			item(1, "1", laws.CitingText{Place: "basis", Text: "《示例居住条例》第二条第二款", Quoted: "办理不收费。"}),
			item(2, "2", laws.CitingText{Place: "basis", Text: "《示例居住条例》第二条", Quoted: "居住半年以上的，可以申领居住证。"}),
			item(3, "3", laws.CitingText{Place: "basis", Text: "《示例居住条例》第九条"}, laws.CitingText{Place: "limit", Text: "《没有这部法》第一条"}),
			item(4, "4", laws.CitingText{Place: "basis", Text: "《示例居住条例》第二条第五款"}),
			item(5, "5", laws.CitingText{Place: "basis", Text: "《示例居住条例》第一条", As: "2015年10月21日通过"}),
			old,
		}
		if n, err := b.Follow(t.Context()); err != nil || n != 6 {
			t.Fatalf("%d %v", n, err)
		}
		may := auth.With(t.Context(), designer("甲", laws.MayReviewLaws.Name))
		want := map[string]string{"2": laws.OtherWords, "3": laws.NoArticle + laws.NoLaw, "4": laws.NoParagraph, "5": laws.OlderVersion, "6": laws.ChangedSince}
		got := map[string]string{}
		list, next, err := b.Citations(may, laws.CitationQuery{Region: province, Open: true, Limit: 100})
		if err != nil || next != "" {
			t.Fatal(next, err)
		}
		for _, f := range list {
			got[f.Code] += f.Kind
		}
		for code, kind := range want {
			if got[code] != kind {
				t.Errorf("item %s: %q, want %q", code, got[code], kind)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%v", got)
		}
		told := func(who context.Context, want int) {
			t.Helper()
			if n, err := b.Outdated(who); err != nil || n != want {
				t.Errorf("told of %d items, want %d (%v)", n, want, err)
			}
		}
		told(may, 3)
		told(auth.With(t.Context(), designer("乙")), 0)
		b.reviewed(t, may, list[0])
		told(may, 3) // what was told is a minute old at most
		b.clock.Advance(time.Minute)
		told(may, 2)
		b.catchesUp(t, may)
	})
}

func (b bench) reviewed(t *testing.T, may context.Context, f laws.Finding) {
	t.Helper()
	if err := b.Review(may, f.Region, f.Code, f.Number, " "); !errors.Is(err, laws.ErrNote) {
		t.Errorf("a review without a word: %v", err)
	}
	if err := b.Review(auth.With(t.Context(), designer("乙")), f.Region, f.Code, f.Number, "看过"); !fault.IsKind(err, fault.KindForbidden) {
		t.Errorf("a stranger reviews: %v", err)
	}
	if err := b.Review(may, f.Region, "no", 1, "看过"); !errors.Is(err, laws.ErrNoCitation) {
		t.Errorf("a citation that is not there: %v", err)
	}
	for range 2 {
		if err := b.Review(may, f.Region, f.Code, f.Number, "仍然适用"); err != nil {
			t.Fatal(err)
		}
	}
	open, _, err := b.Citations(may, laws.CitationQuery{Region: province, Open: true, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range open {
		if x.Code == f.Code && x.Number == f.Number {
			t.Error("what was looked at is still open")
		}
	}
	every, next, err := b.Citations(may, laws.CitationQuery{Region: province, Limit: 2})
	if err != nil || len(every) != 2 || next == "" || every[0].ReviewedBy == "" {
		t.Errorf("%+v %q %v", every, next, err)
	}
	rest, _, err := b.Citations(may, laws.CitationQuery{Region: province, Limit: 100, After: next})
	if err != nil || len(rest) != len(open)-1 {
		t.Errorf("the second page has %d of %d: %v", len(rest), len(open), err)
	}
}

// catchesUp: a newer law is compared with everything that was looked at before.
func (b bench) catchesUp(t *testing.T, may context.Context) {
	t.Helper()
	b.bring(t, `{"category":"行政法规","title":"示例居住条例","version_date":"2026-01-01","body":"第一条 居住。\n\n第二条 公民离开常住户口所在地，居住半年以上的，可以申领居住证。\n\n第三条 本条例自2026年1月1日起施行。"}`)
	if n, err := b.Follow(t.Context()); err != nil || n != 6 {
		t.Fatalf("%d %v", n, err)
	}
	list, _, err := b.Citations(may, laws.CitationQuery{Region: province, Law: "示例居住条例", Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range list {
		got[f.Code] = f.Kind
	}
	if got["2"] != "" || got["1"] != laws.NoParagraph {
		t.Errorf("%v", got)
	}
	if n, err := b.Follow(t.Context()); err != nil || n != 0 {
		t.Errorf("nothing is new, and %d were looked at: %v", n, err)
	}
}

// The shipped archive is whole, and everyday citations lead to their clauses.
func TestSeed_shippedLaws(t *testing.T) {
	raw, err := data.Files.ReadFile(data.Laws)
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.SQLite(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), laws.Migrations()})
	s := laws.New(laws.Deps{DB: d, Shipped: func() ([]byte, error) { return raw, nil }, Clock: clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))})
	for range 2 {
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Laws(t.Context(), province, "")
	if err != nil || len(list) != 980 {
		t.Fatalf("%d laws, %v", len(list), err)
	}
	r, err := s.Import(operator(t), bytes.NewReader(raw), laws.ImportOptions{})
	if err != nil || r.Same != 1047 || len(r.Problems) != 0 {
		t.Errorf("what was taken in unread does not agree with what is read: new %d, same %d, %v, %v", r.New, r.Same, r.Problems, err)
	}
	for text, want := range map[string]string{
		"《行政许可法》第三十二条第一款第四项":     "当场或者在五日内一次告知申请人",
		"《中华人民共和国民法典》第一千零四十三条":   "家庭应当树立优良家风",
		"《居住证暂行条例》第二条":           "居住半年以上",
		"《中华人民共和国食品安全法》第三十五条第一款": "国家对食品生产经营实行许可制度",
	} {
		found, err := s.Read(t.Context(), province, text)
		if err != nil || len(found) != 1 || found[0].Finding != "" || !strings.Contains(found[0].Part, want) {
			t.Errorf("%s: %+v %v", text, found, err)
		}
	}
	f, err := s.Search(t.Context(), laws.Query{Region: province, Text: "食品经营 许可", Limit: 5})
	if err != nil || len(f.Hits) != 5 || !f.More {
		t.Errorf("%+v %v", f.Hits, err)
	}
	if f, err := s.Search(t.Context(), laws.Query{Region: province, Text: "居民身份证法", Limit: 5}); err != nil || len(f.Laws) == 0 || f.Laws[0].Law != "居民身份证法" {
		t.Errorf("%+v %v", f.Laws, err)
	}
}
