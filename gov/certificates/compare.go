package certificates

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"tongban/platform/fault"
	"tongban/platform/pdf"
	"tongban/platform/pdf/content"
)

// ErrDiffers says that the pages of a file do not say what its data say.
var ErrDiffers = fault.Internal("certificates.differs")

// bare removes the white space that line breaks add and take away.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// compare reads the pages of a file back and looks for everything that the
// paper promises: what was promised is what was rendered.
// Photographs stand in the file byte for byte.
func compare(file []byte, p Paper, photos map[string]pdf.Picture) error {
	elements, err := content.Read(file)
	if err != nil {
		return ErrDiffers.Because(err)
	}
	alone, all := map[string]bool{}, &strings.Builder{}
	pairs := map[[2]string]bool{}
	last := ""
	for _, e := range elements {
		text := bare(e.Text)
		alone[text], pairs[[2]string{last, text}] = true, true
		last = text
		all.WriteString(text + "\n" + e.Alt + "\n")
	}
	for _, want := range p.promises(photos) {
		found := alone[bare(want.text)]
		switch {
		case bare(want.text) == "":
			found = true // nothing was promised
		case want.within:
			found = strings.Contains(all.String(), bare(want.text))
		case bare(want.label) != "":
			found = pairs[[2]string{bare(want.label), bare(want.text)}] || found && p.Kind == Certificate // a template leaves labels out
		}
		if !found {
			return ErrDiffers.Because(fmt.Errorf("%s is missing on the pages", want.what))
		}
	}
	for key, picture := range photos {
		if !bytes.Contains(file, picture.JPEG) {
			return ErrDiffers.Because(fmt.Errorf("photograph %s is missing on the pages", key))
		}
	}
	return nil
}

// promise is one text that the pages must show.
type promise struct {
	what   string // for the operator: which part, never its content
	text   string
	label  string // the cell before it must say this
	within bool   // it may stand inside a longer text
}

// promises lists what the pages of a paper must show, photographs aside. On a
// certificate title, office and date stand where its template puts them.
func (p Paper) promises(photos map[string]pdf.Picture) []promise {
	placed := p.Kind == Certificate
	out := []promise{
		{what: "title", text: p.Title, within: placed}, {what: "number", text: p.Number, within: true}, {what: "issuer", text: p.IssuerName, within: placed},
		{what: "holder", text: p.HolderName, within: true}, {what: "holder number", text: p.shownHolderNumber(), within: true},
		{what: "code", text: ShowCode(p.Code), within: true}, {what: "QR code", text: "/verify/" + p.Code, within: true},
	}
	if placed {
		out = append(out, promise{what: "date", text: day(p.IssuedAt), within: true})
	} else {
		out = append(out, promise{what: "office and date", text: p.IssuerName + day(p.IssuedAt)})
	}
	for i, t := range p.Text {
		// A certificate sets its sentences as one paragraph.
		out = append(out, promise{what: fmt.Sprint("text ", i+1), text: t, within: p.Kind == Certificate})
	}
	for _, f := range p.Fields {
		what := "field " + f.Key
		_, photo := photos[f.Key]
		switch {
		case photo:
		case p.inText(f), p.signedOff(f):
			out = append(out, promise{what: what, text: f.Value, within: true})
		case p.listed(f):
			for _, part := range strings.Split(f.Value, listSeparator) {
				out = append(out, promise{what: what, text: part})
			}
		case p.headed(f):
			out = append(out, promise{what: what, text: f.Value})
		default:
			out = append(out, promise{what: what, text: f.Value, label: p.label(f)})
		}
	}
	return out
}
