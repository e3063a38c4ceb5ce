package sim

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/pdf"
	"tongban/test/sim/town"
)

const (
	clients = 16
	lapsing = 40              // applications whose time for acceptance runs out during the test
	back    = 5 * time.Second // bar: from a start to readiness
)

func kills() int {
	if n, _ := strconv.Atoi(os.Getenv("TONGBAN_SIM_KILLS")); n > 0 {
		return n
	}
	return 6
}

// R1: the process is killed every one to three seconds under the load of
// sixteen clients.
func TestKill_nothingLostNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for many seconds")
	}
	binary(t)
	t.Run("sqlite", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		crash(t, dir, "sqlite:"+filepath.Join(dir, "tongban.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		crash(t, filepath.Join(t.TempDir(), "data"), dbtest.PostgresURL(t, app.Migrations()))
	})
}

func crash(t *testing.T, dir, database string) {
	secrets, form := prepare(t, dir, database)
	p := newProcess(t, dir, database)
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	p.slowest = 0
	book, n, leave := &ledger{}, &counts{}, &atomic.Bool{}
	var crowd sync.WaitGroup
	file := document(t)
	for range clients {
		c := &client{base: "http://" + p.address, secrets: secrets, form: form, pdf: file, ledger: book, counts: n, leave: leave, http: &http.Client{Transport: &http.Transport{}}}
		crowd.Go(func() {
			for !leave.Load() {
				if err := c.journey(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range kills() {
		time.Sleep(time.Second + rand.N(2*time.Second))
		p.kill()
		if err := p.start(); err != nil {
			t.Error(err)
			break
		}
	}
	leave.Store(true)
	crowd.Wait()
	settle(t, database)
	p.stop()
	t.Logf("%d kills; %d commands acknowledged, %d answers cut off: %d were done, %d were not, the rest settled by their key; %d journeys; slowest restart %.2f s",
		kills(), n.acknowledged.Load(), n.unknown.Load(), n.foundDone.Load(), n.foundUndone.Load(), n.journeys.Load(), p.slowest.Seconds())
	if p.slowest > back {
		t.Errorf("back after %v, at most %v", p.slowest, back)
	}
	if n.journeys.Load() == 0 || n.unknown.Load() == 0 {
		t.Error("the test saw no whole journey, or no answer cut off: it proves nothing")
	}
	inspect(t, dir, database, book)
}

// prepare makes a node with the shipped data, people and their tokens, and
// applications of long ago whose acceptance lapses while the test runs.
func prepare(t *testing.T, dir, database string) (secrets map[string]string, form town.Application) {
	t.Helper()
	ctx := context.Background()
	old := clock.NewFake(clock.System.Now().AddDate(0, -1, 0))
	past, err := town.Open(ctx, app.Options{DataDir: dir, Database: database, Clock: old})
	if err != nil {
		t.Fatal(err)
	}
	defer past.Close()
	me := past.As(ctx, identity.RoleResident)
	for i := range lapsing {
		d, err := past.Fill(me, func(f func() error) error { return f() })
		if err != nil {
			t.Fatal(err)
		}
		c, err := past.Casework.Submit(me, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		due := clock.System.Now().Add(3*time.Second + time.Duration(i*kills()*2)*time.Second/lapsing)
		err = past.DB.Tidy(auth.System(ctx, "sim"), func(tx *db.Tx) error {
			tx.Unaudited("the applications of the test lapse one after the other")
			return db.Changed(tx.Exec(ctx, `UPDATE schedule_job SET due_at = $4, run_at = $4 WHERE region = $1 AND kind = $2 AND key = $3`,
				c.Region, casework.JobAcceptance, string(c.ID), db.At(due)))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	now, err := town.Open(ctx, app.Options{DataDir: dir, Database: database})
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	if _, err := now.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	return now.Secrets, now.Form
}

func document(t *testing.T) []byte {
	t.Helper()
	d := pdf.New(pdf.Meta{Title: "材料", Lang: "zh-Hans", Created: clock.System.Now()})
	d.Title("虚构材料")
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// settle waits until the running program has nothing left to do in the background.
func settle(t *testing.T, database string) {
	t.Helper()
	d, err := db.Open(context.Background(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	left := 0                                        // besides the counting of open cases by new days off, which comes again
	soon := db.At(clock.System.Now().Add(time.Hour)) // every application of long ago lapses before
	for start := clock.Start(); clock.Elapsed(start) < 40*time.Second; time.Sleep(100 * time.Millisecond) {
		left = rows(t, context.Background(), d, db.Value[int], `SELECT (SELECT count(*) FROM events_outbox) + (SELECT count(*) FROM schedule_job WHERE run_at <= $1 AND kind <> $2)`, soon, casework.JobRecount)[0]
		if left == 0 {
			return
		}
	}
	t.Errorf("%d facts and due jobs are still waiting after 40 s", left)
}

// inspect counts what is there.
func inspect(t *testing.T, dir, database string, book *ledger) {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Options{DataDir: dir, Database: database})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	w := look(t, a)
	lost, doubled, torn := check(w, book.list)
	t.Logf("%d effects acknowledged: %d lost, %d doubled, %d torn; %d drafts, %d cases, %d steps, %d papers, %d ratings asked for", len(book.list), len(lost), len(doubled), len(torn),
		len(w.drafts), len(w.cases), len(w.tasks), len(w.papers), len(w.ratings))
	for _, list := range [][]string{lost, doubled, torn} {
		for i, complaint := range list {
			if i == 10 {
				break
			}
			t.Error(complaint)
		}
	}
	known := map[string]bool{}
	for _, e := range book.list {
		known[e.draft] = true
	}
	twins := -lapsing
	for id := range w.drafts {
		if !known[id] {
			twins++
		}
	}
	t.Logf("%d empty drafts were begun twice, because their first answer was cut off", twins)
	deemed := 0
	for _, h := range w.history {
		if h.kind == "case.deemed_accepted" {
			deemed++
		}
	}
	if deemed != lapsing {
		t.Errorf("%d applications were accepted by lapse of time, want %d", deemed, lapsing)
	}
	if _, err := a.Sealer.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	r, err := audit.Verify(ctx, a.DB, a.Keys.Record())
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Waiting > 0 {
		t.Errorf("audit: %v, %d wait", r.Problems, r.Waiting)
	}
	t.Logf("audit: %d acts in %d regions verify, %d checkpoints", r.Sealed, r.Regions, r.Checkpoints)
}
