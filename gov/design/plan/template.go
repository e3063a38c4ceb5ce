package plan

// Template is a plan to begin with.
type Template string

// The templates.
const (
	Short    Template = "short"      // examine, decide
	Together Template = "together"   // several offices at once, then decide
	Loop     Template = "supplement" // the same, and the applicant supplements when one of them asks
)

// Templates lists them.
var Templates = []Template{Short, Together, Loop}

// From is the plan of a template, with those offices side by side; a template
// that needs offices and gets fewer than two is the shortest one.
func From(t Template, name string, offices []string, officeName func(string) string) Plan {
	p := New(name)
	if t == Short || len(offices) < 2 {
		return p
	}
	p.Steps, p.Decide.Back = nil, ""
	fork, _ := p.Add(Parallel, Place{})
	for range len(offices) - 2 {
		p.AddBranch(fork)
	}
	f, _ := p.Find(fork)
	for i, code := range offices {
		s := &f.Branches[i].Steps[0]
		s.Name, s.NameEn, s.Office, s.Opinion = officeName(code)+"审查", "Examination", code, true
	}
	if t == Loop {
		ask, _ := p.Add(Condition, Place{Index: 1})
		s, _ := p.Find(ask)
		s.Name, s.NameEn = "材料齐吗", "Is everything there"
		s.Branches[0] = Branch{Name: "要补正", When: []Test{{Subject: fork, Op: "result", Value: "return"}}, Back: fork}
		s.Branches[1].Name = "齐"
		p.Add(Supplement, Place{Owner: ask})
	}
	return p
}
