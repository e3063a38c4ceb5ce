package bundles

import (
	"maps"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/offers"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/id"
)

// whole is a one thing as it was handed in: its draft with the answers in their
// normal form.
type whole struct {
	offer   *offers.Ready
	draft   drafts.Draft
	answers map[string]string
}

func newWhole(o *offers.Ready, d drafts.Draft) whole {
	return whole{offer: o, draft: d, answers: o.Answers(d.Situation, d.Form)}
}

// results are the certificates of parts that are done, by part.
type results map[string]certificates.Paper

// line is a line of a certificate.
func line(p certificates.Paper, key string) string {
	if key == catalogue.CertificateNumber {
		return p.Number
	}
	i := slices.IndexFunc(p.Fields, func(f certificates.Field) bool { return f.Key == key })
	if i < 0 {
		return ""
	}
	return p.Fields[i].Value
}

// application makes the application of a part: its answers, its fields and its
// materials, from the one thing and from what parts before it gave.
//
// Law: 个人信息保护法 art. 6: an office gets what its part needs, nothing else.
func (w whole) application(p catalogue.Part, o *offers.Ready, got results, now time.Time) drafts.Draft {
	d := w.draft
	d.Region, d.ID, d.Item, d.ItemVersion, d.ItemName = o.Region, drafts.DraftID(id.New("dra")), o.Code, o.Version, o.FullName()
	d.Org, d.OrgName, d.Code, d.State, d.Case, d.Version = o.Org, o.OrgName, "", drafts.DraftOpen, "", 1
	d.CreatedAt, d.UpdatedAt = now, now
	d.Delivery = w.draft.Wanted(w.offer.Form)
	d.Situation, d.Form, d.Materials = map[string]string{}, map[string]string{}, map[string]drafts.Choice{}
	for _, a := range p.Situation {
		if v := w.answer(a.From, a.Value, a.Words); v != "" {
			d.Situation[a.Question] = v
		}
	}
	d.Situation = o.Situations.Prune(d.Situation)
	maps.Copy(d.Form, o.Form.Prefilled(d.Known()))
	for _, b := range p.Form {
		v := w.answer(b.From, b.Value, b.Words)
		if paper, ok := got[b.Result]; ok && b.Result != "" {
			v = line(paper, b.Key)
		}
		if v != "" {
			d.Form[b.Field] = v
		}
	}
	for _, b := range p.Materials {
		if paper, ok := got[b.Result]; ok && b.Result != "" {
			d.Materials[b.Material] = w.passedOn(paper, o, now)
		} else if c, ok := w.draft.Materials[b.From]; ok && b.From != "" && w.needs(b.From) {
			d.Materials[b.Material] = forOffice(c, o)
		}
	}
	return d
}

func (w whole) answer(from, value string, words []catalogue.Word) string {
	if from == "" {
		return value
	}
	return catalogue.Turn(words, w.answers[w.first(from)])
}

// needs tells whether the answers ask for a material of the one thing. What
// they do not ask for is passed on to nobody.
func (w whole) needs(material string) bool {
	return slices.ContainsFunc(w.offer.MaterialsFor(w.answers), func(m catalogue.Material) bool { return m.ID == material })
}

// forOffice is a choice as one office gets it: consent names that office.
func forOffice(c drafts.Choice, o *offers.Ready) drafts.Choice {
	if c.Consent != nil {
		consent := *c.Consent
		consent.Office = o.OrgName
		c.Consent = &consent
	}
	c.Files = slices.Clone(c.Files)
	return c
}

// passedOn is the certificate of a part before, handed in for the next one. The
// applicant agreed to it with the application, which named it.
func (w whole) passedOn(p certificates.Paper, o *offers.Ready, now time.Time) drafts.Choice {
	return drafts.Choice{Mode: drafts.Electronic, Paper: p.Code, Note: p.Title,
		Consent: &drafts.Consent{Purpose: "为办理“" + o.FullName() + "”使用“" + w.draft.ItemName + "”中前一项的结果", Office: o.OrgName, At: now,
			By: w.draft.StartedBy, Who: w.draft.StartedName, Counter: w.draft.Channel == drafts.Counter}}
}

// blame sorts what is wrong with the application of a part: what the applicant
// answers in the one thing comes back under the name that it has there; what
// waits for a part before is no problem yet; the rest is the part's own.
func (w whole) blame(p catalogue.Part, wrong drafts.Problems, coming func(part string) bool) (back, own drafts.Problems) {
	for _, x := range wrong {
		kind, key, _ := strings.Cut(x.Field, ".")
		from, result := w.source(p, kind, key)
		switch {
		case result != "" && coming(result):
		case from != "":
			x.Field = from
			if !slices.ContainsFunc(back, func(y drafts.Problem) bool { return y.Field == from }) {
				back = append(back, x)
			}
		default:
			own = append(own, x)
		}
	}
	return back, own
}

// source is where an answer of a part comes from: a field of the one thing,
// such as "form.name", or a part before.
func (w whole) source(p catalogue.Part, kind, key string) (from, result string) {
	switch kind {
	case "situation":
		for _, a := range p.Situation {
			if a.Question == key && a.From != "" {
				from = w.place(w.first(a.From))
			}
		}
	case "form":
		for _, b := range p.Form {
			if b.Field == key && b.From != "" {
				from = w.place(w.first(b.From))
			}
			if b.Field == key && b.Result != "" {
				result = b.Result
			}
		}
	case "material":
		for _, b := range p.Materials {
			if b.Material == key && b.From != "" {
				from = "material." + b.From
			}
			if b.Material == key && b.Result != "" {
				result = b.Result
			}
		}
	}
	return from, result
}

// first is the answer that a binding takes: the first that has a value.
func (w whole) first(from string) string {
	all := catalogue.Sources(from)
	for _, id := range all {
		if w.answers[id] != "" {
			return id
		}
	}
	if len(all) == 0 {
		return from
	}
	return all[0]
}

// place is where an answer of the one thing is given: a question or a field.
func (w whole) place(id string) string {
	if _, ok := w.offer.Situations.Question(id); ok {
		return "situation." + id
	}
	return "form." + id
}
