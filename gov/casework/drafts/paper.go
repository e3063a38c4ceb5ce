package drafts

import (
	"context"
	"slices"
	"strings"

	"tongban/gov/casework/offers"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/auth"
	"tongban/platform/fault"
)

// Papers finds the e-certificate that a code is printed on.
type Papers interface {
	ByCode(ctx context.Context, code string) (certificates.Found, error)
}

// Accepts tells whether a certificate is of a kind that stands in for a
// material. Materials of a package name the kinds; a guide that was imported
// names none, so that there the name of the certificate has to be the name of
// the material, and nothing that merely resembles it.
//
// Law: 国务院令第716号 (在线政务服务) art. 10: e-certificates count as the
// certificate they are, not as another.
func (s *Service) Accepts(imported bool, m catalogue.Material, p certificates.Paper) bool {
	name := p.TypeName
	if name == "" {
		name = p.Title
	}
	if kinds := certificatesOf(m); len(kinds) > 0 || !imported {
		return slices.ContainsFunc(kinds, func(k catalogue.Substitute) bool {
			return p.Type != "" && k.Source == p.Type || name != "" && plainName(k.Name.Zh) == plainName(name)
		})
	}
	parts := strings.FieldsFunc(m.Name.Zh, func(r rune) bool { return strings.ContainsRune("或、/／,，;；", r) })
	return slices.ContainsFunc(parts, func(part string) bool { return name != "" && plainName(part) == plainName(name) })
}

// StandIns are those of some certificates in force that stand in for a material of a
// version of an item.
func (s *Service) StandIns(ctx context.Context, region, item string, version int, material string, held []certificates.Found) ([]certificates.Found, error) {
	o, err := s.Shelf.Fetch(ctx, region, item, version)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(o.Materials, func(m catalogue.Material) bool { return m.ID == material })
	return slices.DeleteFunc(slices.Clone(held), func(f certificates.Found) bool {
		return at < 0 || f.Kind != certificates.Certificate || f.Status != certificates.Valid || !s.Accepts(o.Package == "", o.Materials[at], f.Paper)
	}), nil
}

// certificatesOf are the kinds of certificate that a material names.
func certificatesOf(m catalogue.Material) []catalogue.Substitute {
	return slices.DeleteFunc(slices.Clone(m.Instead), func(s catalogue.Substitute) bool { return s.Kind != "certificate" })
}

// plainName is the name of a document without whose it is and in which form
// it is given: 申请人身份证复印件（正反面） and 居民身份证 are the same document.
func plainName(name string) string {
	name, _, _ = strings.Cut(strings.NewReplacer("(", "（", " ", "", "《", "", "》", "").Replace(name), "（")
	if at := strings.LastIndex(name, "的"); at >= 0 && at+len("的") < len(name) {
		name = name[at+len("的"):]
	}
	for _, whose := range []string{"申请人", "法定代表人", "本人", "经营者", "有效"} {
		name = strings.TrimPrefix(name, whose)
	}
	for _, form := range []string{"复印件", "原件", "电子证照", "正本", "副本"} {
		name = strings.TrimSuffix(name, form)
	}
	if name == "身份证" {
		return "居民身份证"
	}
	return name
}

// papersProblems looks once more at the certificates that were chosen instead
// of documents: since then one may have expired or been revoked, and a new
// version of the item may take other kinds.
//
// Law: 国务院令第716号 art. 10: an e-certificate counts while it is in force.
func (s *Service) papersProblems(ctx context.Context, o *offers.Ready, d Draft) (Problems, error) {
	var out Problems
	for _, m := range o.MaterialsFor(o.Answers(d.Situation, d.Form)) {
		if !d.Materials[m.ID].ByCode() {
			continue
		}
		wrong, err := s.PaperProblem(ctx, d, m.ID, d.Materials[m.ID].Paper)
		if err != nil {
			return nil, err
		}
		out = append(out, wrong...)
	}
	return out, nil
}

// papersInForce refuses to hand in a draft whose certificates cannot stand in
// for its materials any more, with everything else that is wrong with it.
func (s *Service) papersInForce(ctx context.Context, d Draft) error {
	if !d.byCode() || MayWork(ctx, d) != nil {
		return nil // whoever may not work on it is refused where it is handed in
	}
	wrong, err := s.Check(ctx, d)
	if err != nil {
		return err
	}
	return wrong.Err()
}

// ByCode tells whether a certificate of one's own, named by its code, stands in
// for the material.
func (c Choice) ByCode() bool {
	return c.Mode == Electronic && c.Paper != "" && !strings.Contains(c.Paper, ":")
}

func (d Draft) byCode() bool {
	for _, c := range d.Materials {
		if c.ByCode() {
			return true
		}
	}
	return false
}

// PaperProblem says why the certificate with a code cannot stand in for a
// material of a draft: it has to exist, to be the applicant's, to be in force
// and to be of a kind that the material accepts. nil when it can.
func (s *Service) PaperProblem(ctx context.Context, d Draft, material, code string) (Problems, error) {
	o, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(o.Materials, func(m catalogue.Material) bool { return m.ID == material })
	if at < 0 {
		return nil, ErrNoMaterial.With("material", material)
	}
	m := o.Materials[at]
	wrong := func(why string, pairs ...any) (Problems, error) {
		return Problems{{Field: "material." + material, Code: "casework.problem." + why, Pairs: append([]any{"name", m.Name.In(ctx)}, pairs...)}}, nil
	}
	p, err := s.Papers.ByCode(ctx, code)
	switch {
	case fault.IsKind(err, fault.KindNotFound):
		return wrong("paper_none")
	case err != nil:
		return nil, err
	case !slices.Contains(p.Owners, d.Applicant.Person) && !slices.Contains(p.Owners, d.Applicant.Owner()), holding.Outgrew(p.Paper, d.Applicant.Number, s.Clock.Now()):
		if auth.From(ctx).Kind != auth.KindOfficer {
			return wrong("paper_none") // whose it is, and that it is, is not for everybody
		}
		return wrong("paper_other")
	case p.Kind != certificates.Certificate:
		return wrong("paper_no_certificate", "given", p.Title)
	case p.Status != certificates.Valid:
		return wrong("paper_"+string(p.Status), "given", p.Title)
	}
	if s.Accepts(o.Package == "", m, p.Paper) {
		return nil, nil
	}
	var names []string
	for _, k := range certificatesOf(m) {
		names = append(names, k.Name.In(ctx))
	}
	if len(names) == 0 {
		return wrong("paper_unnamed", "given", p.Title)
	}
	return wrong("paper_kind", "given", p.Title, "wanted", strings.Join(names, " / "))
}
