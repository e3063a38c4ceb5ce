package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
)

// Handler does the work of one kind, in the transaction that removes the job.
type Handler func(ctx context.Context, tx *db.Tx, j Job) error

// Runner runs due jobs.
type Runner struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	handlers map[string]Handler
}

// NewRunner returns a runner without handlers.
func NewRunner(d *db.DB, c clock.Clock, log *slog.Logger) *Runner {
	return &Runner{DB: d, Clock: c, Log: log, handlers: map[string]Handler{}}
}

// Handle registers the handler of a kind.
func (r *Runner) Handle(kind string, h Handler) { r.handlers[kind] = h }

type due struct {
	Job
	attempts int
}

func scanDue(row db.Row) (j due, err error) {
	var at db.Time
	err = row.Scan(&j.Region, &j.Kind, &j.Key, &at, &j.Payload, &j.attempts)
	j.At = at.Time
	return j, err
}

const batch = 256

// RunOnce runs the jobs that are due now and returns how many ran.
func (r *Runner) RunOnce(ctx context.Context) (int, error) { return r.runAt(ctx, r.Clock.Now()) }

func (r *Runner) runAt(ctx context.Context, now time.Time) (int, error) {
	ctx = auth.System(ctx, "schedule")
	list, err := db.All(ctx, r.DB, scanDue, `SELECT region, kind, key, due_at, payload, attempts FROM schedule_job
		WHERE run_at <= $1 ORDER BY run_at, region, kind, key LIMIT $2`, db.At(now), batch)
	if err != nil {
		return 0, err
	}
	ran := 0
	for _, j := range list {
		if ctx.Err() != nil {
			return ran, ctx.Err()
		}
		err := r.run(ctx, j, now)
		switch {
		case err == nil:
			ran++
		case errors.Is(err, db.ErrUnavailable), errors.Is(err, db.ErrOutcomeUnknown), ctx.Err() != nil:
			return ran, err // nobody's failure
		default:
			r.Log.Error("job failed", "kind", j.Kind, "key", j.Key, "attempt", j.attempts+1, "error", err)
			if err := r.postpone(ctx, j, now, err); err != nil {
				return ran, err
			}
		}
	}
	return ran, nil
}

// run runs one job, unless it was moved, cancelled or run meanwhile.
func (r *Runner) run(ctx context.Context, j due, now time.Time) error {
	h, ok := r.handlers[j.Kind]
	if !ok {
		return fmt.Errorf("no handler for jobs of kind %q", j.Kind)
	}
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("a due job whose handler changes nothing")
		n, err := tx.Exec(ctx, `DELETE FROM schedule_job WHERE region = $1 AND kind = $2 AND key = $3 AND due_at = $4 AND run_at <= $5`,
			j.Region, j.Kind, j.Key, db.At(j.At), db.At(now))
		if err != nil || n == 0 {
			return err
		}
		return h(ctx, tx, j.Job)
	})
}

// postpone plans the next attempt: after 10 s, 20 s, 40 s … at most an hour.
func (r *Runner) postpone(ctx context.Context, j due, now time.Time, cause error) error {
	wait := min(10*time.Second<<min(j.attempts, 20), time.Hour)
	return r.DB.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("retry bookkeeping")
		_, err := tx.Exec(ctx, `UPDATE schedule_job SET attempts = attempts + 1, failure = $5, run_at = $6
			WHERE region = $1 AND kind = $2 AND key = $3 AND due_at = $4 AND attempts = $7`,
			j.Region, j.Kind, j.Key, db.At(j.At), cause.Error(), db.At(now.Add(wait)), j.attempts)
		return err
	})
}

// Run runs due jobs until ctx ends. It looks once a second and when a job was
// set in this process.
func (r *Runner) Run(ctx context.Context) {
	woken := r.DB.Woken(topic)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	s := steady{}
	start := clock.Start()
	for {
		now := r.Clock.Now()
		if r.Clock == clock.System { // a clock that somebody moves on purpose is believed
			var held bool
			if now, held = s.now(now, clock.Elapsed(start)); held {
				r.Log.Error("the clock leapt ahead; jobs that only the leap made due wait", "clock", r.Clock.Now(), "believed", now)
			}
		}
		n, err := r.runAt(ctx, now)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("schedule", "error", err)
		}
		if n == batch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}

const (
	leap   = 5 * time.Minute  // a clock this much ahead of the time that passed has been changed
	settle = 10 * time.Minute // how long the change must stand before it is believed
)

// steady tells the time that jobs may trust: the machine's clock, but after a
// leap ahead, for a while, the time that has really passed.
type steady struct {
	wall   time.Time     // believed at …
	passed time.Duration // … this much monotonic time
	leapt  time.Duration // since when the clock is ahead
	ahead  bool
}

// now takes the clock and the monotonic time, and returns the time to trust;
// held is true when a leap is noticed.
func (s *steady) now(wall time.Time, passed time.Duration) (trusted time.Time, held bool) {
	if s.wall.IsZero() {
		s.wall, s.passed = wall, passed
		return wall, false
	}
	expected := s.wall.Add(passed - s.passed)
	if wall.Sub(expected) <= leap {
		s.wall, s.passed, s.ahead = wall, passed, false
		return wall, false
	}
	if !s.ahead {
		s.ahead, s.leapt, held = true, passed, true
	}
	if passed-s.leapt >= settle {
		s.wall, s.passed, s.ahead = wall, passed, false
		return wall, false
	}
	return expected, held
}
