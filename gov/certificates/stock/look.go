package stock

import (
	"context"
	"errors"

	"tongban/gov/certificates"
)

// looked is how many records are shown to whoever looks at a run.
const looked = 10

// Look gives some records of a run for whoever is to release it: those from a
// line of the file on, or, from 0, some from all over the file.
func (s *Service) Look(ctx context.Context, run Run, from int) ([]Record, error) {
	if err := run.may(ctx); err != nil {
		return nil, err
	}
	if from > 0 {
		return loadFrom(ctx, s.DB, run.Region, run.ID, from, looked)
	}
	var out []Record
	next := 0
	for i := range looked {
		list, err := loadFrom(ctx, s.DB, run.Region, run.ID, max(next, run.Report.Rows*i/looked), 1)
		if err != nil || len(list) == 0 {
			return out, err
		}
		out, next = append(out, list[0]), list[0].Line+1
	}
	return out, nil
}

// Standing is what has the number of a record in conflict already: another
// record, or a certificate that was issued.
type Standing struct {
	Record          // Paper is not empty when it is signed
	FileName string // of its run; "" when it was issued in a case
}

// Rival finds what a record is in conflict with, so that a clerk can compare
// the two; false when nothing is.
func (s *Service) Rival(ctx context.Context, run Run, r Record) (Standing, bool, error) {
	if err := run.may(ctx); err != nil || r.Doubt != DoubtConflict {
		return Standing{}, false, err
	}
	other, err := rival(ctx, s.DB, run, r.Number)
	switch {
	case err == nil:
		of, err := loadRun(ctx, s.DB, other.Region, other.Run)
		return Standing{other, of.FileName}, err == nil, err
	case !errors.Is(err, ErrNoRecord):
		return Standing{}, false, err
	}
	var out Standing
	err = issued(ctx, s.DB, run, []string{r.Number}, func(p certificates.Paper) {
		out.Record = Record{Region: p.Region, Paper: p.ID, Draft: said(p)}
	})
	return out, out.Paper != "", err
}
