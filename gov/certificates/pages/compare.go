package pages

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"tongban/gov/certificates/layout"
	"tongban/platform/pdf"
	"tongban/platform/pdf/content"
)

// Bare removes the white space that line breaks add and take away.
func Bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// Plain is Bare without what OFD leaves out besides: variation selectors.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF {
			return -1
		}
		return r
	}, Bare(s))
}

// Compare reads the pages of a file back and looks for everything that the
// paper promises: what was promised is what was rendered.
// Photographs stand in the file byte for byte.
func Compare(file []byte, p Paper, photos map[string]pdf.Picture) error {
	elements, err := content.Read(file)
	if err != nil {
		return err
	}
	alone, all := map[string]bool{}, &strings.Builder{}
	pairs := map[[2]string]bool{}
	last := ""
	for _, e := range elements {
		text := Bare(e.Text)
		alone[text], pairs[[2]string{last, text}] = true, true
		last = text
		all.WriteString(text + "\n" + e.Alt + "\n")
	}
	for _, want := range p.Promises(photos) {
		found := alone[Bare(want.Text)]
		switch {
		case Bare(want.Text) == "":
			found = true // nothing was promised
		case want.Within:
			found = strings.Contains(all.String(), Bare(want.Text))
		case Bare(want.Label) != "":
			found = pairs[[2]string{Bare(want.Label), Bare(want.Text)}] || found && p.Kind == Certificate // a template leaves labels out
		}
		if !found {
			return fmt.Errorf("%s is missing on the pages", want.What)
		}
	}
	for key, picture := range photos {
		if !bytes.Contains(file, picture.JPEG) {
			return fmt.Errorf("photograph %s is missing on the pages", key)
		}
	}
	return nil
}

// Promise is one text that the pages must show.
type Promise struct {
	What   string // for the operator: which part, never its content
	Text   string
	Label  string // the cell before it must say this
	Within bool   // it may stand inside a longer text
}

// Promises lists what the pages of a paper must show, photographs aside. On a
// certificate title, office and date stand where its template puts them.
func (p Paper) Promises(photos map[string]pdf.Picture) []Promise {
	placed := p.Kind == Certificate
	out := []Promise{
		{What: "title", Text: p.Title, Within: placed}, {What: "number", Text: p.Number, Within: true}, {What: "issuer", Text: p.Issuer, Within: placed},
		{What: "holder", Text: p.Holder, Within: true}, {What: "holder number", Text: p.HolderNumber, Within: true},
		{What: "code", Text: p.Code, Within: true}, {What: "QR code", Text: p.Link, Within: true},
	}
	if placed {
		out = append(out, Promise{What: "date", Text: layout.Day(p.Issued), Within: true})
	} else {
		out = append(out, Promise{What: "office and date", Text: p.Issuer + layout.Day(p.Issued)})
	}
	if p.Watermark != "" {
		out = append(out, Promise{What: "trust grade", Text: p.Watermark, Within: true})
	}
	for i, t := range p.Sentences {
		// A certificate sets its sentences as one paragraph.
		out = append(out, Promise{What: fmt.Sprint("text ", i+1), Text: t, Within: p.Kind == Certificate})
	}
	for _, f := range p.Fields {
		what := "field " + f.Key
		_, photo := photos[f.Key]
		switch {
		case photo:
		case p.inText(f), p.signedOff(f):
			out = append(out, Promise{What: what, Text: f.Value, Within: true})
		case p.listed(f):
			for _, part := range strings.Split(f.Value, listSeparator) {
				out = append(out, Promise{What: what, Text: part})
			}
		case p.headed(f):
			out = append(out, Promise{What: what, Text: f.Value})
		default:
			out = append(out, Promise{What: what, Text: f.Value, Label: p.label(f)})
		}
	}
	return out
}

// signedOff fields are said at the foot of a certificate, where office and
// date stand by themselves.
func (p Paper) signedOff(f layout.Datum) bool {
	return p.Kind == Certificate && (f.Value == p.Issuer || f.Value == layout.Day(p.Issued))
}

// Repeats tells whether the value of a field stands in a sentence, or at the
// foot, and is no part of its own.
func (p Paper) Repeats(key string) bool {
	for _, f := range p.Fields {
		if f.Key == key {
			return p.inText(f) || p.signedOff(f)
		}
	}
	return false
}
