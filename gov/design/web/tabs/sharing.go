package tabs

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/ui"
)

// The tabs of a one thing (一件事): which items it joins, and what each of them
// gets out of the one form and the one set of materials.
var (
	jointTab = tab{ID: "parts", Lists: []list{{ID: "parts", Path: "bundle/parts",
		Values: []value{{Path: "name", Control: both}, {Path: "when", Control: longs}, {Path: "needed_when", Control: cases}, {Path: "after", Control: picks, Choices: "parts"}, {Path: "failed", Control: pick, Choices: "failed"}}}}}
	sharingTab = tab{ID: "sharing"}
)

// target is one thing that the item of a part asks for.
type target struct {
	kind    string // situation, form, materials
	id      string
	label   content.Text
	typ     forms.Type // of an answer
	needed  bool
	filled  bool        // a register fills it in when nothing is passed on
	answers []ui.Option // that it takes; nil: any
}

// share is where a thing comes from: the control of one target.
type share struct {
	target
	opts  []ui.Option // sources
	from  string      // chosen
	or    string      // taken when the first has no value
	cert  string      // certificate of a part before, taken instead once it is there
	certs []ui.Option
	fixed string // an answer that is always the same
	words []turn
}

// turn is one answer of the one form and the answer that it becomes.
type turn struct{ is, text, to string }

// joint is the part at a path of the sharing tab, with its item.
func (v view) joint(path string) (design.Joined, bool) {
	for _, j := range v.joined {
		if "bundle/parts/"+j.ID == path {
			return j, true
		}
	}
	return design.Joined{}, false
}

// targets are everything that the item of a part asks for, as values of a row.
func targets(j design.Joined) []value {
	var out []value
	add := func(t target) { out = append(out, value{Path: t.kind + "/" + t.id, Control: shares, target: &t}) }
	if j.Content.Situations != nil {
		for _, q := range j.Content.Situations.Questions {
			t := target{kind: "situation", id: q.ID, label: q.Text, typ: forms.Choice, needed: true}
			for _, o := range q.Options {
				t.answers = append(t.answers, ui.Option{Value: o.ID, Text: o.Text.Zh, Hint: o.Text.En})
			}
			add(t)
		}
	}
	for _, f := range j.Form.Fields() {
		if f.ShowWhen == content.Never {
			continue // an office fills it in
		}
		add(target{kind: "form", id: f.ID, label: content.Text(f.Label), typ: f.Type, needed: f.Required || f.RequiredWhen != "", filled: f.Prefill != nil && f.Prefill.Source != "", answers: answersOf(f)})
	}
	for _, m := range j.Content.Materials {
		add(target{kind: "materials", id: m.ID, label: m.Name, needed: true})
	}
	return out
}

// answersOf are the answers that a field takes; nil: any.
func answersOf(f forms.Field) []ui.Option {
	var out []ui.Option
	for _, o := range f.Options {
		out = append(out, ui.Option{Value: o.Value, Text: o.Text.Zh, Hint: o.Text.En})
	}
	if f.Type == forms.YesNo {
		out = []ui.Option{{Value: "yes", Text: "是", Hint: "Yes"}, {Value: "no", Text: "否", Hint: "No"}}
	}
	return out
}

// said is an answer in the reader's language.
func answerText(ctx context.Context, o ui.Option) string { return i18n.Pick(ctx, o.Text, o.Hint) }

// source is something of the one thing that can be passed on.
type source struct {
	id      string
	label   content.Text
	typ     forms.Type
	answers []ui.Option
}

// sources are the questions and fields, or the materials, of the one thing.
func (v view) sources(materials bool) []source {
	var out []source
	p := v.d.Parts
	if materials {
		for _, m := range p.Materials {
			out = append(out, source{id: m.ID, label: m.Name})
		}
		return out
	}
	for _, q := range p.Situations.Questions {
		s := source{id: q.ID, label: q.Text, typ: forms.Choice}
		for _, o := range q.Options {
			s.answers = append(s.answers, ui.Option{Value: o.ID, Text: o.Text.Zh, Hint: o.Text.En})
		}
		out = append(out, s)
	}
	for _, f := range p.Form.Fields() {
		out = append(out, source{f.ID, content.Text(f.Label), f.Type, answersOf(f)})
	}
	return out
}

// share reads where a target comes from, out of the draft or of what was sent.
func (v view) share(ctx context.Context, x value, path, name string) share {
	t := *x.target
	s := share{target: t, opts: []ui.Option{{Text: words(ctx, "share_none")}}}
	if t.filled {
		s.opts[0].Text = words(ctx, "share_register")
	}
	part, _ := v.joint(strings.TrimSuffix(path, "/"+x.Path))
	for _, o := range v.sources(t.kind == "materials") {
		s.opts = append(s.opts, ui.Option{Value: "from:" + o.id, Text: i18n.Pick(ctx, o.label.Zh, o.label.En)})
	}
	for _, o := range t.answers {
		s.opts = append(s.opts, ui.Option{Value: "is:" + o.Value, Text: words(ctx, "share_always", "answer", answerText(ctx, o))})
	}
	if t.answers == nil && t.kind == "form" {
		s.opts = append(s.opts, ui.Option{Value: "is", Text: words(ctx, "share_fixed")})
	}
	if t.kind != "situation" {
		for _, j := range v.joined {
			if !slices.Contains(part.After, j.ID) {
				continue
			}
			s.certs = append(s.certs, v.certificates(ctx, t.kind, j)...)
		}
		s.opts = append(s.opts, s.certs...)
	}
	v.chosenSource(&s, x, path, name)
	return s
}

// certificates are what a part before gives: the paper, or its lines.
func (v view) certificates(ctx context.Context, kind string, j design.Joined) []ui.Option {
	if kind == "materials" {
		return []ui.Option{{Value: "result:" + j.ID, Text: words(ctx, "share_paper", "part", i18n.Pick(ctx, j.Name.Zh, j.Name.En))}}
	}
	var out []ui.Option
	for _, f := range j.Certificates() {
		out = append(out, ui.Option{Value: "result:" + j.ID + ":" + f.Key, Text: words(ctx, "share_line", "part", i18n.Pick(ctx, j.Name.Zh, j.Name.En), "line", i18n.Pick(ctx, f.Label.Zh, f.Label.En))})
	}
	return out
}

func (v view) chosenSource(s *share, x value, path, name string) {
	if v.sent != nil {
		s.from, s.or, s.cert, s.fixed = v.sent.Get(name), v.sent.Get(name+".or"), v.sent.Get(name+".cert"), v.sent.Get(name+".fixed")
	} else {
		s.from, s.or, s.fixed = v.kept(path, s.answers != nil)
		if from, _, _ := v.kept(path+"+", false); strings.HasPrefix(from, "result:") {
			s.cert = from
		}
	}
	given := v.given(strings.TrimPrefix(s.from, "from:"))
	if !strings.HasPrefix(s.from, "from:") || given == nil || s.answers == nil {
		return
	}
	kept := v.turns(path)
	for _, o := range given {
		to, there := kept[o.Value]
		if !there {
			to = matching(o, s.answers)
		}
		if v.sent != nil && v.sent.Has(name+".w."+o.Value) {
			to = v.sent.Get(name + ".w." + o.Value)
		}
		s.words = append(s.words, turn{o.Value, o.Text, to})
	}
}

// kept is the source of a binding as the draft has it.
func (v view) kept(path string, choice bool) (from, or, fixed string) {
	get := func(k string) string { return v.tree.Text(path + "/" + k) }
	switch {
	case get("result") != "" && get("key") != "":
		return "result:" + get("result") + ":" + get("key"), "", ""
	case get("result") != "":
		return "result:" + get("result"), "", ""
	case get("value") != "" && choice:
		return "is:" + get("value"), "", ""
	case get("value") != "":
		return "is", "", get("value")
	case get("from") != "":
		first, rest, _ := strings.Cut(get("from"), "|")
		if rest != "" {
			or = "from:" + rest
		}
		return "from:" + first, or, ""
	}
	return "", "", ""
}

// given are the answers that a question or field of the one thing has; nil: any.
func (v view) given(id string) []ui.Option {
	for _, s := range v.sources(false) {
		if s.id == id {
			return s.answers
		}
	}
	return nil
}

// turns are the words of a binding as the draft has them.
func (v view) turns(path string) map[string]string {
	out := map[string]string{}
	for _, w := range v.tree.List(path + "/words") {
		if m, ok := w.(map[string]any); ok {
			is, _ := m["is"].(string)
			out[is], _ = m["to"].(string)
		}
	}
	return out
}

// matching finds the answer that means the same: by its id, else by its words.
func matching(o ui.Option, list []ui.Option) string {
	for _, same := range []func(x ui.Option) bool{func(x ui.Option) bool { return x.Value == o.Value }, func(x ui.Option) bool { return x.Text == o.Text }} {
		for _, x := range list {
			if same(x) {
				return x.Value
			}
		}
	}
	return ""
}

// readShare reads where a target comes from: the binding, and the one of the
// certificate that goes before it.
func (v view) readShare(x value, path, name string, form url.Values) []parts.Edit {
	t := *x.target
	key := map[string]string{"situation": "question", "form": "field", "materials": "material"}[t.kind]
	from, cert := form.Get(name), form.Get(name+".cert")
	if from == "" {
		from, cert = cert, ""
	}
	if !strings.HasPrefix(from, "from:") {
		cert = ""
	}
	main := parts.Edit{Path: path}
	if b := v.bound(t, key, from, path, name, form); b != nil {
		main.Value = b
	}
	out := []parts.Edit{main, {Path: path + "+"}}
	if b := passed(key, t.id, cert); b != nil {
		out[1].Value = b
	}
	return out
}

// passed is the binding to a certificate; nil for none.
func passed(key, id, from string) map[string]any {
	part, ok := strings.CutPrefix(from, "result:")
	if !ok || part == "" {
		return nil
	}
	part, line, _ := strings.Cut(part, ":")
	b := map[string]any{key: id, "result": part}
	if line != "" {
		b["key"] = line
	}
	return b
}

func (v view) bound(t target, key, from, path, name string, form url.Values) map[string]any {
	kind, value, _ := strings.Cut(from, ":")
	b := map[string]any{key: t.id}
	switch kind {
	case "result":
		return passed(key, t.id, from)
	case "is":
		if value == "" {
			value = strings.TrimSpace(form.Get(name + ".fixed"))
		}
		if value == "" {
			return nil
		}
		b["value"] = value
		return b
	case "from":
		if value == "" {
			return nil
		}
		b["from"] = value
		if or := strings.TrimPrefix(form.Get(name+".or"), "from:"); or != "" && or != value && t.kind == "form" {
			b["from"] = value + "|" + or
		}
		if list := v.turned(t, value, path, name, form); len(list) > 0 {
			b["words"] = list
		}
		return b
	}
	return nil
}

// turned are the words that turn the answers of the source into those of the
// target; none when they are the same.
func (v view) turned(t target, from, path, name string, form url.Values) []any {
	given := v.given(from)
	if given == nil || t.answers == nil {
		return nil
	}
	was, _, _ := v.kept(path, true)
	kept, alike := v.turns(path), true
	var out []any
	for _, o := range given {
		to := matching(o, t.answers)
		if was == "from:"+from { // the words on the page are about this source
			if w, there := kept[o.Value]; there {
				to = w
			}
			if form.Has(name + ".w." + o.Value) {
				to = form.Get(name + ".w." + o.Value)
			}
		}
		alike = alike && to == o.Value
		if to != "" {
			out = append(out, map[string]any{"is": o.Value, "to": to})
		}
	}
	if alike {
		return nil
	}
	return out
}

// goes is what the office of one part gets.
type goes struct {
	Part, Office string
	Path         string
	Facts        []string
	Papers       []string
	Missing      int // asked for and not passed on
}

// flows says who gets what of the one form and the one set of materials: what
// applicants agree to before they hand in.
//
// Law: 个人信息保护法 art. 6, 23: an office gets what its part needs; who it goes to
// is told before.
func (v view) flows(ctx context.Context) []goes {
	var out []goes
	for _, j := range v.joined {
		g := goes{Part: i18n.Pick(ctx, j.Name.Zh, j.Name.En), Office: i18n.Pick(ctx, j.Content.Item.OrgName, j.Content.Item.OrgNameEn), Path: "bundle/parts/" + j.ID}
		for _, x := range targets(j) {
			at := g.Path + "/" + x.Path
			from, _, _ := v.kept(at, x.target.answers != nil)
			label := i18n.Pick(ctx, x.target.label.Zh, x.target.label.En)
			switch {
			case from == "" && x.target.needed && !x.target.filled:
				g.Missing++
			case from == "":
			case x.target.kind == "materials":
				g.Papers = append(g.Papers, label)
			default:
				g.Facts = append(g.Facts, label)
			}
		}
		out = append(out, g)
	}
	return out
}

// summary of a part in the list of parts.
func (g goes) summary(ctx context.Context) string {
	return words(ctx, "share_sum", "facts", strconv.Itoa(len(g.Facts)), "papers", strconv.Itoa(len(g.Papers)))
}

// turns tells whether an answer becomes one that is called otherwise, or none.
func (s share) turns() bool {
	return slices.ContainsFunc(s.words, func(w turn) bool { return w.is != w.to })
}

// sourcesOnly are the answers and papers of the one thing among the sources.
func sourcesOnly(list []ui.Option) []ui.Option {
	return slices.DeleteFunc(slices.Clone(list), func(o ui.Option) bool { return !strings.HasPrefix(o.Value, "from:") })
}

// partNote says of a part whose it is, when it begins and what follows when it
// fails.
func (v view) partNote(ctx context.Context, path string) string {
	j, _ := v.joint(path)
	when := words(ctx, "part_first")
	if len(j.After) > 0 {
		var names []string
		for _, id := range j.After {
			names = append(names, v.title(ctx, "bundle/parts/"+id))
		}
		when = words(ctx, "part_after", "parts", strings.Join(names, i18n.T(ctx, "design.comma")))
	}
	return i18n.Pick(ctx, j.Content.Item.OrgName, j.Content.Item.OrgNameEn) + " · " + when + " · " + words(ctx, "o.failed."+string(j.Failed))
}

// list are names one after the other.
func (g goes) list(ctx context.Context, names []string) string {
	return i18n.List(ctx, names)
}
