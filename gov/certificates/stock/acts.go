package stock

import (
	"context"
	"io"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/certificates/kinds"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/files"
	"tongban/platform/once"
)

// SetMapping changes the mapping of a run that nothing was taken in of; with a
// name it is kept for the next file of the type.
func (s *Service) SetMapping(ctx context.Context, region, id string, m Map) (Run, error) {
	if n := len([]rune(strings.TrimSpace(m.Name))); n > 60 {
		return Run{}, ErrMapName
	}
	return s.act(ctx, region, id, MayTakeIn, "certificates.stock.mapped", func(tx *db.Tx, run *Run, t kinds.Type) (map[string]any, error) {
		if run.State != Mapping && run.State != Tried && !(run.State == Failed && run.Job == Try) {
			return nil, ErrNotNow
		}
		run.Map, run.State = m.clean(t), Mapping
		run.Map.Name = strings.TrimSpace(m.Name)
		if run.Map.Name != "" {
			if err := saveMap(ctx, tx, *run, s.Clock.Now()); err != nil {
				return nil, err
			}
		}
		return map[string]any{"columns": len(run.Map.Columns), "name": run.Map.Name}, nil
	})
}

// SetScans keeps the archive of scans of a run that nothing was taken in of.
func (s *Service) SetScans(ctx context.Context, region, id, name string, r io.Reader) (Run, error) {
	run, err := s.Run(ctx, region, id)
	if err == nil {
		err = authz.Require(ctx, MayTakeIn, run.object())
	}
	if err != nil {
		return Run{}, err
	}
	if run.Annexes, err = s.Files.PutNamed(ctx, name, r, MaxUpload, []files.Kind{files.Data}); err != nil {
		return Run{}, err
	}
	a, err := s.annexesOf(run)
	if err != nil {
		return Run{}, err
	}
	a.Close()
	kept := run.Annexes
	return s.act(ctx, region, id, MayTakeIn, "certificates.stock.scans_put", func(tx *db.Tx, run *Run, _ kinds.Type) (map[string]any, error) {
		if run.State != Mapping && run.State != Tried {
			return nil, ErrNotNow
		}
		run.State, run.Annexes, run.AnnexName = Mapping, kept, name
		return map[string]any{"scans": kept.Hash}, nil
	})
}

// act changes a run in one transaction, with its record.
func (s *Service) act(ctx context.Context, region, id string, may authz.Permission, action string, f func(tx *db.Tx, run *Run, t kinds.Type) (map[string]any, error)) (Run, error) {
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, action+" "+id, func() (string, error) {
			run, err := loadRun(ctx, tx, region, id)
			if err == nil && run.may(ctx) != nil {
				err = ErrNoRun
			}
			if err == nil {
				err = authz.Require(ctx, may, run.object())
			}
			if err != nil {
				return "", err
			}
			t, err := s.Types.InForce(ctx, run.Type)
			if err != nil {
				return "", err
			}
			details, err := f(tx, &run, t)
			if err != nil {
				return "", err
			}
			if details == nil {
				details = map[string]any{}
			}
			details["file"], details["hash"] = run.FileName, run.File.Hash
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: action, Object: id, Details: details})
			if run.State == Queued {
				tx.Wake(topic)
			}
			return id, saveRun(ctx, tx, run, s.Clock.Now())
		})
		return err
	})
	if err != nil {
		return Run{}, err
	}
	return s.Run(ctx, region, id)
}

// Start lets a run begin: as a dry run, or for real after one.
func (s *Service) Start(ctx context.Context, region, id string, dry bool) (Run, error) {
	action := "certificates.stock.started"
	if dry {
		action = "certificates.stock.tried"
	}
	return s.act(ctx, region, id, MayTakeIn, action, func(tx *db.Tx, run *Run, t kinds.Type) (map[string]any, error) {
		if missing := run.Map.Missing(t); len(missing) > 0 {
			var zh, en []string
			for _, m := range missing {
				zh, en = append(zh, m.Label.Zh), append(en, m.Label.En)
			}
			return nil, ErrMissing.With("fields", catalogue.Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")})
		}
		again := run.State == Mapping || run.State == Tried || run.State == Failed && run.Job == Try
		switch {
		case dry && !again, !dry && run.State != Tried:
			return nil, ErrNotNow
		}
		if _, err := s.issues(ctx, *run, t); err != nil {
			return nil, err
		}
		run.State, run.Job = Queued, Take
		if dry {
			run.Job = Try
		}
		run.at = checkpoint{Folder: run.at.Folder, Progress: Progress{Size: run.File.Size}, Report: Report{By: auth.From(ctx).ID}}
		run.Failure = catalogue.Text{}
		return nil, forgetFindings(ctx, tx, region, id)
	})
}

// Pause stops a run where its last commit left it.
func (s *Service) Pause(ctx context.Context, region, id string) (Run, error) {
	return s.act(ctx, region, id, MayTakeIn, "certificates.stock.paused", func(_ *db.Tx, run *Run, _ kinds.Type) (map[string]any, error) {
		if !run.Busy() || run.Job == Undo {
			return nil, ErrNotNow
		}
		run.State = Paused
		return map[string]any{"rows": run.at.Rows}, nil
	})
}

// Resume lets a paused or failed run go on from where it was.
func (s *Service) Resume(ctx context.Context, region, id string) (Run, error) {
	return s.act(ctx, region, id, MayTakeIn, "certificates.stock.resumed", func(_ *db.Tx, run *Run, _ kinds.Type) (map[string]any, error) {
		if run.State != Paused && run.State != Failed {
			return nil, ErrNotNow
		}
		run.State, run.Failure = Queued, catalogue.Text{}
		return map[string]any{"rows": run.at.Rows}, nil
	})
}

// Withdraw takes a run back that was not released: its records are removed, and
// what it was stays in the record.
func (s *Service) Withdraw(ctx context.Context, region, id string) (Run, error) {
	return s.act(ctx, region, id, MayTakeIn, "certificates.stock.withdrawn", func(_ *db.Tx, run *Run, _ kinds.Type) (map[string]any, error) {
		if !run.MayWithdraw() {
			return nil, ErrNotNow
		}
		run.State, run.Job, run.Failure = Queued, Undo, catalogue.Text{}
		return map[string]any{"records": run.Report.Taken}, nil
	})
}

// Release says that what was taken in may be signed: by an officer of the
// issuing authority who is not the one that took it in.
//
// Because: a table is one mistake in a million certificates; two people look.
func (s *Service) Release(ctx context.Context, region, id string) (Run, error) {
	return s.act(ctx, region, id, MayRelease, "certificates.stock.released", func(_ *db.Tx, run *Run, t kinds.Type) (map[string]any, error) {
		by := auth.From(ctx)
		switch {
		case run.State != Held:
			return nil, ErrNotNow
		case by.ID == run.By || by.ID == run.at.Report.By:
			return nil, ErrSamePerson
		case run.Report.Taken == 0:
			return nil, ErrNothing
		}
		doubt, err := s.issues(ctx, *run, t)
		if err != nil {
			return nil, err
		}
		run.State, run.Released, run.ReleasedBy, run.Releaser = Released, s.Clock.Now(), by.ID, by.Name
		return map[string]any{"records": run.Report.Taken, "begun_by": run.ByName, "issuer_not_said": doubt}, nil
	})
}

// Issue has the next n records signed, in the order of the file; 0 is all of
// them. Those in doubt are passed over.
func (s *Service) Issue(ctx context.Context, region, id string, n int) (Run, error) {
	return s.act(ctx, region, id, MayRelease, "certificates.stock.ordered", func(tx *db.Tx, run *Run, t kinds.Type) (map[string]any, error) {
		if run.State != Released && run.State != Issued || n < 0 {
			return nil, ErrNotNow
		}
		if _, err := s.issues(ctx, *run, t); err != nil {
			return nil, err
		}
		ready, err := countReady(ctx, tx, region, id)
		if err != nil {
			return nil, err
		}
		if ready == 0 {
			return nil, ErrNothing
		}
		if n == 0 || n > ready {
			n = ready
		}
		run.State, run.Job = Queued, Sign
		run.at.Cursor, run.at.Left = 0, n
		run.at.Progress = Progress{Of: n}
		return map[string]any{"records": n}, nil
	})
}
