package audit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

var migrations = []db.Migrations{audit.Migrations()}

type bundle struct {
	d      *db.DB
	sealer *audit.Sealer
	v      note.Verifier
	ctx    context.Context
}

func setup(t testing.TB, d *db.DB) bundle {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, "town.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	s := &audit.Sealer{DB: d, Signer: signer, Clock: clock.System, Log: slog.New(slog.DiscardHandler)}
	return bundle{d, s, v, dbtest.As(t, "test")}
}

// act records n acts in a region, ten to a commit.
func (b bundle) act(t testing.TB, region string, n int) {
	t.Helper()
	for i := 0; i < n; i += 10 {
		err := b.d.Write(b.ctx, func(tx *db.Tx) error {
			for k := i; k < min(i+10, n); k++ {
				audit.Record(b.ctx, tx, audit.Entry{Region: region, Action: "test.thing.done", Object: fmt.Sprint("thing_", k%7),
					Details: map[string]any{"n": k, "why": "材料齐全"}})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (b bundle) seal(t testing.TB, want int) {
	t.Helper()
	if n, err := b.sealer.Seal(b.ctx); err != nil || n != want {
		t.Fatalf("sealed %d, want %d (%v)", n, want, err)
	}
}

func (b bundle) verify(t testing.TB, witnessed ...string) *audit.Report {
	t.Helper()
	r, err := audit.Verify(b.ctx, b.d, b.v, witnessed...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b bundle) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	err := b.d.Write(b.ctx, func(tx *db.Tx) error {
		tx.Unaudited("tampering")
		_, err := tx.Exec(b.ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestSeal_severalRegionsAndRounds(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		total := 0
		for round, n := range []int{1, 2, 300, 700} {
			b.act(t, "449901", n)
			b.act(t, "449902", n/2)
			total += n + n/2
			b.seal(t, n+n/2)
			if r := b.verify(t); !r.OK() || r.Sealed != int64(total) || r.Waiting != 0 {
				t.Fatalf("round %d: %+v", round, r)
			}
		}
		b.act(t, "449901", 5)
		if r := b.verify(t); !r.OK() || r.Waiting != 5 || r.Regions != 2 || r.Checkpoints != 7 {
			t.Fatalf("%+v", r)
		}
		b.seal(t, 5)
		b.seal(t, 0)
	})
}

// Many writers, three sealers: places are gapless and every act has one.
func TestSeal_isEffectiveOnce(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		stop := make(chan bool)
		var sealers, writers sync.WaitGroup
		for range 3 {
			sealers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := b.sealer.Seal(b.ctx); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 4 {
			writers.Go(func() { b.act(t, "449901", 150) })
		}
		writers.Wait()
		close(stop)
		sealers.Wait()
		if _, err := b.sealer.Seal(b.ctx); err != nil {
			t.Fatal(err)
		}
		if r := b.verify(t); !r.OK() || r.Sealed != 600 || r.Waiting != 0 {
			t.Fatalf("%+v", r)
		}
	})
}

func TestRun_sealsWithinASecond(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		ctx, cancel := context.WithCancel(b.ctx)
		done := make(chan bool)
		go func() { b.sealer.Run(ctx); close(done) }()
		time.Sleep(50 * time.Millisecond) // the sealer listens
		b.act(t, "449901", 10)
		deadline := time.After(3 * time.Second)
		start := clock.Start()
		for n := int64(10); n > 0; {
			select {
			case <-deadline:
				t.Fatal("nothing was sealed")
			case <-time.After(5 * time.Millisecond):
			}
			var err error
			if n, _, err = audit.Waiting(b.ctx, b.d); err != nil {
				t.Fatal(err)
			}
		}
		if took := clock.Elapsed(start); took > 900*time.Millisecond {
			t.Errorf("sealing took %v", took)
		}
		b.act(t, "449901", 10)
		cancel()
		<-done
		if n, _, _ := audit.Waiting(b.ctx, b.d); n != 0 {
			t.Errorf("%d acts were left when the sealer stopped", n)
		}
	})
}

// A record that is cut off and signed anew is found by somebody who kept an
// earlier checkpoint.
func TestVerify_witness(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		b.act(t, "449901", 20)
		b.seal(t, 20)
		heads, err := audit.Heads(b.ctx, b.d)
		if err != nil || len(heads) != 1 || heads[0].Size != 20 {
			t.Fatal(heads, err)
		}
		b.act(t, "449901", 20)
		b.seal(t, 20)
		if r := b.verify(t, heads[0].Note); !r.OK() {
			t.Fatalf("%+v", r)
		}
		for _, table := range []string{"entry", "tile", "checkpoint"} {
			b.exec(t, "DELETE FROM audit_"+table)
		}
		if r := b.verify(t, heads[0].Note); r.OK() {
			t.Error("an emptied record verified")
		}
		b.act(t, "449901", 30)
		b.seal(t, 30)
		if r := b.verify(t); !r.OK() {
			t.Errorf("without a witness a record written anew is sound in itself: %v", r.Problems)
		}
		if r := b.verify(t, heads[0].Note); r.OK() {
			t.Error("a record written anew verified against the witness")
		}
	})
}

func TestExport_verifiesOffline(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		b.act(t, "449901", 12)
		b.seal(t, 12)
		b.act(t, "449901", 3)
		b.seal(t, 3)
		b.act(t, "449901", 3) // not sealed, not exported
		var file bytes.Buffer
		if n, err := audit.Export(b.ctx, d, &file, "449901"); err != nil || n != 15 {
			t.Fatal(n, err)
		}
		r, err := audit.VerifyFile(bytes.NewReader(file.Bytes()), b.v)
		if err != nil || !r.OK() || r.Sealed != 15 || r.Checkpoints != 2 {
			t.Fatalf("%+v %v", r, err)
		}
		step := 1
		if d.Engine() == db.Postgres {
			step = 7 // the file is the same; every byte is tried on the other engine
		}
		for i := 0; i < file.Len(); i += step {
			bad := bytes.Clone(file.Bytes())
			bad[i] ^= 1 << (i % 8)
			r, err := audit.VerifyFile(bytes.NewReader(bad), b.v)
			if err != nil {
				t.Fatal(err)
			}
			if r.OK() {
				t.Fatalf("flipping byte %d (%q) was not seen", i, file.Bytes()[max(0, i-20):min(file.Len(), i+20)])
			}
		}
		lines := strings.SplitAfter(file.String(), "\n")
		for i := range len(lines) - 1 {
			cut := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "")
			if r, _ := audit.VerifyFile(strings.NewReader(cut), b.v); r.OK() && !strings.Contains(lines[i], `"checkpoint"`) {
				t.Errorf("dropping line %d was not seen", i+1)
			}
		}
	})
}

func TestPage_filtersAndPages(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		b.act(t, "449901", 70)
		b.act(t, "449902", 10)
		var got []audit.Act
		after := ""
		for {
			acts, next, err := audit.Page(b.ctx, d, audit.Filter{Region: "449901", Action: "test.", Actor: "system:test", After: after, Limit: 30})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, acts...)
			if after = next; next == "" {
				break
			}
		}
		if len(got) != 70 {
			t.Fatalf("%d acts over all pages", len(got))
		}
		for i := 1; i < len(got); i++ {
			if got[i-1].ID <= got[i].ID {
				t.Fatal("not newest first")
			}
		}
		one, _, err := audit.ByObject(b.ctx, d, "449901", "thing_3", "", 0)
		if err != nil || len(one) != 10 || one[0].Object != "thing_3" || one[0].Position != audit.Unsealed {
			t.Errorf("%d acts on thing_3 (%v)", len(one), err)
		}
		for _, f := range []audit.Filter{{Region: "449903"}, {Region: "449901", Actor: "acc_x"}, {Region: "449901", Action: "test"},
			{Region: "449901", Until: got[69].At}, {Region: "449901", From: got[0].At.Add(time.Hour)}} {
			if acts, _, err := audit.Page(b.ctx, d, f); err != nil || len(acts) != 0 {
				t.Errorf("%+v: %d acts (%v)", f, len(acts), err)
			}
		}
		if a, err := audit.Get(b.ctx, d, "449901", got[5].ID); err != nil || a.ID != got[5].ID || !strings.Contains(a.Details, "材料齐全") {
			t.Errorf("%+v %v", a, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			d := dbtest.SQLite(b, migrations)
			if engine == db.Postgres {
				d = dbtest.Postgres(b, migrations)
			}
			x := setup(b, d)
			x.act(b, "449901", b.N)
			b.ResetTimer()
			start := clock.Start()
			x.seal(b, b.N)
			b.ReportMetric(float64(b.N)/clock.Elapsed(start).Seconds(), "acts/s")
			start = clock.Start()
			if r := x.verify(b); !r.OK() {
				b.Fatal(r.Problems)
			}
			b.ReportMetric(float64(b.N)/clock.Elapsed(start).Seconds(), "verified/s")
		})
	}
}
