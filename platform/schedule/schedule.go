package schedule

import (
	"context"
	"embed"
	"io/fs"
	"time"

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

// topic wakes the runner.
const topic = "schedule"

// Set plans j, or moves it when its key is planned already.
func Set(tx *db.Tx, j Job) {
	tx.Wake(topic)
	tx.Later(`INSERT INTO schedule_job (region, kind, key, due_at, run_at, payload) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (region, kind, key) DO UPDATE SET due_at = excluded.due_at, run_at = excluded.run_at, payload = excluded.payload,
			attempts = 0, failure = ''`,
		j.Region, j.Kind, j.Key, db.At(j.At), db.At(j.At), j.Payload)
}

// Cancel drops a job; it is no error when there is none.
func Cancel(tx *db.Tx, region, kind, key string) {
	tx.Later(`DELETE FROM schedule_job WHERE region = $1 AND kind = $2 AND key = $3`, region, kind, key)
}

// Failed is a job whose last attempt failed.
type Failed struct {
	Job
	Attempts int
	Failure  string // why the last attempt failed, for the operator
	RunAt    time.Time
}

// Failing lists the jobs of a region that failed and will be tried again.
func Failing(ctx context.Context, r db.Reader, region string, limit int) ([]Failed, error) {
	return db.All(ctx, r, func(row db.Row) (f Failed, err error) {
		var at, run db.Time
		err = row.Scan(&f.Region, &f.Kind, &f.Key, &at, &f.Payload, &f.Attempts, &f.Failure, &run)
		f.At, f.RunAt = at.Time, run.Time
		return f, err
	}, `SELECT region, kind, key, due_at, payload, attempts, failure, run_at FROM schedule_job
		WHERE region = $1 AND attempts > 0 ORDER BY kind, key LIMIT $2`, region, min(max(limit, 1), 500))
}

// Backlog tells how many jobs are overdue at now and how many have failed.
func Backlog(ctx context.Context, r db.Reader, now time.Time) (overdue, failing int64, err error) {
	_, err = db.One(ctx, r, func(row db.Row) (struct{}, error) { return struct{}{}, row.Scan(&overdue, &failing) },
		`SELECT count(*), count(*) FILTER (WHERE attempts > 0) FROM schedule_job WHERE due_at <= $1`, db.At(now))
	return overdue, failing, err
}
