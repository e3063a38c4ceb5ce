package certificates

import (
	"context"
	"slices"
	"testing"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/jws"
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
		if _, err := w.s.render(context.Background(), f); err != nil { // the first one unpacks the characters, for all that follow
			b.Fatal(err)
		}
		b.Run(string(p.Kind), func(b *testing.B) {
			for b.Loop() {
				if _, err := w.s.render(context.Background(), f); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "PDF/s")
		})
	}
}

// BenchmarkVerify compares checks with the bare signature checks and row
// readings in them, taking turns in one loop; what a turn takes is the median,
// so that a machine that has other things to do slows both down alike.
func BenchmarkVerify(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b, tables))
	ctx := context.Background()
	p := w.issue(licence())
	file := w.file(p)
	v := NewVerifier(w.trust)
	e, err := enclosed(file)
	if err != nil {
		b.Fatal(err)
	}
	signed, seal := message(e.Data), sign.NewVerifier(w.signer.Roots())
	signature := func() bool { return w.trust.Check(e.Key, signed, e.Signature) }
	row := func() bool { _, err := loadByCode(ctx, w.d, p.Code); return err == nil }
	check := func() bool { r, err := w.s.Check(ctx, p.Code, "b"); return err == nil && r.OK }
	for _, c := range []struct {
		name  string
		whole func() bool
		bare  []func() bool
	}{
		{"codeAgain", check, []func() bool{signature}},
		{"codeFirst", func() bool { w.s.seen = seen{}; return check() }, []func() bool{signature, row}},
		{"codeFirstAlone", func() bool { w.s.seen = seen{}; return check() }, []func() bool{signature}},
		{"file", func() bool { return v.File(file, start).OK }, []func() bool{func() bool { _, err := seal.PDF(file); return err == nil }, signature}},
		{"pages", func() bool { return compare(file, p, look{}) == nil }, nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			var whole, bare []time.Duration
			for b.Loop() {
				whole = append(whole, timed(b, c.whole))
				bare = append(bare, timed(b, c.bare...))
			}
			b.ReportMetric(float64(time.Second)/float64(middle(whole)), "checks/s")
			b.ReportMetric(100*float64(middle(bare))/float64(middle(whole)), "percent")
		})
	}
}

// timed runs the steps of one turn.
func timed(b *testing.B, steps ...func() bool) time.Duration {
	from := clock.Start()
	for _, step := range steps {
		if !step() {
			b.Fatal("refused")
		}
	}
	return clock.Elapsed(from)
}

func middle(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkForms makes and checks each form of one certificate.
func BenchmarkForms(b *testing.B) {
	w := newWorld(b, dbtestSQLite(b))
	p := w.issue(licence())
	v := NewVerifier(w.trust)
	for name, made := range map[string]func() []byte{"jws": func() []byte { return w.tokenOf(p, jws.EdDSA, false) }, "jws-sm2": func() []byte { return w.tokenOf(p, jws.SM2, false) }, "ofd": func() []byte { return w.ofdOf(p) }} {
		file := made()
		b.Run("make/"+name, func(b *testing.B) {
			for b.Loop() {
				made()
			}
			b.ReportMetric(float64(len(file)), "bytes")
		})
		b.Run("check/"+name, func(b *testing.B) {
			for b.Loop() {
				if !v.File(file, start).OK {
					b.Fatal("refused")
				}
			}
		})
	}
}
