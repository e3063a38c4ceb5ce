package onething

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/platform/forms"
)

// Join adds an item to a package as one of its parts and gives the part's id. What
// the package asks already, in a form or of papers, is passed on; what it does
// not ask yet is taken over from the item, with the clauses that let it ask. What
// comes out is a beginning for the designer: an order, and what happens when a
// part fails, no item can say.
//
// Law: 国发〔2024〕3号: each fact is asked once, each material is given once.
func Join(p *packages.Package, c *content.Content) (id string, err error) {
	form, err := forms.Parse(c.Form, c.Situations.IDs())
	if err != nil {
		return "", err
	}
	if p.Bundle == nil {
		p.Bundle = &content.Bundle{}
	}
	p.Bundle.Format = 1
	j := &joint{p: p, c: c, names: map[string]string{}, taken: taken(p)}
	j.part = content.Part{ID: j.partID(), Item: c.Item.Code, Name: content.Text{Zh: c.Item.FullName(), En: c.Item.NameEn},
		When: content.Text{Zh: "都要办", En: "Always"}, Failed: content.GoOn}
	if c.Item.Region != p.Item.Region {
		j.part.Region = c.Item.Region
	}
	j.questions()
	j.fields(form)
	j.papers()
	j.rewrite(form)
	j.terms()
	for _, o := range packages.Of(*c).Offices {
		if !slices.ContainsFunc(p.Offices, func(x packages.Office) bool { return x.Code == o.Code }) {
			p.Offices = append(p.Offices, o)
		}
	}
	p.Bundle.Parts = append(p.Bundle.Parts, j.part)
	return j.part.ID, nil
}

// joint is one item on its way into a package.
type joint struct {
	p     *packages.Package
	c     *content.Content
	part  content.Part
	names map[string]string // ids of the item that are called otherwise in the package
	taken map[string]bool

	asked       []int             // questions that were taken over, by place
	alike       map[string]string // questions of the item that the package asks already, and as what
	added       []string          // fields that were taken over
	papersAdded []int

	sharedFields []sharedField
	sharedPapers []sharedPaper
}

// taken are the ids that conditions of a package may name.
func taken(p *packages.Package) map[string]bool {
	out := map[string]bool{content.End: true}
	for _, id := range p.Situations.Nodes() {
		out[id] = true
	}
	for _, f := range p.Form.Fields() {
		out[f.ID] = true
	}
	for _, m := range p.Materials {
		out[m.ID] = true
	}
	return out
}

// fresh is an id that the package does not use, as close to id as can be.
func (j *joint) fresh(id string) string {
	out := id
	for n := 2; j.taken[out]; n++ {
		out = id[:min(len(id), 36)] + "_" + strconv.Itoa(n)
	}
	j.taken[out] = true
	if out != id {
		j.names[id] = out
	}
	return out
}

// partID names the part after the folder of its item.
func (j *joint) partID() string {
	id := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, j.c.Item.Package), "_0123456789")
	if !content.ValidID(id) {
		id = "part"
	}
	for n, base := 2, id; ; n++ {
		if _, used := j.p.Bundle.Part(id); !used {
			return id
		}
		id = base[:min(len(base), 36)] + "_" + strconv.Itoa(n)
	}
}

func (j *joint) named(id string) string {
	if to, ok := j.names[id]; ok {
		return to
	}
	return id
}

// fields passes on what the form of the package asks, and takes over the rest.
func (j *joint) fields(form *forms.Definition) {
	for _, g := range form.Groups {
		for _, f := range g.Fields {
			if f.ShowWhen == content.Never {
				continue // an office fills it in
			}
			if id := j.asks(f); id != "" {
				if id != f.ID {
					j.names[f.ID] = id
				}
				j.part.Form = append(j.part.Form, content.FieldBinding{Field: f.ID, From: id})
				j.sharedFields = append(j.sharedFields, sharedField{id, f})
				continue
			}
			own := copied(f)
			own.ID = j.fresh(f.ID)
			j.part.Form = append(j.part.Form, content.FieldBinding{Field: f.ID, From: own.ID})
			j.added = append(j.added, own.ID)
			j.into(g, own)
		}
	}
}

// asks finds the field of the package that asks for the same: it is filled in
// from the same register, or has the same id or the same words, and takes the
// same answers.
func (j *joint) asks(f forms.Field) string {
	for _, same := range []func(x forms.Field) bool{
		func(x forms.Field) bool {
			return x.Prefill != nil && f.Prefill != nil && x.Prefill.Source == f.Prefill.Source
		},
		func(x forms.Field) bool { return x.ID == f.ID && x.Label.Zh == f.Label.Zh },
		func(x forms.Field) bool { return x.Label.Zh == f.Label.Zh },
		func(x forms.Field) bool { return x.ID == f.ID },
	} {
		for _, x := range j.p.Form.Fields() {
			if x.Type == f.Type && same(x) && slices.EqualFunc(x.Options, f.Options, func(a, b forms.Option) bool { return a.Value == b.Value }) &&
				x.Equals == f.Equals && !slices.Contains(j.added, x.ID) {
				return x.ID
			}
		}
	}
	return ""
}

// into puts a field into the group of its subject, before the declaration that
// ends the form when the group is new.
func (j *joint) into(g forms.Group, f forms.Field) {
	groups := j.p.Form.Groups
	i := slices.IndexFunc(groups, func(x forms.Group) bool { return x.ID == g.ID && x.Title.Zh == g.Title.Zh })
	if i < 0 {
		g.Fields = nil
		for n := 2; slices.ContainsFunc(groups, func(x forms.Group) bool { return x.ID == g.ID }); n++ {
			g.ID = g.ID[:min(len(g.ID), 36)] + "_" + strconv.Itoa(n)
		}
		i = len(groups)
		if i > 0 && isDeclaration(groups[i-1]) {
			i--
		}
		groups = slices.Insert(groups, i, g)
	}
	groups[i].Fields = append(groups[i].Fields, f)
	j.p.Form.Groups = groups
}

func isDeclaration(g forms.Group) bool {
	return len(g.Fields) > 0 && !slices.ContainsFunc(g.Fields, func(f forms.Field) bool { return f.Type != forms.YesNo || f.Equals == "" })
}

// papers passes on the materials that the package takes, and takes over the rest.
func (j *joint) papers() {
	for _, m := range j.c.Materials {
		i := slices.IndexFunc(j.p.Materials, func(x content.Material) bool { return x.Name.Zh == m.Name.Zh || x.ID == m.ID && x.Kind == m.Kind })
		if i >= 0 {
			has := &j.p.Materials[i]
			if has.ID != m.ID {
				j.names[m.ID] = has.ID
			}
			j.sharedPapers = append(j.sharedPapers, sharedPaper{has.ID, m.NeededWhen})
			has.Later = has.Later && m.Later
			j.part.Materials = append(j.part.Materials, content.PaperBinding{Material: m.ID, From: has.ID})
			continue
		}
		own := copied(m)
		own.ID, own.Clause = j.fresh(m.ID), j.clause(m.Clause)
		j.part.Materials = append(j.part.Materials, content.PaperBinding{Material: m.ID, From: own.ID})
		j.papersAdded = append(j.papersAdded, len(j.p.Materials))
		j.p.Materials = append(j.p.Materials, own)
	}
}

// rewrite says in everything that was taken over what things are called here.
func (j *joint) rewrite(form *forms.Definition) {
	groups := j.p.Form.Groups
	for g := range groups {
		for i := range groups[g].Fields {
			if f := &groups[g].Fields[i]; slices.Contains(j.added, f.ID) {
				f.ShowWhen, f.RequiredWhen = j.condition(f.ShowWhen), j.condition(f.RequiredWhen)
			}
		}
	}
	for _, i := range j.papersAdded {
		j.p.Materials[i].NeededWhen = j.condition(j.p.Materials[i].NeededWhen)
	}
	j.effects()
	j.wider()
	for _, x := range form.Checks {
		if slices.ContainsFunc(form.Fields(), func(f forms.Field) bool { return f.ID == x.Field && f.ShowWhen == content.Never }) {
			continue // an office fills it in
		}
		own := forms.CrossCheck{When: j.condition(x.When), Field: j.named(x.Field), Text: x.Text}
		if !slices.ContainsFunc(j.p.Form.Checks, func(y forms.CrossCheck) bool { return y.When == own.When && y.Field == own.Field }) {
			j.p.Form.Checks = append(j.p.Form.Checks, own)
		}
	}
}

var names = regexp.MustCompile(`'[^']*'|"[^"]*"|[A-Za-z_][A-Za-z0-9_]*`)

// condition is an expression of the item with the names of the package.
func (j *joint) condition(text string) string {
	return names.ReplaceAllStringFunc(text, func(s string) string {
		if to, ok := j.names[s]; ok {
			return to
		}
		return s
	})
}

// clause takes a clause over and says what it is called in the package.
func (j *joint) clause(id string) string {
	i := slices.IndexFunc(j.c.Item.Basis, func(c content.Clause) bool { return c.ID == id })
	if id == "" || i < 0 {
		return ""
	}
	c := j.c.Item.Basis[i]
	for _, x := range j.p.Item.Basis {
		if x.Law == c.Law && x.Article == c.Article {
			return x.ID
		}
	}
	for n, base := 2, c.ID; slices.ContainsFunc(j.p.Item.Basis, func(x content.Clause) bool { return x.ID == c.ID }); n++ {
		c.ID = base[:min(len(base), 36)] + "_" + strconv.Itoa(n)
	}
	j.p.Item.Basis = append(j.p.Item.Basis, c)
	return c.ID
}

// terms widens what the whole promises until the part fits into it.
func (j *joint) terms() {
	it, c := &j.p.Item, &j.c.Item
	first := len(j.p.Bundle.Parts) == 0
	longer := func(have *content.Limit, part content.Limit) {
		if part.Known() && (!have.Known() || have.Unit == part.Unit && have.Amount < part.Amount) {
			*have = part
		}
	}
	longer(&it.Limits.Legal, c.Legal)
	longer(&it.Limits.Promise, c.Promise)
	it.Handling.Identity = max(it.Handling.Identity, c.Identity)
	it.Handling.Visits = max(it.Handling.Visits, c.Visits)
	it.Handling.Online = it.Handling.Online && c.Online
	if first {
		it.Audience, it.Level = slices.Clone(c.Audience), c.Level
	} else {
		it.Audience = slices.DeleteFunc(it.Audience, func(a string) bool { return !slices.Contains(c.Audience, a) })
	}
	if c.Fee.Known {
		if it.Fee.Citation.Zh == "" || it.Fee.Cents == 0 && c.Fee.Cents > 0 {
			it.Fee.Citation = c.Fee.Citation
		}
		it.Fee.Cents += c.Fee.Cents
	}
	if len(it.Places) == 0 {
		it.Places = slices.Clone(c.Windows)
	}
	if it.ComplaintPhone == "" {
		it.ComplaintPhone = c.ComplaintPhone
	}
	for _, x := range c.ConditionList {
		if slices.ContainsFunc(it.Conditions, func(y content.Condition) bool { return y.Text.Zh == x.Text.Zh }) {
			continue
		}
		x.Clause, x.Steps = j.clause(x.Clause), nil
		for n, base := 2, x.ID; slices.ContainsFunc(it.Conditions, func(y content.Condition) bool { return y.ID == x.ID }); n++ {
			x.ID = base[:min(len(base), 36)] + "_" + strconv.Itoa(n)
		}
		it.Conditions = append(it.Conditions, x)
	}
}

// copied is a value that shares nothing with another.
func copied[T any](v T) T {
	var out T
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic("onething: does not copy: " + err.Error()) // plain structs of text and numbers
	}
	return out
}

// Leave takes a part out of a package, with the fields and materials that only it
// was given and no condition looks at, and the questions that lead to nothing else
// without it.
func Leave(p *packages.Package, id string) bool {
	part, ok := p.Bundle.Part(id)
	if !ok {
		return false
	}
	b := p.Bundle
	b.Parts = slices.DeleteFunc(slices.Clone(b.Parts), func(x content.Part) bool { return x.ID == id })
	for i := range b.Parts {
		x := &b.Parts[i]
		x.After = slices.DeleteFunc(slices.Clone(x.After), func(a string) bool { return a == id })
		x.Form = slices.DeleteFunc(slices.Clone(x.Form), func(f content.FieldBinding) bool { return f.Result == id })
		x.Materials = slices.DeleteFunc(slices.Clone(x.Materials), func(m content.PaperBinding) bool { return m.Result == id })
	}
	given := map[string]bool{}
	for _, x := range b.Parts {
		for _, f := range x.Form {
			for _, s := range content.Sources(f.From) {
				given[s] = true
			}
		}
		for _, a := range x.Situation {
			given[a.From] = true
		}
		for _, m := range x.Materials {
			given[m.From] = true
		}
	}
	for _, f := range part.Form {
		for _, s := range content.Sources(f.From) {
			if !given[s] && !lookedAt(p, s) {
				drop(p, s)
			}
		}
	}
	for _, m := range part.Materials {
		if m.From != "" && !given[m.From] {
			p.Materials = slices.DeleteFunc(slices.Clone(p.Materials), func(x content.Material) bool { return x.ID == m.From })
			unnamed(p, m.From)
		}
	}
	forget(p, part, given)
	return true
}

// drop takes a field out of the form, with its group when nothing is left in it.
func drop(p *packages.Package, id string) {
	for g := range p.Form.Groups {
		x := &p.Form.Groups[g]
		x.Fields = slices.DeleteFunc(slices.Clone(x.Fields), func(f forms.Field) bool { return f.ID == id })
	}
	p.Form.Groups = slices.DeleteFunc(p.Form.Groups, func(g forms.Group) bool { return len(g.Fields) == 0 })
	p.Form.Checks = slices.DeleteFunc(slices.Clone(p.Form.Checks), func(c forms.CrossCheck) bool { return c.Field == id })
	unnamed(p, id)
}

// unnamed takes an id out of what answers are said to change.
func unnamed(p *packages.Package, id string) {
	gone := func(s string) bool { return s == id }
	for q := range p.Situations.Questions {
		for o := range p.Situations.Questions[q].Options {
			e := &p.Situations.Questions[q].Options[o].Effects
			e.Add, e.Remove = slices.DeleteFunc(e.Add, gone), slices.DeleteFunc(e.Remove, gone)
			e.Show, e.Hide = slices.DeleteFunc(e.Show, gone), slices.DeleteFunc(e.Hide, gone)
		}
	}
}

// lookedAt tells whether a condition of the package names an id.
func lookedAt(p *packages.Package, id string) bool {
	for _, f := range p.Form.Fields() {
		if f.ID != id && (mentions(f.ShowWhen, id) || mentions(f.RequiredWhen, id)) {
			return true
		}
	}
	for _, c := range p.Form.Checks {
		if c.Field != id && mentions(c.When, id) {
			return true
		}
	}
	for _, m := range p.Materials {
		if mentions(m.NeededWhen, id) {
			return true
		}
	}
	for _, x := range p.Bundle.Parts {
		if mentions(x.NeededWhen, id) {
			return true
		}
	}
	return slices.ContainsFunc(p.Situations.Variations, func(v content.Variation) bool { return mentions(v.When, id) })
}
