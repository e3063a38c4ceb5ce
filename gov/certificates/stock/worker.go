package stock

import (
	"context"
	"errors"
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// lease is how long a run belongs to a process that is silent: so long a run
// rests after a crash. Who is at work says so far more often.
const lease = 30 * time.Second

// errLost says that the run is not this process's any more: it was paused, or
// another process has it.
var errLost = errors.New("stock: the run is not ours any more")

// Work does runs until ctx ends, those first that wait longest. A run whose
// process went away is taken over where its last commit left it.
func (s *Service) Work(ctx context.Context) {
	woken := s.DB.Woken(topic)
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		for {
			did, err := s.WorkOnce(ctx)
			if err != nil && ctx.Err() == nil {
				s.Log.Error("stock", "error", err)
			}
			if !did || err != nil || ctx.Err() != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}

// WorkOnce does the next run, if there is one.
func (s *Service) WorkOnce(ctx context.Context) (bool, error) {
	ctx = auth.System(ctx, "stock")
	run, ok, err := s.claim(ctx)
	if err != nil || !ok {
		return false, err
	}
	err = s.work(ctx, run)
	if errors.Is(err, errLost) {
		err = nil
	}
	return true, err
}

func (s *Service) claim(ctx context.Context) (run Run, ok bool, err error) {
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("whose turn it is")
		run, ok, err = nextRun(ctx, tx, now)
		if err != nil || !ok {
			return err
		}
		run.State, run.attempt = Running, run.attempt+1
		run.at.Progress.Started, run.at.Progress.Began = now, run.at.Progress.Rows
		return takeRun(ctx, tx, run, now, now.Add(lease))
	})
	return run, ok, err
}

// work does what the run is to do, and says how it ended.
func (s *Service) work(ctx context.Context, run Run) error {
	var err error
	switch run.Job {
	case Sign:
		err = s.sign(ctx, &run)
	case Undo:
		err = s.undo(ctx, &run)
	default:
		err = s.take(ctx, &run)
	}
	if errors.Is(err, errLost) {
		return err
	}
	if ctx.Err() != nil || errors.Is(err, db.ErrUnavailable) || errors.Is(err, db.ErrOutcomeUnknown) {
		return err // nobody's failure: the next process goes on
	}
	if err != nil {
		s.Log.Error("stock", "run", run.ID, "error", err)
		run.State, run.Failure = Failed, wordsOf(err)
	} else if run.State, err = s.after(ctx, run); err != nil {
		return err
	}
	now := s.Clock.Now()
	run.at.Progress.Now = now
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: run.Region, Action: "certificates.stock.ended", Object: run.ID, At: now, Details: map[string]any{"state": string(run.State), "job": string(run.Job),
			"rows": run.at.Report.Rows, "taken": run.at.Report.Taken, "rejected": run.at.Report.Rejected, "conflicts": run.at.Report.Conflicts, "signed": run.at.Report.Signed}})
		return endRun(ctx, tx, run, now)
	})
}

// after is the state of a run whose job is done.
func (s *Service) after(ctx context.Context, run Run) (State, error) {
	switch run.Job {
	case Try:
		return Tried, nil
	case Take:
		return Held, nil
	case Undo:
		return Withdrawn, nil
	}
	ready, err := countReady(ctx, s.DB, run.Region, run.ID)
	if ready > 0 {
		return Released, err
	}
	return Issued, err
}

// wordsOf keeps a failure for whoever looks later, in both languages.
func wordsOf(err error) catalogue.Text {
	f := fault.Of(err)
	if t, ok := f.Details["problem"].(catalogue.Text); ok {
		return t
	}
	return catalogue.Text{Zh: "没有完成（" + f.Code + "）", En: "not completed (" + f.Code + ")"}
}

// keep notes where the run is, in the transaction of what it did.
func (s *Service) keep(ctx context.Context, tx *db.Tx, run *Run) error {
	now := s.Clock.Now()
	run.at.Progress.Now = now
	n, err := saveCheckpoint(ctx, tx, *run, now.Add(lease))
	if err == nil && n == 0 {
		return errLost
	}
	return err
}

// alive says that this process is at work where nothing is written for long:
// large scans are read, or rows that an earlier process took.
func (s *Service) alive(ctx context.Context, run *Run) error {
	return s.DB.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("how far a run is")
		return s.keep(ctx, tx, run)
	})
}

// undoBatch is how many records one transaction takes away.
const undoBatch = 5000

// undo takes the records of a run away. What it was stays in the record.
func (s *Service) undo(ctx context.Context, run *Run) error {
	for {
		gone := int64(0)
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			if gone, err = deleteRecords(ctx, tx, run.Region, run.ID, undoBatch); err != nil {
				return err
			}
			audit.Record(ctx, tx, audit.Entry{Region: run.Region, Action: "certificates.stock.removed", Object: run.ID, Details: map[string]any{"records": gone}})
			if gone < undoBatch {
				if err := forgetFindings(ctx, tx, run.Region, run.ID); err != nil {
					return err
				}
			}
			return s.keep(ctx, tx, run)
		})
		if err != nil || gone < undoBatch {
			return err
		}
	}
}
