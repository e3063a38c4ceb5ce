package catalogue_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/clock"
	"tongban/platform/db"
)

// queries are what is measured: broad and narrow words, sounds, codes,
// browsing with and without filters, and words that find nothing.
var queries = []catalogue.Query{
	{Text: "居住证"}, {Text: "公证"}, {Text: "登记"}, {Text: "jzz"}, {Text: "lszy"}, {Text: "驾照"}, {Text: "律师执业变更"}, {Text: "证"}, {Text: "身份证"},
	{Text: "11440000006939756B"}, {Text: "440101007000"}, {}, {Org: "114400000069401674"}, {Theme: "文化体育", Audience: "企业法人"}, {Text: "查询", Org: "114400000069401674"},
	{Text: "火星移民居住"}, {Text: "zzqqxx"}, {Text: "审批", Region: "449901"},
}

// BenchmarkSearch measures the shipped size and, with -benchtime long enough to
// be worth it, twenty-five times as much: go test -bench Search ./gov/catalogue
func BenchmarkSearch(b *testing.B) {
	for _, size := range []int{2024, 50000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			d := plain(b)
			s := newBundle(b, d)
			start := clock.Start()
			if _, err := s.ImportGuides(s.ctx, "440000", manyGuides(b, size), catalogue.ImportOptions{Name: "bench"}); err != nil {
				b.Fatal(err)
			}
			rate := float64(size) / clock.Elapsed(start).Seconds()
			if _, err := s.Search(s.ctx, catalogue.Query{}); err != nil { // fills the shelf
				b.Fatal(err)
			}
			var took []time.Duration
			b.ResetTimer()
			for i := range b.N {
				start := clock.Start()
				if _, err := s.Search(s.ctx, queries[i%len(queries)]); err != nil {
					b.Fatal(err)
				}
				took = append(took, clock.Elapsed(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(rate, "imported/s")
		})
	}
}

// plain opens a database as the product does; those of dbtest run every write
// twice.
func plain(b *testing.B) *db.DB {
	d, err := db.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	if err := d.Migrate(b.Context(), tables...); err != nil {
		b.Fatal(err)
	}
	return d
}

// manyGuides repeats the real guides with other codes and numbered names, so
// that words keep their real frequencies.
func manyGuides(t testing.TB, n int) io.Reader {
	lines := bytes.Split(bytes.TrimSpace(guides(t)), []byte("\n"))
	var out bytes.Buffer
	for i := range n {
		line := lines[i%len(lines)]
		if round := i / len(lines); round > 0 {
			var m map[string]json.RawMessage
			var code, name string
			if json.Unmarshal(line, &m) != nil || json.Unmarshal(m["task_code"], &code) != nil || json.Unmarshal(m["name"], &name) != nil {
				t.Fatal("the shipped guides cannot be read")
			}
			code = (code + strings.Repeat("0", 33))[:31] + fmt.Sprintf("%02d", round%100)
			m["task_code"], _ = json.Marshal(code)
			m["name"], _ = json.Marshal(fmt.Sprintf("%s（第%d片区）", name, round))
			line, _ = json.Marshal(m)
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	return &out
}
