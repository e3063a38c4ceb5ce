package catalogue

import (
	"cmp"
	"context"
	"errors"
	"io"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/places"
	"tongban/gov/catalogue/shelf"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/forms"
	"tongban/platform/id"
)

// Division is one administrative division (行政区划).
type Division struct {
	Code   string `json:"code"` // six digits, nine for townships
	Name   string `json:"name"`
	Level  int    `json:"level"`  // 1 province, 2 prefecture, 3 county, 4 township
	Parent string `json:"parent"` // "" for provinces
	From   string `json:"valid_from,omitempty"`
	Until  string `json:"valid_until,omitempty"` // the day before which it was valid; "" in force
}

// DivisionOptions says how to import divisions.
type DivisionOptions struct {
	ImportOptions
	Since string // YYYY-MM-DD from which the list holds; "" for the first list
	All   bool   // the list is complete: what it lacks ended on Since
}

// ImportDivisions imports code, name, level and parent, one division a row
// with a header. A division whose name or parent changed gets a new row valid
// from Since, and the old one ends there.
func (s *Service) ImportDivisions(ctx context.Context, r io.Reader, opt DivisionOptions) (Report, error) {
	report := Report{DryRun: opt.DryRun}
	if err := authz.Require(ctx, MayImportItems, authz.Object{}); err != nil {
		return report, err
	}
	list, err := readDivisions(r, &report, opt.ImportOptions)
	if err != nil {
		return report, err
	}
	there, err := loadDivisions(ctx, s.DB)
	if err != nil {
		return report, err
	}
	fresh, ended := compareDivisions(list, there, opt, &report)
	if opt.DryRun {
		return report, nil
	}
	for start := 0; start < len(fresh) || start == 0 && len(ended) > 0; start += divisionChunk {
		part := fresh[min(start, len(fresh)):min(start+divisionChunk, len(fresh))]
		gone := ended
		if start > 0 {
			gone = nil
		}
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			audit.Record(ctx, tx, audit.Entry{Region: "000000", Action: "catalogue.divisions.imported", Object: opt.Name,
				Details: map[string]any{"rows": len(part), "ended": len(gone), "as_of": opt.Since}})
			if err := saveDivisions(ctx, tx, part, gone, opt.Since); err != nil {
				return err
			}
			return saveImportHash(ctx, tx, "000000", "divisions.stamp", id.New("div"), report, s.Clock.Now())
		})
		if err != nil {
			return report, err
		}
		if opt.Progress != nil {
			opt.Progress(min(start+divisionChunk, len(fresh)))
		}
	}
	s.places.Forget()
	return report, nil
}

const divisionChunk = 5000

func compareDivisions(list []Division, there map[string]Division, opt DivisionOptions, report *Report) (fresh, ended []Division) {
	listed := map[string]bool{}
	for _, d := range list {
		listed[d.Code] = true
		old, known := there[d.Code]
		switch {
		case !known:
			report.New++
		case old.Name == d.Name && old.Parent == d.Parent && old.Level == d.Level:
			report.Same++
			continue
		default:
			report.Changed++
			if old.From != opt.Since {
				ended = append(ended, old)
			}
		}
		d.From = opt.Since
		fresh = append(fresh, d)
	}
	if opt.All && opt.Since != "" {
		for code, old := range there {
			if !listed[code] {
				ended = append(ended, old)
			}
		}
	}
	return fresh, ended
}

// readDivisions reads the rows; broken ones are reported and left out.
func readDivisions(r io.Reader, report *Report, opt ImportOptions) ([]Division, error) {
	read, err := places.Read(r, func(p Problem) { opt.report(report, p) })
	report.Read, report.Same = read.Rows, read.Same
	var bad places.FormatError
	if errors.As(err, &bad) {
		return nil, ErrFormat.With("problem", content.Text{Zh: bad.Zh, En: bad.En})
	}
	out := make([]Division, len(read.List))
	for i, p := range read.List {
		out[i] = Division{Code: p.Code, Name: p.Name, Level: p.Level, Parent: p.Parent}
	}
	return out, err
}

// Division returns the division in force with this code.
func (s *Service) Division(ctx context.Context, code string) (Division, error) {
	d, err := loadDivision(ctx, s.DB, code)
	if fault.IsKind(err, fault.KindNotFound) {
		return d, ErrNoDivision.With("code", cut(code))
	}
	return d, err
}

// Divisions lists the divisions right below parent, provinces for "".
func (s *Service) Divisions(ctx context.Context, parent string) ([]Division, error) {
	return loadChildren(ctx, s.DB, parent)
}

// DivisionHistory lists everything a code ever stood for, the newest first.
func (s *Service) DivisionHistory(ctx context.Context, code string) ([]Division, error) {
	return loadHistory(ctx, s.DB, code)
}

// Ancestors returns the division and everything above it, the highest first.
func (s *Service) Ancestors(ctx context.Context, code string) ([]Division, error) {
	var out []Division
	for range 6 {
		d, err := s.Division(ctx, code)
		if err != nil {
			return nil, err
		}
		out = append([]Division{d}, out...)
		if d.Parent == "" {
			return out, nil
		}
		code = d.Parent
	}
	return nil, fault.Internal("catalogue.division_circle").With("code", code)
}

// RegionName is the name of a division with its province or city in front,
// the code itself when it is not known.
func (s *Service) RegionName(ctx context.Context, code string) string {
	l, err := s.Places(ctx)
	if err != nil {
		return code
	}
	return cmp.Or(l.Name(code), code)
}

// wholeCountry is the region of what belongs to no province.
const wholeCountry = "000000"

// Region refuses a code that is no division in force, and says in which
// parameter it stood. "" is every region, and while no divisions are there
// none is unknown.
func (s *Service) Region(ctx context.Context, parameter, code string) error {
	if code == "" || code == wholeCountry {
		return nil
	}
	l, err := s.Places(ctx)
	if err == nil && l.Len() > 0 && !l.Has(code) {
		return ErrNoRegion.With("code", cut(code)).With("parameter", parameter)
	}
	return err
}

// Places are all divisions, found by code and name.
func (s *Service) Places(ctx context.Context) (*places.List, error) { return s.places.Get(ctx) }

// PlaceSource gives forms the divisions to choose from.
func (s *Service) PlaceSource() forms.Source { return s.places }

// keepPlaces keeps the divisions in memory and follows the stamp that every
// import leaves.
func (s *Service) keepPlaces() *places.Keeper {
	return &places.Keeper{
		Stamp: func(ctx context.Context) (string, error) { return importHash(ctx, s.DB, "000000", "divisions.stamp") },
		Rows:  func(ctx context.Context) ([]places.Place, error) { return loadPlaces(ctx, s.DB) },
	}
}

// Related tells whether items of region a matter to somebody who asks for
// region b: the same, above it, or below it.
func Related(a, b string) bool { return shelf.Related(a, b) }

// namesOf are the names of a region and of those above it, none while the
// divisions cannot be read.
func (s *Service) namesOf(ctx context.Context, region string) []string {
	l, err := s.places.Get(ctx)
	if err != nil {
		return nil
	}
	return l.Names(region)
}

// String is code and name.
