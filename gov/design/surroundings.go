package design

import (
	"cmp"
	"context"
	"slices"

	"tongban/gov/catalogue"
	"tongban/gov/design/plan"
	"tongban/platform/authz"
)

// Choice is one entry of a list to choose from.
type Choice struct {
	ID     string
	Zh, En string
}

// Subject is an answer that conditions may look at.
type Subject struct {
	Choice
	Type    string // as forms name it; "choice" for questions
	Options []Choice
}

// Surroundings is what a flow may refer to: the item, its form and materials,
// and the offices of its region.
type Surroundings struct {
	Offer     *catalogue.Offer // as the draft has it
	Published *catalogue.Offer // the newest version; for an item that is new, only its name and code
	Offices   []Choice
	Subjects  []Subject
	Groups    []Choice
	Materials []Choice
	names     map[string]string
}

// OfficeName is the name of an office, or its code when it is not known.
func (a Surroundings) OfficeName(code string) string { return cmp.Or(a.names[code], code) }

// around is the same for the rules of plans.
func (a Surroundings) around(d Draft) plan.Around {
	out := plan.Around{Offices: a.names, Subjects: map[string]string{}, Values: map[string][]string{}, Tables: d.Outputs()}
	for _, s := range a.Subjects {
		out.Subjects[s.ID] = s.Type
		for _, o := range s.Options {
			out.Values[s.ID] = append(out.Values[s.ID], o.ID)
		}
	}
	for _, g := range a.Groups {
		out.Groups = append(out.Groups, g.ID)
	}
	for _, m := range a.Materials {
		out.Materials = append(out.Materials, m.ID)
	}
	if p := a.Offer.Promise; p.Unit == catalogue.Workdays {
		out.Promise = p.Amount
	}
	return out
}

// surroundings gathers what the flow of an item may refer to.
func (s *Service) surroundings(ctx context.Context, o *catalogue.Offer) (Surroundings, error) {
	a := Surroundings{Offer: o, names: map[string]string{}}
	for code, name := range o.Offices {
		if name.Zh == "" {
			continue // of a new item: the register knows it
		}
		a.names[code] = name.Zh
		a.Offices = append(a.Offices, Choice{code, name.Zh, name.En})
	}
	orgs, err := s.Orgs.Departments(ctx, o.Region)
	if err != nil {
		return a, err
	}
	for _, d := range orgs {
		if a.names[d.Code] == "" {
			a.names[d.Code] = d.Name
			a.Offices = append(a.Offices, Choice{d.Code, d.Name, d.NameEn})
		}
	}
	for code := range o.Offices {
		if a.names[code] == "" {
			a.Offices = append(a.Offices, Choice{code, code, code})
		}
	}
	slices.SortFunc(a.Offices, func(x, y Choice) int { return cmp.Compare(x.ID, y.ID) })
	if o.Situations != nil {
		for _, q := range o.Situations.Questions {
			sub := Subject{Choice{q.ID, q.Text.Zh, q.Text.En}, "choice", nil}
			for _, x := range q.Options {
				sub.Options = append(sub.Options, Choice{x.ID, x.Text.Zh, x.Text.En})
			}
			a.Subjects = append(a.Subjects, sub)
		}
	}
	for _, g := range o.Form.Groups {
		a.Groups = append(a.Groups, Choice{g.ID, g.Title.Zh, g.Title.En})
		for _, f := range g.Fields {
			sub := Subject{Choice{f.ID, f.Label.Zh, f.Label.En}, string(f.Type), nil}
			for _, x := range f.Options {
				sub.Options = append(sub.Options, Choice{x.Value, x.Text.Zh, x.Text.En})
			}
			if f.Type == "yesno" {
				sub.Options = []Choice{{"yes", "是", "Yes"}, {"no", "否", "No"}}
			}
			a.Subjects = append(a.Subjects, sub)
		}
	}
	for _, m := range o.Materials {
		a.Materials = append(a.Materials, Choice{m.ID, m.Name.Zh, m.Name.En})
	}
	return a, nil
}

// object is what permissions on the flow of an item are asked for.
func object(o *catalogue.Offer) authz.Object {
	return authz.Object{Region: o.Region, Orgs: []string{o.Org}}
}
