package quality

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"tongban/gov/catalogue/content"
)

//go:embed rules.json
var shipped []byte

// Rule is one thing to look at. It is wrong when its expression is true.
type Rule struct {
	ID      string       `json:"id"`
	Group   string       `json:"group"`   // who, conditions, limits, basis, materials, fee, online, place, result, words
	Element string       `json:"element"` // key of the element of GB/T 39046 that it watches
	Weight  int          `json:"weight"`  // 1 to 10
	When    string       `json:"when"`    // expression; true: wrong
	Each    string       `json:"each,omitempty"`
	Block   bool         `json:"block,omitempty"` // a package with it is not published
	Name    content.Text `json:"name"`
	Fix     content.Text `json:"fix"`
	Audit   []string     `json:"audit"` // what audits call the element

	program *vm.Program
}

// Rules is a whole set.
type Rules struct {
	Version int    `json:"version"`
	Gate    int    `json:"gate"` // the least score with which a package is published
	List    []Rule `json:"rules"`
	hash    string
}

// Shipped are the rules that ship with the service.
var Shipped = sync.OnceValue(func() *Rules {
	r, err := Parse(shipped)
	if err != nil {
		panic(fmt.Sprintf("quality: shipped rules: %v", err)) // embedded; a test reads them
	}
	return r
})

// Parse reads rules and compiles their expressions.
func Parse(raw []byte) (*Rules, error) {
	var r Rules
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, err
	}
	r.hash = content.Digest(raw)
	for i := range r.List {
		x := &r.List[i]
		if x.ID == "" || x.Weight < 1 || x.Weight > 10 || x.Name.Zh == "" || x.Name.En == "" || x.Fix.Zh == "" || x.Fix.En == "" {
			return nil, fmt.Errorf("rule %d (%s): id, weight from 1 to 10, name and fix in both languages are needed", i, x.ID)
		}
		if slices.ContainsFunc(r.List[:i], func(o Rule) bool { return o.ID == x.ID }) {
			return nil, fmt.Errorf("rule %s: used twice", x.ID)
		}
		var err error
		if x.program, err = expr.Compile(x.When, expr.Env(env{}), expr.AsBool()); err != nil {
			return nil, fmt.Errorf("rule %s: %w", x.ID, err)
		}
	}
	return &r, nil
}

// Of finds a rule by its id.
func (r *Rules) Of(id string) (Rule, bool) {
	for _, x := range r.List {
		if x.ID == id {
			return x, true
		}
	}
	return Rule{}, false
}

// Watches lists the rules that look at what an audit calls an element.
func (r *Rules) Watches(element string) (ids []string) {
	for _, x := range r.List {
		if slices.Contains(x.Audit, strings.TrimSpace(element)) {
			ids = append(ids, x.ID)
		}
	}
	return ids
}

// env is what expressions see.
type env struct {
	V          map[string]string `expr:"v"`    // every element by its key, as text
	Type       string            `expr:"type"` // code of the kind of item
	Own        bool              `expr:"own"`  // a package of this platform: what it does online is its own doing
	OwnFlow    bool              `expr:"ownFlow"`
	Materials  int               `expr:"materials"`
	Doubles    int               `expr:"doubles"` // materials of a name that occurred before
	Conditions int               `expr:"conditions"`
	Basis      int               `expr:"basis"`
	Places     int               `expr:"places"`
	Phones     int               `expr:"phones"`
	Visits     int               `expr:"visits"` // -1 unknown
	Hours      bool              `expr:"hours"`  // office hours are given everywhere
	HoursText  string            `expr:"hoursText"`
	Result     string            `expr:"result"`

	LegalDays     float64 `expr:"legalDays"`
	PromiseDays   float64 `expr:"promiseDays"`
	PromiseLonger bool    `expr:"promiseLonger"`

	M    materialEnv         `expr:"m"`
	B    basisEnv            `expr:"b"`
	P    string              `expr:"p"`
	T    string              `expr:"t"`
	Text string              `expr:"text"`
	Dead func(s string) bool `expr:"dead"`

	Q     questionEnv `expr:"q"`
	Never bool        `expr:"never"` // no way through the questions asks for the material
}

type materialEnv struct {
	Name   string `expr:"name"`
	Kind   string `expr:"kind"`
	Count  int    `expr:"count"`
	Clause string `expr:"clause"`
	Issued string `expr:"issued"`
	Why    string `expr:"why"`
	Risk   string `expr:"risk"`
}

type questionEnv struct {
	Idle  bool `expr:"idle"`  // nothing depends on the answer
	Alike bool `expr:"alike"` // two options have the same words
}

type basisEnv struct {
	Law     string `expr:"law"`
	Article string `expr:"article"`
	Text    string `expr:"text"`
	Finding string `expr:"finding"`
}
