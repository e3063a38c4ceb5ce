package layout

import (
	"slices"
	"strings"
	"time"

	"tongban/platform/pdf"
)

// Said is one thing that the pages of a certificate have to say.
type Said struct {
	What   string // which, never its content
	Text   string
	Label  string // the cell before it says this; "" where it has none
	Within bool   // in a longer text
}

// SaidSeal is the name round the seal: in PDF it is text, elsewhere a drawing.
const SaidSeal = "seal"

// Says lists what stands on the pages that a template makes of a certificate:
// words and dates that the template places, fields, rows and sentences, each as
// often as it stands there. So a name that is missing in its own place is missed,
// even if somebody of the same name stands in another. Photographs and the code
// are not among them.
func (t Template) Says(c Content) (out []Said) {
	placed := t.placed()
	words := replacer(c, cut)
	for _, p := range t.Parts {
		switch p.Sort {
		case Text:
			out = append(out, pieces(words.Replace(p.Text))...)
		case Date:
			out = append(out, Said{What: "date " + p.Field, Text: Day(c.date(p.Field))})
		case Seal:
			out = append(out, Said{What: SaidSeal, Text: c.Issuer})
		case Field:
			if d, ok := c.datum(p.Field); ok && d.Value != "" {
				out = append(out, Said{What: "field " + p.Field, Text: d.Value})
				if p.Label > 0 {
					out = append(out, Said{What: "label of " + p.Field, Text: d.Label})
				}
			}
		}
	}
	for _, r := range t.unplaced(c, placed) {
		out = append(out, Said{What: "row of the particulars", Label: r.Key, Text: r.Value})
	}
	for _, s := range c.Sentences {
		out = append(out, Said{What: "sentence", Text: s, Within: true})
	}
	return out
}

// cut stands for the note on the code, which depends on the code.
const cut = "\x00"

// pieces are the words of a text of the template; around the note on the code
// they are parts of something longer.
func pieces(text string) (out []Said) {
	list := strings.Split(text, cut)
	for _, s := range list {
		if strings.TrimSpace(s) != "" {
			out = append(out, Said{What: "words of the template", Text: s, Within: len(list) > 1})
		}
	}
	return out
}

// replacer puts what a certificate says in the place of names in braces.
func replacer(c Content, check string) *strings.Replacer {
	return strings.NewReplacer("{title}", c.Title, "{number}", c.Number, "{issuer}", c.Issuer, "{holder}", c.Holder, "{holder_number}", c.HolderNumber, "{item}", c.Item,
		"{identifier}", c.Identifier, "{code}", c.Code, "{issued}", Day(c.Issued), "{from}", Day(c.From), "{until}", Day(c.Until), "{check}", check)
}

func (c Content) date(name string) time.Time {
	return map[string]time.Time{"issued": c.Issued, "from": c.From, "until": c.Until}[name]
}

func (c Content) datum(key string) (Datum, bool) {
	i := slices.IndexFunc(c.Fields, func(d Datum) bool { return d.Key == key })
	if i < 0 {
		return Datum{}, false
	}
	return c.Fields[i], true
}

// placed are the keys of fields that have a part of their own.
func (t Template) placed() map[string]bool {
	keys := map[string]bool{}
	for _, p := range t.Parts {
		if p.Sort == Field || p.Sort == Photo {
			keys[p.Field] = true
		}
	}
	return keys
}

// unplaced are the rows of fields without a part, and of what every certificate
// says where no field says it. A name inside a longer value, an address say, does
// not tell whose the certificate is.
func (t Template) unplaced(c Content, placed map[string]bool) (rows []pdf.Row) {
	said := func(what, name string) bool {
		return t.has(name) || slices.ContainsFunc(c.Fields, func(f Datum) bool { return f.Value == what })
	}
	if !said(c.Holder, "holder") {
		rows = append(rows, pdf.Row{Key: "持证主体", Value: c.Holder})
	}
	if c.HolderNumber != "" && !said(c.HolderNumber, "holder_number") {
		rows = append(rows, pdf.Row{Key: c.HolderWord, Value: c.HolderNumber})
	}
	for _, f := range c.Fields {
		switch {
		case placed[f.Key] || f.Value == "":
		case f.Key == "office" && f.Value == c.Issuer && t.has("issuer"), f.Key == "issued" && f.Value == Day(c.Issued) && t.dated("issued"):
			// said by the page itself; another field with that value, a day of examination say, means something else
		default:
			rows = append(rows, pdf.Row{Key: f.Label, Value: f.Value})
		}
	}
	until := Day(c.Until)
	within := slices.ContainsFunc(c.Fields, func(f Datum) bool { return strings.Contains(f.Value, until) })
	if !c.Until.IsZero() && !t.dated("until") && !within {
		rows = append(rows, pdf.Row{Key: "有效期至", Value: until})
	}
	return rows
}

// dated tells whether the page shows a date by itself.
func (t Template) dated(name string) bool { return t.has(name) || t.holds(Date, name) }
