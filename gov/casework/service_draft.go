package casework

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/forms"
	"tongban/platform/id"
)

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
	if _, err := s.cold.stock(o); err != nil {
		return Draft{}, err
	}
	p, now := auth.From(ctx), s.Clock.Now()
	d := Draft{Region: o.Region, ID: DraftID(id.New("dra")), Item: o.Code, ItemVersion: o.Version, ItemName: o.FullName(), Org: o.Org, OrgName: o.OrgName,
		Channel: Online, StartedBy: p.ID, StartedName: p.Name, Situation: map[string]string{}, Form: map[string]string{}, Materials: map[string]Choice{},
		State: DraftOpen, Version: 1, CreatedAt: now, UpdatedAt: now, UpdatedBy: p.Name}
	if in.Person == "" || in.Person == p.Person {
		in.Person, in.Company = p.Person, firstOf(in.Company, p.For)
		if err := owns(ctx, firstOf(in.Company, p.Person)); err != nil {
			return Draft{}, err
		}
	} else {
		if err := mayIntake(ctx, in.Region); err != nil {
			return Draft{}, err
		}
		d.Channel = Counter
		d.Identified = []Identification{{By: p.ID, Name: p.Name, Org: officeOf(p), At: now}}
	}
	if d.Applicant, err = s.applicant(ctx, in.Person, in.Company, "申请办理："+o.FullName()); err != nil {
		return Draft{}, err
	}
	if d.Channel == Counter && !sameNumber(in.Shown, d.Applicant.Number) {
		return Draft{}, ErrOtherPerson
	}
	d.Form = o.Form.Prefilled(d.Known())
	d, fields := d.apply(Edit{Situation: in.Situation})
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := insertDraft(ctx, tx, d); err != nil {
			return err
		}
		s.recordDraft(ctx, tx, d, "draft.started", map[string]any{"item": d.Item, "channel": d.Channel, "fields": len(fields)})
		return nil
	})
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

// sameNumber compares identity numbers as people write them.
func sameNumber(a, b string) bool {
	clean := func(s string) string { return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", "")) }
	return clean(a) != "" && clean(a) == clean(b)
}

// applicant takes the snapshot of who applies.
func (s *Service) applicant(ctx context.Context, person, company, purpose string) (Applicant, error) {
	p, err := s.People.Person(ctx, auth.From(ctx).Region, person, purpose)
	if err != nil {
		return Applicant{}, err
	}
	a := Applicant{Person: p.ID, Name: p.Name, Number: p.Number, Phone: p.Phone}
	if company != "" {
		all, err := s.People.Companies(ctx, person)
		if err != nil {
			return Applicant{}, err
		}
		i := slices.IndexFunc(all, func(c Company) bool { return c.Code == company })
		if i < 0 {
			return Applicant{}, ErrNotMandated.With("company", company)
		}
		a.Company, a.CompanyName = all[i].Code, all[i].Name
	}
	return a, nil
}

func (s *Service) recordDraft(ctx context.Context, tx *db.Tx, d Draft, act string, details map[string]any) {
	audit.Record(ctx, tx, audit.Entry{Region: d.Region, Action: "casework." + act, Object: string(d.ID), Details: details, At: s.Clock.Now()})
}

// mayDraft lets the owner and the clerks who have identified the person work on a draft.
func mayDraft(ctx context.Context, d Draft) error {
	err := owns(ctx, d.Applicant.Owner())
	if err == nil {
		return nil
	}
	if mayIntake(ctx, d.Region) == nil {
		if d.identifiedBy(auth.From(ctx).ID) || auth.From(ctx).Kind == auth.KindSystem {
			return nil
		}
		return ErrNotIdentified
	}
	if authz.Door(ctx, MayApply) != nil {
		return err
	}
	return ErrNoDraft // whether it exists is not for everybody
}

// Draft returns a draft to its owner or to a clerk who has identified the person.
func (s *Service) Draft(ctx context.Context, region string, id DraftID) (Draft, error) {
	d, err := loadDraft(ctx, s.DB, region, id)
	if err != nil {
		return Draft{}, err
	}
	return d, mayDraft(ctx, d)
}

// MyDrafts lists the open drafts of the caller, newest first.
func (s *Service) MyDrafts(ctx context.Context) ([]Draft, error) {
	owner := auth.From(ctx).Owner()
	if err := owns(ctx, owner); err != nil {
		return nil, err
	}
	return openDrafts(ctx, s.DB, s.Regions, "owner", owner, 100)
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
		if !drafts[i].identifiedBy(me) {
			drafts[i].Situation, drafts[i].Form, drafts[i].Materials = nil, nil, nil
			drafts[i].Applicant.Number, drafts[i].Applicant.Phone = "", ""
		}
	}
	return drafts, err
}

// Identify records that a clerk compared the person who began a draft with a
// document; from then on the clerk may go on with it.
func (s *Service) Identify(ctx context.Context, region string, id DraftID, shown string) (Draft, error) {
	return s.change(ctx, region, id, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := mayIntake(ctx, d.Region); err != nil {
			return nil, err
		}
		if !sameNumber(shown, d.Applicant.Number) {
			return nil, ErrOtherPerson
		}
		p := tx.Actor()
		if !d.identifiedBy(p.ID) {
			d.Identified = append(slices.Clone(d.Identified), Identification{By: p.ID, Name: p.Name, Org: officeOf(p), At: s.Clock.Now()})
		}
		s.recordDraft(ctx, tx, *d, "draft.identified", map[string]any{"person": d.Applicant.Person})
		return nil, nil
	})
}

// change loads an open draft, lets f change it, and writes the next version.
// version 0 means: whatever is there.
func (s *Service) change(ctx context.Context, region string, id DraftID, version int, f func(tx *db.Tx, d *Draft) ([]FieldChange, error)) (Draft, error) {
	var out Draft
	err := s.write(ctx, func(tx *db.Tx) error {
		d, err := loadDraft(ctx, tx, region, id)
		if err != nil {
			return err
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
		if err := updateDraft(ctx, tx, &d, p.ID, p.Name, s.Clock.Now(), fields); err != nil {
			return err
		}
		out = d
		return nil
	})
	return out, err
}

// Present records somebody who stands at the counter: name and number from the
// document that the clerk sees.
func (s *Service) Present(ctx context.Context, in Person) (Person, error) {
	if err := authz.Door(ctx, MayIntake); err != nil {
		return Person{}, err
	}
	var out Person
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if out, err = s.People.PresentTx(ctx, tx, in); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: auth.From(ctx).Region, Action: "casework.person.identified", Object: out.ID, At: s.Clock.Now()})
		return nil
	})
	return out, err
}

// CompaniesOf lists the companies that somebody may apply for: the caller, or
// the person at the clerk's counter.
func (s *Service) CompaniesOf(ctx context.Context, person string) ([]Company, error) {
	if auth.From(ctx).Person != person {
		if err := authz.Door(ctx, MayIntake); err != nil {
			return nil, err
		}
	}
	return s.People.Companies(ctx, person)
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
		if err := mayDraft(ctx, *d); err != nil {
			return nil, err
		}
		fresh, fields := d.apply(e)
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

// Attach adds a file to a material of a draft; the bytes are in the file store already.
func (s *Service) Attach(ctx context.Context, region string, id DraftID, material string, a Attachment) (Draft, error) {
	return s.choose(ctx, region, id, material, func(p auth.Principal, c Choice) (Choice, error) {
		if len(c.Files) >= maxFiles {
			return c, Problems{{Field: "material." + material, Code: "casework.problem.too_many_files", Pairs: []any{"max", fmt.Sprint(maxFiles)}}}
		}
		fresh, err := s.attachment(p, "material."+material, a)
		if err != nil {
			return c, err
		}
		for _, f := range c.Files {
			if f.Hash == a.Hash {
				return c, nil // the same file a second time
			}
		}
		c.Mode, c.Paper = ByFile, ""
		c.Files = append(slices.Clone(c.Files), fresh)
		return c, nil
	})
}

// attachment completes what the caller said about a file.
func (s *Service) attachment(p auth.Principal, field string, a Attachment) (Attachment, error) {
	if pr := needText(field, a.Name, maxFileName); len(pr) > 0 {
		return a, pr
	}
	if a.Hash == "" || a.Size <= 0 {
		return a, Problems{{Field: field, Code: "casework.problem.required"}}
	}
	a.At, a.By, a.Who = s.Clock.Now(), p.ID, p.Name
	a.Checked = a.Checked && p.Kind == auth.KindOfficer
	return a, nil
}

// Detach takes a file off a material of a draft.
func (s *Service) Detach(ctx context.Context, region string, id DraftID, material, hash string) (Draft, error) {
	return s.choose(ctx, region, id, material, func(_ auth.Principal, c Choice) (Choice, error) {
		c.Files = slices.DeleteFunc(slices.Clone(c.Files), func(f Attachment) bool { return f.Hash == hash })
		return c, nil
	})
}

// Choose says how a material is handed in; files that are there stay.
func (s *Service) Choose(ctx context.Context, region string, id DraftID, material string, mode Mode, paper, note string) (Draft, error) {
	switch mode {
	case ByFile, Electronic, Pledged, ToFollow, NotNeeded:
	default:
		return Draft{}, Problems{{Field: "material." + material, Code: "casework.problem.mode"}}
	}
	if utf8.RuneCountInString(note) > maxNote {
		return Draft{}, Problems{{Field: "material." + material, Code: "casework.problem.too_long", Pairs: []any{"max", fmt.Sprint(maxNote)}}}
	}
	return s.choose(ctx, region, id, material, func(_ auth.Principal, c Choice) (Choice, error) {
		c.Mode, c.Paper, c.Note = mode, "", strings.TrimSpace(note)
		if mode == Electronic {
			c.Paper = strings.TrimSpace(paper)
		}
		return c, nil
	})
}

func (s *Service) choose(ctx context.Context, region string, id DraftID, material string, f func(auth.Principal, Choice) (Choice, error)) (Draft, error) {
	return s.change(ctx, region, id, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := mayDraft(ctx, *d); err != nil {
			return nil, err
		}
		o, err := s.offer(d.Region, d.Item, d.ItemVersion)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(o.Materials, func(m catalogue.Material) bool { return m.ID == material }) {
			return nil, ErrNoMaterial.With("material", material)
		}
		old := d.Materials[material]
		c, err := f(tx.Actor(), old)
		if err != nil {
			return nil, err
		}
		d.Materials = maps.Clone(d.Materials)
		if d.Materials == nil {
			d.Materials = map[string]Choice{}
		}
		d.Materials[material] = c
		s.recordDraft(ctx, tx, *d, "draft.material_chosen", map[string]any{"material": material, "mode": c.Mode, "files": len(c.Files)})
		return []FieldChange{{Field: "material." + material, Old: old.describe(), New: c.describe()}}, nil
	})
}

// Discard gives a draft up; it is kept as discarded.
func (s *Service) Discard(ctx context.Context, region string, id DraftID) error {
	_, err := s.change(ctx, region, id, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := mayDraft(ctx, *d); err != nil {
			return nil, err
		}
		d.State = DraftDiscarded
		s.recordDraft(ctx, tx, *d, "draft.discarded", nil)
		return nil, nil
	})
	return err
}

// Changes lists who changed what in a draft, oldest first.
func (s *Service) Changes(ctx context.Context, region string, id DraftID) ([]Change, error) {
	if _, err := s.Draft(ctx, region, id); err != nil {
		return nil, err
	}
	return changesSince(ctx, s.DB, region, id, 0)
}

// Check says what keeps the draft from being submitted: the same that Submit checks.
func (s *Service) Check(ctx context.Context, d Draft) (Problems, error) {
	o, err := s.fetchOffer(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	return s.problems(o, &d), nil
}

// checkForm brings the answers of the form to their normal form and finds what
// is wrong with them.
func (s *Service) checkForm(o *stocked, d Draft) (map[string]string, forms.Problems) {
	return o.Form.Check(d.Form, forms.Context{Answers: o.Situations.Prune(d.Situation), Known: d.Known(), Now: s.Clock.Now(), Checks: s.Checks})
}

// CheckForm checks the answers of some groups of the form as they stand, for a
// page that asks for one group at a time.
func (s *Service) CheckForm(ctx context.Context, d Draft) (map[string]string, Problems, error) {
	o, err := s.fetchOffer(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, nil, err
	}
	normal, found := s.checkForm(o, d)
	p := make(Problems, len(found))
	for i, f := range found {
		p[i] = Problem{Field: "form." + f.Field, Code: f.Code, Pairs: f.Pairs}
	}
	return normal, p, nil
}

// Offer returns the version of the item that a draft or a case began with:
// questions, form, materials, limits.
func (s *Service) Offer(ctx context.Context, region, item string, version int) (*catalogue.Offer, error) {
	o, err := s.fetchOffer(ctx, region, item, version)
	if err != nil {
		return nil, err
	}
	return o.Offer, nil
}

// problems checks an application against its item and brings the answers of
// its form to their normal form. Fields are named "situation.KEY", "form.KEY",
// "material.KEY" and "applicant".
func (s *Service) problems(o *stocked, d *Draft) Problems {
	var p Problems
	for _, q := range o.MissingAnswers(d.Situation) {
		p = append(p, Problem{Field: "situation." + q.ID, Code: "casework.problem.question", Pairs: []any{"name", q.Text.Zh}})
	}
	normal, found := s.checkForm(o, *d)
	for _, f := range found {
		p = append(p, Problem{Field: "form." + f.Field, Code: f.Code, Pairs: f.Pairs})
	}
	d.Form = normal
	answers := o.answers(*d)
	if d.Applicant.Name == "" || d.Applicant.Number == "" {
		p = append(p, Problem{Field: "applicant", Code: "casework.problem.applicant"})
	}
	for _, m := range o.MaterialsFor(answers) {
		if code := o.materialProblem(m, d.Materials[m.ID]); code != "" {
			p = append(p, Problem{Field: "material." + m.ID, Code: code, Pairs: []any{"name", m.Name.Zh}})
		}
	}
	return p
}
