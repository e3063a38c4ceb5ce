package schedule

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the schedule.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "schedule", FS: sub}
}

// Job is one piece of work that falls due.
type Job struct {
	Region  string
	Kind    string // which handler
	Key     string // unique within region and kind; Set again moves it
	At      time.Time
	Payload string
}

// Set plans j, or moves it when its key is planned already.
func Set(ctx context.Context, tx *db.Tx, j Job) error {
	_, err := tx.Exec(ctx, `INSERT INTO schedule_job (region, kind, key, due_at, payload) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (region, kind, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, attempts = 0, failure = ''`,
		j.Region, j.Kind, j.Key, db.At(j.At), j.Payload)
	return err
}

// Cancel drops a job; it is no error when there is none.
func Cancel(ctx context.Context, tx *db.Tx, region, kind, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM schedule_job WHERE region = $1 AND kind = $2 AND key = $3`, region, kind, key)
	return err
}

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

func scanJob(row db.Row) (j Job, err error) {
	var at db.Time
	err = row.Scan(&j.Region, &j.Kind, &j.Key, &at, &j.Payload)
	j.At = at.Time
	return j, err
}

// RunOnce runs the jobs that are due now and returns how many ran.
func (r *Runner) RunOnce(ctx context.Context) (int, error) {
	ctx = auth.System(ctx, "schedule")
	due, err := db.All(ctx, r.DB, scanJob, `SELECT region, kind, key, due_at, payload FROM schedule_job
		WHERE due_at <= $1 ORDER BY due_at LIMIT 256`, db.At(r.Clock.Now()))
	if err != nil {
		return 0, err
	}
	ran := 0
	for _, j := range due {
		h, ok := r.handlers[j.Kind]
		if !ok {
			r.Log.Error("no handler for job", "kind", j.Kind)
			continue
		}
		err := r.DB.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `DELETE FROM schedule_job WHERE region = $1 AND kind = $2 AND key = $3 AND due_at = $4`, j.Region, j.Kind, j.Key, db.At(j.At))
			tx.Unaudited("a due job whose handler changes nothing")
			if err != nil || n == 0 {
				return err // moved or cancelled meanwhile
			}
			return h(ctx, tx, j)
		})
		if err != nil {
			r.Log.Error("job failed", "kind", j.Kind, "key", j.Key, "error", err)
			if err := r.postpone(ctx, j, err); err != nil {
				return ran, err
			}
			continue
		}
		ran++
	}
	return ran, nil
}

func (r *Runner) postpone(ctx context.Context, j Job, cause error) error {
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("retry bookkeeping")
		_, err := tx.Exec(ctx, `UPDATE schedule_job SET attempts = attempts + 1, failure = $5, due_at = $6 WHERE region = $1 AND kind = $2 AND key = $3 AND due_at = $4`,
			j.Region, j.Kind, j.Key, db.At(j.At), cause.Error(), db.At(r.Clock.Now().Add(time.Minute)))
		return err
	})
}

// Run runs due jobs until ctx ends, looking once a second.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if _, err := r.RunOnce(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("schedule", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
