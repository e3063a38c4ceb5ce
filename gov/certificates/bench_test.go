package certificates

import (
	"context"
	"testing"

	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/sign"
)

// BenchmarkIssue issues papers as data: signed, in one commit each, by as many
// callers as the machine has processors times eight.
func BenchmarkIssue(b *testing.B) {
	for name, open := range map[string]func(testing.TB, []db.Migrations) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b, tables))
			ctx := auth.System(context.Background(), "bench")
			b.SetParallelism(8)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					p := licence()
					p.Case = newCode() // one case each
					if err := w.d.Write(ctx, func(tx *db.Tx) error { _, err := w.s.IssueTx(ctx, tx, p); return err }); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "papers/s")
		})
	}
}

// BenchmarkRender draws, compares, encloses and signs; without keeping.
func BenchmarkRender(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b, tables))
	for _, p := range []Paper{licence(), everyKind()[0]} {
		p = w.issue(p)
		f, err := w.s.Paper(auth.System(context.Background(), "bench"), district, p.ID)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(p.Kind), func(b *testing.B) {
			for b.Loop() {
				if _, err := w.s.render(f); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "PDF/s")
		})
	}
}

// BenchmarkVerify compares the whole check of a file with the bare signature
// checks in it, in the same process.
func BenchmarkVerify(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b, tables))
	p := w.issue(licence())
	file := w.file(p)
	v := NewVerifier(w.trust)
	e, err := enclosed(file)
	if err != nil {
		b.Fatal(err)
	}
	signed := message([]byte(e.Data))
	seal := sign.NewVerifier(w.signer.Roots())
	steps := map[string]func() bool{
		"whole":          func() bool { return v.File(file, start).OK },
		"fileSignature":  func() bool { _, err := seal.PDF(file); return err == nil },
		"dataSignature":  func() bool { return w.trust.Check(e.Key, signed, e.Signature) },
		"readAndCompare": func() bool { return compare(file, p) == nil },
		"byCode":         func() bool { r, err := w.s.Check(context.Background(), p.Code, "b"); return err == nil && r.OK },
	}
	took := map[string]float64{}
	for _, name := range []string{"fileSignature", "dataSignature", "readAndCompare", "byCode", "whole"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if !steps[name]() {
					b.Fatal("refused")
				}
			}
			took[name] = b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(1/took[name], "checks/s")
			if bare := took["fileSignature"] + took["dataSignature"]; name == "whole" && bare > 0 {
				b.ReportMetric(took[name]/bare, "times-bare")
			}
		})
	}
}
