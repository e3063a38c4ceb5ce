package onething

import (
	"fmt"
	"slices"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/gov/catalogue/strict"
	"tongban/platform/forms"
)

// File is the name of the definition in a package.
const File = "bundle.json"

// Find gives the newest content of an item that may be joined.
type Find func(region, code string) (*content.Content, bool)

// Read reads bundle.json; every problem begins with its line. It gives nothing
// only when nothing can be read.
func Read(raw []byte) (*content.Bundle, []string) {
	var b content.Bundle
	problems := strict.Decode(raw, &b)
	if len(problems) == 0 {
		return &b, nil
	}
	at := lines(raw)
	for i, p := range problems {
		if path, _, ok := strings.Cut(p, ": "); ok && !strings.HasPrefix(p, "line ") {
			problems[i] = fmt.Sprintf("line %d: %s", line(at, path), p)
		}
	}
	if strict.Readable(raw, &content.Bundle{}) {
		return &b, problems
	}
	return nil, problems
}

// whole is the package that joins, laid out for checking.
type whole struct {
	content   *content.Content
	ids       map[string]any
	fields    map[string]forms.Field
	questions map[string]content.Question
	materials map[string]content.Material
	lines     map[string]int
	find      Find

	problems []string
	taken    map[string]bool       // materials that a part takes
	used     map[string]bool       // fields that a part takes
	types    map[string]boundField // first use of a field of the bundle
}

type boundField struct {
	at  string
	typ forms.Type
}

// piece is an item that is joined.
type piece struct {
	part      content.Part
	at        string
	content   *content.Content
	fields    map[string]forms.Field
	questions map[string]content.Question
	materials map[string]content.Material
}

func (w *whole) bad(path, format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf("line %d: %s: %s", line(w.lines, path), path, fmt.Sprintf(format, args...)))
}

// Check compares the definition with the package that it is part of and with
// the items that it joins. raw is bundle.json, for the lines.
func Check(raw []byte, c *content.Content, find Find) []string {
	w := &whole{content: c, lines: lines(raw), find: find, taken: map[string]bool{}, used: map[string]bool{}, types: map[string]boundField{}}
	form, err := forms.Parse(c.Form, c.Situations.IDs())
	if err != nil {
		return nil // said where the form is read
	}
	w.fields, w.questions, w.materials = laidOut(form, c)
	w.ids = content.Identifiers(c.Situations, content.FieldIDs(form), nil)
	b := c.Bundle
	if b.Format != 1 {
		w.bad("format", "1 is the only one known, not %d", b.Format)
	}
	if len(b.Parts) < 2 {
		w.bad("parts", "a one thing joins two parts at least")
	}
	pieces := w.pieces()
	w.order()
	for _, p := range pieces {
		w.situation(p)
		w.form(p, pieces)
		w.papers(p, pieces)
		w.terms(p)
	}
	w.left()
	w.choices()
	w.once(pieces)
	w.answered(pieces)
	return w.problems
}

func laidOut(form *forms.Definition, c *content.Content) (map[string]forms.Field, map[string]content.Question, map[string]content.Material) {
	fields, questions, materials := map[string]forms.Field{}, map[string]content.Question{}, map[string]content.Material{}
	for _, f := range form.Fields() {
		fields[f.ID] = f
	}
	if c.Situations != nil {
		for _, q := range c.Situations.Questions {
			questions[q.ID] = q
		}
	}
	for _, m := range c.Materials {
		materials[m.ID] = m
	}
	return fields, questions, materials
}

// pieces finds the items that are joined.
func (w *whole) pieces() []piece {
	var out []piece
	seen, items := map[string]bool{}, map[string]bool{}
	for i, p := range w.content.Bundle.Parts {
		at := fmt.Sprintf("parts[%d]", i)
		if !content.ValidID(p.ID) || seen[p.ID] {
			w.bad(at+".id", "%q is malformed or used twice", p.ID)
		}
		seen[p.ID] = true
		if !slices.Contains(content.Policies, p.Failed) {
			w.bad(at+".failed", "%q is none of stop_all, go_on, stop_dependents", p.Failed)
		}
		if _, err := content.CompileCondition(p.NeededWhen, w.ids); err != nil {
			w.bad(at+".needed_when", "%s", oneLine(err))
		}
		c, ok := w.find(p.In(w.content.Item.Region), p.Item)
		switch {
		case !ok:
			w.bad(at+".item", "there is no item %s in %s", p.Item, p.In(w.content.Item.Region))
			continue
		case c.Bundle != nil:
			w.bad(at+".item", "%s is a one thing itself; join its parts", p.Item)
			continue
		case items[p.In(w.content.Item.Region)+"/"+p.Item]:
			w.bad(at+".item", "%s is joined twice", p.Item)
		}
		items[p.In(w.content.Item.Region)+"/"+p.Item] = true
		form, err := forms.Parse(c.Form, c.Situations.IDs())
		if err != nil {
			w.bad(at+".item", "its form cannot be read: %s", oneLine(err))
			continue
		}
		x := piece{part: p, at: at, content: c}
		x.fields, x.questions, x.materials = laidOut(form, c)
		out = append(out, x)
	}
	return out
}

func oneLine(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}

// order refuses circles and predecessors that do not exist.
func (w *whole) order() {
	b := w.content.Bundle
	for i, p := range b.Parts {
		at := fmt.Sprintf("parts[%d].after", i)
		for j, a := range p.After {
			if _, ok := b.Part(a); !ok {
				w.bad(fmt.Sprintf("%s[%d]", at, j), "there is no part %q", a)
			}
			if slices.Contains(p.After[:j], a) {
				w.bad(fmt.Sprintf("%s[%d]", at, j), "%q stands there twice", a)
			}
			if a == p.ID || slices.Contains(b.Dependents(p.ID), a) {
				w.bad(fmt.Sprintf("%s[%d]", at, j), "a circle: %q waits for %q, which waits for it", p.ID, a)
			}
		}
	}
}

// source tells what an answer of the bundle is: its type, and its possible
// values when it is a choice.
func (w *whole) source(from string) (typ forms.Type, values []string, ok bool) {
	for _, id := range content.Sources(from) {
		t, v, known := w.one(id)
		if !known || typ != "" && t != typ {
			return "", nil, false
		}
		typ, values, ok = t, append(values, v...), true
	}
	return typ, values, ok
}

func (w *whole) one(id string) (typ forms.Type, values []string, ok bool) {
	if q, is := w.questions[id]; is {
		for _, o := range q.Options {
			values = append(values, o.ID)
		}
		return forms.Choice, values, true
	}
	f, ok := w.fields[id]
	return f.Type, valuesOf(f), ok
}

func valuesOf(f forms.Field) []string {
	var out []string
	for _, o := range f.Options {
		out = append(out, o.Value)
	}
	if f.Type == forms.YesNo {
		out = []string{"yes", "no"}
	}
	return out
}

// turned checks that every answer of the bundle becomes one that the part has.
func (w *whole) turned(at string, words []content.Word, given, wanted []string) {
	for i, x := range words {
		here := fmt.Sprintf("%s.words[%d]", at, i)
		if given != nil && !slices.Contains(given, x.Is) {
			w.bad(here+".is", "%q is no answer of %s", x.Is, strings.Join(given, ", "))
		}
		if wanted != nil && !slices.Contains(wanted, x.To) {
			w.bad(here+".to", "%q is none of %s", x.To, strings.Join(wanted, ", "))
		}
	}
	for _, v := range given {
		to := content.Turn(words, v)
		if to == "" {
			w.bad(at, "words say nothing of the answer %q", v)
		} else if len(words) == 0 && !slices.Contains(wanted, to) {
			w.bad(at, "the answer %q is none of %s; words can turn it", v, strings.Join(wanted, ", "))
		}
	}
}

// situation checks the answers to the questions of a part.
func (w *whole) situation(p piece) {
	bound := map[string]bool{}
	for i, a := range p.part.Situation {
		at := fmt.Sprintf("%s.situation[%d]", p.at, i)
		q, ok := p.questions[a.Question]
		if !ok || bound[a.Question] {
			w.bad(at+".question", "%q is no question of %s, or stands there twice", a.Question, p.content.Item.Name)
			continue
		}
		bound[a.Question] = true
		var options []string
		for _, o := range q.Options {
			options = append(options, o.ID)
		}
		switch _, given, known := w.source(a.From); {
		case (a.From == "") == (a.Value == ""):
			w.bad(at, "give either from or value")
		case a.Value != "" && !slices.Contains(options, a.Value):
			w.bad(at+".value", "%q is none of %s", a.Value, strings.Join(options, ", "))
		case a.From != "" && !known:
			w.bad(at+".from", "the package has no question and no field %q, or those of them are of different types", a.From)
		case a.From != "":
			w.used[a.From] = true
			w.turned(at, a.Words, given, options)
		}
	}
	for id := range p.questions {
		if !bound[id] && (p.content.Situations.Start == id || !p.skips(id)) {
			w.bad(p.at+".situation", "%s asks %q, and nobody answers", p.content.Item.Name, id)
		}
	}
}

// skips tells whether a question is passed over with the answers that are
// always the same.
func (p piece) skips(id string) bool {
	reached, asked := map[string]bool{}, map[string]bool{}
	var walk func(at string)
	walk = func(at string) {
		q, ok := p.content.Situations.Question(at)
		if !ok || reached[at] {
			return
		}
		reached[at], asked[q.ID] = true, true
		for _, o := range q.Options {
			fixed := slices.ContainsFunc(p.part.Situation, func(a content.AnswerBinding) bool { return a.Question == q.ID && a.Value != "" && a.Value != o.ID })
			if !fixed {
				walk(o.Next)
			}
		}
	}
	walk(p.content.Situations.Start)
	return !asked[id]
}

// plain are the types whose answers fit into any text.
var plain = []forms.Type{forms.Text, forms.Textarea, "address"}

// form checks where the answers of a part's form come from.
func (w *whole) form(p piece, all []piece) {
	bound := map[string]bool{}
	for i, b := range p.part.Form {
		at := fmt.Sprintf("%s.form[%d]", p.at, i)
		f, ok := p.fields[b.Field]
		if !ok || bound[b.Field] && b.Result == "" {
			w.bad(at+".field", "%q is no field of %s, or is bound twice", b.Field, p.content.Item.Name)
			continue
		}
		bound[b.Field] = true
		if n := count(b.From != "", b.Value != "", b.Result != ""); n != 1 {
			w.bad(at, "give one of from, value and result")
			continue
		}
		switch {
		case b.Value != "" && valuesOf(f) != nil && !slices.Contains(valuesOf(f), b.Value):
			w.bad(at+".value", "%q is none of %s", b.Value, strings.Join(valuesOf(f), ", "))
		case b.Result != "":
			w.passes(at, p, b.Result, all)
			w.key(at, b, all)
		case b.From != "":
			w.bind(at, f, b)
		}
	}
	for _, f := range inOrder(p.content) {
		if (f.Required || f.RequiredWhen != "") && f.ShowWhen != content.Never && !bound[f.ID] && f.Prefill == nil {
			w.bad(p.at+".form", "%s asks for %q, which the package does not ask", p.content.Item.Name, f.ID)
		}
	}
}

// bind checks one field that comes from an answer of the bundle.
func (w *whole) bind(at string, f forms.Field, b content.FieldBinding) {
	typ, given, ok := w.source(b.From)
	if !ok {
		w.bad(at+".from", "the package has no question and no field %q, or those of them are of different types", b.From)
		return
	}
	w.used[b.From] = true
	if wanted := valuesOf(f); wanted != nil {
		if given == nil {
			w.bad(at+".from", "%q is a %s, and %q takes one of %s", b.From, typ, b.Field, strings.Join(wanted, ", "))
			return
		}
		w.turned(at, b.Words, given, wanted)
		return
	}
	if typ != f.Type && !slices.Contains(plain, f.Type) {
		w.bad(at+".from", "%q is a %s, and %q is a %s", b.From, typ, b.Field, f.Type)
		return
	}
	if first, ok := w.types[b.From]; ok && first.typ != f.Type && !slices.Contains(plain, first.typ) && !slices.Contains(plain, f.Type) {
		w.bad(at, "%q is bound twice, to a %s here and to a %s at %s", b.From, f.Type, first.typ, first.at)
	} else if !ok {
		w.types[b.From] = boundField{at, f.Type}
	}
}

func count(list ...bool) (n int) {
	for _, b := range list {
		if b {
			n++
		}
	}
	return n
}

func inOrder(c *content.Content) []forms.Field {
	d, err := forms.Parse(c.Form, c.Situations.IDs())
	if err != nil {
		return nil
	}
	return d.Fields()
}

// passes checks that a result comes from a part before.
func (w *whole) passes(at string, p piece, from string, all []piece) (piece, bool) {
	i := slices.IndexFunc(all, func(x piece) bool { return x.part.ID == from })
	if i < 0 || !slices.Contains(p.part.After, from) {
		w.bad(at+".result", "%q is no part that %q waits for", from, p.part.ID)
		return piece{}, false
	}
	return all[i], true
}

// key checks that a certificate has the line that is passed on.
func (w *whole) key(at string, b content.FieldBinding, all []piece) {
	i := slices.IndexFunc(all, func(x piece) bool { return x.part.ID == b.Result })
	if i < 0 || b.Key == content.Number {
		return
	}
	if !slices.ContainsFunc(all[i].content.Result.Certificate.Fields, func(f content.CertificateField) bool { return f.Key == b.Key }) {
		w.bad(at+".key", "the certificate of %q has no line %q", b.Result, b.Key)
	}
}

// papers checks which material goes where.
func (w *whole) papers(p piece, all []piece) {
	bound := map[string]bool{}
	for i, b := range p.part.Materials {
		at := fmt.Sprintf("%s.materials[%d]", p.at, i)
		m, ok := p.materials[b.Material]
		if !ok || bound[b.Material] && b.Result == "" {
			w.bad(at+".material", "%q is no material of %s, or is bound twice", b.Material, p.content.Item.Name)
			continue
		}
		bound[b.Material] = true
		switch {
		case (b.From == "") == (b.Result == ""):
			w.bad(at, "give either from or result")
		case b.From != "":
			if _, ok := w.materials[b.From]; !ok {
				w.bad(at+".from", "materials.json has no material %q", b.From)
			}
			w.taken[b.From] = true
		default:
			before, ok := w.passes(at, p, b.Result, all)
			if ok && !accepts(m, before.content.Result.Certificate) {
				w.bad(at+".result", "%q does not accept the certificate of %q: name it under instead in %s", b.Material, b.Result, p.content.Item.Name)
			}
		}
	}
	for _, m := range p.content.Materials {
		if !bound[m.ID] {
			w.bad(p.at+".materials", "%s asks for the material %q, which nothing is passed on to", p.content.Item.Name, m.ID)
		}
	}
}

// accepts tells whether a certificate of this kind stands in for a material.
func accepts(m content.Material, c content.Certificate) bool {
	return slices.ContainsFunc(m.Instead, func(s content.Substitute) bool {
		return s.Kind == "certificate" && (s.Source == c.Type || s.Name.Zh == c.Name.Zh || strings.TrimSuffix(s.Name.Zh, "电子证照") == c.Name.Zh)
	})
}

// terms checks what the whole promises against a part.
func (w *whole) terms(p piece) {
	if have, need := w.content.Item.IdentityLevel(), p.content.Item.IdentityLevel(); have < need {
		w.bad(p.at+".item", "%s needs identity %d, and item.json asks for %d", p.content.Item.Name, need, have)
	}
	for _, a := range w.content.Item.Audience {
		if !slices.Contains(p.content.Item.Audience, a) && p.part.NeededWhen == "" {
			w.bad(p.at+".item", "%s is not for %s, for whom item.json offers the whole", p.content.Item.Name, a)
		}
	}
	own, promise := p.content.Item.Promise, w.content.Item.Promise
	if own.Known() && promise.Known() && own.Unit == promise.Unit && own.Amount > promise.Amount {
		w.bad(p.at+".item", "%s promises %d, longer than the whole, %d", p.content.Item.Name, own.Amount, promise.Amount)
	}
}

// receiving are fields that say how the results are received: they are for the
// whole, not for a part.
var receiving = []string{"delivery", "receive", "mail_address"}

// steers tells whether a condition of the package looks at a field.
func (w *whole) steers(id string) bool {
	d, err := forms.Parse(w.content.Form, w.content.Situations.IDs())
	if err != nil {
		return true // said where the form is read
	}
	p := packages.Of(*w.content)
	p.Form = *d
	return lookedAt(p, id)
}

// left finds what is asked for and passed on to nobody.
func (w *whole) left() {
	for _, m := range w.content.Materials {
		if !w.taken[m.ID] {
			w.bad("parts", "no part takes the material %q of materials.json", m.ID)
		}
	}
	passed := map[string]bool{}
	for from := range w.used {
		for _, id := range content.Sources(from) {
			passed[id] = true
		}
	}
	for _, f := range inOrder(w.content) {
		if f.Prefill == nil && !passed[f.ID] && !w.steers(f.ID) && !slices.Contains(receiving, f.ID) {
			w.bad("parts", "no part takes the field %q of form.json, and nothing depends on it", f.ID)
		}
	}
}

// maxWays bounds how many ways through the questions are walked.
const maxWays = 100_000

// choices walks every way through the questions: every part has to be needed
// on one, and every way has to need a part. Conditions that look at fields are
// left to the application.
func (w *whole) choices() {
	b := w.content.Bundle
	chosen := map[string]bool{}
	needed, ok := w.needed()
	if !ok {
		return
	}
	for _, p := range b.Parts {
		chosen[p.ID] = w.byField(p)
	}
	none := ""
	w.ways(func(answers map[string]string) {
		env := w.env(answers)
		any := false
		for _, p := range b.Parts {
			if needed[p.ID](env) {
				chosen[p.ID], any = true, true
			}
		}
		if !any && none == "" {
			none = fmt.Sprint(answers)
		}
	})
	for i, p := range b.Parts {
		if !chosen[p.ID] {
			w.bad(fmt.Sprintf("parts[%d].needed_when", i), "no answers to the questions choose %q", p.ID)
		}
	}
	if none != "" {
		w.bad("parts", "these answers need no part at all: %s", none)
	}
}

// mentions tells whether an expression names an id.
func mentions(text, id string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], id)
		if i < 0 {
			return false
		}
		i += at
		before := i == 0 || !word(text[i-1])
		after := i+len(id) == len(text) || !word(text[i+len(id)])
		if before && after {
			return true
		}
		at = i + 1
	}
}

func word(c byte) bool {
	return c == '_' || c == '\'' || c == '"' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
}
