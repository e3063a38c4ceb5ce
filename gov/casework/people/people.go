package people

import (
	"context"
	"slices"
	"strings"

	"tongban/gov/identity"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// The refusals about people and offices.
var (
	ErrNoOfficer = fault.Invalid("casework.no_officer")
	ErrNoOffice  = fault.Invalid("casework.no_office")
)

// People knows who is who.
type People interface {
	// Person gives a person for an application; the reading is recorded there.
	Person(ctx context.Context, region, id, purpose string) (Person, error)
	// Companies lists the companies that the person may act for.
	Companies(ctx context.Context, person string) ([]Company, error)
	// ByNumber finds who has an identity number, for a purpose that stays on
	// record; the zero Person when nobody has.
	ByNumber(ctx context.Context, number, purpose string) (Person, error)
	// PresentTx records somebody who stands at the counter with a document.
	PresentTx(ctx context.Context, tx *db.Tx, p Person) (Person, error)
	// NamedTx gives the id of whom a certificate names, who is not here himself;
	// "" when the number belongs to another name, or to an account that nobody proved.
	NamedTx(ctx context.Context, tx *db.Tx, name, number string) (string, error)
}

// Offices knows who works where.
type Offices interface {
	// Officer gives an officer who holds a post in the office with the role
	// ("" is any), or ErrNoOfficer.
	Officer(ctx context.Context, region, org, role, account string) (Officer, error)
	// Office gives an office by its code, or by its name when code is not one.
	Office(ctx context.Context, region, code string) (Office, error)
	// Officers lists who holds a post in the office with the role ("" is any).
	Officers(ctx context.Context, region, org, role string) ([]Officer, error)
	// Offices lists the offices of a region.
	Offices(ctx context.Context, region string) ([]Office, error)
}

// Person is what an application keeps of a person.
type Person struct {
	ID, Name, Number, Phone string
	Level                   int // how sure it is who this is, see gov/identity
}

// Company is what an application keeps of a company, with what the person who
// was asked for may do for it.
type Company struct {
	Code, Name string
	Mandates   []identity.Mandate
}

// Allows tells whether one of the mandates reaches the act on an item of an office.
func (c Company) Allows(act, region, item, office string) bool {
	return slices.ContainsFunc(c.Mandates, func(m identity.Mandate) bool { return m.Allows(act, identity.ItemKey(region, item), office) })
}

// Officer is somebody who may be given work.
type Officer struct{ Account, Name, Org, OrgName string }

// Office is an organisation that may be given work.
type Office struct{ Code, Name string }

// Somebody finds an officer of an office with one of the roles ("" is any), or
// the office itself when account is "".
func Somebody(ctx context.Context, all Offices, region, org, account string, roles ...string) (Officer, error) {
	if account == "" {
		o, err := all.Office(ctx, region, org)
		if err != nil {
			return Officer{}, ErrNoOffice.With("office", org).Because(err)
		}
		return Officer{Org: o.Code, OrgName: o.Name}, nil
	}
	err := error(ErrNoOfficer.With("officer", account))
	for _, role := range roles {
		var to Officer
		if to, err = all.Officer(ctx, region, org, role, account); err == nil {
			return to, nil
		}
	}
	return Officer{}, err
}

// IsCode tells whether s looks like a unified code rather than a name.
func IsCode(s string) bool {
	if len(s) != 18 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z') }) < 0
}

// InLoop finds the office that a step is for among the loop variables of a
// step that several offices do side by side.
func InLoop(vars map[string]any) (Office, bool) {
	for _, v := range vars {
		if p, ok := v.(map[string]any); ok {
			org, _ := p["org"].(string)
			name, _ := p["name"].(string)
			if org != "" || name != "" {
				return Office{Code: org, Name: name}, true
			}
		}
	}
	return Office{}, false
}
