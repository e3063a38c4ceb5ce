package layout

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/platform/pdf"
)

// Problem is one thing that is wrong with a template.
type Problem struct {
	Part  int    // place in the template; -1 is the template as a whole
	Field string // of the part: x, size, text …
	Code  string // of the words: certificates.templates.problem.<code>
	What  string // what it is about, for the words: a character, a field
	Warn  bool   // it may be published all the same
}

// Spec is what a template has to know of a field of its type.
type Spec struct {
	Key, Label string
	Photo      bool
	Required   bool
	Max        int      // characters
	Choices    []string // a value is one of them
	Kind       string   // as kinds name it; for samples
}

// Check says what is wrong with a template whatever it would show.
func (t Template) Check(fields []Spec) (out []Problem) {
	whole := func(code string, wrong bool) {
		if wrong {
			out = append(out, Problem{Part: -1, Code: code})
		}
	}
	whole("page", !within(t.Page.Wide, leastSide, mostSide) || !within(t.Page.High, leastSide, mostSide))
	whole("too_many", len(t.Parts) > MaxParts)
	for _, name := range []string{"title", "number", "issuer", "code"} {
		whole("no_"+name, !t.has(name))
	}
	whole("no_issued", !t.has("issued") && !t.holds(Date, "issued"))
	whole("no_seal", t.count(Seal) != 1)
	whole("no_qr", t.count(Code) != 1)
	whole("rows_twice", t.count(Rows) > 1)
	for i, p := range t.Parts {
		for _, x := range p.check(t.Page, fields) {
			x.Part = i
			out = append(out, x)
		}
	}
	return append(out, t.left(fields)...)
}

func (t Template) count(sort string) (n int) {
	for _, p := range t.Parts {
		if p.Sort == sort {
			n++
		}
	}
	return n
}

func (t Template) holds(sort, field string) bool {
	return slices.ContainsFunc(t.Parts, func(p Part) bool { return p.Sort == sort && p.Field == field })
}

// left finds fields that only the annex would show, fields placed twice, and
// what lies over code or seal.
func (t Template) left(fields []Spec) (out []Problem) {
	for _, f := range fields {
		switch {
		case f.Photo && !t.holds(Photo, f.Key):
			out = append(out, Problem{Part: -1, Code: "no_photo", What: f.Label, Warn: !f.Required})
		case !f.Photo && t.count(Rows) == 0 && !t.holds(Field, f.Key):
			out = append(out, Problem{Part: -1, Code: "unplaced", What: f.Label, Warn: !f.Required})
		}
	}
	if t.count(Sentences) == 0 {
		out = append(out, Problem{Part: -1, Code: "no_sentences", Warn: true})
	}
	for i, p := range t.Parts {
		for _, q := range t.Parts[:i] {
			if p.Sort != Frame && p.Sort != Line && q.Sort != Frame && q.Sort != Line && (p.Sort == Code || q.Sort == Code) && p.touches(q) {
				out = append(out, Problem{Part: i, Field: "x", Code: "covers_qr"})
				break
			}
			if (p.Sort == Field || p.Sort == Photo) && p.Sort == q.Sort && p.Field == q.Field {
				out = append(out, Problem{Part: i, Field: "field", Code: "twice"})
				break
			}
		}
	}
	return out
}

func (p Part) touches(q Part) bool {
	return p.X < q.X+q.Wide && q.X < p.X+p.Wide && p.Y < q.Y+q.High && q.Y < p.Y+p.High
}

// within tells whether a number lies between two others; what is no number does
// not.
func within(v, least, most float64) bool { return v >= least && v <= most }

// check looks at one part.
func (p Part) check(page Page, fields []Spec) (out []Problem) {
	bad := func(field, code, what string, wrong bool) {
		if wrong {
			out = append(out, Problem{Field: field, Code: code, What: what})
		}
	}
	known := slices.Contains(Sorts, p.Sort)
	bad("sort", "choose", "", !known)
	bad("x", "outside", "", !within(p.X, 0, page.Wide) || !within(p.Y, 0, page.High) || !within(p.Wide, 0, page.Wide-p.X+0.01) || !within(p.High, 0, page.High-p.Y+0.01))
	letters := known && slices.Contains([]string{Text, Field, Date, Sentences, Rows}, p.Sort)
	bad("size", "size", "", letters && p.Size != 0 && !within(p.Size, 6, 72))
	bad("size", "thick", "", (p.Sort == Frame || p.Sort == Line) && !within(p.Size, 0, 10))
	bad("wide", "small", "", letters && (p.Wide < 5 || p.High < 3))
	bad("align", "choose", "", p.Align != "" && !slices.Contains(Aligns, p.Align))
	bad("color", "choose", "", p.Color != "" && !slices.Contains(Colors, p.Color))
	bad("wide", "small_qr", "", p.Sort == Code && min(p.Wide, p.High) < leastCode)
	bad("wide", "small_seal", "", p.Sort == Seal && min(p.Wide, p.High) < leastSeal)
	bad("wide", "small", "", p.Sort == Photo && min(p.Wide, p.High) < 10)
	bad("label", "label", "", p.Label != 0 && !within(p.Label, 0, p.Wide-5))
	i := slices.IndexFunc(fields, func(f Spec) bool { return f.Key == p.Field })
	bad("field", "no_field", p.Field, p.Sort == Field && (i < 0 || fields[i].Photo))
	bad("field", "no_field", p.Field, p.Sort == Photo && (i < 0 || !fields[i].Photo))
	bad("field", "choose", "", p.Sort == Date && !slices.Contains(Dates, p.Field))
	if p.Sort == Text {
		bad("text", "text", "", strings.TrimSpace(p.Text) == "" || utf8.RuneCountInString(p.Text) > 500)
		for _, m := range nameRE.FindAllStringSubmatch(p.Text, -1) {
			bad("text", "no_name", m[0], !slices.Contains(Names, m[1]))
		}
		for _, r := range pdf.Covers(p.Text) {
			bad("text", "unprintable", fmt.Sprintf("%c U+%04X", r, r), true)
		}
	}
	return out
}

// Lint is Check, and what does not fit when the template is drawn with long
// names, rare characters and long values.
func (t Template) Lint(title string, fields []Spec) []Problem {
	out := t.Check(fields)
	if slices.ContainsFunc(out, func(p Problem) bool { return !p.Warn }) {
		return out // what is wrong in itself cannot be drawn
	}
	for _, long := range []bool{false, true} {
		d := t.Draw(t.Sample(title, fields, long))
		if _, err := d.Doc.Bytes(); err != nil {
			return append(out, Problem{Part: -1, Code: "undrawn"})
		}
		for _, i := range d.Over {
			p := Problem{Part: i, Field: "wide", Code: "over", Warn: t.Parts[i].Sort != Text}
			if long {
				p.Code, p.Warn = "over_long", true
			}
			if !slices.ContainsFunc(out, func(o Problem) bool { return o.Part == i && (o.Code == "over" || o.Code == p.Code) }) {
				out = append(out, p)
			}
		}
		if !long && d.Claim.Says != SaysAll {
			out = append(out, Problem{Part: -1, Code: "code_full", Warn: true})
		}
	}
	return out
}

// Sound tells whether nothing keeps a template from being published.
func Sound(list []Problem) bool {
	return !slices.ContainsFunc(list, func(p Problem) bool { return !p.Warn })
}
