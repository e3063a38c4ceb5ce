package identity

import (
	"fmt"
	"strings"
	"time"

	"tongban/gov/identity/number"
)

// Assurance levels of a person. Residents see them as 实名等级.
const (
	LevelFormat   = 2 // number and name have the right form; nothing was compared
	LevelRegister = 3 // two facts agree with a register
	LevelPresence = 4 // the living person was compared with the document
	LevelCounter  = 5 // the document was seen at a counter, or a digital certificate was used
)

// Person is somebody with a resident number (自然人), whether with an account or not.
type Person struct {
	Region  string // top region of the node that keeps the record
	ID      string // per_…
	Name    string
	Number  string // GB 11643
	Phone   string // mobile, 11 digits; may be empty
	Level   int    // assurance, see LevelFormat and up
	Created time.Time
}

// Problem is one field that cannot be used as it is.
type Problem struct {
	Field string // name of the form field or JSON member
	Code  string // key of the text
	Pairs []any  // values for the text
}

// Problems are the fields that cannot be used; it is an error that pages show
// at the fields and the API lists.
type Problems []Problem

// Error is for logs.
func (p Problems) Error() string {
	var b strings.Builder
	for _, v := range p {
		fmt.Fprintf(&b, "%s: %s; ", v.Field, v.Code)
	}
	return b.String()
}

// Each implements web.FieldProblems.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, v := range p {
		f(v.Field, v.Code, v.Pairs)
	}
}

func (p *Problems) add(field, code string, pairs ...any) {
	*p = append(*p, Problem{field, code, pairs})
}

// err returns the problems as an error, or nil when there are none.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// check tidies p and adds what is wrong with it. A phone may be left out
// unless needPhone.
func (p *Person) check(now time.Time, needPhone bool, found *Problems) {
	name, err := number.CheckName(p.Name)
	if err != nil {
		found.add("name", "identity.name."+rule(err), "n", len([]rune(p.Name)), "max", number.MaxName)
	} else {
		p.Name = name
	}
	n, err := number.ParseResident(p.Number, now)
	if err != nil {
		found.add("number", "identity.number."+rule(err), "n", len([]rune(strings.TrimSpace(p.Number))))
	} else {
		p.Number = string(n)
	}
	if p.Phone == "" && !needPhone {
		return
	}
	phone, err := number.ParsePhone(p.Phone)
	if err != nil {
		found.add("phone", "identity.phone."+rule(err))
		return
	}
	p.Phone = string(phone)
}

// rule is the last part of the code of a broken rule: "number.check" gives "check".
func rule(err error) string {
	s := err.Error()
	return s[strings.LastIndexByte(s, '.')+1:]
}

// Registration is what somebody enters to open an account of his own.
type Registration struct {
	Name, Number, Phone, Password string
}

func (r *Registration) check(now time.Time) (Person, error) {
	p := Person{Name: r.Name, Number: r.Number, Phone: r.Phone, Level: LevelFormat}
	var found Problems
	p.check(now, true, &found)
	if code, pairs := passwordProblem(r.Password, p.Number, p.Phone, p.Name); code != "" {
		found.add("password", code, pairs...)
	}
	return p, found.err()
}
