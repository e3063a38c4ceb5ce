package quality

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"

	"tongban/gov/catalogue/content"
)

// Finding is what one rule found.
type Finding struct {
	Rule  string   `json:"rule"`
	Where []string `json:"where,omitempty"` // which materials, clauses, numbers
	Lost  float64  `json:"lost"`            // points of the hundred
	Block bool     `json:"block,omitempty"`
}

// Report is the score of one content.
type Report struct {
	Score    int       `json:"score"`   // 0 to 100
	Applied  int       `json:"applied"` // rules that were looked at
	Findings []Finding `json:"findings"`
}

// Blocked tells whether a package with this content is published: not with a
// blocking finding, and not below the gate.
func (r Report) Blocked(gate int) bool {
	return r.Score < gate || slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Block })
}

// Blocking counts the findings with which a package is not published.
func (r Report) Blocking() (n int) {
	for _, f := range r.Findings {
		if f.Block {
			n++
		}
	}
	return n
}

// Clauses says what is wrong with a citation: no_law, no_article, older_version …;
// "" when nothing is. The texts of the laws are another capability's.
type Clauses func(ctx context.Context, region string, clause content.Clause) (string, error)

// subject is one thing that a rule with Each looks at.
type subject struct {
	name string
	fill func(*env)
}

// Score looks at content by the rules. Without clauses, citations are not looked up.
func (r *Rules) Score(ctx context.Context, c *content.Content, general func(clause string) bool, clauses Clauses) (Report, error) {
	e, each, err := look(ctx, c, general, clauses)
	if err != nil {
		return Report{}, err
	}
	out := Report{Findings: []Finding{}}
	total, machine := 0.0, vm.VM{}
	for _, rule := range r.List {
		subjects := []subject{{fill: func(*env) {}}}
		if rule.Each != "" {
			if subjects = each[rule.Each]; len(subjects) == 0 {
				continue
			}
		}
		out.Applied++
		total += float64(rule.Weight)
		var where []string
		wrong := 0
		for _, s := range subjects {
			s.fill(&e)
			v, err := machine.Run(rule.program, e)
			if err != nil {
				return out, err
			}
			if v == true {
				if wrong++; s.name != "" && len(where) < maxWhere {
					where = append(where, s.name)
				}
			}
		}
		if wrong > 0 { // one in four is a quarter of the weight, but never less than a half of it
			share := max(0.5, float64(wrong)/float64(len(subjects)))
			out.Findings = append(out.Findings, Finding{rule.ID, where, share * float64(rule.Weight), rule.Block})
		}
	}
	lost := 0.0
	for i := range out.Findings {
		out.Findings[i].Lost = 100 * out.Findings[i].Lost / total
		lost += out.Findings[i].Lost
	}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int { return cmp.Compare(b.Lost, a.Lost) })
	out.Score = int(100 - lost + 0.5)
	return out, nil
}

// maxWhere bounds how many places one finding names.
const maxWhere = 20

// look reads what expressions see off the content.
func look(ctx context.Context, c *content.Content, general func(string) bool, clauses Clauses) (env, map[string][]subject, error) {
	it := &c.Item
	e := env{V: map[string]string{}, Type: it.TypeCode, Own: it.Package != "", OwnFlow: it.Package != "" || it.OwnFlow, Visits: it.Visits, Result: c.Result.Certificate.Name.Zh, Dead: deadPhone}
	for _, k := range content.Elements() {
		e.V[k] = strings.Join(content.Get(it, k), "\n")
	}
	for k, v := range it.Fields {
		if v != "" {
			e.V[k] = v
		}
	}
	if it.Package == "" { // the result of imported items is the general one
		e.Result = e.V["result_name"]
	}
	e.LegalDays, e.PromiseDays = days(it.Legal), days(it.Promise)
	e.PromiseLonger = it.Legal.Known() && it.Promise.Known() && longer(it.Promise, it.Legal)
	each := map[string][]subject{}
	lookMaterials(c, &e, each)
	lookConditions(it, &e, each)
	lookPlaces(it, &e, each)
	lookSituations(c, each)
	return e, each, lookBasis(ctx, it, &e, each, general, clauses)
}

func lookMaterials(c *content.Content, e *env, each map[string][]subject) {
	e.Materials = len(c.Materials)
	seen := map[string]bool{}
	for _, m := range c.Materials {
		if seen[m.Name.Zh] {
			e.Doubles++
		}
		seen[m.Name.Zh] = true
		each["material"] = append(each["material"], subject{m.Name.Zh, func(e *env) {
			e.M = materialEnv{Name: m.Name.Zh, Kind: m.Kind, Count: m.Count, Clause: m.Clause, Issued: m.IssuedBy.Zh + m.Fields["material_issuer"], Why: m.Why.Zh, Risk: m.Risk.Zh}
		}})
	}
}

func lookConditions(it *content.Item, e *env, each map[string][]subject) {
	var list []string
	for line := range strings.Lines(it.Conditions) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	for _, cond := range it.ConditionList {
		list = append(list, cond.Text.Zh)
	}
	e.Conditions = len(list)
	for _, text := range list {
		each["condition"] = append(each["condition"], subject{cut(text), func(e *env) { e.Text = text }})
	}
	texts := []string{it.Summary.Zh, it.Conditions, it.Location}
	if a := it.Answers; a != nil {
		texts = append(texts, a.CanI.Zh, a.Bring.Zh, a.HowLong.Zh, a.Fee.Zh, a.Where.Zh, a.Visits.Zh)
	}
	for _, text := range texts {
		if text != "" {
			each["text"] = append(each["text"], subject{cut(text), func(e *env) { e.T = text }})
		}
	}
}

func lookPlaces(it *content.Item, e *env, each map[string][]subject) {
	e.Places = len(it.Windows)
	if it.Location != "" {
		e.Places++
	}
	e.HoursText = e.V["transact_time"]
	e.Hours = e.HoursText != ""
	phones := []string{it.Phone, it.ComplaintPhone}
	for i, w := range it.Windows {
		phones = append(phones, w.Phone)
		e.Hours = w.Hours.Zh != "" && (i == 0 || e.Hours)
		e.HoursText += w.Hours.Zh
		if it.Phone == "" && w.Phone != "" {
			e.Phones++
		}
	}
	if it.Phone != "" {
		e.Phones++
	}
	for _, p := range phones {
		if p != "" {
			each["phone"] = append(each["phone"], subject{cut(p), func(e *env) { e.P = p }})
		}
	}
}

func lookBasis(ctx context.Context, it *content.Item, e *env, each map[string][]subject, general func(string) bool, clauses Clauses) error {
	for _, b := range it.Basis {
		if general != nil && general(b.ID) {
			continue
		}
		x := basisEnv{Law: b.Law, Article: b.Article, Text: b.Text}
		if clauses != nil {
			var err error
			if x.Finding, err = clauses(ctx, it.Region, b); err != nil {
				return err
			}
		}
		e.Basis++
		each["basis"] = append(each["basis"], subject{b.Citation(), func(e *env) { e.B = x }})
	}
	if v := e.V["basis"]; e.Basis == 0 && v != "" {
		e.Basis = 1
	}
	return nil
}

// days is a limit in working days, to compare limits of unlike units by; five
// working days are seven days, and a working day has eight hours.
func days(l content.Limit) float64 {
	switch l.Unit {
	case content.Days:
		return float64(l.Amount) * 5 / 7
	case content.Hours:
		return float64(l.Amount) / 8
	}
	return float64(l.Amount)
}

// longer compares two limits; those of unlike units only when the difference is
// more than a holiday could explain.
func longer(a, b content.Limit) bool {
	if a.Unit == b.Unit {
		return a.Amount > b.Amount
	}
	return days(a) > days(b)*1.5+1
}

func cut(s string) string {
	if r := []rune(strings.TrimSpace(s)); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return strings.TrimSpace(s)
}
