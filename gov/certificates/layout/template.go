package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tongban/platform/pdf"
)

// Template is how certificates of a type look. Its JSON form is what is kept,
// and what its digest is made of: names never change their meaning.
type Template struct {
	Type  string `json:"type"` // code of the certificate type
	Page  Page   `json:"page"`
	Parts []Part `json:"parts"` // in reading order; what comes later lies above
}

// Page is the paper, in millimetres.
type Page struct {
	Wide float64 `json:"wide"`
	High float64 `json:"high"`
}

// The kinds of part.
const (
	Text      = "text"      // words of the template, with {names} of what the certificate says
	Field     = "field"     // the value of one field
	Date      = "date"      // issued, from or until
	Sentences = "sentences" // what is certified
	Rows      = "rows"      // all fields that have no part of their own
	Photo     = "photo"     // of a field that holds one
	Seal      = "seal"
	Code      = "qr"
	Frame     = "frame"
	Line      = "line"
)

// Sorts are all kinds of part.
var Sorts = []string{Text, Field, Date, Sentences, Rows, Photo, Seal, Code, Frame, Line}

// Part is one thing on the page. Lengths are millimetres from the upper left
// corner.
type Part struct {
	Sort  string  `json:"sort"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Wide  float64 `json:"wide"`
	High  float64 `json:"high"`
	Size  float64 `json:"size,omitempty"`  // of letters, points; 12. Of lines and frames: their thickness; 1
	Align string  `json:"align,omitempty"` // left, center, right, justify
	Bold  bool    `json:"bold,omitempty"`
	Color string  `json:"color,omitempty"` // black, grey, red, gold
	Field string  `json:"field,omitempty"` // of field and photo: the key; of date: issued, from, until
	Label float64 `json:"label,omitempty"` // of field: room for its label on the left; 0 leaves it out
	Text  string  `json:"text,omitempty"`
	Title bool    `json:"title,omitempty"`  // of text: the heading of the page
	After bool    `json:"after,omitempty"`  // begins where the part before ended, if that is higher up
	Twice bool    `json:"double,omitempty"` // of frame: ornate
}

// Aligns and Colors are the choices.
var (
	Aligns = []string{"left", "center", "right", "justify"}
	Colors = []string{"black", "grey", "red", "gold"}
)

var (
	aligns = map[string]pdf.Align{"left": pdf.Left, "center": pdf.Center, "right": pdf.Right, "justify": pdf.Justify}
	colors = map[string]pdf.Color{"grey": pdf.Grey, "red": pdf.Red, "gold": pdf.Gold}
)

// Dates are what a part of the sort Date can name.
var Dates = []string{"issued", "from", "until"}

// Names are what a text may take in braces.
var Names = []string{"title", "number", "issuer", "holder", "holder_number", "item", "identifier", "code", "issued", "from", "until", "check"}

var nameRE = regexp.MustCompile(`\{([^{}]*)\}`)

// MaxParts bounds a template.
const MaxParts = 80

// Limits of a page, in millimetres, and the least size of a code.
const (
	leastSide = 80
	mostSide  = 420
	leastCode = 20
	leastSeal = 25
)

// Mark names this version of a template on the certificates drawn from it: its
// number and a digest of everything that it says.
func (t Template) Mark(version int) string { return fmt.Sprintf("%d-%s", version, t.Digest()) }

// Digest is 32 hexadecimal digits of the SHA-256 of the template.
func (t Template) Digest() string {
	sum := sha256.Sum256(t.JSON())
	return hex.EncodeToString(sum[:16])
}

// JSON is the template as it is kept.
func (t Template) JSON() []byte {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // texts and finite numbers always marshal
	}
	return b
}

// Same tells whether two templates say the same.
func (t Template) Same(o Template) bool { return string(t.JSON()) == string(o.JSON()) }

// PhotoKeys are the fields whose photograph the template shows.
func (t Template) PhotoKeys() (keys []string) {
	for _, p := range t.Parts {
		if p.Sort == Photo {
			keys = append(keys, p.Field)
		}
	}
	return keys
}

// has tells whether a text of the template names something.
func (t Template) has(name string) bool {
	return slices.ContainsFunc(t.Parts, func(p Part) bool { return p.Sort == Text && strings.Contains(p.Text, "{"+name+"}") })
}

func (p Part) box() pdf.Box { return pdf.Box{X: p.X, Y: p.Y, Wide: p.Wide, High: p.High} }

func (p Part) style() pdf.Style {
	st := pdf.Style{Size: p.Size, Lead: 1.4, Align: aligns[p.Align], Bold: p.Bold, Color: colors[p.Color]}
	if st.Size == 0 {
		st.Size = 12
	}
	if p.Title {
		st.Tag = "H1"
	}
	if p.Sort == Sentences {
		st.Lead, st.Indent = 1.8, 2
	}
	return st
}
