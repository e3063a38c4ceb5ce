package drafts

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/gov/casework/offers"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/forms"
)

// Attach adds a file to a material of a draft; the bytes are in the file store already.
// A picture for a certificate is made fit and takes the place of the former one.
func (s *Service) Attach(ctx context.Context, region string, id DraftID, material string, a Attachment) (Draft, error) {
	d, err := Load(ctx, s.DB, region, id)
	if err != nil {
		return Draft{}, err
	}
	if err := MayWork(ctx, d); err != nil {
		return Draft{}, err
	}
	if _, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion); err != nil {
		return Draft{}, err
	}
	portrait, err := s.fit(ctx, d, material, &a)
	if err != nil {
		return Draft{}, err
	}
	return s.choose(ctx, region, id, material, func(p auth.Principal, _ Draft, _ catalogue.Material, c Choice) (Choice, error) {
		if portrait {
			c.Files = nil
		}
		if len(c.Files) >= MaxFiles {
			return c, Problems{{Field: "material." + material, Code: "casework.problem.too_many_files", Pairs: []any{"max", fmt.Sprint(MaxFiles)}}}
		}
		fresh, err := s.File(p, "material."+material, a)
		if err != nil {
			return c, err
		}
		for _, f := range c.Files {
			if f.Hash == a.Hash {
				return c, nil // the same file a second time
			}
		}
		c.Mode, c.Paper, c.Consent = ByFile, "", nil
		c.Files = append(slices.Clone(c.Files), fresh)
		return c, nil
	})
}

// fit makes a picture fit when a certificate shows it, and tells whether one does.
func (s *Service) fit(ctx context.Context, d Draft, material string, a *Attachment) (bool, error) {
	o, err := s.Shelf.Offer(d.Region, d.Item, d.ItemVersion)
	if err != nil || s.Portraits == nil || !o.Portrait(material) {
		return false, err
	}
	ref, err := s.Portraits.Fit(ctx, a.Hash)
	if err != nil {
		return false, err
	}
	a.Hash, a.Size, a.Kind = ref.Hash, ref.Size, string(ref.Kind)
	return true, nil
}

// Received is File for a material of an application that was handed in.
func (s *Service) Received(ctx context.Context, p auth.Principal, d Draft, material string, a Attachment) (Attachment, error) {
	if _, err := s.fit(ctx, d, material, &a); err != nil {
		return a, err
	}
	return s.File(p, "material."+material, a)
}

// File completes what the caller said about a file.
func (s *Service) File(p auth.Principal, field string, a Attachment) (Attachment, error) {
	if pr := NeedText(field, a.Name, MaxFileName); len(pr) > 0 {
		return a, pr
	}
	if a.Hash == "" || a.Size <= 0 {
		return a, Problems{{Field: field, Code: "casework.problem.required"}}
	}
	a.At, a.By, a.Who = s.Clock.Now(), p.ID, p.Name
	a.Checked, a.CheckedBy = a.Checked && p.Kind == auth.KindOfficer, ""
	if a.Checked {
		a.CheckedBy = OfficeOf(p)
	}
	return a, nil
}

// Detach takes a file off a material of a draft.
func (s *Service) Detach(ctx context.Context, region string, id DraftID, material, hash string) (Draft, error) {
	return s.choose(ctx, region, id, material, func(_ auth.Principal, _ Draft, _ catalogue.Material, c Choice) (Choice, error) {
		c.Files = slices.DeleteFunc(slices.Clone(c.Files), func(f Attachment) bool { return f.Hash == hash })
		return c, nil
	})
}

// Choose says how a material is handed in; files that are there stay with the
// draft, and are handed in only with the way ByFile. Choosing Electronic is
// consent to looking up what stands in for the material, so nobody chooses it
// for the applicant: no page offers it chosen.
//
// Law: 个人信息保护法 art. 14.
func (s *Service) Choose(ctx context.Context, region string, id DraftID, material string, mode Mode, paper, note string) (Draft, error) {
	switch mode {
	case ByFile, Electronic, Pledged, ToFollow, NotNeeded:
	default:
		return Draft{}, Problems{{Field: "material." + material, Code: "casework.problem.mode"}}
	}
	if utf8.RuneCountInString(note) > MaxNote {
		return Draft{}, Problems{{Field: "material." + material, Code: "casework.problem.too_long", Pairs: []any{"max", fmt.Sprint(MaxNote)}}}
	}
	paper = strings.TrimSpace(paper)
	if mode == Electronic && paper != "" && !strings.Contains(paper, ":") {
		paper = certificates.CleanCode(paper)
		if err := s.refusePaper(ctx, region, id, material, paper); err != nil {
			return Draft{}, err
		}
	}
	var office string
	if mode == Electronic {
		d, err := Load(ctx, s.DB, region, id)
		if err != nil {
			return Draft{}, err
		}
		if office, err = s.Recipients(ctx, d, material); err != nil {
			return Draft{}, err
		}
	}
	return s.choose(ctx, region, id, material, func(p auth.Principal, d Draft, m catalogue.Material, c Choice) (Choice, error) {
		same := c.Mode == mode && c.Paper == paper
		c.Mode, c.Paper, c.Note = mode, "", strings.TrimSpace(note)
		if mode != Electronic {
			c.Consent = nil
			return c, nil
		}
		c.Paper = paper
		if c.Paper != "" && (!same || c.Consent == nil) {
			c.Consent = &Consent{Purpose: purposeOf(d, m, c.Paper), Office: office, At: s.Clock.Now(), By: p.ID, Who: p.Name, Counter: d.IdentifiedBy(p.ID)}
		}
		return c, nil
	})
}

// refusePaper refuses the code of a certificate that cannot stand in for a
// material; only whoever may work on the draft is told.
func (s *Service) refusePaper(ctx context.Context, region string, id DraftID, material, code string) error {
	d, err := Load(ctx, s.DB, region, id)
	if err != nil {
		return err
	}
	if err := MayWork(ctx, d); err != nil {
		return err
	}
	wrong, err := s.PaperProblem(ctx, d, material, code)
	if err != nil {
		return err
	}
	return wrong.Err()
}

// Unchoose takes back how a material is handed in, and with it the consent
// that the choice was. Files stay with the draft.
//
// Law: 个人信息保护法 art. 15: consent can be taken back, as easily as it was given.
func (s *Service) Unchoose(ctx context.Context, region string, id DraftID, material string) (Draft, error) {
	return s.choose(ctx, region, id, material, func(_ auth.Principal, _ Draft, _ catalogue.Material, c Choice) (Choice, error) {
		return Choice{Files: c.Files}, nil
	})
}

func (s *Service) choose(ctx context.Context, region string, id DraftID, material string, f func(auth.Principal, Draft, catalogue.Material, Choice) (Choice, error)) (Draft, error) {
	return s.change(ctx, region, id, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := MayWork(ctx, *d); err != nil {
			return nil, err
		}
		o, err := s.Shelf.Offer(d.Region, d.Item, d.ItemVersion)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(o.Materials, func(m catalogue.Material) bool { return m.ID == material })
		if at < 0 {
			return nil, ErrNoMaterial.With("material", material)
		}
		old := d.Materials[material]
		c, err := f(tx.Actor(), *d, o.Materials[at], old)
		if err != nil {
			return nil, err
		}
		if !substitute(o.Materials, material, c) {
			return nil, Problems{{Field: "material." + material, Code: "casework.problem.mode"}}
		}
		d.Materials = maps.Clone(d.Materials)
		if d.Materials == nil {
			d.Materials = map[string]Choice{}
		}
		d.Materials[material] = c
		s.recordDraft(ctx, tx, *d, "draft.material_chosen", map[string]any{"material": material, "mode": c.Mode, "files": len(c.Files)})
		s.RecordConsent(ctx, tx, *d, material, old.Consent, c.Consent)
		return []FieldChange{{Field: "material." + material, Old: old.Describe(), New: c.Describe()}}, nil
	})
}

// RecordConsent keeps what was agreed to, or that it no longer is.
func (s *Service) RecordConsent(ctx context.Context, tx *db.Tx, d Draft, material string, old, fresh *Consent) {
	if old != nil && (fresh == nil || *fresh != *old) {
		s.recordDraft(ctx, tx, d, "consent.withdrawn", map[string]any{"material": material, "purpose": old.Purpose})
	}
	if fresh != nil && (old == nil || *fresh != *old) {
		s.recordDraft(ctx, tx, d, "consent.given", map[string]any{"material": material, "purpose": fresh.Purpose, "office": fresh.Office, "counter": fresh.Counter})
	}
}

// Discard gives a draft up; it is kept as discarded.
func (s *Service) Discard(ctx context.Context, region string, id DraftID) error {
	_, err := s.change(ctx, region, id, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := MayWork(ctx, *d); err != nil {
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
	o, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	if d.State == DraftOpen {
		if d.Applicant.Level, err = s.LevelOf(ctx, d); err != nil {
			return nil, err
		}
	}
	wrong := s.Problems(o, &d)
	papers, err := s.papersProblems(ctx, o, d)
	return append(wrong, papers...), err
}

// CheckAnswers brings the answers of the form to their normal form and finds
// what is wrong with them.
func (s *Service) CheckAnswers(o *offers.Ready, d Draft) (map[string]string, forms.Problems) {
	return o.Form.Check(d.Form, forms.Context{Answers: o.Situations.Prune(d.Situation), Known: d.Known(), Now: s.Clock.Now(), Checks: s.Checks, Lists: o.Lists})
}

// CheckFills brings what a step fills in (its part of the form) to its normal form.
// Whatever is wrong keeps it from approving.
func (s *Service) CheckFills(o *offers.Ready, d Draft, part *forms.Definition, fields map[string]string) (map[string]string, error) {
	normal, found := part.Check(fields, forms.Context{Answers: o.Answers(d.Situation, d.Form), Now: s.Clock.Now(), Checks: s.Checks, Lists: o.Lists})
	if len(found) == 0 {
		out := maps.Clone(fields)
		if out == nil {
			out = map[string]string{}
		}
		maps.Copy(out, normal)
		return out, nil
	}
	p := make(Problems, len(found))
	for i, f := range found {
		p[i] = Problem{Field: "fields." + f.Field, Code: f.Code, Pairs: f.Pairs}
	}
	return fields, p
}

// CheckForm checks the answers of some groups of the form as they stand, for a
// page that asks for one group at a time.
func (s *Service) CheckForm(ctx context.Context, d Draft) (map[string]string, Problems, error) {
	o, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, nil, err
	}
	normal, found := s.CheckAnswers(o, d)
	p := make(Problems, len(found))
	for i, f := range found {
		p[i] = Problem{Field: "form." + f.Field, Code: f.Code, Pairs: f.Pairs}
	}
	return normal, p, nil
}

// ListsFor are what the form of an item takes answers from: divisions, by code
// and name.
func (s *Service) ListsFor(ctx context.Context, region, item string, version int) (forms.Lists, error) {
	o, err := s.Shelf.Fetch(ctx, region, item, version)
	if err != nil {
		return nil, err
	}
	return o.Lists, nil
}

// SaveListed is Save for programs, which have the lists: an answer that is in
// no list is refused at once instead of being kept for its author to mend.
func (s *Service) SaveListed(ctx context.Context, region string, id DraftID, version int, e Edit) (Draft, error) {
	d, err := s.Draft(ctx, region, id)
	if err != nil {
		return Draft{}, err
	}
	o, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return Draft{}, err
	}
	var wrong Problems
	for _, p := range o.Lists.Wrong(o.Form, e.Form) {
		wrong = append(wrong, Problem{Field: "form." + p.Field, Code: p.Code, Pairs: p.Pairs})
	}
	if len(wrong) > 0 {
		return Draft{}, wrong
	}
	return s.Save(ctx, region, id, version, e)
}

// NamesOf are the names of all answers of a draft that are codes of a list.
func (s *Service) NamesOf(ctx context.Context, d Draft) (map[string]string, error) {
	o, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	return o.Lists.Names(o.Form, d.Form), nil
}

// Offer returns the version of the item that a draft or a case began with:
// questions, form, materials, limits.
func (s *Service) Offer(ctx context.Context, region, item string, version int) (*catalogue.Offer, error) {
	o, err := s.Shelf.Fetch(ctx, region, item, version)
	if err != nil {
		return nil, err
	}
	return o.Offer, nil
}

// Problems checks an application against its item and brings the answers of
// its form to their normal form. Fields are named "situation.KEY", "form.KEY",
// "material.KEY" and "applicant".
func (s *Service) Problems(o *offers.Ready, d *Draft) Problems {
	var p Problems
	for _, q := range o.MissingAnswers(d.Situation) {
		p = append(p, Problem{Field: "situation." + q.ID, Code: "casework.problem.question", Pairs: []any{"name", q.Text.Zh}})
	}
	normal, found := s.CheckAnswers(o, *d)
	for _, f := range found {
		p = append(p, Problem{Field: "form." + f.Field, Code: f.Code, Pairs: f.Pairs})
	}
	d.Form = normal
	answers := o.Answers(d.Situation, d.Form)
	if d.Applicant.Name == "" || d.Applicant.Number == "" {
		p = append(p, Problem{Field: "applicant", Code: "casework.problem.applicant"})
	}
	if need := o.IdentityLevel(); d.Applicant.Level < need && len(d.Identified) == 0 {
		p = append(p, Problem{Field: "applicant", Code: "casework.problem.identity", Pairs: []any{"need", fmt.Sprint(need), "have", fmt.Sprint(d.Applicant.Level)}})
	}
	for _, m := range o.MaterialsFor(answers) {
		if code := materialProblem(o, m, d.Materials[m.ID]); code != "" {
			p = append(p, Problem{Field: "material." + m.ID, Code: code, Pairs: []any{"name", m.Name.Zh}})
		}
	}
	return p
}

// substitute tells whether what stands in for a material is one that the item
// names: kind and source, such as "data:tenancy". The code of a certificate of
// one's own has no kind; PaperProblem looks at it.
func substitute(list []catalogue.Material, material string, c Choice) bool {
	kind, source, named := strings.Cut(c.Paper, ":")
	if c.Mode != Electronic || !named {
		return true
	}
	return slices.ContainsFunc(list, func(m catalogue.Material) bool {
		return m.ID == material && slices.ContainsFunc(m.Instead, func(s catalogue.Substitute) bool { return s.Kind == kind && s.Source == source })
	})
}
