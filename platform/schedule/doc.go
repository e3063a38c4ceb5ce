// Package schedule is work that falls due: reminders, deadlines, retries.
//
// # Purpose
//
// A capability sets a job in its transaction; the runner claims due jobs and
// runs the handler of their kind in a transaction that also removes the job.
//
// # How to use
//
//	schedule.Set(ctx, tx, schedule.Job{Region: r, Kind: "casework.timer", Key: caseID + "/" + timer, At: due})
//	runner.Handle("casework.timer", func(ctx context.Context, tx *db.Tx, j schedule.Job) error { … })
//
// # Guarantees
//
// A job runs once in effect: its removal and its effect share a commit. It is
// never early, measured by the runner's clock; a clock that jumps back delays it.
package schedule
