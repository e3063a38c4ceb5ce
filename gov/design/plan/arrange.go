package plan

import "slices"

// LoopStep is what people add for a supplement loop; it becomes a condition.
const LoopStep Kind = "loop"

// AddLoop puts a supplement loop (补正循环) at a place: when the step before it
// was returned, the applicant hands something in and that step is done again.
// ok is false when no step that gives a result stands right before the place.
func (p *Plan) AddLoop(at Place) (id string, ok bool) {
	row, ok := p.row(at.Owner, at.Branch)
	if !ok || at.Index < 1 || at.Index > len(*row) || !(*row)[at.Index-1].Gives() {
		return "", false
	}
	before := (*row)[at.Index-1].ID
	ask, ok := p.Add(Condition, at)
	if !ok {
		return "", false
	}
	s, _ := p.Find(ask)
	s.Name, s.NameEn = "材料齐吗", "Is everything there"
	s.Branches[0] = Branch{Name: "要补正", When: []Test{{Subject: before, Op: "result", Value: "return"}}, Back: before}
	s.Branches[1].Name = "齐"
	p.Add(Supplement, Place{Owner: ask})
	return ask, true
}

// Gives tells whether a step has a result that a condition can look at.
func (s *Step) Gives() bool {
	return s.Kind == Approve || s.Kind == Joint || s.Kind == Parallel || s.Kind == Call
}

// slot tells whether a branch is nothing but one office's own step.
func (b Branch) slot() bool { return len(b.Steps) == 1 && b.Steps[0].Kind == Approve }

// Beside lists the offices that have a branch of their own in a parallel step.
func (s *Step) Beside() []string {
	var out []string
	for _, b := range s.Branches {
		if b.slot() && b.Steps[0].Office != "" {
			out = append(out, b.Steps[0].Office)
		}
	}
	return out
}

// Spread gives a parallel step one branch for each of the offices: those that
// are new get an examination of their own, those that are not named any more
// lose theirs, and branches with more in them stay as they are.
func (p *Plan) Spread(id string, offices []string, officeName func(string) string) bool {
	s, _ := p.Find(id)
	if s == nil || s.Kind != Parallel || len(offices) == 0 || len(offices) > maxBranches {
		return false
	}
	had := s.Beside()
	s.Branches = slices.DeleteFunc(s.Branches, func(b Branch) bool {
		return b.slot() && !slices.Contains(offices, b.Steps[0].Office)
	})
	for _, code := range offices {
		if slices.Contains(had, code) {
			continue
		}
		s, _ = p.Find(id) // Add may have moved it
		s.Branches = append(s.Branches, Branch{})
		step, _ := p.Add(Approve, Place{Owner: id, Branch: len(s.Branches) - 1})
		x, _ := p.Find(step)
		x.Name, x.NameEn, x.Office, x.Opinion = officeName(code)+"审查", "Examination", code, true
	}
	for s, _ = p.Find(id); len(s.Branches) < 2; s, _ = p.Find(id) {
		s.Branches = append(s.Branches, Branch{})
		p.Add(Approve, Place{Owner: id, Branch: len(s.Branches) - 1})
	}
	return true
}

// Fit shortens a step that was just added so that the longest way keeps the
// promise of the item; one working day always stays.
func (p *Plan) Fit(id string, promise int) {
	s, _ := p.Find(id)
	if s == nil || promise <= 0 {
		return
	}
	each := []*Step{s}
	for i := range s.Branches {
		for j := range s.Branches[i].Steps {
			each = append(each, &s.Branches[i].Steps[j])
		}
	}
	if f := p.Flow(s.Flow); f != nil && len(p.callers(f.ID)) == 1 { // its limits are nobody else's yet
		called := f.Steps
		for i := range called {
			each = append(each, &called[i])
			for b := range called[i].Branches {
				for j := range called[i].Branches[b].Steps {
					each = append(each, &called[i].Branches[b].Steps[j])
				}
			}
		}
	}
	for _, x := range each {
		for x.Days > 1 && p.Longest() > promise {
			x.Days--
		}
	}
}
