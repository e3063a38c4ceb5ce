package forms

// PageInputs is how many inputs one page of a form holds.
const PageInputs = 10

// Pages divides the groups of a form into pages: whole groups in their order.
// Neighbours share a page up to PageInputs, so that a short form is one page;
// input tells which fields have to be looked at at all.
func Pages(groups []Group, input func(Field) bool) [][]Group {
	var out [][]Group
	inputs := 0
	for _, g := range groups {
		n := 0
		for _, f := range g.Fields {
			if input(f) {
				n++
			}
		}
		if len(out) == 0 || inputs > 0 && inputs+n > PageInputs {
			out, inputs = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], g)
		inputs += n
	}
	return out
}
