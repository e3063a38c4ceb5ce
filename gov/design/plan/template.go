package plan

// Template is a plan to begin with.
type Template string

// The templates.
const (
	Blank    Template = "blank"      // only the decision
	Short    Template = "short"      // examine, decide
	Together Template = "together"   // several offices at once, then decide
	Loop     Template = "supplement" // the same, and the applicant supplements when one of them asks
)

// Templates lists them.
var Templates = []Template{Blank, Short, Together, Loop}

// Alone tells whether a template needs no offices.
func (t Template) Alone() bool { return t == Blank || t == Short }

// From is the plan of a template, with those offices side by side; a template
// that needs offices and gets fewer than two is the shortest one.
func From(t Template, name string, offices []string, officeName func(string) string) Plan {
	p := New(name)
	if t == Blank {
		p.Steps, p.Decide.Back = nil, ""
		return p
	}
	if t == Short || len(offices) < 2 {
		return p
	}
	p.Steps, p.Decide.Back = nil, ""
	fork, _ := p.Add(Parallel, Place{})
	p.Spread(fork, offices, officeName)
	if t == Loop {
		p.AddLoop(Place{Index: 1})
	}
	return p
}
