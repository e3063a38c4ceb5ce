package casework

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/db"
)

// Items gives what is needed to apply for an item. Versions never change.
type Items interface {
	Offer(ctx context.Context, region, code string) (*catalogue.Offer, error)
	OfferVersion(ctx context.Context, region, code string, version int) (*catalogue.Offer, error)
}

// People knows who is who.
type People interface {
	// Person gives a person for an application; the reading is recorded there.
	Person(ctx context.Context, region, id, purpose string) (Person, error)
	// Companies lists the companies that the person may act for.
	Companies(ctx context.Context, person string) ([]Company, error)
	// PresentTx records somebody who stands at the counter with a document.
	PresentTx(ctx context.Context, tx *db.Tx, p Person) (Person, error)
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

// Papers issues official papers in the transaction of the act.
type Papers interface {
	IssueTx(ctx context.Context, tx *db.Tx, p certificates.Paper) (certificates.Paper, error)
}

// Person is what an application keeps of a person.
type Person struct{ ID, Name, Number, Phone string }

// Company is what an application keeps of a company.
type Company struct{ Code, Name string }

// Officer is somebody who may be given work.
type Officer struct{ Account, Name, Org, OrgName string }

// Office is an organisation that may be given work.
type Office struct{ Code, Name string }

// Problem is one thing to mend in what was entered.
type Problem struct {
	Field string
	Code  string // key of the words
	Pairs []any  // name, value, … for the words
}

// Problems goes back to the page; it is never empty when returned as an error.
type Problems []Problem

// Error is for logs.
func (p Problems) Error() string {
	names := make([]string, len(p))
	for i, x := range p {
		names[i] = x.Field + ": " + x.Code
	}
	return "casework.invalid: " + strings.Join(names, "; ")
}

// Unwrap makes Problems a fault of kind invalid.
func (p Problems) Unwrap() error { return ErrInvalid }

// Each gives the edge every field with its words.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f(x.Field, x.Code, x.Pairs)
	}
}

// err is nil when there is no problem.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// needText asks for a text of at most longest characters.
func needText(field, s string, longest int) Problems {
	switch n := utf8.RuneCountInString(strings.TrimSpace(s)); {
	case n == 0:
		return Problems{{Field: field, Code: "casework.problem.required"}}
	case n > longest:
		return Problems{{Field: field, Code: "casework.problem.too_long", Pairs: []any{"max", fmt.Sprint(longest)}}}
	}
	return nil
}
