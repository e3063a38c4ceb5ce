package definition

import "slices"

// Reach lists the process and those of its file that it calls, directly or not,
// each once, in the order of the calls. A call whose name is an expression, or of
// what the file does not hold, leads nowhere here.
func (p *Process) Reach() []*Process {
	list := []*Process{p}
	for i := 0; i < len(list); i++ {
		for _, el := range list[i].Elements {
			if el.Call == nil || p.model == nil || el.Call.Text == "" {
				continue
			}
			if q := p.model.Process(el.Call.Text); q != nil && !slices.Contains(list, q) {
				list = append(list, q)
			}
		}
	}
	return list
}

// Find finds an element of the process, or of one that it calls; nil when there
// is none. Ids are unique in a file.
func (p *Process) Find(id string) *Element {
	if el := p.byID[id]; el != nil {
		return el
	}
	for _, q := range p.Reach()[1:] {
		if el := q.byID[id]; el != nil {
			return el
		}
	}
	return nil
}
