package content

import (
	"context"
	"slices"
	"strings"
	"time"

	"tongban/platform/i18n"
)

// Limit is how long something may take (法定办结时限, 承诺办结时限).
type Limit struct {
	Amount   int  `json:"amount"` // 0: the guide does not say
	Unit     Unit `json:"unit"`
	Citation Text `json:"citation"` // the clause that sets it
}

// Known tells whether the guide names a limit.
func (l Limit) Known() bool { return l.Amount > 0 }

// Unit is what a limit counts.
type Unit string

// The units of limits.
const (
	Workdays Unit = "workday" // 工作日
	Days     Unit = "day"     // calendar days
	Hours    Unit = "hour"
)

// Fee is what the applicant pays. The zero value says that the guide is silent.
type Fee struct {
	Known    bool  `json:"known"`
	Cents    int64 `json:"cents"` // 0 with Known: free of charge
	Citation Text  `json:"citation"`
}

// Clause is one legal basis (设定依据) with the words of the law.
type Clause struct {
	ID      string `json:"id"`
	Law     string `json:"law"` // 居住证暂行条例
	LawEn   string `json:"law_en"`
	Version string `json:"version"` // which text is quoted
	Article string `json:"article"` // 第九条
	Text    string `json:"text"`    // word for word
}

// Citation is law and article together.
func (c Clause) Citation() string {
	if strings.HasPrefix(c.Law, "《") {
		return c.Law + c.Article
	}
	return "《" + c.Law + "》" + c.Article
}

// Window is a place where one can come (办理地点).
type Window struct {
	Name    Text   `json:"name"`
	Address Text   `json:"address"`
	Hours   Text   `json:"hours"`
	Phone   string `json:"phone"`
}

// Condition is one of the conditions (办理条件), all of which must hold.
type Condition struct {
	ID     string   `json:"id"`
	Text   Text     `json:"text"`
	Clause string   `json:"clause"`          // id of a Clause
	Steps  []string `json:"steps,omitempty"` // steps of the flow at which it is examined; none: at all
}

// At tells whether the condition is examined at a step.
func (c Condition) At(element string) bool {
	return len(c.Steps) == 0 || slices.Contains(c.Steps, element)
}

// On leaves of the steps of conditions those that a flow has. What was examined
// at a step that is gone is examined at all of them, so that nothing is passed over.
func On(list []Condition, has func(element string) bool) []Condition {
	out := slices.Clone(list)
	for i := range out {
		out[i].Steps = slices.DeleteFunc(slices.Clone(out[i].Steps), func(e string) bool { return !has(e) })
	}
	return out
}

// Answers are the short answers that a guide begins with.
type Answers struct {
	CanI    Text `json:"can_i"`
	Bring   Text `json:"bring"`
	HowLong Text `json:"how_long"`
	Fee     Text `json:"fee"`
	Where   Text `json:"where"`
	Visits  Text `json:"visits"`
}

// Participant is an office that gives its opinion in cases of a package.
type Participant struct {
	Org  string `json:"org"`
	Role Text   `json:"role"`
	When Text   `json:"when"`
}

// Step is one task of the flow with the time it may take inside the office.
type Step struct {
	Element string `json:"element"` // id of the user task in the flow
	Name    Text   `json:"name"`
	Org     string `json:"org"`
	Limit   Limit  `json:"limit"`

	// Fills are fields of the form that this step fills in and approves with, such as
	// the number that a registration gives. They show to nobody else.
	Fills []string `json:"fills,omitempty"`
}

// Never is the condition of fields that applicants do not see: a step fills them in.
const Never = "false"

// SpecialProcedure is a reason for which the clock may stop (特别程序).
type SpecialProcedure struct {
	ID       string `json:"id"`
	Name     Text   `json:"name"`
	Citation Text   `json:"citation"`
}

// Item is one service on offer (事项): an implementation-list entry of one
// office in one region.
type Item struct {
	Region  string `json:"region"`
	Code    string `json:"code"`    // implementation or handling code (实施编码, 业务办理项编码)
	Version int    `json:"version"` // counts up from 1 when the content changes

	Name    string `json:"name"`
	NameEn  string `json:"name_en,omitempty"`
	Variant string `json:"variant,omitempty"` // which of several items of one name, e.g. 企业
	Base    string `json:"base,omitempty"`    // basic code (基本编码)

	// BaseVersion is the version of the base item that name, type and setting
	// basis are read from; 0 for items that are in no directory and bring their own.
	BaseVersion  int      `json:"base_version,omitempty"`
	Predecessors []string `json:"predecessors,omitempty"` // codes of the items that this one follows (split, merged)
	Successors   []string `json:"successors,omitempty"`   // codes of the items that follow it
	Tier         string   `json:"tier,omitempty"`         // tier of service that the region chose from its base item (分级标准)

	Parent   string `json:"parent,omitempty"` // name of the item above it, when it differs
	ParentID string `json:"parent_code,omitempty"`
	Type     string `json:"type"`      // 行政许可
	TypeCode string `json:"type_code"` // GB/T 39046-2020 A.1: list codes.TypeList
	Level    string `json:"level,omitempty"`

	Org          string `json:"org"`      // unified code of the office
	OrgID        string `json:"org_code"` // organisation code (GB 11714), as the source has it
	OrgName      string `json:"org_name"`
	OrgNameEn    string `json:"org_name_en,omitempty"`
	OrgSuspected bool   `json:"org_suspected,omitempty"` // the unified code fails its check; kept as published

	Audience []string `json:"audience"` // 自然人, 企业法人 …
	Themes   []string `json:"themes"`

	Legal      Limit `json:"legal"`
	Promise    Limit `json:"promise"`
	Extension  Limit `json:"extension"`  // how much the head of the office may add
	Correction Limit `json:"correction"` // how soon supplements must be asked for, all at once
	Visits     int   `json:"visits"`     // how often one must come in person; -1 unknown
	Online     bool  `json:"online"`
	Express    bool  `json:"express"` // the result can be sent
	Booking    bool  `json:"booking"` // a visit can be booked

	// Identity is how sure the office has to be of who applies, in the levels of
	// a person (gov/identity); 0 is DefaultIdentity.
	Identity int `json:"identity,omitempty"`
	Fee      Fee `json:"fee"`

	Summary        Text               `json:"summary"` // one sentence for people
	Answers        *Answers           `json:"answers,omitempty"`
	LifeEvent      Text               `json:"life_event"`
	Keywords       []string           `json:"keywords,omitempty"`
	Conditions     string             `json:"conditions,omitempty"`     // as published
	ConditionList  []Condition        `json:"condition_list,omitempty"` // one by one, in packages
	Windows        []Window           `json:"windows,omitempty"`
	Location       string             `json:"location,omitempty"` // as published, when Windows is empty
	OnlineURL      string             `json:"online_url,omitempty"`
	OnlineSystem   string             `json:"online_system,omitempty"`
	Phone          string             `json:"phone,omitempty"`
	ComplaintPhone string             `json:"complaint_phone,omitempty"`
	Basis          []Clause           `json:"basis,omitempty"`
	Pauses         []SpecialProcedure `json:"pauses,omitempty"`
	Participants   []Participant      `json:"participants,omitempty"`
	Offices        map[string]Text    `json:"offices,omitempty"` // names of the offices that a package names, by unified code
	Partners       []Partner          `json:"partners,omitempty"`
	PartnersText   string             `json:"partners_text,omitempty"` // as published, when it cannot be read
	Handling       string             `json:"handling,omitempty"`      // 承诺件 or 即办件
	Package        string             `json:"package,omitempty"`       // id of its package; "" for an imported guide
	PackageVersion string             `json:"package_version,omitempty"`
	OwnFlow        bool               `json:"own_flow,omitempty"`   // its flow was drawn here
	ByChanges      bool               `json:"by_changes,omitempty"` // changes with two persons keep it
	Source         Text               `json:"source"`               // where the content comes from
	AsOf           string             `json:"as_of,omitempty"`

	State  State             `json:"state,omitempty"`  // "" is in force
	Fees   []FeeProject      `json:"fees,omitempty"`   // as published, beside Fee
	FAQ    []FAQ             `json:"faq,omitempty"`    // common questions (常见问题)
	Fields map[string]string `json:"fields,omitempty"` // what has no place of its own, by the key of its field (要素)
}

// State tells whether an item can be applied for (事项状态).
type State string

// The states of an item.
const (
	InForce   State = ""          // 在用
	Suspended State = "suspended" // 暂停: not for now
	Cancelled State = "cancelled" // 取消: never again
)

// FeeProject is one thing that is charged for (收费项目).
type FeeProject struct {
	ID        string            `json:"id,omitempty"`
	Name      string            `json:"name"`
	Standard  string            `json:"standard"`            // how much, in words
	Basis     string            `json:"basis,omitempty"`     // what lets the office charge
	Reduction string            `json:"reduction,omitempty"` // what lets it charge less
	Fields    map[string]string `json:"fields,omitempty"`
}

// FAQ is a common question with its answer (常见问题).
type FAQ struct {
	ID       string            `json:"id,omitempty"`
	Question string            `json:"question"`
	Answer   string            `json:"answer"`
	Fields   map[string]string `json:"fields,omitempty"`
}

// DefaultIdentity is the level that an item asks for when it names none: name
// and number have the right form. An office that issues a certificate on the
// strength of who somebody is asks for more.
const DefaultIdentity = 2

// IdentityLevel is the level of identity that the item asks for.
func (i Item) IdentityLevel() int { return max(i.Identity, DefaultIdentity) }

// FullName is the name with its variant: 律师执业变更审核（跨市转所）.
func (i Item) FullName() string {
	v := strings.Trim(strings.TrimSpace(i.Variant), "（）()")
	if v == "" || strings.Contains(i.Name, v) {
		return i.Name
	}
	return i.Name + "（" + v + "）"
}

// Lasting is the stricter of the two limits that is known: what to expect.
func (i Item) Lasting() Limit {
	if i.Promise.Known() {
		return i.Promise
	}
	return i.Legal
}

// ForPeople tells whether natural persons may apply.
func (i Item) ForPeople() bool { return slices.Contains(i.Audience, Person) }

// ForOrganisations tells whether anybody but natural persons may apply.
func (i Item) ForOrganisations() bool {
	for _, a := range i.Audience {
		if a != Person {
			return true
		}
	}
	return false
}

// Person is the audience of natural persons.
const Person = "自然人"

// Audiences are the kinds of applicants that guides name.
var Audiences = []string{Person, "企业法人", "事业法人", "社会组织法人", "非法人企业", "行政机关", "其他组织"}

// Version says which content of an item was in force from when on.
type Version struct {
	Number    int       `json:"version"`
	Effective time.Time `json:"effective"` // from when on it is applied for
	Hash      string    `json:"hash"`      // of the content
	Publisher string    `json:"publisher"` // account that published it
	Source    string    `json:"source,omitempty"`
}

// Text is a text in the two languages of the pages. En is empty for content
// that was imported in Chinese only.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In returns the text in the reader's language, in Chinese when there is no
// other.
func (t Text) In(ctx context.Context) string { return i18n.Pick(ctx, t.Zh, t.En) }

// Empty tells whether there is no text at all.
func (t Text) Empty() bool { return t.Zh == "" }

// Zh is a text in Chinese only.
func Zh(s string) Text { return Text{Zh: s} }

// KeptFlow stands in the column package for items that were changed here: their
// flow was drawn, or somebody approved a change.
const KeptFlow = "own flow"

// Keeper tells later imports that an item is kept by more than its guide.
func (i Item) Keeper() string {
	if i.OwnFlow || i.ByChanges {
		return KeptFlow
	}
	return i.Package
}
