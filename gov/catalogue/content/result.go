package content

import (
	"fmt"
	"strings"
)

// Result is what comes out of a case (办理结果).
type Result struct {
	Certificate Certificate `json:"certificate"`
	Refusal     Refusal     `json:"refusal"`
}

// Certificate describes what is issued when the decision is in favour.
type Certificate struct {
	Type     string             `json:"type"` // 21 characters: unified code of the defining office and three more
	Name     Text               `json:"name"`
	Category string             `json:"category"` // 证照, 批文, 证明
	Issuer   string             `json:"issuer"`   // unified code
	Number   string             `json:"number"`   // pattern with {year} and {serial}
	Holder   Holder             `json:"holder"`
	Validity Validity           `json:"validity"`
	Fields   []CertificateField `json:"fields"`
	Text     []string           `json:"text"` // Chinese paragraphs with {ref} in them
}

// Holder says which form fields name the holder; a|b is the first with a value.
type Holder struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

// Validity is how long a certificate is good for, from the day of the decision.
type Validity struct {
	Unit     string `json:"unit"` // year, month, none
	Amount   int    `json:"amount"`
	Citation Text   `json:"citation"`
}

// CertificateField is one line of a certificate; From is a form field or one
// of the references listed in items/README.md.
type CertificateField struct {
	Key      string `json:"key"`
	Label    Text   `json:"label"`
	From     string `json:"from"`
	ShowWhen string `json:"show_when,omitempty"`
}

// Refusal describes the notice when the decision is against.
// Law: 行政许可法 §38 — reasons and remedies are told in writing.
type Refusal struct {
	Title    Text     `json:"title"`
	Reasons  []Reason `json:"reasons"`
	Remedies []Remedy `json:"remedies"`
}

// Reason is why an application may be refused.
type Reason struct {
	ID     string `json:"id"`
	Clause string `json:"clause"`
	Text   Text   `json:"text"` // what is not met
	Pass   Text   `json:"pass"` // how it can be met
}

// Remedy is what the applicant can do against a refusal (救济途径). Text says
// what to do and where, with {authority} for the body; the period comes from
// Amount and Unit, so that neither is told twice.
type Remedy struct {
	ID        string `json:"id"` // review or lawsuit
	Text      Text   `json:"text"`
	Amount    int    `json:"amount"`
	Unit      string `json:"unit"` // day or month
	Clause    string `json:"clause"`
	Authority Text   `json:"authority"`
}

// BodyPlace stands for the body in the text of a remedy.
const BodyPlace = "{authority}"

// RemedyActs are used where a text does not say {authority}: such texts were
// published before periods and bodies were taken from their own fields.
var RemedyActs = map[string]Text{
	"review":  {Zh: "向" + BodyPlace + "申请行政复议", En: "apply to " + BodyPlace + " for administrative reconsideration"},
	"lawsuit": {Zh: "向" + BodyPlace + "提起行政诉讼", En: "bring an administrative lawsuit before " + BodyPlace},
}

// Act is what to do and where, without the period.
func (r Remedy) Act() Text {
	t := r.Text
	if known, ok := RemedyActs[r.ID]; ok && !strings.Contains(t.Zh, BodyPlace) {
		t = known
	}
	return Text{Zh: strings.ReplaceAll(t.Zh, BodyPlace, r.Authority.Zh), En: strings.ReplaceAll(t.En, BodyPlace, r.Authority.En)}
}

// Notice is the remedy as a decision tells it: until when, where, what.
//
// Law: 行政复议法 art. 20 ¶1 (sixty days), 行政诉讼法 art. 46 ¶1 (six months), both from
// knowing of the decision, which the applicant does on receiving it.
func (r Remedy) Notice() Text {
	zh, en := "日", "days"
	if r.Unit == "month" {
		zh, en = "个月", "months"
	}
	return Text{Zh: fmt.Sprintf("自收到本决定之日起%d%s内，可以%s", r.Amount, zh, r.Act().Zh), En: fmt.Sprintf("Within %d %s of receiving this decision you may %s", r.Amount, en, r.Act().En)}
}
