package identity

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
)

// Org returns the organisation with a unified code; what it says is public.
func (s *Service) Org(ctx context.Context, code string) (Org, error) {
	if len(code) > 64 {
		return Org{}, ErrNoOrg
	}
	return orgByCode(ctx, s.db, s.region, strings.ToUpper(strings.TrimSpace(code)))
}

// Departments lists the departments that work for exactly this region.
func (s *Service) Departments(ctx context.Context, region string) ([]Org, error) {
	return orgsIn(ctx, s.db, s.region, KindDepartment, region)
}

// DepartmentsBelow lists the departments of a region and of every region in it.
func (s *Service) DepartmentsBelow(ctx context.Context, region string) ([]Org, error) {
	return orgsIn(ctx, s.db, s.region, KindDepartment, authz.Prefix(region))
}

// PutOrgTx records an organisation or brings its record up to date.
func (s *Service) PutOrgTx(ctx context.Context, tx *db.Tx, o Org) error {
	var found Problems
	o.check(&found)
	if err := found.err(); err != nil {
		return err
	}
	tx.Unaudited("an organisation that is on record already")
	changed, err := putOrg(ctx, tx, s.region, o, s.clock.Now())
	if err != nil || !changed {
		return err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.org.recorded", Object: o.Code, At: s.clock.Now(),
		Details: map[string]any{"name": o.Name, "kind": o.Kind, "region": o.Region}})
	return nil
}

// Imported says what an import did, in rows. Doubtful ones were taken although
// their code breaks the standard.
type Imported struct{ Read, Changed, Doubtful, Rejected int }

// importBatch is how many rows share a transaction.
const importBatch = 200

// ImportDepartments reads departments from a table with the columns uscc, name
// and area_code. A broken line is reported with its number and does not stop
// the others; a published code with a wrong check character is reported and
// taken all the same. Importing the same file again changes nothing. region is
// where departments lie that name no region of their own.
func (s *Service) ImportDepartments(ctx context.Context, region string, r io.Reader, report func(line int, problem error)) (Imported, error) {
	var done Imported
	if err := authz.Door(ctx, MayManageOrgs); err != nil {
		return done, err
	}
	lines := bufio.NewScanner(r)
	if !lines.Scan() {
		return done, ErrNoDepartments.Because(lines.Err())
	}
	columns, err := departmentColumns(lines.Text())
	if err != nil {
		return done, err
	}
	var batch []Org
	for line := 2; lines.Scan(); line++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		done.Read++
		o, doubt, problem := columns.read(lines.Text(), region)
		if problem == nil {
			problem = s.inForce(ctx, o.Region)
			if _, row := problem.(Problems); problem != nil && !row {
				return done, problem
			}
		}
		if problem != nil {
			done.Rejected++
			report(line, problem)
			continue
		}
		if doubt != nil {
			done.Doubtful++
			report(line, doubt)
		}
		if batch = append(batch, o); len(batch) == importBatch {
			if err := s.putOrgs(ctx, batch, &done); err != nil {
				return done, err
			}
			batch = batch[:0]
		}
	}
	if err := lines.Err(); err != nil {
		return done, ErrNoDepartments.Because(err)
	}
	return done, s.putOrgs(ctx, batch, &done)
}

// departmentTable says in which columns a list of departments has what.
type departmentTable struct{ code, name, area int }

func departmentColumns(head string) (t departmentTable, err error) {
	cells, err := readLine(strings.TrimPrefix(head, "\ufeff")) // a byte order mark is no part of the first name
	if err != nil {
		return t, ErrNoDepartments.Because(err)
	}
	t = departmentTable{slices.Index(cells, "uscc"), slices.Index(cells, "name"), slices.Index(cells, "area_code")}
	if t.code < 0 || t.name < 0 {
		return t, ErrNoDepartments
	}
	return t, nil
}

func (t departmentTable) read(line, region string) (o Org, doubt, problem error) {
	cells, err := readLine(line)
	if err != nil {
		return o, nil, err
	}
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	o = Org{Code: cell(t.code), Name: cell(t.name), Region: cell(t.area), Kind: KindDepartment}
	if o.Region == "" {
		o.Region = region
	}
	var found Problems
	doubt = o.checkPublished(&found)
	return o, doubt, found.err()
}

// readLine splits one line. Each line is read on its own, so that an open
// quotation mark spoils its line and no other.
func readLine(line string) ([]string, error) {
	if !utf8.ValidString(line) {
		return nil, Problems{{Field: "line", Code: "identity.line.encoding"}}
	}
	r := csv.NewReader(strings.NewReader(line))
	r.FieldsPerRecord = -1
	cells, err := r.Read()
	if err != nil {
		return nil, Problems{{Field: "line", Code: "identity.line.quotes"}}
	}
	return cells, nil
}

func (s *Service) putOrgs(ctx context.Context, batch []Org, done *Imported) error {
	changed := 0
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		changed = 0
		tx.Unaudited("departments that are on record already")
		for _, o := range batch {
			ok, err := putOrg(ctx, tx, s.region, o, s.clock.Now())
			if err != nil {
				return err
			}
			if ok {
				changed++
				audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.org.recorded", Object: o.Code, At: s.clock.Now(),
					Details: map[string]any{"name": o.Name, "kind": o.Kind, "region": o.Region}})
			}
		}
		return nil
	})
	done.Changed += changed
	return err
}
