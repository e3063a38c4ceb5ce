package stock

import (
	"context"

	"tongban/gov/catalogue"
	"tongban/gov/certificates/kinds"
	"tongban/gov/identity"
	"tongban/platform/db"
)

func quoted(s string) catalogue.Text { return catalogue.Text{Zh: s, En: s} }

// compared finds rows whose number is there already: as a record of another
// run, or as a certificate that was issued in a case.
func (x *intake) compared(ctx context.Context, r db.Reader, in []row) ([]row, error) {
	rows := make([]row, len(in))
	copy(rows, in)
	var numbers []string
	for i := range rows {
		rows[i].found = rows[i].found[:len(rows[i].found):len(rows[i].found)] // the function may run again
		if rows[i].kept() && rows[i].State == RecordHeld {
			numbers = append(numbers, rows[i].Number)
		}
	}
	there, err := loadNumbers(ctx, r, *x.run, numbers)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		one := &rows[i]
		other, ok := there[one.Number]
		if !ok || !one.kept() || one.State != RecordHeld {
			continue
		}
		if other.digest == one.digest {
			one.repeated = true
			one.found = append(one.found, finding(one.Line, "repeated", x.run.Map.Columns[toNumber], "", other.what))
			continue
		}
		one.conflict(x.run, "", other.what)
	}
	return rows, nil
}

// joined finds whose the rows are. Certain is only who has number and name and
// whose identity was confirmed; a number under another name goes to a clerk.
//
// Law: 个人信息保护法 art. 8: nobody gets to see what is another's because a table
// has a mistake in it.
func (x *intake) joined(ctx context.Context, r db.Reader, _ kinds.Type, rows []row) error {
	people, orgs, err := x.s.known(ctx, r, x.run.Region, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		one := &rows[i]
		if !one.kept() {
			continue
		}
		m, ok := orgs[one.HolderNumber]
		if !ok {
			m, ok = people[one.HolderNumber]
		}
		one.Match = Unknown
		switch {
		case !ok:
		case m.Name == one.HolderName && sure(m):
			one.Match, one.Holder = Certain, m.ID
		case m.Name != one.HolderName:
			one.Match, one.Known = Likely, m.Name
			if one.Doubt == NoDoubt {
				one.Doubt = DoubtHolder
			}
			one.found = append(one.found, finding(one.Line, "name_differs", x.run.Map.Columns[toHolderName], "", catalogue.Text{}))
		}
	}
	return nil
}

// sure tells whether it was confirmed that somebody is who he says; of
// organisations the register says it.
func sure(m identity.Match) bool { return m.Level >= identity.LevelRegister }

// known looks up the holders of rows.
func (s *Service) known(ctx context.Context, r db.Reader, _ string, rows []row) (people, orgs map[string]identity.Match, err error) {
	var numbers, codes []string
	for i := range rows {
		n := rows[i].HolderNumber
		if !rows[i].kept() || len(n) != 18 {
			continue
		}
		if _, kind, _ := identify(n, s.Clock.Now()); kind == "organisation" {
			codes = append(codes, n)
		} else {
			numbers = append(numbers, n)
		}
	}
	if people, err = s.People.MatchNumbers(ctx, r, numbers); err != nil {
		return nil, nil, err
	}
	orgs, err = s.People.MatchOrgs(ctx, r, codes)
	return people, orgs, err
}
