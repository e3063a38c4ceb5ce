package content

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"tongban/gov/catalogue/decisions"
)

// Variation is what is different in some situations (情形差异): how long it takes,
// what it costs, how often one comes, which office handles it and where. What it
// leaves out is as the item says.
type Variation struct {
	ID   string `json:"id"`
	When string `json:"when"` // a condition on answers to questions and on decision tables
	Why  Text   `json:"why"`

	Legal   *Limit  `json:"legal_limit,omitempty"`
	Promise *Limit  `json:"promise_limit,omitempty"`
	Fee     *Fee    `json:"fee,omitempty"`
	Visits  *int    `json:"visits,omitempty"`
	Office  *Office `json:"office,omitempty"`
	Window  *Window `json:"window,omitempty"`
}

// Office is an office by its unified code.
type Office struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitempty"`
}

// In is the offer as it is in a situation. An offer that is the same in every
// situation is given as it is.
func (o *Offer) In(situation map[string]string) *Offer {
	if o.Situations == nil || len(o.Situations.Variations) == 0 {
		return o
	}
	x, env := *o, o.env(o.Situations.Prune(situation))
	for i := range o.Situations.Variations {
		v := &o.Situations.Variations[i]
		p, err := CompileCondition(v.When, o.ids)
		if err != nil {
			continue // publication refused it
		}
		if holds(p, env) {
			v.onto(&x.Item)
		}
	}
	return &x
}

// holds tells whether a condition is met; one that cannot be decided is not.
func holds(p *vm.Program, env map[string]any) bool {
	v, err := expr.Run(p, env)
	return err == nil && v == true
}

func (v *Variation) onto(it *Item) {
	if v.Legal != nil {
		it.Legal = *v.Legal
	}
	if v.Promise != nil {
		it.Promise = *v.Promise
	}
	if v.Fee != nil {
		it.Fee = *v.Fee
	}
	if v.Visits != nil {
		it.Visits = *v.Visits
	}
	if v.Office != nil {
		it.Org, it.OrgName, it.OrgNameEn = v.Office.Code, v.Office.Name, v.Office.NameEn
	}
	if v.Window != nil {
		it.Windows = []Window{*v.Window}
	}
}

// says are the values of a variation by what they are about.
func (v *Variation) says() map[string]any {
	out := map[string]any{}
	if v.Legal != nil {
		out["legal_limit"] = *v.Legal
	}
	if v.Promise != nil {
		out["promise_limit"] = *v.Promise
	}
	if v.Fee != nil {
		out["fee"] = *v.Fee
	}
	if v.Visits != nil {
		out["visits"] = *v.Visits
	}
	if v.Office != nil {
		out["office"] = *v.Office
	}
	if v.Window != nil {
		out["window"] = *v.Window
	}
	return out
}

// maxWalks bounds the ways through the questions that are tried.
const maxWalks = 20000

// CheckVariations returns what is wrong with what differs by situation: every
// way through the questions is walked, and what applies there has to be one
// thing. ids are all questions, fields and decisions; tables may be nil.
func (s *Situations) CheckVariations(it *Item, ids map[string]any, tables *decisions.Model) []string {
	if s == nil || len(s.Variations) == 0 {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	programs := make([]*vm.Program, len(s.Variations))
	for i := range s.Variations {
		v := &s.Variations[i]
		at := "variations." + v.ID
		if !ValidID(v.ID) || seen[v.ID] {
			out = append(out, at+": the id is malformed or used twice")
		}
		seen[v.ID] = true
		p, err := CompileCondition(v.When, ids)
		switch {
		case err != nil:
			out = append(out, fmt.Sprintf("%s.when: %v", at, err))
		case p == nil:
			out = append(out, at+".when: it is missing")
		}
		programs[i] = p
		out = append(out, v.check(at, it)...)
	}
	if len(out) > 0 {
		return out
	}
	return append(out, s.tryVariations(programs, ids, tables)...)
}

func (v *Variation) check(at string, it *Item) (out []string) {
	if len(v.says()) == 0 {
		out = append(out, at+": it changes nothing")
	}
	if v.Why.Empty() {
		out = append(out, at+".why: say why it is different")
	}
	for name, l := range map[string]*Limit{"legal_limit": v.Legal, "promise_limit": v.Promise} {
		if l != nil && (l.Amount < 1 || l.Amount > 3660 || l.Unit != Workdays && l.Unit != Days && l.Unit != Hours) {
			out = append(out, at+"."+name+": 1 to 3660 with workday, day or hour")
		}
	}
	x := *it
	if v.onto(&x); x.Legal.Known() && x.Promise.Known() && x.Legal.Unit == x.Promise.Unit && x.Promise.Amount > x.Legal.Amount {
		out = append(out, at+".promise_limit: longer than the legal limit")
	}
	if v.Fee != nil && (!v.Fee.Known || v.Fee.Cents < 0) {
		out = append(out, at+".fee: known has to be true, cents 0 or more")
	}
	if v.Visits != nil && (*v.Visits < 0 || *v.Visits > 99) {
		out = append(out, at+".visits: 0 to 99")
	}
	if v.Office != nil && (len(v.Office.Code) != 18 || v.Office.Name == "") {
		out = append(out, at+".office: a unified code of 18 characters and a name")
	}
	if v.Window != nil && (v.Window.Name.Empty() || v.Window.Address.Empty()) {
		out = append(out, at+".window: a name and an address")
	}
	return out
}

// tryVariations walks every way: two variations that hold there may not say
// different things, and each has to hold somewhere.
func (s *Situations) tryVariations(programs []*vm.Program, ids map[string]any, tables *decisions.Model) (out []string) {
	met := make([]bool, len(programs))
	told := map[string]bool{}
	n := 0
	s.EachWay(func(answers map[string]string) bool {
		n++
		env, said := environment(ids, answers, tables), map[string]int{}
		for i, p := range programs {
			if !holds(p, env) {
				continue
			}
			met[i] = true
			for what, value := range s.Variations[i].says() {
				j, before := said[what]
				if before && s.Variations[j].says()[what] != value {
					key := fmt.Sprint(j, i, what)
					if !told[key] {
						out = append(out, fmt.Sprintf("variations.%s.%s: with %s, %s says something else", s.Variations[i].ID, what, wayText(answers), s.Variations[j].ID))
					}
					told[key] = true
				}
				said[what] = i
			}
		}
		return n < maxWalks
	})
	if n >= maxWalks {
		return append(out, fmt.Sprintf("variations: there are more than %d ways through the questions; not all can be tried", maxWalks))
	}
	for i, ok := range met {
		if !ok && tables == nil {
			out = append(out, "variations."+s.Variations[i].ID+".when: no answers lead to it")
		}
	}
	return out
}

// environment is what conditions see of answers to questions.
func environment(ids map[string]any, answers map[string]string, tables *decisions.Model) map[string]any {
	env, given := maps.Clone(ids), map[string]any{}
	for k, v := range answers {
		env[k], given[k] = v, v
	}
	for _, d := range tables.Decisions() {
		if r, err := tables.Decide(d.ID, given, time.Time{}); err == nil && r.Value != nil {
			env[d.ID] = fmt.Sprint(r.Value)
		}
	}
	return env
}

func wayText(answers map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(answers)) {
		parts = append(parts, k+"="+answers[k])
	}
	return strings.Join(parts, ", ")
}
