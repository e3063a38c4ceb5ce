// Package town opens a practice node on the real services, with people to act
// in it, for the benchmarks and the simulation.
//
// # Purpose
//
// One place that knows how an application of the restaurant package is filled
// in and who does which of its steps: a resident, a clerk, and an examiner and
// a decider who hold a post in every office.
package town

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/items"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/forms"
)

// The package that the town applies for: one thing (一件事) of three offices.
const (
	District   = identity.SampleDistrict
	Restaurant = "1144990190000002224440199901000"
	folder     = "restaurant-opening"
)

// Roles that the town has somebody for.
var Roles = []string{identity.RoleResident, identity.RoleClerk, identity.RoleExaminer, identity.RoleDecider, identity.RoleSupervisor}

// Town is a node with people.
type Town struct {
	*app.App
	People  map[string]auth.Principal // by role
	Secrets map[string]string         // API tokens, by role
	Form    Application
}

// Application is what an applicant enters.
type Application struct {
	Situation map[string]string
	Form      map[string]string
	Materials []string // ids of what is asked for
}

// Open opens the node and fills it: offices, people, the package, tokens.
func Open(ctx context.Context, o app.Options) (*Town, error) {
	a, err := app.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	t := &Town{App: a, People: map[string]auth.Principal{}, Secrets: map[string]string{}}
	if err := t.fill(auth.System(ctx, "town")); err != nil {
		a.Close()
		return nil, err
	}
	return t, nil
}

// divisions is the fictional district and a street in it.
const divisions = `code,name,level,parent
44,广东省,1,
4499,示例市,2,44
449901,示例区,3,4499
` + street + `,示例街道,4,449901
`

const street = "449901001"

func (t *Town) fill(ctx context.Context) error {
	if _, err := t.Catalogue.ImportDivisions(ctx, strings.NewReader(divisions), catalogue.DivisionOptions{}); err != nil {
		return fmt.Errorf("divisions: %w", err)
	}
	if _, err := t.Catalogue.PublishPackage(ctx, items.Files, folder, catalogue.PublishOptions{}); err != nil {
		return fmt.Errorf("package: %w", err)
	}
	offices, err := items.Files.Open(items.Departments)
	if err != nil {
		return err
	}
	defer offices.Close()
	links, err := t.Identity.Seed(ctx, identity.SeedInput{Offices: offices, Links: true})
	if err != nil {
		return err
	}
	for _, l := range links {
		_, secret, err := t.Identity.ExchangeLink(ctx, l.Secret, "town", "", identity.Caller{Address: "town-" + l.Role})
		if err != nil {
			return fmt.Errorf("token for %s: %w", l.Role, err)
		}
		t.Secrets[l.Role] = secret
		if t.People[l.Role], err = t.Identity.AuthenticateToken(ctx, secret); err != nil {
			return fmt.Errorf("sign in as %s: %w", l.Role, err)
		}
	}
	t.Form, err = t.application(ctx, Restaurant, map[string]string{"operator": "none", "place": "free", "service": "dine_in", "fire_way": "inspect", "drain": "own", "sign": "small"})
	return err
}

// As is a context in which the person of that role acts.
func (t *Town) As(ctx context.Context, role string) context.Context {
	return auth.With(ctx, t.People[role])
}

// SignIn is an account's owner as the API knows it, with everything the posts give.
func (t *Town) SignIn(ctx context.Context, account string) (auth.Principal, error) {
	link, err := t.Identity.NewLink(auth.System(ctx, "town"), account)
	if err != nil {
		return auth.Principal{}, err
	}
	_, secret, err := t.Identity.ExchangeLink(ctx, link, "town", "", identity.Caller{Address: account})
	if err != nil {
		return auth.Principal{}, err
	}
	return t.Identity.AuthenticateToken(ctx, secret)
}

// Session opens a browser session for an account and returns its cookie.
func (t *Town) Session(ctx context.Context, account string) (string, error) {
	link, err := t.Identity.NewLink(auth.System(ctx, "town"), account)
	if err != nil {
		return "", err
	}
	return t.Identity.SignInByLink(ctx, link, identity.Caller{Address: account})
}

// application works out what has to be entered for an item in a situation.
func (t *Town) application(ctx context.Context, code string, situation map[string]string) (Application, error) {
	o, err := t.Catalogue.Offer(ctx, District, code)
	if err != nil {
		return Application{}, err
	}
	a := Application{Situation: situation, Form: map[string]string{}}
	seen := map[string]string{}
	for k, v := range situation {
		seen[k] = v
	}
	for range 3 { // answers may show further fields
		for _, g := range o.Form.Shown(seen) {
			for _, f := range g.Fields {
				if seen[f.ID] == "" {
					seen[f.ID] = t.sample(f)
					a.Form[f.ID] = seen[f.ID]
				}
			}
		}
	}
	for _, m := range o.MaterialsFor(seen) {
		a.Materials = append(a.Materials, m.ID)
	}
	return a, nil
}

func (t *Town) sample(f forms.Field) string {
	switch f.Type {
	case forms.Number:
		return "20"
	case forms.Money:
		return "100.00"
	case forms.Date:
		return t.Clock.Now().In(calendar.Zone).AddDate(0, 1, 0).Format(time.DateOnly)
	case forms.YesNo:
		return "yes"
	case forms.Choice, forms.Choices:
		return f.Options[0].Value
	case "division":
		return street
	case "idnumber":
		return string(number.Fictional(District, 77))
	case "uscc":
		return identity.SampleCompany
	case "phone":
		return "14000000077"
	case "name":
		return "张示例"
	}
	return "示例内容"
}

// File is an attachment for a material; its bytes are of no interest here.
func File(material string) casework.Attachment {
	sum := sha256.Sum256([]byte(material))
	return casework.Attachment{Hash: hex.EncodeToString(sum[:]), Name: material + ".pdf", Size: 120_000, Kind: "pdf"}
}

// Fill enters a whole application and returns the draft, ready to be handed in.
func (t *Town) Fill(ctx context.Context, do func(func() error) error) (d casework.Draft, err error) {
	err = do(func() (err error) {
		d, err = t.Casework.Start(ctx, casework.Start{Region: District, Item: Restaurant, Situation: t.Form.Situation})
		return err
	})
	if err != nil {
		return d, fmt.Errorf("start: %w", err)
	}
	form := map[string]string{}
	for k, v := range t.Form.Form {
		if d.Form[k] == "" { // the applicant's own are filled in
			form[k] = v
		}
	}
	err = do(func() (err error) {
		d, err = t.Casework.Save(ctx, d.Region, d.ID, d.Version, casework.Edit{Form: form})
		return err
	})
	if err != nil {
		return d, fmt.Errorf("save: %w", err)
	}
	for _, m := range t.Form.Materials {
		err = do(func() (err error) { d, err = t.Casework.Attach(ctx, d.Region, d.ID, m, File(m)); return err })
		if err != nil {
			return d, fmt.Errorf("attach %s: %w", m, err)
		}
	}
	return d, nil
}

// Step is an open step of a case.
type Step struct {
	ID      casework.TaskID
	Element string
	Role    string
	Version int
}

func scanStep(r db.Row) (s Step, err error) {
	err = r.Scan(&s.ID, &s.Element, &s.Role, &s.Version)
	return s, err
}

// OpenSteps lists what somebody has to do on a case.
func (t *Town) OpenSteps(ctx context.Context, c casework.CaseID) ([]Step, error) {
	return db.All(ctx, t.DB, scanStep, `SELECT id, element, role, version FROM casework_task WHERE region = $1 AND case_id = $2 AND state = 'open' ORDER BY id LIMIT 100`, District, string(c))
}

// Journey brings a matter from the first answer to the certificate. Every
// command runs through do, which may count it, hold it up or send it again; nil
// just runs it.
func (t *Town) Journey(ctx context.Context, do func(func() error) error) error {
	if do == nil {
		do = func(f func() error) error { return f() }
	}
	me := t.As(ctx, identity.RoleResident)
	d, err := t.Fill(me, do)
	if err != nil {
		return err
	}
	var c casework.Case
	if err := do(func() (err error) { c, err = t.Casework.Submit(me, d.Region, d.ID, d.Version); return err }); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	clerk := t.As(ctx, identity.RoleClerk)
	if err := do(func() (err error) { c, err = t.Casework.Accept(clerk, c.Region, c.ID, c.Version); return err }); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	for range 10 {
		steps, err := t.OpenSteps(ctx, c.ID)
		if err != nil || len(steps) == 0 {
			return err
		}
		for _, s := range steps {
			err := do(func() error {
				_, err := t.Casework.Complete(t.As(ctx, s.Role), c.Region, s.ID, casework.Opinion{Result: casework.Approve, Text: "经审查，符合条件。"})
				return err
			})
			if err != nil {
				return fmt.Errorf("complete %s: %w", s.Element, err)
			}
		}
	}
	return fmt.Errorf("case %s does not end", c.ID)
}
