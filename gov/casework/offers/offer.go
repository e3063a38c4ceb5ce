package offers

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"tongban/gov/casework/rights"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow/shares"
	"tongban/platform/calendar"
	"tongban/platform/forms"
)

// ExpressKind is the word of the catalogue for an item that is done at once.
const ExpressKind = "即办件"

// AnswerIDs are the ids of all questions and fields; they share one name space.
func (o *Ready) AnswerIDs() []string {
	var ids []string
	if o.Situations != nil {
		for _, q := range o.Situations.Questions {
			ids = append(ids, q.ID)
		}
	}
	for _, f := range o.Form.Fields() {
		ids = append(ids, f.ID)
	}
	return ids
}

// In is the item as it is in a situation: limits, fee, office and window may
// differ there.
func (o *Ready) In(situation map[string]string) *Ready {
	x := *o
	x.Offer = o.Offer.In(situation)
	return &x
}

// Office is who handles an application: another one than usual where the situation says so.
func (o *Ready) Office(situation map[string]string, org, orgName string) (code, name string) {
	if x := o.In(situation); x.Org != o.Org {
		return x.Org, x.OrgName
	}
	return org, orgName
}

// Answers are the answers to the questions on the way taken and the form
// together, as expressions see them.
func (o *Ready) Answers(situation, form map[string]string) map[string]string {
	all := o.Situations.Prune(situation)
	maps.Copy(all, form)
	return all
}

// Words are what a paper prints for an answer: choices give their words.
func (o *Ready) Words(id, value string) string {
	if q, ok := o.Situations.Question(id); ok {
		if opt, ok := q.Option(value); ok {
			return opt.Text.Zh
		}
		return value
	}
	if f, ok := o.fields[id]; ok {
		return o.Lists.Display(f, value, "zh-Hans")
	}
	return value
}

// limit turns a limit of the catalogue into one that the calendar counts.
func limit(l catalogue.Limit, name, english string) calendar.Limit {
	units := map[catalogue.Unit]calendar.Unit{catalogue.Workdays: calendar.WorkingDays, catalogue.Days: calendar.CalendarDays, catalogue.Hours: calendar.Hours}
	if !l.Known() {
		return calendar.Limit{}
	}
	return calendar.Limit{Amount: l.Amount, Unit: units[l.Unit], Citation: l.Citation.Zh, CitationEN: l.Citation.En, Name: name, NameEN: english}
}

// Terms are the limits of a case of this item: its own, else the law's.
//
// Law: 行政许可法 art. 42: twenty days, forty-five where several organs decide together.
func (o *Ready) Terms(r terms.Rules) terms.Terms {
	t := terms.Terms{Accept: limit(o.Correction, r.Acceptance.Name, r.Acceptance.NameEN), Legal: limit(o.Legal, r.Decision.Name, r.Decision.NameEN), Promise: limit(o.Promise, "承诺办结时限", "promised limit for the decision"), Longest: limit(o.Extension, r.Extension.Name, r.Extension.NameEN)}
	joint := len(o.Partners)+len(o.Participants) > 0
	if t.Accept.Amount == 0 {
		t.Accept = r.Acceptance
	}
	if t.Legal.Amount == 0 {
		t.Legal = r.Decision
		if joint {
			t.Legal = r.JointDecision
		}
	}
	if t.Longest.Amount == 0 {
		t.Longest = r.Extension
		if joint && t.Legal.Amount >= r.JointDecision.Amount {
			t.Longest = r.JointExtension
		}
	}
	return t
}

// PartnerNames names the offices that a general flow asks for an opinion: those
// that review but do not decide (联办机构).
func (o *Ready) PartnerNames() []string {
	var names []string
	for _, p := range o.Partners {
		if p.Has(catalogue.Review) && !p.Has(catalogue.Decide) {
			names = append(names, p.LevelName()+p.Dept)
		}
	}
	return names
}

// Fills is the part of the form that a step fills in; nil when it has none.
func (o *Ready) Fills(element string) *forms.Definition {
	for _, s := range o.Steps {
		if s.Element == element && len(s.Fills) > 0 {
			return o.Form.Only(s.Fills)
		}
	}
	return nil
}

// StepLimit is how long a step may take: what the item lists, else what the
// flow says (P5WD).
func (o *Ready) StepLimit(element, attr string) calendar.Limit {
	for _, s := range o.Steps {
		if s.Element == element && s.Limit.Known() {
			return limit(s.Limit, s.Name.Zh, s.Name.En)
		}
	}
	digits, ok := strings.CutPrefix(attr, "P")
	unit := calendar.WorkingDays
	switch {
	case !ok:
		return calendar.Limit{}
	case strings.HasSuffix(digits, "WD"):
		digits = strings.TrimSuffix(digits, "WD")
	case strings.HasSuffix(digits, "D"):
		digits, unit = strings.TrimSuffix(digits, "D"), calendar.CalendarDays
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n <= 0 {
		return calendar.Limit{}
	}
	return calendar.Limit{Amount: n, Unit: unit, Name: "环节时限", NameEN: "limit of the step"}
}

// Share is how long a step of a case may take: what is written, or its share of the
// limit of the case, with how that was found.
//
// Law: 行政许可法 art. 42 ¶2: the limit of offices that decide together is one; how it
// is divided, no law says.
func (o *Ready) Share(element, attr string, t terms.Terms) calendar.Limit {
	whole := t.Promise
	if whole.Amount <= 0 {
		whole = t.Legal
	}
	own := o.StepLimit(element, attr)
	x, ok := shares.Of(o.Process, whole, o.StepLimit).Find(element)
	if !ok || x.How == shares.Given {
		return own
	}
	l := x.Limit
	l.Name, l.NameEN = cmp.Or(own.Name, "环节时限"), cmp.Or(own.NameEN, "limit of the step")
	zh, en := terms.Span(whole.Amount, whole.Unit), terms.SpanEn(whole.Amount, whole.Unit)
	if x.How == shares.Cut {
		l.Citation = fmt.Sprintf("各环节的时限合计超过整件的%s，按比例缩短；原定%s", zh, terms.Span(own.Amount, own.Unit))
		l.CitationEN = fmt.Sprintf("the limits of the steps together are longer than the %s of the case, and were cut in proportion", en)
		if own.Amount <= 0 {
			l.Citation = fmt.Sprintf("整件只有%s，环节多，每个环节至少一日", zh)
		}
		return l
	}
	l.Citation = fmt.Sprintf("没有单独规定，从整件的%s中扣除规定了的环节，按最长一路平均分配", zh)
	l.CitationEN = fmt.Sprintf("nothing sets it: an equal share of the %s of the case along the longest way, without what other steps are given", en)
	return l
}

// Rights are what the flow allows at a step; a step that is none of the flow,
// such as acceptance, allows everything.
func (o *Ready) Rights(element string) rights.Step { return o.rights[element] }

// returned finds the results of steps that a condition asks for: of one
// office, or of several side by side (any of ID_votes).
var returned = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)_(?:outcome\s*==|votes[^#}]*#\s*==)\s*["']return["']`)

// Returns tells whether the flow itself leads back after this step: a
// condition asks for the outcome "return".
func (o *Ready) Returns(element string) bool {
	for _, m := range returned.FindAllSubmatch([]byte(html.UnescapeString(string(o.Flow))), -1) {
		if string(m[1]) == element {
			return true
		}
	}
	return false
}
