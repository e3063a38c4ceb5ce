package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"tongban/app"
	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/province"
	"tongban/items"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/test/relevance"
)

// ownWords is the harder province of P3.
var ownWords = flag.Bool("own", false, "P3: every item of the province has a name of its own")

// catalogue measures P3: the import of a province, then searching and browsing
// in it. No query is asked twice.
func (b *bench) catalogue(ctx context.Context) error {
	return b.onEngines(ctx, func(ctx context.Context, engine db.Engine, o app.Options) error {
		if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
			return err
		}
		d, err := db.Open(ctx, o.Database)
		if err != nil {
			return err
		}
		defer d.Close()
		if err := d.Migrate(ctx, audit.Migrations(), catalogue.Migrations()); err != nil {
			return err
		}
		s := newCatalogue(d)
		if err := s.Seed(ctx); err != nil {
			return err
		}
		if err := b.relevance(ctx, engine, s); err != nil {
			return err
		}
		if err := b.fillCatalogue(ctx, engine, s); err != nil {
			return err
		}
		if engine == db.Postgres { // as autovacuum does within a minute
			if _, err := db.Bare(ctx, o.Database, 1, 1, func(int) []db.Statement { return []db.Statement{{Query: "ANALYZE"}} }); err != nil {
				return err
			}
		}
		if err := b.shelfMemory(ctx, engine, d); err != nil {
			return err
		}
		return b.finding(ctx, engine, s)
	})
}

func newCatalogue(d *db.DB) *catalogue.Service {
	return catalogue.New(catalogue.Deps{DB: d, Data: data.Files, Items: items.Files, Log: slog.New(slog.DiscardHandler)})
}

// relevance prints what the judged queries get of the shipped items: those that
// search was tuned with, and those that nobody looked at.
func (b *bench) relevance(ctx context.Context, engine db.Engine, s *catalogue.Service) error {
	names, err := relevance.Names(ctx, s)
	if err != nil {
		return err
	}
	for _, set := range []struct {
		name string
		list func() ([]relevance.Judged, error)
	}{{"judged", relevance.Known}, {"held-out", relevance.HeldOut}} {
		list, err := set.list()
		if err != nil {
			return err
		}
		r, err := relevance.Measure(list, names, func(text string) ([]string, error) { return relevance.Ask(ctx, s, text) })
		if err != nil {
			return err
		}
		n, nDCG, first, nothing := r.Total("")
		b.table.note("P3", fmt.Sprintf("%s: %d %s queries: nDCG@10, first fits, nothing found", engine, n, set.name), fmt.Sprintf("%.3f, %.0f%%, %.0f%%", nDCG, 100*first, 100*nothing))
	}
	return nil
}

func (b *bench) fillCatalogue(ctx context.Context, engine db.Engine, s *catalogue.Service) error {
	p, err := province.New(data.Files, province.Options{Seed: 1, Items: b.items, Own: *ownWords})
	if err != nil {
		return err
	}
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(p.WriteGuides(writer)) }()
	ctx = auth.System(ctx, "load")
	start, cpu := clock.Start(), processor()
	report, err := s.ImportGuides(ctx, "440000", reader, catalogue.ImportOptions{Name: "province"})
	if err != nil {
		return err
	}
	if report.New != b.items {
		return fmt.Errorf("import: %v", report)
	}
	took := clock.Elapsed(start).Seconds()
	rate := float64(b.items) / took
	b.table.add("P3", fmt.Sprintf("%s: import of %d items, generated beside it", engine, b.items), fmt.Sprintf("%.0f items/s", rate), "≥ 5000", rate >= 5000)
	b.table.note("P3", fmt.Sprintf("%s: processor time of the import in this process", engine), fmt.Sprintf("%.0f µs an item", 1e6*(processor()-cpu).Seconds()/float64(b.items)))
	return nil
}

// shelfMemory is what a process holds to find things among all items, and how
// long it takes to read that at its start.
func (b *bench) shelfMemory(ctx context.Context, engine db.Engine, d *db.DB) error {
	before := heap()
	s := newCatalogue(d)
	start := clock.Start()
	items, wordings, err := s.Shelf(ctx)
	if err != nil {
		return err
	}
	took := clock.Elapsed(start)
	held := heap() - before
	runtime.KeepAlive(s)
	b.table.note("P3", fmt.Sprintf("%s: items, wordings, memory of the shelf, time to read it", engine), fmt.Sprintf("%d, %d, %.0f MB, %.1f s", items, wordings, mb(held), took.Seconds()))
	return nil
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// asked is a query with the time it took.
type asked struct {
	q     catalogue.Query
	total int
	took  time.Duration
}

// finding measures words, browsing with and without restrictions, and what is
// likely to be slow; -show prints every query, otherwise the slowest are printed.
func (b *bench) finding(ctx context.Context, engine db.Engine, s *catalogue.Service) error {
	words, err := wordQueries()
	if err != nil {
		return err
	}
	if _, err := s.Search(ctx, catalogue.Query{}); err != nil { // reads the shelf
		return err
	}
	deep, err := deepQueries(ctx, s)
	if err != nil {
		return err
	}
	var all []asked
	for _, part := range []struct {
		name    string
		queries []catalogue.Query
	}{{"search by words", words}, {"browse with facets", browseQueries()}, {"broad, empty, spelled, deep", append(hardQueries(), deep...)}} {
		var took []asked
		cpu := processor()
		for _, q := range part.queries {
			start := clock.Start()
			res, err := s.Search(ctx, q)
			if err != nil {
				return fmt.Errorf("%+v: %w", q, err)
			}
			took = append(took, asked{q, res.Total, clock.Elapsed(start)})
		}
		each := (processor() - cpu) / time.Duration(len(part.queries))
		all = append(all, took...)
		b.latency(engine, part.name, took)
		b.table.note("P3", fmt.Sprintf("%s: %s: processor time in this process", engine, part.name), fmt.Sprintf("%.2f ms a query", float64(each.Microseconds())/1000))
	}
	b.latency(engine, "all of them", all)
	if !b.show {
		all = all[:slowest]
	}
	for _, a := range all {
		fmt.Printf("%9.2f ms %7d items %s\n", float64(a.took.Microseconds())/1000, a.total, told(a.q))
	}
	return nil
}

// slowest is how many queries are printed.
const slowest = 20

// told is a query in one line.
func told(q catalogue.Query) string {
	if len(q.After) > 12 {
		q.After = q.After[:12] + "…"
	}
	raw, err := json.Marshal(q)
	if err != nil {
		return err.Error()
	}
	var set map[string]any
	if err := json.Unmarshal(raw, &set); err != nil {
		return err.Error()
	}
	for k, v := range set {
		if v == nil || v == "" || v == false || v == 0.0 {
			delete(set, k)
		}
	}
	return fmt.Sprint(set)
}

// latency sorts what was asked, the slowest first.
func (b *bench) latency(engine db.Engine, what string, took []asked) {
	slices.SortFunc(took, func(x, y asked) int { return cmp.Compare(y.took, x.took) })
	p50, p99 := took[len(took)/2].took, took[len(took)/100].took
	b.table.add("P3", fmt.Sprintf("%s: %s, %d queries, p50 and p99", engine, what, len(took)),
		fmt.Sprintf("%.1f, %.1f ms", float64(p50.Microseconds())/1000, float64(p99.Microseconds())/1000), "< 5, < 50 ms", p50 < 5*time.Millisecond && p99 < 50*time.Millisecond)
}

// wordQueries are the judged queries, everywhere and in one city.
func wordQueries() ([]catalogue.Query, error) {
	list, err := relevance.Known()
	if err != nil {
		return nil, err
	}
	more, err := relevance.HeldOut()
	list = append(list, more...)
	var out []catalogue.Query
	for _, region := range []string{"", "440100", "440106"} {
		for _, j := range list {
			out = append(out, catalogue.Query{Text: j.Text, Region: region, Once: true})
		}
	}
	return out, err
}

// browseQueries narrow the whole by what people narrow by, alone and together.
func browseQueries() []catalogue.Query {
	yes, none := true, 0
	var out []catalogue.Query
	for _, region := range strings.Fields("- 440000 440100 440300 440106 440111 440605 441900 440106006") {
		for _, q := range []catalogue.Query{{}, {Theme: "文化体育"}, {Theme: "职业资格", Audience: "自然人"}, {Audience: catalogue.ForPersons}, {Audience: catalogue.ForOrgs}, {Type: "01"}, {Type: "21"},
			{Online: &yes}, {Visits: &none}, {Visits: &none, Theme: "交通出行", Type: "01"}, {Org: "11440000MB2D01234X"}, {Level: 3}, {Packages: true}, {Online: &yes, Level: 4, Audience: "企业法人"}} {
			for _, once := range []bool{true, false} {
				q.Region, q.Once = strings.Trim(region, "-"), once
				out = append(out, q)
			}
		}
	}
	return out
}

// hardQueries are those that much, or nothing, answers: words that most names
// have, initials, spelled pinyin, traditional script, single characters, codes,
// and words that fall through every reading; everywhere and in two places, with
// and without restrictions.
func hardQueries() []catalogue.Query {
	online, none := true, 0
	var out []catalogue.Query
	for _, text := range strings.Fields("登记 许可 公证 查询 办理 审批 广东 证 人 jzz gz cx sp xk dj zc gongzheng xuke chaxun dengji 許可證 登記 公證 廣東省 身份證 " +
		"zzqqxx 火星移民居住 外星人登陆许可审批备案 kkkkkkkk 怎么办理需要什么材料 注册会记师考式 4401 11440000006939756B 440101007000 广州公证 深圳许可 天河区登记") {
		for _, region := range []string{"", "440100", "440106"} {
			out = append(out, catalogue.Query{Text: text, Region: region, Once: true}, catalogue.Query{Text: text, Region: region},
				catalogue.Query{Text: text, Region: region, Online: &online, Visits: &none, Once: true})
		}
	}
	return out
}

// deepQueries go on from far behind the first page.
func deepQueries(ctx context.Context, s *catalogue.Service) ([]catalogue.Query, error) {
	var out []catalogue.Query
	for _, q := range []catalogue.Query{{Limit: 100}, {Limit: 100, Once: true}, {Limit: 100, Region: "440100"}, {Limit: 100, Text: "许可"}, {Limit: 100, Text: "登记", Once: true}, {Limit: 100, Type: "01"}} {
		for range 30 {
			res, err := s.Search(ctx, q)
			if err != nil {
				return nil, err
			}
			if q.After = res.Next; q.After == "" {
				break
			}
			next := q
			next.Limit = 99 // what was asked once is remembered
			out = append(out, next)
		}
	}
	return out, nil
}
