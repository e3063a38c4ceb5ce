package stock

import (
	"context"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/files"
)

// DefaultKeep is how long the file of a run stays after the last thing that
// happened to the run, with the list of what was wrong.
const DefaultKeep = 90 * 24 * time.Hour

// sweepBatch is how many runs one round of Sweep clears.
const sweepBatch = 20

// Kept is how long files and findings stay.
func (s *Service) Kept() time.Duration {
	if s.Keep > 0 {
		return s.Keep
	}
	return DefaultKeep
}

// Sweep takes away files and findings of runs that nothing happened to for as
// long as they are kept, and drafts that nobody took in. Records, their scans
// and what was signed stay, and so does the digest of the file.
//
// Law: 个人信息保护法 art. 19: kept no longer than the purpose needs.
func (s *Service) Sweep(ctx context.Context) error {
	ctx = auth.System(ctx, "stock")
	cut := s.Clock.Now().Add(-s.Kept())
	for _, region := range s.Regions {
		for {
			old, err := oldRuns(ctx, s.DB, region, cut, sweepBatch)
			if err != nil {
				return err
			}
			for _, run := range old {
				if err := s.forget(ctx, run, cut); err != nil {
					return err
				}
			}
			if len(old) < sweepBatch {
				break
			}
		}
	}
	return nil
}

// forget drops the files of a run first: after a crash between the two the next
// round goes on.
func (s *Service) forget(ctx context.Context, run Run, cut time.Time) error {
	for _, f := range []files.Ref{run.File, run.Annexes} {
		others, err := runsOfFile(ctx, s.DB, f.Hash, run)
		if err != nil {
			return err
		}
		if f.Hash != "" && others == 0 {
			if _, err := s.Files.Drop(f.Hash, cut); err != nil {
				return err
			}
		}
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		gone, err := sweepRun(ctx, tx, run, cut, s.Clock.Now())
		if err != nil || !gone {
			tx.Unaudited("somebody works on the run again")
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: run.Region, Action: "certificates.stock.swept", Object: run.ID,
			Details: map[string]any{"file": run.FileName, "hash": run.File.Hash, "state": string(run.State), "days": int(s.Kept().Hours() / 24)}})
		return forgetFindings(ctx, tx, run.Region, run.ID)
	})
}
