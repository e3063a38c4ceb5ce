package bundles

import (
	"context"
	"slices"
	"strings"

	"tongban/gov/casework/drafts"
	"tongban/gov/catalogue"
)

// Preview is what an office will get when a draft is handed in.
type Preview struct {
	catalogue.Part
	ItemName, ItemNameEn string
	OrgName, OrgNameEn   string
	Questions            []string // of the one thing, by id: their answers
	Fields               []string
	Materials            []string
	Results              []string // parts whose certificates it gets
	Waits                []string // parts that have to be done before
	Gone                 bool     // its item is offered no more
}

// Preview tells who gets what, for reading back before handing in.
//
// Law: 个人信息保护法 art. 17: the applicant is told who gets what, and what for.
func (s *Service) Preview(ctx context.Context, d drafts.Draft) ([]Preview, error) {
	items, err := s.inForce(ctx, d)
	if err != nil {
		return nil, err
	}
	o, err := s.Cases.Applications.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	s.Cases.Problems(o, &d) // brings the answers to their normal form
	w := newWhole(o, d)
	needed := o.PartsFor(w.answers)
	with := func(id string) bool {
		return slices.ContainsFunc(needed, func(p catalogue.Part) bool { return p.ID == id })
	}
	var out []Preview
	for _, p := range needed {
		v := Preview{Part: p, ItemName: p.Name.Zh, ItemNameEn: p.Name.En, Gone: items[p.ID] == nil}
		if item := items[p.ID]; item != nil {
			v.ItemName, v.ItemNameEn, v.OrgName, v.OrgNameEn = item.FullName(), item.NameEn, item.OrgName, item.OrgNameEn
			ready, err := s.Cases.Applications.Shelf.Fetch(ctx, item.Region, item.Code, item.Version)
			if err != nil {
				return nil, err
			}
			a := w.application(p, ready, nil, s.Clock.Now())
			s.Cases.Problems(ready, &a) // what the part does not ask is not passed on
			v.Questions, v.Fields = w.passes(p, a)
			asks := item.MaterialsFor(ready.Answers(a.Situation, a.Form))
			for _, b := range p.Materials {
				wanted := slices.ContainsFunc(asks, func(m catalogue.Material) bool { return m.ID == b.Material })
				if b.From != "" && wanted && w.needs(b.From) {
					v.Materials = append(v.Materials, b.From)
				}
				if b.Result != "" && with(b.Result) && !slices.Contains(v.Results, b.Result) {
					v.Results = append(v.Results, b.Result)
				}
			}
		}
		for _, a := range p.After {
			if with(a) {
				v.Waits = append(v.Waits, a)
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// passes are the questions and the fields of the one thing whose answers stand
// in the application of a part. What stands in a field of a part may have been
// asked as a question, and the other way round.
func (w whole) passes(p catalogue.Part, a drafts.Draft) (questions, fields []string) {
	add := func(from string) {
		id := w.first(from)
		if from == "" || w.answers[id] == "" {
			return
		}
		list := &fields
		if strings.HasPrefix(w.place(id), "situation.") {
			list = &questions
		}
		if !slices.Contains(*list, id) {
			*list = append(*list, id)
		}
	}
	for _, b := range p.Situation {
		if a.Situation[b.Question] != "" {
			add(b.From)
		}
	}
	for _, b := range p.Form {
		if a.Form[b.Field] != "" {
			add(b.From)
		}
	}
	return questions, fields
}
