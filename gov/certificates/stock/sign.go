package stock

import (
	"context"
	"errors"

	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// signBatch is how many certificates are signed in one transaction; tests make
// it smaller.
var signBatch = 500

// sign has the next records of a released run signed.
func (s *Service) sign(ctx context.Context, run *Run) error {
	for run.at.Left > 0 {
		before, done := run.at, 0
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			run.at = before // the function may run again
			list, err := loadReady(ctx, tx, run.Region, run.ID, run.at.Cursor, min(signBatch, run.at.Left))
			if err != nil {
				return err
			}
			if done = len(list); done == 0 {
				run.at.Left = 0
			}
			for _, r := range list {
				if err := s.signOne(ctx, tx, run, r, r.Holder); err != nil {
					return err
				}
				run.at.Cursor, run.at.Left = r.Line, run.at.Left-1
				run.at.Progress.Rows++
			}
			audit.Record(ctx, tx, audit.Entry{Region: run.Region, Action: "certificates.stock.signed", Object: run.ID, Details: map[string]any{"records": done, "released_by": run.Releaser, "hash": run.File.Hash}})
			return s.keep(ctx, tx, run)
		})
		if errors.Is(err, db.ErrStale) { // one of them was signed on its first use meanwhile
			run.at = before
			continue
		}
		if err != nil {
			run.at = before
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// signOne signs a record in a transaction. What its type or the fonts refuse is
// noted with it and stops no other.
func (s *Service) signOne(ctx context.Context, tx *db.Tx, run *Run, r Record, holder string) error {
	t, err := s.Types.InForce(ctx, run.Type)
	if err != nil {
		return err
	}
	p, err := s.Certificates.IssueTx(ctx, tx, run.paper(t, r.Draft, holder))
	switch {
	case fault.IsKind(err, fault.KindInvalid):
		run.at.Report.Refused++
		return refuse(ctx, tx, r, fault.Of(err).Code)
	case err != nil:
		return err
	}
	run.at.Report.Signed++
	signed(tx, r, p.ID, holder)
	return nil
}

// FirstUse signs the records with a number that are released and not signed yet:
// somebody checks one of them. It tells how many there were.
func (s *Service) FirstUse(ctx context.Context, number string) (n int, err error) {
	list, err := wanted(ctx, s.DB, s.Regions, number)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	ctx = auth.System(ctx, "stock")
	for _, r := range list {
		err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.used(ctx, tx, r, r.Holder, "checked") })
		if err != nil && !errors.Is(err, db.ErrStale) {
			return n, err
		}
		n++
	}
	return n, nil
}

// used signs one record on its first use.
func (s *Service) used(ctx context.Context, tx *db.Tx, r Record, holder, why string) error {
	run, err := loadRun(ctx, tx, r.Region, r.Run)
	if err != nil {
		return err
	}
	if err := s.signOne(ctx, tx, &run, r, holder); err != nil {
		return err
	}
	audit.Record(ctx, tx, audit.Entry{Region: r.Region, Action: "certificates.stock.used", Object: r.Run, Details: map[string]any{"line": r.Line, "why": why, "released_by": run.Releaser, "hash": run.File.Hash}})
	return nil
}

// Claim joins released records to the holder who opens his papers, when number
// and name agree and his identity was confirmed; what is not signed yet is signed.
func (s *Service) Claim(ctx context.Context, holder string) error {
	number, who, err := s.People.WhoIs(ctx, s.DB, holder)
	if err != nil || number == "" || !sure(who) {
		return err
	}
	list, err := waiting(ctx, s.DB, s.Regions, number)
	if err != nil || len(list) == 0 {
		return err
	}
	ctx = auth.System(ctx, "stock")
	for _, r := range list {
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("one that is joined already")
			switch {
			case r.HolderName != who.Name:
				return doubtful(ctx, tx, r, who.Name)
			case r.State == RecordHeld:
				if err := s.used(ctx, tx, r, holder, "opened"); err != nil {
					return err
				}
			default:
				if err := s.Certificates.HoldTx(ctx, tx, r.Region, r.Paper, holder); err != nil {
					return err
				}
				if err := join(ctx, tx, r, holder); err != nil {
					return err
				}
			}
			audit.Record(ctx, tx, audit.Entry{Region: r.Region, Action: "certificates.stock.joined", Object: r.Run, Details: map[string]any{"line": r.Line, "holder": holder}})
			return nil
		})
		if err != nil && !errors.Is(err, db.ErrStale) {
			return err
		}
	}
	return nil
}

// Holds tells whether somebody is the holder that a certificate names: number
// and name agree, and his identity was confirmed.
func (s *Service) Holds(ctx context.Context, holder string, p certificates.Paper) bool {
	number, who, err := s.People.WhoIs(ctx, s.DB, holder)
	return err == nil && number != "" && sure(who) && number == p.HolderNumber && who.Name == p.HolderName
}

// HoldersOf are those who were joined to a certificate after it was signed.
func (s *Service) HoldersOf(ctx context.Context, r db.Reader, region, paper string) ([]string, error) {
	rec, err := ofPaper(ctx, r, region, paper)
	if errors.Is(err, ErrNoRecord) || err == nil && rec.Holder == "" {
		return nil, nil
	}
	return []string{rec.Holder}, err
}

// UsesFile tells whether the stock refers to a stored file; for sweeping the
// file store.
func (s *Service) UsesFile(ctx context.Context, hash string) (bool, error) {
	return annexInUse(ctx, s.DB, hash)
}

var _ People = (*identity.Service)(nil)
