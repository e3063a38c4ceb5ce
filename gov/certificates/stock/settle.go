package stock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/once"
)

// Settlement is what a clerk decides about a record in doubt.
type Settlement string

// The settlements.
const (
	Same    Settlement = "same"    // it is the same holder, under a name of then
	Other   Settlement = "other"   // it is somebody else; the certificate stays without a holder here
	Replace Settlement = "replace" // this record counts, not the one that had its number
	Drop    Settlement = "drop"    // it does not count
	Again   Settlement = "again"   // try to sign it again
)

// Settlements are those that a doubt allows.
func (r Record) Settlements() []Settlement {
	switch r.Doubt {
	case DoubtHolder:
		return []Settlement{Same, Other, Drop}
	case DoubtConflict:
		return []Settlement{Replace, Drop}
	case DoubtRefused:
		return []Settlement{Again, Drop}
	}
	return nil
}

// ErrNote refuses a settlement without a reason, or a longer one.
var ErrNote = fault.Invalid("certificates.stock.note")

// Settle decides about a record in doubt, with a reason that is kept.
func (s *Service) Settle(ctx context.Context, region, id string, line int, how Settlement, note string) (Record, error) {
	if note = strings.TrimSpace(note); note == "" || len([]rune(note)) > 300 {
		return Record{}, ErrNote
	}
	var out Record
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, fmt.Sprintf("certificates.stock.settle %s %d %s", id, line, how), func() (string, error) {
			run, err := loadRun(ctx, tx, region, id)
			if err == nil && run.may(ctx) != nil {
				err = ErrNoRun
			}
			if err == nil {
				err = authz.Require(ctx, MayTakeIn, run.object())
			}
			if err != nil {
				return "", err
			}
			if run.Busy() {
				return "", ErrNotNow
			}
			if out, err = loadRecord(ctx, tx, region, id, line); err != nil {
				return "", err
			}
			if err := s.settled(ctx, tx, run, &out, how, note); err != nil {
				return "", err
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.stock.settled", Object: id, Details: map[string]any{"line": line, "how": string(how), "note": note, "hash": run.File.Hash}})
			return id, nil
		})
		return err
	})
	return out, err
}

func (s *Service) settled(ctx context.Context, tx *db.Tx, run Run, r *Record, how Settlement, note string) error {
	was := r.Doubt
	r.Doubt, r.Note, r.Settled = NoDoubt, note, auth.From(ctx).Name
	switch {
	case was == DoubtHolder && how == Same:
		people, orgs, err := s.known(ctx, tx, run.Region, []row{{Record: *r}})
		if err != nil {
			return err
		}
		m, ok := orgs[r.HolderNumber]
		if !ok {
			m, ok = people[r.HolderNumber]
		}
		if !ok || !sure(m) {
			return ErrSettled
		}
		r.Match, r.Holder = Certain, m.ID
	case was == DoubtHolder && how == Other:
		r.Match = Unknown
	case was == DoubtRefused && how == Again:
	case was == DoubtConflict && how == Replace:
		if err := s.replace(ctx, tx, run, *r, note); err != nil {
			return err
		}
		r.State = RecordHeld
		if r.Match == Likely {
			r.Doubt = DoubtHolder // that remains to be looked at
		}
	case was != NoDoubt && how == Drop:
		r.State = RecordDiscarded
	default:
		return ErrSettled
	}
	if err := settle(ctx, tx, *r, was); err != nil {
		return ErrSettled.Because(err)
	}
	return nil
}

// replace takes out the record that had the number; a certificate that is
// signed is changed by the acts on certificates.
func (s *Service) replace(ctx context.Context, tx *db.Tx, run Run, r Record, note string) error {
	other, err := rival(ctx, tx, run, r.Number)
	if errors.Is(err, ErrNoRecord) {
		there, err := loadNumbers(ctx, tx, run, []string{r.Number})
		if err == nil && len(there) > 0 {
			err = ErrSettled
		}
		return err
	}
	if err != nil {
		return err
	}
	if other.State != RecordHeld {
		return ErrSettled
	}
	if err := discard(ctx, tx, other, note); err != nil {
		return ErrSettled.Because(err)
	}
	return nil
}

// Doubts gives records of a run that a clerk has to look at, after a line, and
// how many there are.
func (s *Service) Doubts(ctx context.Context, region, id string, after, limit int) ([]Record, int, error) {
	if _, err := s.Run(ctx, region, id); err != nil {
		return nil, 0, err
	}
	n, err := countDoubts(ctx, s.DB, region, id)
	if err != nil {
		return nil, 0, err
	}
	list, err := loadDoubts(ctx, s.DB, region, id, after, limit)
	return list, n, err
}

// Ready counts the records of a run that can be signed.
func (s *Service) Ready(ctx context.Context, run Run) (int, error) {
	if err := run.may(ctx); err != nil {
		return 0, err
	}
	return countReady(ctx, s.DB, run.Region, run.ID)
}

// Record returns one record of a run.
func (s *Service) Record(ctx context.Context, region, id string, line int) (Record, error) {
	if _, err := s.Run(ctx, region, id); err != nil {
		return Record{}, err
	}
	return loadRecord(ctx, s.DB, region, id, line)
}

// Scan opens the scan of a record for an officer, with the reading on record.
func (s *Service) Scan(ctx context.Context, region, id string, line int) (files.Ref, error) {
	r, err := s.Record(ctx, region, id, line)
	if err != nil {
		return files.Ref{}, err
	}
	if r.Annex.Hash == "" {
		return files.Ref{}, ErrNoRecord
	}
	return r.Annex, s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.stock.scan_read", Object: id, Details: map[string]any{"line": line}})
		return nil
	})
}

// Findings lists findings of a run, of one rule or of all, after a number; it
// gives the number of the last one too.
func (s *Service) Findings(ctx context.Context, region, id, rule string, after, limit int) ([]Finding, int, error) {
	if _, err := s.Run(ctx, region, id); err != nil {
		return nil, 0, err
	}
	return loadFindings(ctx, s.DB, region, id, rule, after, limit)
}

// WriteFindings writes the findings of a run with their rows as CSV.
func (s *Service) WriteFindings(ctx context.Context, region, id string, english bool, w io.Writer) error {
	var out *FindingsFile
	for after := 0; ; {
		list, last, err := s.Findings(ctx, region, id, "", after, 1000)
		if err != nil {
			return err
		}
		if out == nil {
			if out, err = NewFindingsFile(w, english); err != nil {
				return err
			}
		}
		for _, f := range list {
			if err := out.Write(f); err != nil {
				return err
			}
		}
		if after = last; len(list) < 1000 {
			return out.Close()
		}
	}
}
