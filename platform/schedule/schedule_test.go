package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/id"
	"tongban/platform/schedule"
)

var migrations = []db.Migrations{audit.Migrations(), schedule.Migrations(), {Name: "fired", FS: fstest.MapFS{"0001_fired.sql": {Data: []byte(
	`CREATE TABLE fired_job (region text NOT NULL, id text NOT NULL, key text NOT NULL, due_at timestamptz NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (region, id));`)}}}}

const region = "449901"

var quiet = slog.New(slog.DiscardHandler)

type fired struct {
	key     string
	due, at time.Time
}

// recorder is a handler whose effect is a row.
func recorder(c clock.Clock) schedule.Handler {
	return func(ctx context.Context, tx *db.Tx, j schedule.Job) error {
		_, err := tx.Exec(ctx, `INSERT INTO fired_job (region, id, key, due_at, at) VALUES ($1, $2, $3, $4, $5)`,
			j.Region, id.New("fired"), j.Key, db.At(j.At), db.At(c.Now()))
		return err
	}
}

func effects(t *testing.T, d *db.DB) []fired {
	t.Helper()
	list, err := db.All(context.Background(), d, func(r db.Row) (f fired, err error) {
		var due, at db.Time
		err = r.Scan(&f.key, &due, &at)
		f.due, f.at = due.Time, at.Time
		return f, err
	}, `SELECT key, due_at, at FROM fired_job WHERE region = $1 ORDER BY id`, region)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func set(t *testing.T, d *db.DB, jobs ...schedule.Job) {
	t.Helper()
	ctx := dbtest.As(t, "test")
	err := d.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("test")
		for _, j := range jobs {
			schedule.Set(tx, j)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func job(key string, at time.Time) schedule.Job {
	return schedule.Job{Region: region, Kind: "test.job", Key: key, At: at, Payload: "p" + key}
}

func drain(t *testing.T, r *schedule.Runner) (ran int) {
	t.Helper()
	for {
		n, err := r.RunOnce(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if ran += n; n == 0 {
			return ran
		}
	}
}

var noon = time.Date(2026, 9, 30, 4, 0, 0, 0, time.UTC) // the day before a long holiday

func TestRun_inOrderOnceAndNotEarly(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		now := clock.NewFake(noon)
		r := schedule.NewRunner(d, now, quiet)
		r.Handle("test.job", recorder(now))
		set(t, d, job("c", noon.Add(3*time.Hour)), job("a", noon.Add(time.Hour)), job("b", noon.Add(2*time.Hour)), job("gone", noon), job("moved", noon))
		set(t, d, job("moved", noon.Add(30*time.Minute)))
		ctx := dbtest.As(t, "test")
		if err := d.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("test")
			schedule.Cancel(tx, region, "test.job", "gone")
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if n := drain(t, r); n != 0 {
			t.Fatalf("%d ran early", n)
		}
		now.Advance(time.Hour - time.Microsecond)
		if n := drain(t, r); n != 1 {
			t.Fatalf("%d ran, want the moved one", n)
		}
		now.Advance(8 * 24 * time.Hour) // nothing ran over the holiday
		if n := drain(t, r); n != 3 {
			t.Fatalf("%d were caught up", n)
		}
		var keys []string
		for _, f := range effects(t, d) {
			keys = append(keys, f.key)
		}
		if !slices.Equal(keys, []string{"moved", "a", "b", "c"}) {
			t.Errorf("ran %v", keys)
		}
	})
}

// The clock leaps two hours to and fro while three runners work: every job has
// one effect, and none before its time.
func TestRun_clockJumps(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		now := clock.NewFake(noon)
		const jobs = 60
		var list []schedule.Job
		for i := range jobs {
			list = append(list, job(fmt.Sprint(i), noon.Add(time.Duration(i*10)*time.Minute)))
		}
		set(t, d, list...)
		stop := make(chan bool)
		var wg sync.WaitGroup
		for range 3 {
			r := schedule.NewRunner(d, now, quiet)
			r.Handle("test.job", recorder(now))
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := r.RunOnce(context.Background()); err != nil && !errors.Is(err, db.ErrUnavailable) {
						t.Error(err)
					}
					time.Sleep(time.Millisecond)
				}
			})
		}
		dice := rand.New(rand.NewPCG(1, 2))
		latest := noon
		for range 60 {
			at := now.Advance(time.Duration(dice.IntN(241)-115) * time.Minute) // −115 … +125 minutes
			if at.After(latest) {
				latest = at
			}
			time.Sleep(5 * time.Millisecond)
		}
		now.Set(noon.Add(jobs * 10 * time.Minute))
		for i := 0; len(effects(t, d)) < jobs && i < 500; i++ {
			time.Sleep(10 * time.Millisecond)
		}
		close(stop)
		wg.Wait()
		seen := map[string]int{}
		for _, f := range effects(t, d) {
			seen[f.key]++
			if f.due.After(latest) && f.due.After(f.at) {
				t.Errorf("job %s due %v ran at %v", f.key, f.due, f.at)
			}
		}
		for i := range jobs {
			if n := seen[fmt.Sprint(i)]; n != 1 {
				t.Errorf("job %d ran %d times", i, n)
			}
		}
	})
}

func TestRun_failuresAreTriedAgain(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		now := clock.NewFake(noon)
		r := schedule.NewRunner(d, now, quiet)
		broken := true
		record := recorder(now)
		r.Handle("test.job", func(ctx context.Context, tx *db.Tx, j schedule.Job) error {
			if err := record(ctx, tx, j); err != nil {
				return err
			}
			if broken && j.Key == "bad" {
				return errors.New("not yet")
			}
			return nil
		})
		set(t, d, job("bad", noon), job("good", noon), schedule.Job{Region: region, Kind: "test.unknown", Key: "x", At: noon})
		drain(t, r)
		if got := effects(t, d); len(got) != 1 || got[0].key != "good" {
			t.Fatalf("effects: %v", got)
		}
		failing, err := schedule.Failing(context.Background(), d, region, 10)
		if err != nil || len(failing) != 2 || failing[0].Failure != "not yet" || !failing[0].RunAt.Equal(noon.Add(10*time.Second)) {
			t.Fatalf("%+v %v", failing, err)
		}
		if overdue, failed, err := schedule.Backlog(context.Background(), d, now.Now()); err != nil || overdue != 2 || failed != 2 {
			t.Errorf("%d overdue, %d failing (%v)", overdue, failed, err)
		}
		broken = false
		now.Advance(9 * time.Second)
		drain(t, r)
		if len(effects(t, d)) != 1 {
			t.Error("tried again too early")
		}
		now.Advance(time.Second)
		drain(t, r)
		if got := effects(t, d); len(got) != 2 || !got[1].due.Equal(noon) {
			t.Errorf("effects: %v", got)
		}
	})
}

func TestRun_wakesForAJobThatIsDue(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(dbtest.As(t, "test"))
		defer stop()
		r := schedule.NewRunner(d, clock.System, quiet)
		ran := make(chan bool, 10)
		r.Handle("test.job", func(context.Context, *db.Tx, schedule.Job) error { ran <- true; return nil })
		done := make(chan bool)
		go func() { r.Run(ctx); close(done) }()
		time.Sleep(30 * time.Millisecond)
		start := clock.Start()
		set(t, d, job("now", clock.System.Now()))
		select {
		case <-ran:
		case <-time.After(5 * time.Second):
			t.Fatal("did not run")
		}
		if took := clock.Elapsed(start); took > 500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		stop()
		<-done
	})
}
