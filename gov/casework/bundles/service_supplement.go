package bundles

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/supplements"
	"tongban/gov/catalogue"
	"tongban/platform/once"
)

// Request is one thing to mend, gathered from all parts that ask for it: what is
// asked of the same fact or material is answered once.
type Request struct {
	Target string // "form.KEY" or "material.KEY" of the one thing; of the part where nothing stands for it
	Name   string
	Text   string // what was answered so far
	Files  []drafts.Attachment
	Paper  string // code of the certificate that was chosen
	Asks   []Ask
}

// Ask is what one office asks for.
type Ask struct {
	Part, ItemName, OrgName string
	Region                  string
	Case                    cases.Case
	Index                   int // of its item in the request
	supplements.SupplementItem
}

// Asked lists what the offices ask for now, in one place.
func (s *Service) Asked(ctx context.Context, region string, id ID) ([]Request, error) {
	b, err := s.Bundle(ctx, region, id)
	if err != nil {
		return nil, err
	}
	return s.asked(ctx, b)
}

func (s *Service) asked(ctx context.Context, b Bundle) ([]Request, error) {
	o, err := s.Cases.Applications.Shelf.Fetch(ctx, b.Region, b.Item, b.ItemVersion)
	if err != nil {
		return nil, err
	}
	w := whole{offer: o}
	var out []Request
	for _, p := range b.Parts {
		if p.Case == nil || !p.Case.State.Open() {
			continue
		}
		all, err := supplements.OfCase(ctx, s.DB, p.Case.Region, p.Case.ID)
		if err != nil {
			return nil, err
		}
		def, _ := o.Bundle.Part(p.ID)
		for _, sup := range all {
			if !sup.AnsweredAt.IsZero() {
				continue
			}
			for i, it := range sup.Items {
				out = gather(out, w.target(def, it.Target), w.name(def, it), Ask{Part: p.ID, ItemName: p.ItemName, OrgName: p.OrgName, Region: p.Case.Region, Case: *p.Case, Index: i, SupplementItem: it})
			}
		}
	}
	return out, nil
}

// gather puts an ask beside those for the same thing.
func gather(list []Request, target, name string, a Ask) []Request {
	i := slices.IndexFunc(list, func(r Request) bool { return r.Target == target })
	if i < 0 {
		list, i = append(list, Request{Target: target, Name: name}), len(list)
	}
	r := &list[i]
	r.Asks = append(r.Asks, a)
	if r.Text == "" {
		r.Text = a.Text
	}
	if len(r.Files) == 0 {
		r.Files = a.Files
	}
	if r.Paper == "" {
		r.Paper = a.Paper
	}
	return list
}

// target is what an item of a request stands for in the one thing; an item that
// stands for nothing there keeps its part, so that nothing is mixed up.
func (w whole) target(p catalogue.Part, of string) string {
	kind, key, _ := strings.Cut(of, ".")
	if from, _ := w.source(p, kind, key); from != "" {
		return from
	}
	return p.ID + "/" + of
}

// name is what the one thing calls it.
func (w whole) name(p catalogue.Part, it supplements.SupplementItem) string {
	kind, key, _ := strings.Cut(w.target(p, it.Target), ".")
	if kind == "material" {
		for _, m := range w.offer.Materials {
			if m.ID == key {
				return m.Name.Zh
			}
		}
	}
	return it.Name
}

// Answer keeps an answer for every office that asked for the same thing.
func (s *Service) Answer(ctx context.Context, region string, id ID, target string, with supplements.Answer) error {
	b, err := s.Bundle(ctx, region, id)
	if err != nil {
		return err
	}
	list, err := s.asked(ctx, b)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(r Request) bool { return r.Target == target })
	if i < 0 {
		return drafts.ErrNoMaterial.With("target", target)
	}
	for _, a := range list[i].Asks {
		if _, err := s.Cases.AnswerItem(ctx, a.Region, a.Case.ID, a.Index, with); err != nil {
			return renamed(err, a.Index, target)
		}
	}
	return nil
}

// renamed says what is wrong with an answer under the name that it has here.
func renamed(err error, index int, target string) error {
	p, ok := err.(drafts.Problems)
	if !ok {
		return err
	}
	out := slices.Clone(p)
	for i := range out {
		out[i].Field = strings.Replace(out[i].Field, fmt.Sprintf("items.%d", index), target, 1)
	}
	return out
}

// SendAnswers sends the answers to every office that asked; all of them have to
// be there. An office whose answers were sent before a crash is not asked twice:
// it no longer asks.
func (s *Service) SendAnswers(ctx context.Context, region string, id ID) (Bundle, error) {
	b, err := s.Bundle(ctx, region, id)
	if err != nil {
		return b, err
	}
	list, err := s.asked(ctx, b)
	if err != nil {
		return b, err
	}
	var wrong drafts.Problems
	var offices []Ask
	for _, r := range list {
		for _, a := range r.Asks {
			if !a.Answered() {
				wrong = append(wrong, drafts.Problem{Field: r.Target, Code: "casework.problem.unanswered", Pairs: []any{"name", r.Name}})
				break
			}
			if !slices.ContainsFunc(offices, func(x Ask) bool { return x.Case.ID == a.Case.ID }) {
				offices = append(offices, a)
			}
		}
	}
	if err := wrong.Err(); err != nil {
		return b, err
	}
	each := once.With(ctx, "") // who repeats the command finds nothing left to send
	for _, a := range offices {
		if _, err := s.Cases.SendSupplement(each, a.Region, a.Case.ID); err != nil {
			return b, err
		}
	}
	return s.Bundle(ctx, region, id)
}
