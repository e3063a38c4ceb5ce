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
// paper promises, each as often as it is promised: what was promised is what was
// rendered. Photographs stand in the file byte for byte.
func Compare(file []byte, p Paper, photos map[string]pdf.Picture) error {
	elements, err := content.Read(file)
	if err != nil {
		return err
	}
	alone, pairs, all := map[string]int{}, map[[2]string]int{}, &strings.Builder{}
	last := ""
	for _, e := range elements {
		text := Bare(e.Text)
		alone[text]++
		pairs[[2]string{last, text}]++
		last = text
		all.WriteString(text + "\n" + e.Alt + "\n")
	}
	within := map[string]int{}
	for _, want := range p.Promises(photos) {
		text, label := Bare(want.Text), Bare(want.Label)
		found := true
		switch {
		case text == "": // nothing was promised
		case want.Within:
			if want.Own {
				within[text]++
			}
			found = strings.Count(all.String(), text) >= max(1, within[text])
		default:
			alone[text]-- // every promise has a place of its own
			found = alone[text] >= 0
			if label != "" {
				pair := [2]string{label, text}
				pairs[pair]--
				found = found && pairs[pair] >= 0
			}
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

// Lacks names what lines of text, in any order, do not say as often as the paper
// promises; "" when nothing is missing. That is for formats that know lines only.
func (p Paper) Lacks(lines string, photos map[string]pdf.Picture) string {
	lines = Plain(lines)
	promises := p.Promises(photos)
	for _, want := range promises {
		text, often := Plain(want.Text), 0
		if want.What == "QR code" || want.What == layout.SaidSeal || text == "" {
			continue
		}
		for _, other := range promises {
			if (!other.Within || other.Own) && other.What != layout.SaidSeal {
				often += strings.Count(Plain(other.Label), text) + strings.Count(Plain(other.Text), text)
			}
		}
		if strings.Count(lines, text) < max(1, often) {
			return want.What
		}
	}
	return ""
}

// Promise is one text that the pages must show.
type Promise struct {
	What   string // for the operator: which part, never its content
	Text   string
	Label  string // the cell before it must say this
	Within bool   // it may stand inside a longer text, which may say something else as well
	Own    bool   // and stands there for itself: said twice, it must be found twice
}

// Promises lists what the pages of a paper must show, photographs aside. On a
// certificate title, office, holder and date stand where its template puts them;
// where the template is not at hand, each of them has to stand somewhere.
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
	if placed && len(p.Template.Parts) > 0 {
		for _, s := range p.Template.Says(p.Content) {
			out = append(out, Promise{What: s.What, Text: s.Text, Label: s.Label, Within: s.Within, Own: s.Within})
		}
		return out
	}
	for i, t := range p.Sentences {
		// A certificate sets its sentences as one paragraph.
		out = append(out, Promise{What: fmt.Sprint("text ", i+1), Text: t, Within: placed, Own: placed})
	}
	for _, f := range p.Fields {
		if _, photo := photos[f.Key]; !photo {
			out = append(out, p.promised(f)...)
		}
	}
	return out
}

// promised is what the pages must show of a field.
func (p Paper) promised(f layout.Datum) (out []Promise) {
	what := "field " + f.Key
	switch {
	case p.inText(f), p.signedOff(f):
		return []Promise{{What: what, Text: f.Value, Within: true}}
	case p.listed(f):
		for _, part := range strings.Split(f.Value, listSeparator) {
			out = append(out, Promise{What: what, Text: part})
		}
		return out
	case p.headed(f), p.Kind == Certificate: // a template may leave labels out
		return []Promise{{What: what, Text: f.Value}}
	}
	return []Promise{{What: what, Text: f.Value, Label: p.label(f)}}
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
