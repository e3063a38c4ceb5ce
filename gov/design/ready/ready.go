package ready

import (
	"strings"
	"unicode"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/platform/forms"
)

// Report is what was measured.
type Report struct {
	Ways      int // through the questions; at most maxWays are looked at
	Fewest    int // clicks on the shortest of them
	Most      int // clicks on the longest
	Fields    int // shown on the way with the most
	Filled    int // percent that are filled in, on average
	Sentence  int // characters of a Chinese sentence, on average
	SentenceE int // words of an English sentence, on average
	Hard      []Finding
	Basis     []string // paths of asks without a clause
	Access    []Finding
}

// Finding is one place with what is there.
type Finding struct {
	Path string
	Kind string
	Text string
}

// Bounds of what is looked at, and from when a sentence is hard.
const (
	maxWays   = 2000
	hardChars = 60
	hardWords = 35
)

// Look measures a package; o is the same as an offer.
func Look(p *packages.Package, o *catalogue.Offer) Report {
	var r Report
	r.ways(o)
	r.basis(p)
	read := texts(p)
	r.reading(read)
	r.access(p, read)
	return r
}

// ways walks every way through the questions.
func (r *Report) ways(o *catalogue.Offer) {
	shares, counted := 0, 0
	var walk func(answers map[string]string)
	walk = func(answers map[string]string) {
		if r.Ways >= maxWays {
			return
		}
		way, open := o.Situations.Walk(answers)
		if open != nil {
			for _, opt := range open.Options {
				next := map[string]string{open.ID: opt.ID}
				for k, v := range answers {
					next[k] = v
				}
				walk(next)
			}
			return
		}
		r.Ways++
		shown, filled, pages := form(o, answers)
		clicks := opening + len(way) + pages + handing(o.MaterialsFor(answers)) + 1
		if r.Ways == 1 || clicks < r.Fewest {
			r.Fewest = clicks
		}
		r.Most, r.Fields = max(r.Most, clicks), max(r.Fields, shown)
		if shown > 0 {
			shares, counted = shares+100*filled/shown, counted+1
		}
	}
	walk(map[string]string{})
	if counted > 0 {
		r.Filled = shares / counted
	}
}

// opening are the clicks from the guide to the first page of an application: one
// on the guide, one that begins it.
const opening = 2

// form counts the fields that answers show, those of them that a register fills
// in, and the pages on which something is left to say: the others are passed
// over.
func form(o *catalogue.Offer, answers map[string]string) (shown, filled, pages int) {
	if o.Form == nil {
		return 0, 0, 0
	}
	known := func(f forms.Field) bool { return f.Prefill != nil && f.Prefill.Source != "" }
	groups := o.Form.Shown(answers)
	for _, p := range forms.Pages(groups, func(f forms.Field) bool { return !known(f) || f.Prefill.Policy != "locked" }) {
		asks := false
		for _, g := range p {
			for _, f := range g.Fields {
				shown++
				if known(f) {
					filled++
				} else {
					asks = true
				}
			}
		}
		if asks {
			pages++
		}
	}
	return shown, filled, pages
}

// handing counts the clicks for materials: a file for each that nothing
// replaces, and one for the page.
func handing(list []catalogue.Material) int {
	if len(list) == 0 {
		return 0
	}
	n := 1
	for _, m := range list {
		if len(m.Instead) == 0 {
			n++
		}
	}
	return n
}

// basis lists what is asked, set or charged without saying by which clause.
func (r *Report) basis(p *packages.Package) {
	known := map[string]bool{}
	for _, c := range p.Item.Basis {
		known[c.ID] = true
	}
	need := func(path, clause string) {
		if !known[clause] {
			r.Basis = append(r.Basis, path)
		}
	}
	for _, c := range p.Item.Conditions {
		need("item/conditions/"+c.ID+"/clause", c.Clause)
	}
	for _, m := range p.Materials {
		need("materials/"+m.ID+"/clause", m.Clause)
	}
	for _, x := range p.Result.Refusal.Reasons {
		need("result/refusal/reasons/"+x.ID+"/clause", x.Clause)
	}
	for id, l := range map[string]content.Limit{"legal": p.Item.Limits.Legal, "promise": p.Item.Limits.Promise} {
		if l.Citation.Zh == "" {
			r.Basis = append(r.Basis, "item/limits/"+id+"/citation")
		}
	}
	if p.Item.Fee.Citation.Zh == "" {
		r.Basis = append(r.Basis, "item/fee/citation")
	}
}

// said is a text that applicants read.
type said struct {
	path   string
	zh, en string
	label  bool // it names a control or a choice
}

// texts are everything that applicants read.
func texts(p *packages.Package) []said {
	var out []said
	add := func(path string, t content.Text, label bool) { out = append(out, said{path, t.Zh, t.En, label}) }
	words := func(path string, w *forms.Words, label bool) {
		if w != nil {
			out = append(out, said{path, w.Zh, w.En, label})
		}
	}
	add("item/name", p.Item.Name, true)
	add("item/summary", p.Item.Summary, false)
	a := p.Item.Answers
	for id, t := range map[string]content.Text{"can_i": a.CanI, "bring": a.Bring, "how_long": a.HowLong, "fee": a.Fee, "where": a.Where, "visits": a.Visits} {
		add("item/answers/"+id, t, false)
	}
	for _, c := range p.Item.Conditions {
		add("item/conditions/"+c.ID+"/text", c.Text, false)
	}
	for _, m := range p.Materials {
		add("materials/"+m.ID+"/name", m.Name, true)
		add("materials/"+m.ID+"/why", m.Why, false)
		if m.Hint.Zh+m.Hint.En != "" {
			add("materials/"+m.ID+"/hint", m.Hint, false)
		}
	}
	for _, q := range p.Situations.Questions {
		at := "situations/questions/" + q.ID
		add(at+"/text", q.Text, true)
		for _, o := range q.Options {
			add(at+"/options/"+o.ID+"/text", o.Text, true)
		}
	}
	for _, g := range p.Form.Groups {
		at := "form/groups/" + g.ID
		words(at+"/title", &g.Title, true)
		words(at+"/note", g.Note, false)
		for _, f := range g.Fields {
			at := at + "/fields/" + f.ID
			words(at+"/label", &f.Label, true)
			words(at+"/hint", f.Hint, false)
			for _, o := range f.Options {
				words(at+"/options/"+o.Value+"/text", &o.Text, true)
			}
		}
	}
	return out
}

// reading measures sentences and lists the hard ones.
func (r *Report) reading(list []said) {
	chars, sentences, count, sentencesE := 0, 0, 0, 0
	for _, t := range list {
		if t.label {
			continue
		}
		for _, s := range split(t.zh, "。！？；\n") {
			n := len([]rune(s))
			chars, sentences = chars+n, sentences+1
			if n > hardChars {
				r.Hard = append(r.Hard, Finding{t.path + "/zh", "long", s})
			}
		}
		for _, s := range split(t.en, ".!?;\n") {
			n := len(strings.Fields(s))
			count, sentencesE = count+n, sentencesE+1
			if n > hardWords {
				r.Hard = append(r.Hard, Finding{t.path + "/en", "long", s})
			}
		}
	}
	if sentences > 0 {
		r.Sentence = chars / sentences
	}
	if sentencesE > 0 {
		r.SentenceE = count / sentencesE
	}
}

// split cuts a text at stops. A stop inside a number is none.
func split(text, stops string) []string {
	var out []string
	var b strings.Builder
	list := []rune(text)
	for i, c := range list {
		inside := c == '.' && i+1 < len(list) && !unicode.IsSpace(list[i+1])
		if strings.ContainsRune(stops, c) && !inside {
			if s := strings.TrimSpace(b.String()); s != "" {
				out = append(out, s)
			}
			b.Reset()
			continue
		}
		b.WriteRune(c)
	}
	if s := strings.TrimSpace(b.String()); s != "" {
		out = append(out, s)
	}
	return out
}

// access finds what content breaks for people who hear the page or read it in
// the other language: no label, the same label twice, the wrong language, a
// picture in a text, and words that say only where to click.
func (r *Report) access(p *packages.Package, list []said) {
	bad := func(path, kind, text string) { r.Access = append(r.Access, Finding{path, kind, text}) }
	for _, t := range list {
		if t.label && strings.TrimSpace(t.zh) == "" {
			bad(t.path+"/zh", "label", "")
		}
		if t.label && strings.TrimSpace(t.en) == "" {
			bad(t.path+"/en", "label", "")
		}
		if t.en != "" && mostlyHan(t.en) {
			bad(t.path+"/en", "language", t.en)
		}
		if t.zh != "" && !han(t.zh) && letters(t.zh) > 12 {
			bad(t.path+"/zh", "language", t.zh)
		}
		for _, s := range []string{t.zh, t.en} {
			if strings.Contains(s, "<img") || strings.Contains(s, "![") {
				bad(t.path, "picture", s)
			}
			if strings.Contains(s, "点击这里") || strings.Contains(strings.ToLower(s), "click here") {
				bad(t.path, "here", s)
			}
		}
	}
	for _, g := range p.Form.Groups {
		seen := map[string]bool{}
		for _, f := range g.Fields {
			path := "form/groups/" + g.ID + "/fields/" + f.ID
			if f.Label.Zh != "" && seen[f.Label.Zh] && f.ShowWhen == "" {
				bad(path+"/label", "twice", f.Label.Zh)
			}
			seen[f.Label.Zh] = true
			if f.Hint != nil && f.Hint.Zh == f.Label.Zh {
				bad(path+"/hint", "hint", f.Label.Zh)
			}
			if (f.Required || f.RequiredWhen != "") && f.Errors["required"].Zh == "" {
				bad(path+"/errors/required", "error", f.Label.Zh)
			}
			options := map[string]bool{}
			for _, o := range f.Options {
				if options[o.Text.Zh] {
					bad(path+"/options", "twice", o.Text.Zh)
				}
				options[o.Text.Zh] = true
			}
		}
	}
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Han, c) })
}

func letters(s string) (n int) {
	for _, c := range s {
		if unicode.IsLetter(c) {
			n++
		}
	}
	return n
}

// mostlyHan tells whether an English text is really Chinese: a name or two in
// Chinese is not.
func mostlyHan(s string) bool {
	n := 0
	for _, c := range s {
		if unicode.Is(unicode.Han, c) {
			n++
		}
	}
	return n*2 > letters(s)
}
