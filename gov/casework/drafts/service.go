package drafts

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/gov/casework/offers"
	"tongban/gov/casework/people"
	"tongban/gov/catalogue"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/platform/guess"
	"tongban/platform/id"
	"tongban/platform/once"
)

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Items   offers.Items
	Shelf   *offers.Shelf
	People  people.People
	Checks  map[forms.Type]forms.NamedCheck // of form fields: identity numbers, names …
	Papers  Papers
	Regions []string
	Handing Handing // nil: nothing is handed over
	// Portraits makes pictures fit that certificates show; nil: they stay as they come.
	Portraits Portraits
}

// Portraits makes a kept picture fit for a certificate and keeps that. Package
// portraits does.
type Portraits interface {
	Fit(ctx context.Context, hash string) (files.Ref, error)
}

// Service keeps drafts.
type Service struct {
	Deps
	recent  recent
	guesses guess.Counter
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Start says how a draft begins.
type Start struct {
	Region, Item string
	// Company is the unified code of the company that is applied for; "" for oneself.
	Company string
	// Person is whom a clerk has before him, and Shown the number on the document
	// that this person showed. Residents leave both empty.
	Person, Shown string
	// Situation are answers given before the draft began (guide page).
	Situation map[string]string
}

// Start begins a draft: a resident for himself or the company he acts for, a
// clerk for somebody present whose document he has seen.
func (s *Service) Start(ctx context.Context, in Start) (Draft, error) {
	o, err := s.Items.Offer(ctx, in.Region, in.Item)
	if err != nil {
		return Draft{}, err
	}
	if err := catalogue.Offered(o); err != nil {
		return Draft{}, err
	}
	if _, err := s.Shelf.Stock(o); err != nil {
		return Draft{}, err
	}
	p, now := auth.From(ctx), s.Clock.Now()
	d := Draft{Region: o.Region, ID: DraftID(id.New("dra")), Item: o.Code, ItemVersion: o.Version, ItemName: o.FullName(), Org: o.Org, OrgName: o.OrgName,
		Channel: Online, StartedBy: p.ID, StartedName: p.Name, Situation: map[string]string{}, Form: map[string]string{}, Materials: map[string]Choice{},
		State: DraftOpen, Code: newCode(), Version: 1, CreatedAt: now, UpdatedAt: now, UpdatedBy: p.Name}
	if in.Person == "" || in.Person == p.Person {
		in.Person, in.Company = p.Person, firstOf(in.Company, p.For)
		m := Matter{Owner: firstOf(in.Company, p.Person), Region: o.Region, Item: o.Code, Org: o.Org}
		if OutOfScope(ctx, m, identity.ActApply) {
			return Draft{}, ErrScope.With("company", p.ForName)
		}
		if err := Owns(ctx, m, identity.ActApply); err != nil {
			return Draft{}, err
		}
	} else {
		if err := MayTakeIn(ctx, in.Region); err != nil {
			return Draft{}, err
		}
		d.Channel = Counter
		d.Identified = []Identification{{By: p.ID, Name: p.Name, Org: OfficeOf(p), At: now}}
	}
	if d.Applicant, err = s.applicant(ctx, in.Person, in.Company, d); err != nil {
		return Draft{}, err
	}
	if d.Channel == Counter && !SameNumber(in.Shown, d.Applicant.Number) {
		return Draft{}, ErrOtherPerson
	}
	d.Form = o.Form.Prefilled(d.Known())
	d, fields := d.Apply(Edit{Situation: in.Situation})
	err = offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		kept, err := once.Do(ctx, tx, d.Region, "draft/"+d.Item, func() (string, error) {
			insertDraft(tx, d)
			s.recordDraft(ctx, tx, d, "draft.started", map[string]any{"item": d.Item, "channel": d.Channel, "fields": len(fields)})
			return string(d.ID), nil
		})
		if err == nil && kept != string(d.ID) { // the command ran before; its sender did not hear of it
			d, err = Load(ctx, tx, d.Region, DraftID(kept))
		}
		return err
	})
	if err == nil {
		s.recent.keep(d)
	}
	return d, err
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// SameNumber compares identity numbers as people write them.
func SameNumber(a, b string) bool {
	clean := func(s string) string { return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", "")) }
	return clean(a) != "" && clean(a) == clean(b)
}

// applicant takes the snapshot of who applies.
func (s *Service) applicant(ctx context.Context, person, company string, d Draft) (Applicant, error) {
	p, err := s.People.Person(ctx, auth.From(ctx).Region, person, "申请办理："+d.ItemName)
	if err != nil {
		return Applicant{}, err
	}
	a := Applicant{Person: p.ID, Name: p.Name, Number: p.Number, Phone: p.Phone, Level: p.Level}
	if company != "" {
		c, err := s.mandated(ctx, person, company, d)
		if err != nil {
			return Applicant{}, err
		}
		a.Company, a.CompanyName = c.Code, c.Name
	}
	return a, nil
}

// LevelOf is how sure it is now who applies with an open draft: what was known
// when it began, or what a counter has verified since. A clerk who compared the
// person with a document for this draft is as sure as one can be.
func (s *Service) LevelOf(ctx context.Context, d Draft) (int, error) {
	if len(d.Identified) > 0 {
		return identity.LevelCounter, nil
	}
	o, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil || d.Applicant.Level >= o.IdentityLevel() {
		return d.Applicant.Level, err
	}
	p, err := s.People.Person(ctx, auth.From(ctx).Region, d.Applicant.Person, "申请办理："+d.ItemName)
	if fault.IsKind(err, fault.KindForbidden) { // another agent of the company, who may not look it up
		return d.Applicant.Level, nil
	}
	return max(p.Level, d.Applicant.Level), err
}

// ToSubmit reads a draft that is about to be handed in, refuses one that may
// not be any more, and tells how sure it is who applies.
func (s *Service) ToSubmit(ctx context.Context, region string, draft DraftID) (d Draft, level int, err error) {
	if d, err = Load(ctx, s.DB, region, draft); err != nil || d.State != DraftOpen {
		return d, 0, err
	}
	for _, check := range []func(context.Context, Draft) error{s.inForce, s.stillMandated, s.papersInForce} {
		if err := check(ctx, d); err != nil {
			return d, 0, err
		}
	}
	level, err = s.LevelOf(ctx, d)
	return d, level, err
}

// mandated gives the company that a person applies for, when his mandate
// reaches the item.
func (s *Service) mandated(ctx context.Context, person, company string, d Draft) (people.Company, error) {
	all, err := s.People.Companies(ctx, person)
	if err != nil {
		return people.Company{}, err
	}
	i := slices.IndexFunc(all, func(c people.Company) bool { return c.Code == company })
	if i < 0 {
		return people.Company{}, ErrNotMandated.With("company", company)
	}
	if !all[i].Allows(identity.ActApply, d.Region, d.Item, d.Org) {
		return people.Company{}, ErrScope.With("company", all[i].Name)
	}
	return all[i], nil
}

// stillMandated refuses to hand in what is applied for in the name of a company
// when the mandate of the applicant has ended or was narrowed since the draft began.
func (s *Service) stillMandated(ctx context.Context, d Draft) error {
	if d.Applicant.Company == "" {
		return nil
	}
	if p := auth.From(ctx); p.Kind == auth.KindSystem || p.For == d.Applicant.Company {
		return nil // the bounds of the caller are checked with every act
	}
	_, err := s.mandated(ctx, d.Applicant.Person, d.Applicant.Company, d)
	return err
}

func (s *Service) recordDraft(ctx context.Context, tx *db.Tx, d Draft, act string, details map[string]any) {
	audit.Record(ctx, tx, audit.Entry{Region: d.Region, Action: "casework." + act, Object: string(d.ID), Details: details, At: s.Clock.Now()})
}

// MayWork lets the owner and the clerks who have identified the person work on a draft.
func MayWork(ctx context.Context, d Draft) error { return mayDo(ctx, d, identity.ActApply) }

// mayDo lets the owner do what his mandate, if he needs one, reaches.
func mayDo(ctx context.Context, d Draft, act string) error {
	err := Owns(ctx, d.Matter(), act)
	if err == nil {
		return nil
	}
	if MayTakeIn(ctx, d.Region) == nil {
		if d.IdentifiedBy(auth.From(ctx).ID) || auth.From(ctx).Kind == auth.KindSystem {
			return nil
		}
		return ErrNotIdentified
	}
	if authz.Door(ctx, MayApply) != nil {
		return err
	}
	if Owns(ctx, d.Matter(), identity.ActSee) == nil {
		return ErrScope.With("company", d.Applicant.Title())
	}
	return ErrNoDraft // whether it exists is not for everybody
}

// Draft returns a draft to its owner or to a clerk who has identified the person.
func (s *Service) Draft(ctx context.Context, region string, id DraftID) (Draft, error) {
	d, err := Load(ctx, s.DB, region, id)
	if err != nil {
		return Draft{}, err
	}
	return d, mayDo(ctx, d, identity.ActSee)
}

// MyDrafts lists the open drafts of the caller, newest first.
func (s *Service) MyDrafts(ctx context.Context) ([]Draft, error) {
	owner, err := Mine(ctx)
	if err != nil {
		return nil, err
	}
	list, err := openDrafts(ctx, s.DB, s.Regions, "owner", owner, 100)
	return slices.DeleteFunc(list, func(d Draft) bool { return Owns(ctx, d.Matter(), identity.ActSee) != nil }), err
}

// CounterDrafts lists the open drafts that the clerk began, newest first.
func (s *Service) CounterDrafts(ctx context.Context) ([]Draft, error) {
	if err := authz.Door(ctx, MayIntake); err != nil {
		return nil, err
	}
	return openDrafts(ctx, s.DB, s.Regions, "starter", auth.From(ctx).ID, 100)
}

// DraftsOf lists the open drafts of a person who stands at the counter: only
// what is needed to choose one; Identify opens it.
func (s *Service) DraftsOf(ctx context.Context, person string) ([]Draft, error) {
	if err := authz.Door(ctx, MayIntake); err != nil {
		return nil, err
	}
	drafts, err := openDrafts(ctx, s.DB, s.Regions, "person", person, 100)
	me := auth.From(ctx).ID
	for i := range drafts {
		if !drafts[i].IdentifiedBy(me) {
			drafts[i] = drafts[i].outside()
		}
	}
	return drafts, err
}

// Identify records that a clerk compared the person who began a draft with a
// document; from then on the clerk may go on with it.
func (s *Service) Identify(ctx context.Context, region string, id DraftID, shown string) (Draft, error) {
	return s.change(ctx, region, id, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := MayTakeIn(ctx, d.Region); err != nil {
			return nil, err
		}
		if !SameNumber(shown, d.Applicant.Number) {
			return nil, ErrOtherPerson
		}
		p := tx.Actor()
		if !d.IdentifiedBy(p.ID) {
			d.Identified = append(slices.Clone(d.Identified), Identification{By: p.ID, Name: p.Name, Org: OfficeOf(p), At: s.Clock.Now()})
			if d.StartedBy != p.ID {
				insertReading(tx, *d, s.Clock.Now(), forIdentity)
			}
		}
		s.recordDraft(ctx, tx, *d, "draft.identified", map[string]any{"person": d.Applicant.Person})
		return nil, nil
	})
}

// change loads an open draft, lets f change it, and writes the next version.
// version 0 means: whatever is there.
func (s *Service) change(ctx context.Context, region string, id DraftID, version int, f func(tx *db.Tx, d *Draft) ([]FieldChange, error)) (Draft, error) {
	var out Draft
	byCopy, remembered := true, false // may a try go by a copy, did the last
	try := func(tx *db.Tx) (err error) {
		var d Draft
		if remembered = false; byCopy {
			d, remembered = s.recent.take(region, id)
		}
		if !remembered {
			if d, err = Load(ctx, tx, region, id); err != nil {
				return err
			}
		}
		if d.State != DraftOpen {
			return ErrDraftClosed.With("state", string(d.State)).With("case", string(d.Case))
		}
		if version != 0 && version > d.Version {
			return ErrStale.With("version", d.Version)
		}
		fields, err := f(tx, &d)
		if err != nil {
			return err
		}
		p := tx.Actor()
		Update(tx, &d, p.ID, p.Name, s.Clock.Now(), fields)
		out = d
		return nil
	}
	err := offers.Write(ctx, s.DB, try)
	if err != nil && remembered {
		byCopy = false
		err = offers.Write(ctx, s.DB, try)
	}
	if err == nil {
		s.recent.keep(out)
	}
	return out, err
}

// Present records somebody who stands at the counter: name and number from the
// document that the clerk sees.
func (s *Service) Present(ctx context.Context, in people.Person) (people.Person, error) {
	if err := authz.Door(ctx, MayIntake); err != nil {
		return people.Person{}, err
	}
	var out people.Person
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if out, err = s.People.PresentTx(ctx, tx, in); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: auth.From(ctx).Region, Action: "casework.person.identified", Object: out.ID, At: s.Clock.Now()})
		return nil
	})
	return out, err
}

// Save changes fields of a draft. version is the one that the caller saw: when
// somebody else has changed the same fields to other values since, nothing is
// saved and ErrStale tells who, when, and both values of each field; changes
// of other fields go together.
func (s *Service) Save(ctx context.Context, region string, id DraftID, version int, e Edit) (Draft, error) {
	if p := checkEdit(e); len(p) > 0 {
		return Draft{}, p
	}
	return s.change(ctx, region, id, version, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := MayWork(ctx, *d); err != nil {
			return nil, err
		}
		o, err := s.Shelf.Offer(d.Region, d.Item, d.ItemVersion)
		if err != nil {
			return nil, err
		}
		normal := e
		normal.Form = o.Lists.Normal(o.Form, e.Form)
		fresh, fields := d.Apply(normal)
		if err := s.refuseClashes(ctx, tx, *d, version, fields); err != nil {
			return nil, err
		}
		*d = fresh
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.Field
		}
		s.recordDraft(ctx, tx, *d, "draft.saved", map[string]any{"fields": names, "version": d.Version + 1})
		return fields, nil
	})
}

// refuseClashes refuses what somebody else changed to something else since version.
func (s *Service) refuseClashes(ctx context.Context, tx *db.Tx, d Draft, version int, mine []FieldChange) error {
	if version == 0 || version == d.Version {
		return nil
	}
	since, err := changesSince(ctx, tx, d.Region, d.ID, version)
	if err != nil {
		return err
	}
	c := clashes(mine, since)
	if len(c) == 0 {
		return nil
	}
	return ErrStale.With("who", c[0].Who).With("when", c[0].When).With("version", d.Version).With("clashes", c)
}

// checkEdit refuses what no form can mean: endless values.
func checkEdit(e Edit) Problems {
	var p Problems
	for prefix, m := range map[string]map[string]string{"situation.": e.Situation, "form.": e.Form} {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if utf8.RuneCountInString(m[k]) > maxValue {
				p = append(p, Problem{Field: prefix + k, Code: "casework.problem.too_long", Pairs: []any{"max", fmt.Sprint(maxValue)}})
			}
			if !utf8.ValidString(m[k]) || strings.ContainsRune(m[k], 0) {
				p = append(p, Problem{Field: prefix + k, Code: "casework.problem.characters"})
			}
		}
	}
	return p
}

const maxValue = 20_000 // characters in one field; the form's own limits are tighter

// inForce refuses to submit under a version of the item that has been replaced
// since the draft began; Renew takes the draft over to the one in force.
func (s *Service) inForce(ctx context.Context, d Draft) error {
	o, err := s.Items.Offer(ctx, d.Region, d.Item)
	if err != nil {
		return err
	}
	if err := catalogue.Offered(o); err != nil {
		return err
	}
	if o.Version != d.ItemVersion {
		return ErrNewVersion.With("version", o.Version)
	}
	return nil
}

// Renew takes a draft over to the version of the item that is in force. What
// was entered stays; Check says what the new version wants besides.
func (s *Service) Renew(ctx context.Context, region string, draft DraftID) (Draft, error) {
	d, err := s.Draft(ctx, region, draft)
	if err != nil {
		return Draft{}, err
	}
	o, err := s.Items.Offer(ctx, d.Region, d.Item)
	if err != nil {
		return Draft{}, err
	}
	if o.Version == d.ItemVersion {
		return d, nil
	}
	return s.change(ctx, region, draft, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := MayWork(ctx, *d); err != nil {
			return nil, err
		}
		old := d.ItemVersion
		d.ItemVersion = o.Version
		s.recordDraft(ctx, tx, *d, "draft.renewed", map[string]any{"from": old, "to": o.Version})
		return nil, nil
	})
}
