package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongban/platform/dmn"
	"tongban/platform/dmn/feel"
)

// What Put, Add and Remove refuse.
var (
	ErrUnknown = errors.New("table: no such decision table")
	ErrTaken   = errors.New("table: the id is used already")
	ErrNeeded  = errors.New("table: other decisions need this one by its name")
)

// Add puts a new decision with a table behind the other decisions.
func (f *File) Add(t Table) error {
	def := f.definitions()
	taken := false
	def.each(func(n *node) { taken = taken || n.attr("id") == t.ID })
	if taken {
		return ErrTaken
	}
	d := def.make("decision", "id", t.ID, "name", t.Name)
	f.behind(d, "decision", "inputData", "itemDefinition", "import", "extensionElements", "description")
	d.line(d.make("variable", "id", t.ID+"_variable", "name", t.Name))
	n := d.make("decisionTable", "id", t.ID+"_table", "hitPolicy", "UNIQUE")
	d.line(n)
	d.close()
	return f.Put(t)
}

// behind puts an element of the model behind the last one of the first of those
// kinds that there are, or in front of everything.
func (f *File) behind(d *node, kinds ...string) {
	def := f.definitions()
	at := 0
	for _, local := range kinds {
		if list := def.all(local); len(list) > 0 {
			at = slices.Index(def.kids, list[len(list)-1]) + 1
			break
		}
	}
	def.insert(at, d)
	def.kids = slices.Insert(def.kids, at, space(d.indent()))
	def.close()
}

// Remove takes a decision away, with its shapes. A decision that others need stays.
func (f *File) Remove(id string) error {
	d := f.decision(id)
	if d == nil {
		return ErrUnknown
	}
	if f.needed(id) {
		return ErrNeeded
	}
	gone := []string{id}
	var inputs []string
	for _, r := range d.all("informationRequirement") {
		gone = append(gone, r.attr("id"))
		inputs = append(inputs, target(r))
	}
	d.remove()
	f.unneeded(inputs, gone)
	return nil
}

// needed tells whether something in the file refers to an element.
func (f *File) needed(id string) bool {
	found := false
	f.definitions().each(func(n *node) { found = found || n.attr("href") == "#"+id })
	return found
}

// unneeded takes inputs out that nothing refers to any more, and the shapes of
// what is gone.
func (f *File) unneeded(inputs, gone []string) {
	for _, id := range inputs {
		for _, n := range f.definitions().all("inputData") {
			if n.attr("id") == id && !f.needed(id) {
				n.remove()
				gone = append(gone, id)
			}
		}
	}
	var shapes []*node
	f.definitions().each(func(n *node) {
		if ref := n.attr("dmnElementRef"); ref != "" && slices.Contains(gone, ref[strings.Index(ref, ":")+1:]) {
			shapes = append(shapes, n)
		}
	})
	for _, n := range shapes {
		n.remove()
	}
}

// target is the id that a requirement points to, "" for one in another file.
func target(requirement *node) string {
	for _, k := range requirement.kids {
		if id, ok := strings.CutPrefix(k.attr("href"), "#"); ok {
			return id
		}
	}
	return ""
}

// Put writes a table in the place of the one with its id.
func (f *File) Put(t Table) error {
	d := f.decision(t.ID)
	if d == nil {
		return ErrUnknown
	}
	n := d.child("decisionTable")
	if n == nil {
		return ErrUnknown
	}
	before := read(d, n)
	if t.Name != before.Name {
		if f.needed(d.attr("id")) {
			return ErrNeeded
		}
		d.set("name", t.Name)
		if v := d.child("variable"); v != nil {
			v.set("name", t.Name)
		}
	}
	if t.Policy != before.Policy {
		policy, aggregation, _ := strings.Cut(string(t.Policy), " ")
		if t.Policy == dmn.RuleOrder || t.Policy == dmn.OutputOrder {
			policy, aggregation = string(t.Policy), ""
		}
		n.set("hitPolicy", policy)
		n.set("aggregation", aggregation)
	}
	for p := range t.Columns {
		var want []*node
		for i := range t.Columns[p] {
			want = append(want, t.Columns[p][i].write(n, Part(p)))
		}
		n.place(clauses[p], want, append([]string{"description", "extensionElements"}, clauses[:p]...))
	}
	var rules []*node
	for i := range t.Rules {
		rules = append(rules, t.Rules[i].write(n))
	}
	n.place("rule", rules, append([]string{"description", "extensionElements"}, clauses[:]...))
	n.number(t.ID)
	if out := t.Columns[Out]; len(out) == 1 && out[0].Type != out[0].kind {
		if v := d.child("variable"); v != nil {
			v.set("typeRef", variableType(out[0].Type, t.Policy))
		}
	}
	f.require(d, before, t)
	return nil
}

// variableType is the type of what a table with one output gives; tables that
// give lists are of any type.
func variableType(column string, p dmn.HitPolicy) string {
	switch p {
	case dmn.Collect, dmn.RuleOrder, dmn.OutputOrder:
		return ""
	case dmn.CollectCount:
		return "number"
	}
	return column
}

// write brings the element of a column up to date.
func (c *Column) write(n *node, p Part) *node {
	if c.node == nil {
		c.node = n.make(clauses[p])
		c.node.up = n
	}
	k := c.node
	switch p {
	case In:
		k.set("label", c.Label)
		x := k.child("inputExpression")
		if x == nil {
			x = k.add("inputExpression")
		}
		if c.Type != c.kind || plain(x.attr("typeRef")) == "" {
			x.set("typeRef", c.Type)
		}
		x.say(c.Of)
		k.values("inputValues", c.Values)
	case Out:
		k.set("label", c.Label)
		k.set("name", c.Of)
		if c.Type != c.kind {
			k.set("typeRef", c.Type)
		}
		k.values("outputValues", c.Values)
		k.values("defaultOutputEntry", c.Default)
	default:
		k.set("name", c.Of)
	}
	return k
}

// values says a text in a child, which goes when the text is empty.
func (n *node) values(local, text string) {
	k := n.child(local)
	switch {
	case text == "" && k != nil:
		k.remove()
	case text != "" && k == nil && local == "outputValues": // before the default
		k = n.make(local)
		n.insert(0, k)
		k.say(text)
	case text != "" && k == nil:
		n.add(local).say(text)
	case text != "":
		k.say(text)
	}
}

// write brings the element of a rule up to date.
func (r *Rule) write(n *node) *node {
	if r.node == nil {
		r.node = n.make("rule")
		r.node.up = n
	}
	for p := range r.Cells {
		var want []*node
		for i := range r.Cells[p] {
			c := &r.Cells[p][i]
			if c.node == nil {
				c.node = n.make(entries[p])
				c.node.up = r.node
			}
			if c.node.child("text") == nil || c.node.words() != c.Text {
				c.node.say(c.Text)
				if c.Text == "" && c.node.child("text") == nil {
					c.node.add("text")
				}
			}
			want = append(want, c.node)
		}
		r.node.place(entries[p], want, append([]string{"description", "extensionElements"}, entries[:p]...))
	}
	return r.node
}

// place makes the children of a kind exactly those, behind those of the kinds
// that come first. When they are so already, nothing is touched.
func (n *node) place(local string, want []*node, first []string) {
	if slices.Equal(n.all(local), want) {
		return
	}
	for _, k := range n.all(local) {
		k.remove()
	}
	at := 0
	for i, k := range n.kids {
		if k.local != "" && modelling(k.space) && slices.Contains(first, k.local) {
			at = i + 1
		}
	}
	for _, k := range want {
		n.insert(at, k)
		n.kids = slices.Insert(n.kids, at, space(k.indent()))
		at += 2
	}
	n.close()
}

// line puts an element on a line of its own behind everything in n.
func (n *node) line(k *node) {
	n.insert(len(n.kids), k)
	n.kids = slices.Insert(n.kids, len(n.kids)-1, space(k.indent()))
}

// indent is the white space before an element on a line of its own.
func (n *node) indent() string {
	depth := -2 // neither the file nor its outermost element stands in
	for up := n; up != nil; up = up.up {
		depth++
	}
	return "\n" + strings.Repeat("  ", max(depth, 0))
}

// close puts the end tag of an element with lines inside on its own line.
func (n *node) close() {
	if l := len(n.kids); l > 0 && !blank(n.kids[l-1]) {
		n.kids = append(n.kids, space(n.indent()))
	}
}

// number gives the columns and rules of a table that have no id one that the
// table does not use; ids of others stay.
func (n *node) number(decision string) {
	used := map[string]bool{}
	top := n
	for top.up != nil {
		top = top.up
	}
	top.each(func(k *node) { used[k.attr("id")] = true })
	for _, local := range []string{"input", "output", "rule"} {
		next := 1
		for _, k := range n.all(local) {
			if k.attr("id") != "" {
				continue
			}
			for used[fmt.Sprintf("%s_%s_%d", decision, local, next)] {
				next++
			}
			id := fmt.Sprintf("%s_%s_%d", decision, local, next)
			used[id] = true
			k.set("id", id)
		}
	}
}

// require declares the inputs that columns name, and takes those out that
// nothing names any more. A file that declares no inputs and has tables works
// without: there what the columns name are the inputs.
func (f *File) require(d *node, before, now Table) {
	def := f.definitions()
	used := map[string]string{} // name → type of the column
	for _, c := range now.Columns[In] {
		for _, name := range names(c.Of) {
			used[name] = ""
		}
		if _, whole := used[c.Of]; whole {
			used[c.Of] = c.Type
		}
	}
	declares := len(def.all("inputData")) > 0 || len(before.Columns[In]) == 0
	if !declares {
		return
	}
	var gone []string
	for _, c := range before.Columns[In] {
		for _, name := range names(c.Of) {
			if _, still := used[name]; !still && !now.mentions(name) {
				gone = append(gone, name)
			}
		}
	}
	var inputs, shapes []string
	for _, r := range d.all("informationRequirement") {
		to := f.byID(target(r))
		if to == nil {
			continue
		}
		name := to.attr("name")
		if slices.Contains(gone, name) {
			inputs, shapes = append(inputs, target(r)), append(shapes, r.attr("id"))
			r.remove()
			continue
		}
		f.retype(to, used[name], before)
		delete(used, name)
	}
	for _, c := range now.Columns[In] { // in the order of the columns
		for _, name := range names(c.Of) {
			if kind, missing := used[name]; missing {
				f.link(d, name, kind)
				delete(used, name)
			}
		}
	}
	f.unneeded(inputs, shapes)
}

// retype follows a column whose type was changed, when the input had the old one.
func (f *File) retype(input *node, kind string, before Table) {
	v := input.child("variable")
	if kind == "" || v == nil || !input.is("inputData") || plain(v.attr("typeRef")) == kind {
		return
	}
	for _, c := range before.Columns[In] {
		if c.Of == input.attr("name") && c.kind != kind {
			v.set("typeRef", kind)
		}
	}
}

// mentions tells whether a cell says a name.
func (t Table) mentions(name string) bool {
	for _, r := range t.Rules {
		for _, cells := range r.Cells[:2] {
			for _, c := range cells {
				if slices.Contains(names(c.Text), name) {
					return true
				}
			}
		}
	}
	return false
}

// names are the variables that an expression or a cell looks at.
func names(text string) []string {
	if x, err := feel.Compile(text); err == nil {
		return x.Variables()
	}
	t, err := feel.ParseTests(text, feel.Options{})
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range t.Free() {
		out = append(out, r.Name)
	}
	return out
}

func (f *File) byID(id string) *node {
	for _, k := range f.definitions().kids {
		if k.local != "" && id != "" && k.attr("id") == id {
			return k
		}
	}
	return nil
}

// link makes a decision require an input or another decision by its name; an
// input that is not there is declared.
func (f *File) link(d *node, name, kind string) {
	var to *node
	for _, local := range []string{"decision", "inputData"} {
		for _, k := range f.definitions().all(local) {
			if k.attr("name") == name && k != d {
				to = k
			}
		}
	}
	if to == nil {
		to = f.definitions().make("inputData", "id", f.free("input_"+name), "name", name)
		f.behind(to, "inputData", "itemDefinition", "import", "extensionElements", "description")
		to.line(to.make("variable", "name", name, "typeRef", kind))
		to.close()
	}
	r := d.make("informationRequirement")
	at := 0
	for i, k := range d.kids {
		if slices.Contains([]string{"description", "extensionElements", "question", "allowedAnswers", "variable", "informationRequirement"}, k.local) {
			at = i + 1
		}
	}
	d.insert(at, r)
	d.kids = slices.Insert(d.kids, at, space(r.indent()))
	kindOf := "requiredInput"
	if to.is("decision") {
		kindOf = "requiredDecision"
	}
	r.add(kindOf, "href", "#"+to.attr("id"))
}

// free is an id that the file does not use, like the wish.
func (f *File) free(wish string) string {
	for n := 1; ; n++ {
		id := wish
		if n > 1 {
			id = fmt.Sprintf("%s_%d", wish, n)
		}
		if f.byID(id) == nil {
			return id
		}
	}
}
