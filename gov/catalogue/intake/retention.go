package intake

import (
	"context"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
)

// DefaultKeep is how long runs stay after the last thing that happened to them,
// with their files and the list of what was wrong.
const DefaultKeep = 90 * 24 * time.Hour

// sweepBatch is how many runs one round of Sweep takes away.
const sweepBatch = 20

// Kept is how long runs stay.
func (s *Service) Kept() time.Duration {
	if s.Keep > 0 {
		return s.Keep
	}
	return DefaultKeep
}

// Sweep takes away runs that nothing happened to for as long as they are kept,
// with their files; what they brought stays, and so does the record of them.
// Because: the files are whole catalogues, some with what a region did not mean
// to publish.
func (s *Service) Sweep(ctx context.Context) error {
	ctx = auth.System(ctx, "intake")
	cut := s.Clock.Now().Add(-s.Kept())
	for {
		old, err := oldRuns(ctx, s.DB, cut, sweepBatch)
		if err != nil {
			return err
		}
		for _, run := range old {
			if err := s.forget(ctx, run, cut); err != nil {
				return err
			}
		}
		if len(old) < sweepBatch {
			return nil
		}
	}
}

// forget takes a run away, its file first: after a crash between the two the
// next round goes on.
func (s *Service) forget(ctx context.Context, run Run, cut time.Time) error {
	others, err := runsOfFile(ctx, s.DB, run.File.Hash, run)
	if err != nil {
		return err
	}
	if others == 0 && s.Files != nil {
		if _, err := s.Files.Drop(run.File.Hash, cut); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		gone, err := deleteRun(ctx, tx, run, cut)
		if err != nil || !gone {
			tx.Unaudited("somebody works on the run again")
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: run.Region, Action: "catalogue.import.removed", Object: run.ID,
			Details: map[string]any{"file": run.FileName, "hash": run.File.Hash, "state": string(run.State), "last": run.Changed, "days": int(s.Kept().Hours() / 24)}})
		return forgetProblems(ctx, tx, run.Region, run.ID)
	})
}
