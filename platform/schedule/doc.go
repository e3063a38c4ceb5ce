// Package schedule is work that falls due: reminders, deadlines, retries.
//
// # Purpose
//
// A capability sets a job in its transaction; the runner finds due jobs and
// runs the handler of their kind in a transaction that also removes the job.
//
// # How to use
//
//	schedule.Set(tx, schedule.Job{Region: r, Kind: "casework.timer", Key: caseID + "/" + timer, At: due})
//	runner.Handle("casework.timer", func(ctx context.Context, tx *db.Tx, j schedule.Job) error { … })
//	go runner.Run(ctx)
//
// # Guarantees
//
// A job runs once in effect, however many runners there are: its removal and its
// effect share a commit. Work that fell due while nothing ran is caught up, in
// the order of the due times. A job that fails is tried again, after ten
// seconds first and at least every hour, and is never dropped; Failing lists
// such jobs. Job.At stays the time it was due.
//
// Nothing is early by the runner's clock. Run also distrusts the machine's
// clock: when it leaps ahead of the time that has passed by more than
// five minutes, jobs that only the leap made due wait ten minutes, in which the
// clock may be put right. A clock that goes back delays jobs, and none runs twice.
package schedule
