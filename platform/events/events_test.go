package events_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/events/eventstest"
	"tongban/platform/id"
)

type opened struct {
	Of string
	N  int
}

func (opened) Type() string { return "tongban.test.thing.opened.v1" }

type unheard struct{}

func (unheard) Type() string { return "tongban.test.thing.ignored.v1" }

var migrations = []db.Migrations{audit.Migrations(), events.Migrations(), {Name: "seen", FS: fstest.MapFS{"0001_seen.sql": {Data: []byte(
	`CREATE TABLE seen_fact (region text NOT NULL, id text NOT NULL, reaction text NOT NULL, aggregate text NOT NULL, n bigint NOT NULL, PRIMARY KEY (region, id));`)}}}}

const region = "449901"

// note is a reaction with an effect: one row each time it runs.
func note(ctx context.Context, tx *db.Tx, reaction string, f opened) error {
	_, err := tx.Exec(ctx, `INSERT INTO seen_fact (region, id, reaction, aggregate, n) VALUES ($1, $2, $3, $4, $5)`,
		region, id.New("seen"), reaction, f.Of, f.N)
	return err
}

// noteTidily is note without waiting.
func noteTidily(tx *db.Tx, reaction string, f opened) error {
	tx.Later(`INSERT INTO seen_fact (region, id, reaction, aggregate, n) VALUES ($1, $2, $3, $4, $5)`, region, id.New("seen"), reaction, f.Of, f.N)
	return nil
}

func seen(t *testing.T, d *db.DB, reaction, aggregate string) []int {
	t.Helper()
	list, err := db.All(context.Background(), d, db.Value[int], `SELECT n FROM seen_fact WHERE region = $1 AND reaction = $2 AND aggregate = $3 ORDER BY id`,
		region, reaction, aggregate)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func emit(t *testing.T, d *db.DB, f opened) {
	t.Helper()
	ctx := auth.System(context.Background(), "test")
	err := d.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "test.thing.opened", Object: f.Of})
		events.Emit(ctx, tx, region, f.Of, f)
		events.Emit(ctx, tx, region, f.Of, unheard{})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func left(t *testing.T, d *db.DB, table string) int {
	t.Helper()
	n, err := db.One(context.Background(), d, db.Value[int], `SELECT count(*) FROM events_`+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var quiet = slog.New(slog.DiscardHandler)

func TestEmit_reachesEveryReactionOnce(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		bus := events.New(d, quiet)
		for _, name := range []string{"test.tidy", "test.last"} {
			events.ReactTidy(bus, name, func(ctx context.Context, tx *db.Tx, f opened) error {
				if p := auth.From(ctx); p.ID != "system:"+name || tx.Actor().ID != p.ID {
					return errors.New("acts as " + p.ID)
				}
				return noteTidily(tx, name, f)
			})
		}
		for _, name := range []string{"test.first", "test.second", "test.third"} {
			events.React(bus, name, func(ctx context.Context, tx *db.Tx, f opened) error {
				if p := auth.From(ctx); p.ID != "system:"+name {
					return errors.New("acts as " + p.ID)
				}
				return note(ctx, tx, name, f)
			})
		}
		for n := range 5 {
			emit(t, d, opened{"x", n})
		}
		eventstest.Drain(t, bus)
		for _, name := range []string{"test.first", "test.second", "test.third", "test.tidy", "test.last"} {
			if got := seen(t, d, name, "x"); !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
				t.Errorf("%s saw %v", name, got)
			}
		}
		if left(t, d, "outbox") != 0 || left(t, d, "inbox") != 0 {
			t.Errorf("%d facts and %d inbox rows are left", left(t, d, "outbox"), left(t, d, "inbox"))
		}
	})
}

// A fact that fails holds back its own aggregate, at every stage, and no other.
func TestDispatch_heldFactKeepsTheOrder(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		now := clock.NewFake(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		bus := events.New(d, quiet)
		bus.Clock = now
		var mu sync.Mutex
		broken := true
		tries := 0
		events.React(bus, "test.before", func(ctx context.Context, tx *db.Tx, f opened) error { return note(ctx, tx, "test.before", f) })
		events.React(bus, "test.thing", func(ctx context.Context, tx *db.Tx, f opened) error {
			mu.Lock()
			defer mu.Unlock()
			if f.Of == "bad" && f.N == 1 && broken {
				tries++
				return errors.New("not yet")
			}
			return note(ctx, tx, "test.thing", f)
		})
		for n := range 4 {
			emit(t, d, opened{"bad", n})
			emit(t, d, opened{"good", n})
		}
		for range 30 {
			eventstest.Drain(t, bus)
			now.Advance(time.Minute)
		}
		if got := seen(t, d, "test.thing", "good"); !slices.Equal(got, []int{0, 1, 2, 3}) {
			t.Errorf("a stranger was held back: %v", got)
		}
		if got := seen(t, d, "test.thing", "bad"); !slices.Equal(got, []int{0}) {
			t.Errorf("facts went past the one that fails: %v", got)
		}
		if tries != 8 {
			t.Errorf("%d attempts, want 8", tries)
		}
		held, err := events.Parked(ctx, d, region, "", 10)
		if err != nil || len(held) != 1 || held[0].Parked == "" || held[0].Behind != 5 {
			t.Fatalf("%+v %v", held, err)
		}
		emit(t, d, opened{"bad", 4})
		broken = false
		eventstest.Drain(t, bus)
		if got := seen(t, d, "test.thing", "bad"); len(got) != 1 {
			t.Errorf("a parked fact was passed: %v", got)
		}
		if err := bus.Retry(ctx, region, held[0].ID); err != nil {
			t.Fatal(err)
		}
		eventstest.Drain(t, bus)
		for _, name := range []string{"test.before", "test.thing"} {
			if got := seen(t, d, name, "bad"); !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
				t.Errorf("%s saw %v", name, got)
			}
		}
		if err := bus.Retry(ctx, region, held[0].ID); !errors.Is(err, db.ErrStale) {
			t.Errorf("retry of a fact that is gone: %v", err)
		}
	})
}

func TestDiscard_letsTheRestGoOn(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		now := clock.NewFake(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		bus := events.New(d, quiet)
		bus.Clock = now
		events.React(bus, "test.thing", func(ctx context.Context, tx *db.Tx, f opened) error {
			if f.N == 0 {
				panic("poison")
			}
			return note(ctx, tx, "test.thing", f)
		})
		emit(t, d, opened{"x", 0})
		emit(t, d, opened{"x", 1})
		for range 20 {
			if _, err := bus.RunOnce(ctx); err != nil {
				t.Fatal(err)
			}
			now.Advance(time.Hour)
		}
		held, err := events.Parked(ctx, d, region, "", 10)
		if err != nil || len(held) != 1 {
			t.Fatal(held, err)
		}
		if err := bus.Discard(ctx, region, held[0].ID, "test"); err != nil {
			t.Fatal(err)
		}
		eventstest.Drain(t, bus)
		if got := seen(t, d, "test.thing", "x"); !slices.Equal(got, []int{1}) {
			t.Errorf("saw %v", got)
		}
	})
}

// Three dispatchers, many aggregates, some failures: every effect once, in order.
func TestRun_severalDispatchers(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(dbtest.As(t, "test"))
		var wg sync.WaitGroup
		for range 3 {
			bus := events.New(d, quiet)
			for _, name := range []string{"test.first", "test.second"} {
				events.React(bus, name, func(ctx context.Context, tx *db.Tx, f opened) error { return note(ctx, tx, name, f) })
			}
			for _, name := range []string{"test.tidy", "test.last"} {
				events.ReactTidy(bus, name, func(_ context.Context, tx *db.Tx, f opened) error { return noteTidily(tx, name, f) })
			}
			wg.Go(func() { bus.Run(ctx) })
		}
		const aggregates, each = 10, 8
		var writers sync.WaitGroup
		for a := range aggregates {
			writers.Go(func() {
				for n := range each {
					emit(t, d, opened{fmt.Sprint(a), n})
				}
			})
		}
		writers.Wait()
		for i := 0; left(t, d, "outbox") > 0 && i < 3000; i++ {
			time.Sleep(10 * time.Millisecond)
		}
		stop()
		wg.Wait()
		for a := range aggregates {
			for _, name := range []string{"test.first", "test.second", "test.tidy", "test.last"} {
				if got := seen(t, d, name, fmt.Sprint(a)); !slices.Equal(got, []int{0, 1, 2, 3, 4, 5, 6, 7}) {
					t.Errorf("%s of %d: %v", name, a, got)
				}
			}
		}
		if n := left(t, d, "inbox"); n != 0 {
			t.Errorf("%d inbox rows are left", n)
		}
	})
}

func TestRun_followsACommitClosely(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(dbtest.As(t, "test"))
		defer stop()
		bus := events.New(d, quiet)
		reached := make(chan int, 100)
		events.React(bus, "test.thing", func(_ context.Context, _ *db.Tx, f opened) error { reached <- f.N; return nil })
		go bus.Run(ctx)
		time.Sleep(50 * time.Millisecond)
		var took []time.Duration
		for n := range 10 {
			start := clock.Start()
			emit(t, d, opened{"x", n})
			<-reached
			took = append(took, clock.Elapsed(start))
			<-reached // the rehearsal is followed by the real run
		}
		slices.Sort(took)
		if took[5] > 100*time.Millisecond { // half a second would be polling
			t.Errorf("median from write to reaction: %v", took[5])
		}
		t.Logf("median from write to reaction: %v", took[5])
	})
}

// An outage of the database is no failed attempt.
func TestDispatch_outageIsNoAttempt(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		bus := events.New(d, quiet)
		away := true
		events.React(bus, "test.thing", func(ctx context.Context, tx *db.Tx, f opened) error {
			if away {
				return fmt.Errorf("store: %w", db.ErrUnavailable)
			}
			return note(ctx, tx, "test.thing", f)
		})
		emit(t, d, opened{"x", 0})
		for range 20 {
			if _, err := bus.RunOnce(context.Background()); !errors.Is(err, db.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		away = false
		eventstest.Drain(t, bus)
		if got := seen(t, d, "test.thing", "x"); len(got) != 1 {
			t.Errorf("saw %v", got)
		}
	})
}

// A tidy reaction whose rows somebody else changed runs again; one that cannot
// be done is held like any other.
func TestReactTidy_runsAgainWhenItIsStale(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		bus := events.New(d, quiet)
		runs := 0
		events.ReactTidy(bus, "test.thing", func(_ context.Context, tx *db.Tx, f opened) error {
			if runs++; f.N == 1 || runs < 4 {
				tx.Guarded(`UPDATE seen_fact SET n = n WHERE region = $1 AND id = $2`, region, "nobody")
			}
			return noteTidily(tx, "test.thing", f)
		})
		emit(t, d, opened{"x", 0})
		eventstest.Drain(t, bus)
		if got := seen(t, d, "test.thing", "x"); !slices.Equal(got, []int{0}) || runs < 4 {
			t.Errorf("saw %v after %d runs", got, runs)
		}
		emit(t, d, opened{"x", 1})
		if _, err := bus.RunOnce(ctx); err != nil {
			t.Fatal(err)
		}
		if got := seen(t, d, "test.thing", "x"); !slices.Equal(got, []int{0}) || left(t, d, "outbox") != 2 {
			t.Errorf("saw %v, %d facts wait", got, left(t, d, "outbox"))
		}
	})
}
