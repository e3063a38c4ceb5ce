package kinds

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue"
	"tongban/platform/lookalike"
)

// State is where a version of a type stands.
type State string

// The states.
const (
	Proposed State = "proposed"
	Approved State = "approved"
	Rejected State = "rejected"
)

// Type is one version of a kind of certificate. Its JSON form is what a
// proposal holds.
type Type struct {
	Code        string           `json:"code"` // 21 characters: unified code of the authority and three more
	Key         string           `json:"key"`  // short name that materials use: resident_id_card
	Name        catalogue.Text   `json:"name"`
	Category    string           `json:"category"` // 1 证照 2 批文 3 证明 4 材料 5 证件
	Authority   string           `json:"authority"`
	By          catalogue.Text   `json:"by"`     // name of the authority
	Level       string           `json:"level"`  // of the authority: 1 国家 2 省部 3 地市 4 区县 5 其他
	Holder      string           `json:"holder"` // 0 个人 1 机构 2 两者
	Validity    Validity         `json:"validity"`
	Basis       []catalogue.Text `json:"basis"`
	Fields      []Field          `json:"fields"`
	IssuerLevel string           `json:"issuer_level,omitempty"` // of who issues (颁发机构级别): 1 国家 2 省部 3 地市 4 区县 5 乡镇 6 其他; "": not said
	Issuers     []string         `json:"issuers,omitempty"`      // who issues besides the authority: unified codes, or words of names; none: not said

	Region       string    `json:"-"`
	Version      int       `json:"-"`
	State        State     `json:"-"`
	Note         string    `json:"-"` // why it was proposed
	ProposedBy   string    `json:"-"`
	ProposedName string    `json:"-"`
	ProposedAt   time.Time `json:"-"`
	DecidedBy    string    `json:"-"`
	DecidedName  string    `json:"-"`
	DecidedAt    time.Time `json:"-"`
	Answer       string    `json:"-"` // why it was sent back
}

// Validity is how long a certificate of the type is good for.
type Validity struct {
	Unit     string         `json:"unit"` // year, month; given: each certificate says it; none: no end
	Amount   int            `json:"amount,omitempty"`
	Citation catalogue.Text `json:"citation"`
}

// Field is one thing that stands on certificates of the type.
type Field struct {
	Key      string         `json:"key"`  // as on papers
	Name     string         `json:"name"` // of the metadata: ZZ… of the standard, KZ_… the type's own
	Label    catalogue.Text `json:"label"`
	Kind     string         `json:"kind"` // text, date, number, identity, unified, photo
	Required bool           `json:"required,omitempty"`
	Max      int            `json:"max,omitempty"` // characters; 0 is 200
	Choices  []string       `json:"choices,omitempty"`
	Private  bool           `json:"private,omitempty"` // shown to a verifier only if its holder discloses it
}

// Kinds of field.
const (
	Text     = "text"
	Date     = "date"
	Number   = "number"
	Identity = "identity" // GB 11643
	Unified  = "unified"  // GB 32100
	Photo    = "photo"    // SHA-256 of a kept JPEG
)

var (
	sorts      = []string{Text, Date, Number, Identity, Unified, Photo}
	categories = []string{"1", "2", "3", "4", "5"}
	levels     = []string{"1", "2", "3", "4", "5"}
	issuing    = []string{"", "1", "2", "3", "4", "5", "6"}
	holders    = []string{"0", "1", "2"}
	units      = []string{"year", "month", "given", "none"}
	keyRE      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	nameRE     = regexp.MustCompile(`^(KZ_[A-Z][A-Z0-9]{0,28}|ZZ[A-Z]{1,14}|CZZT[A-Z]{0,8})$`)
	codeRE     = regexp.MustCompile(`^[0-9A-Z]{21}$`)
)

// Problem is one thing that keeps a proposal from being taken.
type Problem struct {
	Field string // "code", "fields.3.name" …
	Code  string // of the words: certificates.types.<code>
}

// Problems are all of them.
type Problems []Problem

// Error implements error, so that a service can return them.
func (p Problems) Error() string { return fmt.Sprintf("%d problems", len(p)) }

// Each implements web.FieldProblems.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f("type."+x.Field, "certificates.types.problem."+x.Code, nil)
	}
}

// Check says what is wrong with a definition.
func (t Type) Check() (out Problems) {
	bad := func(field, code string, wrong bool) {
		if wrong {
			out = append(out, Problem{field, code})
		}
	}
	bad("code", "code", !codeRE.MatchString(t.Code))
	bad("code", "authority_code", codeRE.MatchString(t.Code) && t.Authority != t.Code[:18])
	bad("key", "key", !keyRE.MatchString(t.Key))
	bad("name", "name", strings.TrimSpace(t.Name.Zh) == "" || utf8.RuneCountInString(t.Name.Zh) > 100)
	bad("name", "odd", lookalike.Odd(t.Name.Zh) != "")
	bad("by", "odd", lookalike.Odd(t.By.Zh) != "")
	bad("category", "choose", !slices.Contains(categories, t.Category))
	bad("level", "choose", !slices.Contains(levels, t.Level))
	bad("issuer_level", "choose", !slices.Contains(issuing, t.IssuerLevel))
	bad("holder", "choose", !slices.Contains(holders, t.Holder))
	bad("unit", "choose", !slices.Contains(units, t.Validity.Unit))
	counted := t.Validity.Unit == "year" || t.Validity.Unit == "month"
	bad("amount", "amount", counted && (t.Validity.Amount < 1 || t.Validity.Amount > 100))
	bad("citation", "citation", counted && strings.TrimSpace(t.Validity.Citation.Zh) == "")
	bad("basis", "basis", len(t.Basis) == 0 || strings.TrimSpace(t.Basis[0].Zh) == "")
	bad("issuers", "issuers", t.badIssuers())
	bad("fields", "no_fields", len(t.Fields) == 0)
	keys, names := map[string]bool{}, map[string]bool{}
	for i, f := range t.Fields {
		at := fmt.Sprintf("fields.%d.", i)
		bad(at+"key", "key", !keyRE.MatchString(f.Key))
		bad(at+"key", "twice", keys[f.Key])
		bad(at+"name", "meta", !nameRE.MatchString(f.Name))
		bad(at+"name", "twice", names[f.Name])
		bad(at+"label", "name", strings.TrimSpace(f.Label.Zh) == "")
		bad(at+"kind", "choose", !slices.Contains(sorts, f.Kind))
		bad(at+"max", "amount", f.Max < 0 || f.Max > 2000)
		keys[f.Key], names[f.Name] = true, true
	}
	return out
}

// Field finds a field by its key.
func (t Type) Field(key string) (Field, bool) {
	i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return t.Fields[i], true
}

// Same tells whether two definitions say the same.
func (t Type) Same(o Type) bool { return string(t.definition()) == string(o.definition()) }
