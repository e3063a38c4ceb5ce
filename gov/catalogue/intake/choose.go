package intake

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// SampleRows is how many rows of a table are looked at to propose a mapping.
const SampleRows = 200

// Look reads the first rows of every table of a source.
func Look(src *source.Source) ([]mapping.Sample, error) {
	var out []mapping.Sample
	for _, e := range src.Tables {
		s, err := mapping.Peek(e, SampleRows)
		if source.Empty(err) {
			continue
		}
		if err != nil {
			return nil, explained(err)
		}
		out = append(out, s)
	}
	return out, nil
}

// Propose makes a mapping for a source: its format, and for a sheet which
// column seems to mean what.
func Propose(samples []mapping.Sample) (mapping.Mapping, map[string][]mapping.Guess) {
	f := mapping.ProposeFormat(samples)
	if f == mapping.Sheet {
		return mapping.Propose(samples)
	}
	return mapping.Mapping{Format: f}, nil
}

// Saved is a mapping that somebody saved.
type Saved struct {
	mapping.Mapping
	By string
}

// Faults of saved mappings.
var (
	ErrNoMapping = fault.NotFound("catalogue.intake.no_mapping")
	ErrName      = fault.Invalid("catalogue.intake.mapping_name")
)

// Mappings lists the saved mappings of a region by name.
func (s *Service) Mappings(ctx context.Context, region string) ([]Saved, error) {
	if err := authz.Require(ctx, catalogue.MayImportItems, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	return loadMappings(ctx, s.DB, region)
}

// Mapping returns a saved mapping.
func (s *Service) Mapping(ctx context.Context, region, name string) (mapping.Mapping, error) {
	list, err := s.Mappings(ctx, region)
	if err != nil {
		return mapping.Mapping{}, err
	}
	i := slices.IndexFunc(list, func(m Saved) bool { return m.Name == name })
	if i < 0 {
		return mapping.Mapping{}, ErrNoMapping.With("name", name)
	}
	return list[i].Mapping, nil
}

// SaveMapping keeps a mapping by its name, over an older one of that name.
func (s *Service) SaveMapping(ctx context.Context, region string, m mapping.Mapping) error {
	if err := authz.Require(ctx, catalogue.MayImportItems, authz.Object{Region: region}); err != nil {
		return err
	}
	if n := len([]rune(m.Name)); n == 0 || n > 60 {
		return ErrName
	}
	if err := m.Check(); err != nil {
		return explained(err)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "catalogue.mapping.saved", Object: m.Name, Details: map[string]any{"format": m.Format, "columns": len(m.Columns[mapping.Item])}})
		return saveMapping(ctx, tx, region, m, s.Clock.Now())
	})
}

// Errors writes problems with their rows as CSV, for a spreadsheet.
type Errors struct {
	w       *csv.Writer
	english bool
	begun   bool
}

// NewErrors begins a file of problems.
func NewErrors(w io.Writer, english bool) *Errors {
	return &Errors{w: csv.NewWriter(w), english: english}
}

// Write adds a problem.
func (e *Errors) Write(p Problem) error {
	if !e.begun {
		e.begun = true
		head := []string{"\ufeff表", "行", "列", "程度", "问题和办法", "原行"}
		if e.english {
			head = []string{"\ufefftable", "line", "column", "severity", "problem and what to do", "row"}
		}
		if err := e.w.Write(head); err != nil {
			return err
		}
	}
	say := func(zh, en string) string {
		if e.english {
			return en
		}
		return zh
	}
	grade := say("有错", "error")
	if p.Warning {
		grade = say("提醒", "warning")
	}
	cells := []string{p.Table, strconv.Itoa(p.Line), p.Field, grade, say(p.Zh, p.En), p.Raw}
	for i := range cells {
		cells[i] = source.Escape(cells[i])
	}
	return e.w.Write(cells)
}

// Close writes what is left.
func (e *Errors) Close() error {
	e.w.Flush()
	return e.w.Error()
}
