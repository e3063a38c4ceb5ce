package certificates

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/gov/certificates/identifier"
	"tongban/platform/i18n"
	"tongban/platform/pdf"
)

// Kind is what a paper is for.
type Kind string

// The kinds of paper.
const (
	Receipt     Kind = "receipt"     // 收件凭证: what was handed in, when, to whom
	Acceptance  Kind = "acceptance"  // 受理通知书
	Refusal     Kind = "refusal"     // 不予受理 or 不予许可决定书
	Supplement  Kind = "supplement"  // 一次性补正告知书
	Withdrawal  Kind = "withdrawal"  // 撤回确认
	Special     Kind = "special"     // 特别程序告知书
	Certificate Kind = "certificate" // 证照
	Standing    Kind = "standing"    // 证照状态告知书: what an office did to a certificate
)

// Field is one labelled value on a paper.
type Field struct {
	Key     string `json:"key"`
	Label   string `json:"label"`
	LabelEn string `json:"label_en,omitempty"`
	Value   string `json:"value"`
}

// Paper is one issued paper. The JSON form is what is signed: field names and
// meanings therefore never change, new ones may be added with omitempty.
type Paper struct {
	Region       string    `json:"region"`
	ID           string    `json:"id"`
	Kind         Kind      `json:"kind"`
	Code         string    `json:"code"`   // public code for verification, 12 characters in groups of 4
	Number       string    `json:"number"` // official number of the paper, printed on it
	Case         string    `json:"case"`
	CaseNumber   string    `json:"case_number"`
	Item         string    `json:"item"`
	ItemName     string    `json:"item_name"`
	Issuer       string    `json:"issuer"` // unified code of the office
	IssuerName   string    `json:"issuer_name"`
	Owners       []string  `json:"owners"` // person and organisation ids that may fetch it
	HolderName   string    `json:"holder_name"`
	HolderNumber string    `json:"holder_number"`
	Type         string    `json:"type,omitempty"` // certificate type code
	TypeName     string    `json:"type_name,omitempty"`
	Title        string    `json:"title"`
	Fields       []Field   `json:"fields"`
	Text         []string  `json:"text,omitempty"` // paragraphs, Chinese
	IssuedAt     time.Time `json:"issued_at"`
	ValidFrom    time.Time `json:"valid_from,omitzero"`
	ValidUntil   time.Time `json:"valid_until,omitzero"` // zero: no end

	// Of certificates whose type has a code.
	Identifier  string `json:"identifier,omitempty"`  // GB/T 36904
	Version     int    `json:"version,omitempty"`     // counts from 1
	Predecessor string `json:"predecessor,omitempty"` // identifier of the version before

	// Of certificates that were on paper before: the day on the original, and how
	// far what was taken over is trusted (A to C); "" is A, issued here.
	Granted time.Time `json:"granted,omitzero"`
	Grade   string    `json:"grade,omitempty"`

	// Of certificates: the template that they are drawn from, by version and digest.
	Template string `json:"template,omitempty"`

	CopyOf *CopyOf `json:"copy_of,omitempty"` // of copies
}

// identify gives a certificate its identifier: its serial number comes from its
// id, so that no two offices wait for each other to count; a next version keeps
// the serial of the first. Certificates whose type or office has no code in the
// form of the standard, as of items taken over from elsewhere, have none.
func (p *Paper) identify() {
	if p.Kind != Certificate || p.Identifier != "" {
		return
	}
	i := identifier.Identifier{Type: p.Type, Issuer: p.Issuer, Serial: strings.ToUpper(strings.TrimPrefix(p.ID, paperPrefix+"_")), Version: 1}
	if i.Check() == nil {
		p.Identifier, p.Version = i.String(), i.Version
	}
}

// canonical returns the bytes that are signed: the JSON of the paper, fields
// in the order of the struct.
func (p Paper) canonical() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings and times always marshals
	}
	return b
}

// StatusAt tells what the paper is worth at a time, revocation aside.
func (p Paper) StatusAt(t time.Time) Status {
	if !p.ValidUntil.IsZero() && t.After(p.ValidUntil) {
		return Expired
	}
	return Valid
}

// newCode, IsCode, CleanCode and ShowCode are those of package codes.
func newCode() string { return codes.New() }

// IsCode tells whether s, as CleanCode left it, can be a code at all.
func IsCode(s string) bool { return codes.Is(s) }

// CleanCode removes what people add when they type a code.
func CleanCode(s string) string { return codes.Clean(s) }

// ShowCode writes a code in groups of four.
func ShowCode(code string) string { return codes.Show(code) }

// numberWord opens the official number of each kind of paper.
var numberWord = map[Kind]string{
	Receipt: "收", Acceptance: "受", Refusal: "不予", Supplement: "补", Withdrawal: "撤", Special: "特", Certificate: "证", Standing: "证告", Copy: "加注",
}

// number is the official number (文号) of a paper: word, year, case number; for
// a certificate its type too, because one case may issue several. before is how
// many papers of this kind the case has already.
func (p Paper) number(before int) string {
	year := p.IssuedAt.In(i18n.Zone).Year()
	switch {
	case p.Kind == Certificate && p.Type != "":
		return fmt.Sprintf("%s〔%d〕%s-%s号", numberWord[p.Kind], year, p.CaseNumber, p.Type)
	case before > 0:
		return fmt.Sprintf("%s〔%d〕%s-%d号", numberWord[p.Kind], year, p.CaseNumber, before+1)
	}
	return fmt.Sprintf("%s〔%d〕%s号", numberWord[p.Kind], year, p.CaseNumber)
}

// texts are all texts that a rendering shows.
func (p Paper) texts() []string {
	out := []string{p.Title, p.Number, p.IssuerName, p.HolderName, p.HolderNumber, p.ItemName, p.TypeName, p.CaseNumber}
	for _, f := range p.Fields {
		out = append(out, f.Label, f.Value)
	}
	return append(out, p.Text...)
}

// unprintable lists the characters of the paper that no font of ours draws.
func (p Paper) unprintable() []rune {
	return pdf.Covers(strings.Join(p.texts(), ""))
}
