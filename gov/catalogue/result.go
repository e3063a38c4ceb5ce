package catalogue

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

// Remedy is what the applicant can do against a refusal (救济途径).
type Remedy struct {
	ID        string `json:"id"` // review or lawsuit
	Text      Text   `json:"text"`
	Amount    int    `json:"amount"`
	Unit      string `json:"unit"` // day or month
	Clause    string `json:"clause"`
	Authority Text   `json:"authority"`
}
