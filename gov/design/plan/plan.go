package plan

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// Kind is what a step does.
type Kind string

// The kinds of steps.
const (
	Approve    Kind = "approve"
	Joint      Kind = "joint"
	Copy       Kind = "copy"
	Condition  Kind = "condition"
	Parallel   Kind = "parallel"
	Supplement Kind = "supplement"
	Decision   Kind = "decision"
	Call       Kind = "call"
	Decide     Kind = "decide"
)

// Kinds lists what can be added to a plan; the decision is always there once.
var Kinds = []Kind{Approve, Joint, Parallel, Condition, Decision, Supplement, Copy, Call}

// Mode says when a joint step is done.
type Mode string

// The modes of a joint step.
const (
	All   Mode = "all"   // 会签: everybody answers
	Any   Mode = "any"   // 或签: the first answer counts
	Share Mode = "share" // 票签: a share of approvals, or too many refusals
	Turn  Mode = "turn"  // 依次签: one after the other
)

// Modes lists the modes of a joint step.
var Modes = []Mode{All, Any, Share, Turn}

// Operations that the holder of a step may be allowed besides giving a result.
var Operations = []string{"return", "transfer", "delegate", "add", "supplement"}

// Partners stands for the offices that the item itself names as taking part.
const Partners = "partners"

// Plan is one flow.
type Plan struct {
	Format int    `json:"format"` // 1
	Name   string `json:"name"`
	Steps  []Step `json:"steps"`
	Decide Step   `json:"decide"`
	// Flows are called by steps of the kind call, once or more often.
	Flows []Flow `json:"flows,omitempty"`
}

// Flow is a called process (子流程): a row of steps that is drawn once.
type Flow struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitempty"`
	Steps  []Step `json:"steps"`
}

// Step is one node of the tree.
type Step struct {
	ID   string `json:"id"`
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	// NameEn is the name in English.
	NameEn string `json:"name_en,omitempty"`
	// Office is a unified code; empty means the office in charge of the item.
	Office string `json:"office,omitempty"`
	// Offices take part in a joint step: codes, or only Partners.
	Offices []string `json:"offices,omitempty"`
	Post    string   `json:"post,omitempty"`  // window, examiner or decider
	Days    int      `json:"days,omitempty"`  // limit, working days
	Mode    Mode     `json:"mode,omitempty"`  // joint
	Share   int      `json:"share,omitempty"` // joint by share: per cent of approvals needed
	// Opinion marks a result that informs the decision and does not bind it.
	Opinion bool `json:"opinion,omitempty"`
	// Operations that the holder is allowed besides giving a result.
	Operations []string `json:"operations,omitempty"`
	// Groups of the form and Materials that the holder may read; empty means all.
	Groups    []string `json:"groups,omitempty"`
	Materials []string `json:"materials,omitempty"`
	// Table is the id of the decision table that a decision asks.
	Table string `json:"table,omitempty"`
	// Flow is the id of the called process.
	Flow string `json:"flow,omitempty"`
	// Branches of a condition (the last is taken when none holds) or a parallel step.
	Branches []Branch `json:"branches,omitempty"`
	// Back is where the decision may send a case back to: a step, or empty.
	Back string `json:"back,omitempty"`
}

// Branch is one way through a condition or a parallel step.
type Branch struct {
	Name string `json:"name"`
	// When are the tests that must all hold; empty only in the last branch of a condition.
	When  []Test `json:"when,omitempty"`
	Steps []Step `json:"steps,omitempty"`
	// Back sends the flow to an earlier step after the steps of the branch.
	Back string `json:"back,omitempty"`
}

// Test compares an answer, the result of an earlier step, or what a table gave.
type Test struct {
	Subject string `json:"subject"` // a field or question, the id of a step, or of a decision with its output: ID or ID.OUTPUT
	Op      string `json:"op"`      // is, not, has, more, less; result for steps
	Value   string `json:"value"`
}

// Ops lists the comparisons of answers.
var Ops = []string{"is", "not", "has", "more", "less"}

// Results lists what a step can have given.
var Results = []string{"approve", "refuse", "return"}

// first is what a new step is called until somebody names it.
var first = map[Kind][2]string{
	Approve: {"审查", "Examination"}, Joint: {"会签", "Joint opinion"}, Copy: {"抄送", "Copy"},
	Condition: {"按情况分开", "Depends"}, Parallel: {"同时办理", "Side by side"}, Supplement: {"申请人补正", "Applicant supplements"},
	Decision: {"查决策表", "Decision table"}, Call: {"调用子流程", "Called process"},
}

// FirstName is what a new step of a kind is called.
func FirstName(k Kind) string { return first[k][0] }

// New is the shortest plan: examine, decide.
func New(name string) Plan {
	return Plan{Format: 1, Name: name,
		Steps:  []Step{{ID: "approve_1", Kind: Approve, Name: "审查", NameEn: "Examination", Post: "examiner", Days: 5, Operations: []string{"return", "transfer", "delegate"}}},
		Decide: Step{ID: "decide", Kind: Decide, Name: "决定", NameEn: "Decision", Post: "decider", Days: 2, Back: "approve_1", Operations: []string{"return"}}}
}

// Clone is a deep copy.
func (p Plan) Clone() Plan {
	b, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("plan: does not marshal: %v", err)) // plain structs of text and numbers
	}
	var out Plan
	if err := json.Unmarshal(b, &out); err != nil {
		panic(fmt.Sprintf("plan: does not unmarshal: %v", err))
	}
	return out
}

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Place is where a step stands: the branch around it and its number there.
type Place struct {
	Owner  string // the condition or parallel step around it, or the called process; empty at the top
	Branch int    // number of the branch in the owner
	Index  int    // number of the step in its row
}

// Each visits every step in reading order, then those of called processes, the
// decision last, until yield gives false.
func (p *Plan) Each(yield func(s *Step, at Place) bool) {
	if !each(p.Steps, Place{}, yield) {
		return
	}
	for i := range p.Flows {
		if !each(p.Flows[i].Steps, Place{Owner: p.Flows[i].ID}, yield) {
			return
		}
	}
	yield(&p.Decide, Place{Index: len(p.Steps)})
}

func each(row []Step, at Place, yield func(*Step, Place) bool) bool {
	for i := range row {
		at.Index = i
		if !yield(&row[i], at) {
			return false
		}
		for b := range row[i].Branches {
			if !each(row[i].Branches[b].Steps, Place{Owner: row[i].ID, Branch: b}, yield) {
				return false
			}
		}
	}
	return true
}

// Find gives the step with that id, or nil.
func (p *Plan) Find(id string) (*Step, Place) {
	var found *Step
	var where Place
	p.Each(func(s *Step, at Place) bool {
		if s.ID == id {
			found, where = s, at
		}
		return found == nil
	})
	return found, where
}

// row is the list of steps at a place.
func (p *Plan) row(owner string, branch int) (*[]Step, bool) {
	if owner == "" {
		return &p.Steps, true
	}
	if f := p.Flow(owner); f != nil {
		return &f.Steps, branch == 0
	}
	s, _ := p.Find(owner)
	if s == nil || branch < 0 || branch >= len(s.Branches) {
		return nil, false
	}
	return &s.Branches[branch].Steps, true
}

// fresh is an id for a step of that kind that the plan does not use yet.
func (p *Plan) fresh(k Kind) string {
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s_%d", k, n)
		if s, _ := p.Find(id); s == nil {
			return id
		}
	}
}

// Add puts a new step of that kind at a place and gives its id; ok is false
// when the place or the kind does not exist.
func (p *Plan) Add(k Kind, at Place) (id string, ok bool) {
	row, ok := p.row(at.Owner, at.Branch)
	if !ok || at.Index < 0 || at.Index > len(*row) || !slices.Contains(Kinds, k) || k == Call && len(p.Flows) == 0 {
		return "", false
	}
	s := Step{ID: p.fresh(k), Kind: k, Name: first[k][0], NameEn: first[k][1]}
	switch k {
	case Approve:
		s.Post, s.Days, s.Operations = "examiner", 5, []string{"return", "transfer", "delegate"}
	case Joint:
		s.Post, s.Days, s.Mode, s.Opinion, s.Offices = "examiner", 5, All, true, []string{Partners}
	case Call:
		f := p.callable(at.Owner)
		s.Flow, s.Name, s.NameEn = f.ID, f.Name, f.NameEn
	case Condition, Parallel:
		s.Branches = []Branch{{}, {}}
	}
	*row = slices.Insert(*row, at.Index, s)
	if k == Parallel { // branches side by side are never empty
		for i := range s.Branches {
			p.Add(Approve, Place{Owner: s.ID, Branch: i})
		}
	}
	return s.ID, true
}

// Remove takes a step out, with everything inside it.
func (p *Plan) Remove(id string) bool {
	s, at := p.Find(id)
	if s == nil || s.Kind == Decide {
		return false
	}
	row, ok := p.row(at.Owner, at.Branch)
	if ok {
		*row = slices.Delete(*row, at.Index, at.Index+1)
	}
	return ok
}

// Move shifts a step by one place among its neighbours: -1 up, 1 down.
func (p *Plan) Move(id string, by int) bool {
	s, at := p.Find(id)
	if s == nil || s.Kind == Decide {
		return false
	}
	row, ok := p.row(at.Owner, at.Branch)
	to := at.Index + by
	if !ok || to < 0 || to >= len(*row) {
		return false
	}
	(*row)[at.Index], (*row)[to] = (*row)[to], (*row)[at.Index]
	return true
}

// AddBranch gives a condition or parallel step one more branch, before the
// last one of a condition.
func (p *Plan) AddBranch(id string) bool {
	s, _ := p.Find(id)
	if s == nil || len(s.Branches) == 0 {
		return false
	}
	at := len(s.Branches)
	if s.Kind == Condition {
		at--
	}
	s.Branches = slices.Insert(s.Branches, at, Branch{})
	if s.Kind == Parallel {
		p.Add(Approve, Place{Owner: id, Branch: at})
	}
	return true
}

// RemoveBranch takes a branch away; two always stay.
func (p *Plan) RemoveBranch(id string, branch int) bool {
	s, _ := p.Find(id)
	if s == nil || len(s.Branches) <= 2 || branch < 0 || branch >= len(s.Branches) {
		return false
	}
	s.Branches = slices.Delete(s.Branches, branch, branch+1)
	if s.Kind == Condition {
		s.Branches[len(s.Branches)-1].When = nil
	}
	return true
}

// Longest is the sum of the limits along the longest way on which nothing is
// sent back, in working days.
func (p *Plan) Longest() int { return p.longest(p.Steps, nil) + p.Decide.Days }

func (p *Plan) longest(row []Step, within []string) int {
	sum := 0
	for _, s := range row {
		days := s.Days
		if s.Kind == Joint && s.Mode == Turn {
			days *= max(len(s.Offices), 1)
		}
		if f := p.Flow(s.Flow); s.Kind == Call && f != nil && !slices.Contains(within, f.ID) {
			days = p.longest(f.Steps, append(slices.Clone(within), f.ID))
		}
		for _, b := range s.Branches {
			if b.Back == "" {
				days = max(days, p.longest(b.Steps, within))
			}
		}
		sum += days
	}
	return sum
}
