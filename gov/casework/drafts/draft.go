package drafts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"tongban/gov/casework/offers"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
)

// DraftID identifies a draft.
type DraftID string

// Channel is how a case came in (申报来源). Online and counter cases are one kind of case.
type Channel string

// The channels.
const (
	Online  Channel = "online"
	Counter Channel = "counter"
)

// DraftState tells what became of a draft.
type DraftState string

// The states of a draft.
const (
	DraftOpen      DraftState = "open"
	DraftSubmitted DraftState = "submitted"
	DraftDiscarded DraftState = "discarded"
)

// Applicant is who applies (申请者): a person, or a company through a person.
// It is a snapshot: what was true when the application was handed in.
type Applicant struct {
	Person      string `json:"person"` // id
	Name        string `json:"name"`
	Number      string `json:"number"` // GB 11643
	Phone       string `json:"phone,omitempty"`
	Company     string `json:"company,omitempty"` // unified code
	CompanyName string `json:"company_name,omitempty"`
	Level       int    `json:"level,omitempty"` // how sure it is who the person is, when last looked
}

// Owner is the id under which the case is owned: the company, or the person.
func (a Applicant) Owner() string {
	if a.Company != "" {
		return a.Company
	}
	return a.Person
}

// Title is the name of the applicant: the company, or the person.
func (a Applicant) Title() string {
	if a.Company != "" {
		return a.CompanyName
	}
	return a.Name
}

// Last4 is the end of the number that somebody without an account gives to
// see the progress: of the person's number, also for companies.
func (a Applicant) Last4() string {
	if len(a.Number) < 4 {
		return a.Number
	}
	return strings.ToUpper(a.Number[len(a.Number)-4:])
}

// Mode is how a material is handed in.
type Mode string

// The modes.
const (
	ByFile     Mode = "file"           // uploaded or scanned
	Electronic Mode = "electronic"     // taken from the e-certificate library
	Pledged    Mode = "commitment"     // 告知承诺: a pledge instead, where the item allows it
	ToFollow   Mode = "to_follow"      // 容缺/后补: promised for later
	NotNeeded  Mode = "not_applicable" // does not apply to this case
)

// Attachment is one file of a material; the bytes are kept by hash.
type Attachment struct {
	Hash string    `json:"hash"`
	Name string    `json:"name"`
	Size int64     `json:"size"`
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`      // account
	Who  string    `json:"by_name"` // for display
	// Checked notes that a clerk saw the original (trust grade B of the national rules).
	Checked bool `json:"checked,omitempty"`
	// CheckedBy is the code of the office in which that clerk saw it.
	CheckedBy string `json:"checked_by,omitempty"`
}

// Choice is how one material is handed in.
type Choice struct {
	Mode  Mode         `json:"mode"`
	Files []Attachment `json:"files,omitempty"`
	Paper string       `json:"paper,omitempty"` // electronic: id or code of the certificate
	Copy  string       `json:"copy,omitempty"`  // of a certificate: the copy that was handed over with the case
	Note  string       `json:"note,omitempty"`
	// Followed notes that it was to follow, and has come.
	Followed bool `json:"followed,omitempty"`
	// Consent is what the applicant agreed to by choosing Electronic; nothing
	// is looked up without it.
	Consent *Consent `json:"consent,omitempty"`
}

// Identification notes that a clerk compared the person with a document.
type Identification struct {
	By   string    `json:"by"`
	Name string    `json:"by_name"`
	Org  string    `json:"org"`
	At   time.Time `json:"at"`
}

// Draft is an application before (and, as the record of what was handed in,
// after) it is submitted (草稿、申请).
type Draft struct {
	Region      string
	ID          DraftID
	Item        string
	ItemVersion int
	ItemName    string
	Org         string
	OrgName     string
	Applicant   Applicant
	Channel     Channel
	StartedBy   string // account
	StartedName string
	Identified  []Identification // clerks who checked who is present
	Situation   map[string]string
	Form        map[string]string
	Materials   map[string]Choice
	Delivery    Delivery
	Code        string // with which it is found at a counter, as long as it is open
	State       DraftState
	Version     int
	Case        terms.CaseID // once submitted
	CreatedAt   time.Time
	UpdatedAt   time.Time
	UpdatedBy   string // name
}

// Edit is a change of some fields of a draft: only the keys that are present
// change; an empty value clears the field.
type Edit struct {
	Situation map[string]string
	Form      map[string]string
}

// Change is what one save changed.
type Change struct {
	Version int
	At      time.Time
	By      string
	Name    string
	Fields  []FieldChange
}

// FieldChange is one field before and after. Field is "situation.KEY",
// "form.KEY" or "material.KEY".
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Clash is one field that two people changed at the same time; both values
// are kept for the one who comes second.
type Clash struct {
	Field  string    `json:"field"`
	Theirs string    `json:"theirs"`
	Yours  string    `json:"yours"`
	Who    string    `json:"who"`
	When   time.Time `json:"when"`
}

// IdentifiedBy tells whether this clerk has compared the person with a document.
func (d Draft) IdentifiedBy(account string) bool {
	return slices.ContainsFunc(d.Identified, func(i Identification) bool { return i.By == account })
}

// Compared is the code of the office whose clerk saw the original of a file; files
// from before that was kept have the office where the clerk identified the
// applicant. "" is not known.
func (d Draft) Compared(a Attachment) string {
	if a.CheckedBy == "" {
		for _, i := range d.Identified {
			if i.By == a.By {
				return i.Org
			}
		}
	}
	return a.CheckedBy
}

// Apply returns the draft with the edit made, and what changed, in a fixed order.
func (d Draft) Apply(e Edit) (Draft, []FieldChange) {
	var out []FieldChange
	d.Situation, out = merge("situation.", d.Situation, e.Situation, out)
	d.Form, out = merge("form.", d.Form, e.Form, out)
	return d, out
}

func merge(prefix string, old, edit map[string]string, out []FieldChange) (map[string]string, []FieldChange) {
	fresh := maps.Clone(old)
	if fresh == nil {
		fresh = map[string]string{}
	}
	for _, k := range slices.Sorted(maps.Keys(edit)) {
		v := edit[k]
		if fresh[k] == v {
			continue
		}
		out = append(out, FieldChange{Field: prefix + k, Old: fresh[k], New: v})
		if v == "" {
			delete(fresh, k)
		} else {
			fresh[k] = v
		}
	}
	return fresh, out
}

// clashes compares an edit that was made against an older version with what
// others changed since: the fields that both set to different values.
func clashes(mine []FieldChange, since []Change) []Clash {
	last := map[string]Clash{}
	for _, c := range since {
		for _, f := range c.Fields {
			last[f.Field] = Clash{Field: f.Field, Theirs: f.New, Who: c.Name, When: c.At}
		}
	}
	var out []Clash
	for _, m := range mine {
		if c, ok := last[m.Field]; ok && c.Theirs != m.New {
			c.Yours = m.New
			out = append(out, c)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Field < out[j].Field })
	return out
}

// Describe is the value of a choice in the record of changes.
func (c Choice) Describe() string {
	names := make([]string, 0, len(c.Files))
	for _, f := range c.Files {
		names = append(names, f.Name)
	}
	s := string(c.Mode)
	if len(names) > 0 {
		s += ": " + strings.Join(names, ", ")
	}
	if c.Paper != "" {
		s += ": " + c.Paper
	}
	return s
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Limits on what one draft may hold.
const (
	MaxFiles    = 20  // for one material
	MaxFileName = 200 // characters
	MaxNote     = 500
	MaxReason   = 2000
	MaxOpinion  = 4000
)

// Known is what the forms of an application may be filled in with from its
// applicant.
func (a Applicant) Known() map[string]string {
	return map[string]string{"person.name": a.Name, "person.idnumber": a.Number, "person.phone": a.Phone, "person.sex": offers.SexCode(a.Number), "person.birth": offers.BirthISO(a.Number),
		"org.name": a.CompanyName, "org.uscc": a.Company}
}

// Known is what is known about the applicant of a draft, by source, for
// filling in the form.
func (d Draft) Known() map[string]string { return d.Applicant.Known() }

// materialProblem says what is wrong with how a material is handed in, "" when
// nothing is. A guide that was imported lists its materials without saying when
// each is needed; so there one may say that it does not apply or follows later,
// and the office judges that before it accepts.
func materialProblem(o *offers.Ready, m catalogue.Material, c Choice) string {
	imported := o.Package == ""
	switch c.Mode {
	case ByFile:
		if len(c.Files) > 0 {
			return ""
		}
	case Electronic:
		switch {
		case c.Paper == "":
			return "casework.problem.paper"
		case c.Consent == nil: // chosen before consent was kept
			return "casework.problem.consent"
		}
		return ""
	case Pledged:
		for _, s := range m.Instead {
			if s.Kind == "commitment" {
				return ""
			}
		}
		return "casework.problem.no_pledge"
	case ToFollow:
		if m.Later || imported {
			return ""
		}
		return "casework.problem.not_deferable"
	case NotNeeded:
		if imported {
			return ""
		}
		return "casework.problem.is_required"
	}
	return "casework.problem.material"
}

// AddFiles adds files to a material, and says what changed.
func (d *Draft) AddFiles(material string, files []Attachment) FieldChange {
	fresh := map[string]Choice{}
	for k, v := range d.Materials {
		fresh[k] = v
	}
	old := fresh[material]
	c := old
	if c.Mode != ByFile {
		old.Files = nil
	}
	c.Mode, c.Files, c.Paper, c.Copy, c.Consent = ByFile, append(slices.Clone(old.Files), files...), "", "", nil
	fresh[material] = c
	d.Materials = fresh
	return FieldChange{Field: "material." + material, Old: old.Describe(), New: c.Describe()}
}

// UsePaper lets a certificate stand in for a material that was asked for again; what
// was handed in before stays beside it.
func (d *Draft) UsePaper(material, paper string, c *Consent, files []Attachment) FieldChange {
	fresh := map[string]Choice{}
	for k, v := range d.Materials {
		fresh[k] = v
	}
	old := fresh[material]
	now := Choice{Mode: Electronic, Paper: paper, Consent: c, Followed: old.Followed || old.Mode == ToFollow, Files: append(slices.Clone(old.Files), files...)}
	fresh[material], d.Materials = now, fresh
	return FieldChange{Field: "material." + material, Old: old.Describe(), New: now.Describe()}
}

// Missing are the materials that were to follow and have not come.
func (d Draft) Missing(materials []catalogue.Material) []catalogue.Material {
	return slices.DeleteFunc(slices.Clone(materials), func(m catalogue.Material) bool { return d.Materials[m.ID].Mode != ToFollow })
}

// AllHere refuses to grant while a material that was to follow has not come:
// accepting without it (容缺受理) puts off when it is handed in, not whether.
//
// Law: 行政许可法 art. 38 ¶1: who applies must meet the conditions.
func (d Draft) AllHere(materials []catalogue.Material) error {
	var zh, en []string
	for _, m := range d.Missing(materials) {
		zh, en = append(zh, m.Name.Zh), append(en, cmp.Or(m.Name.En, m.Name.Zh))
	}
	if len(zh) == 0 {
		return nil
	}
	return ErrNotAllHere.With("materials", catalogue.Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")})
}

// Received lists, for the receipt, the materials that came in, and those that
// are to follow.
func (d Draft) Received(materials []catalogue.Material) (got, later []string) {
	for _, m := range materials {
		switch ch := d.Materials[m.ID]; ch.Mode {
		case ByFile:
			if len(ch.Files) > 0 {
				got = append(got, fmt.Sprintf("%s（%d个文件）", m.Name.Zh, len(ch.Files)))
			}
		case Electronic:
			if strings.HasPrefix(ch.Paper, "data:") {
				got = append(got, m.Name.Zh+"（数据核验）")
				continue
			}
			got = append(got, m.Name.Zh+"（电子证照）")
		case Pledged:
			got = append(got, m.Name.Zh+"（告知承诺）")
		case ToFollow:
			later = append(later, m.Name.Zh)
		}
	}
	return got, later
}
