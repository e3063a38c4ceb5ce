package limits

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/platform/calendar"
)

// NationalRegion is the region of the rules that ship.
const NationalRegion = "000000"

// Basis says what kind of norm a rule rests on.
type Basis string

// The kinds of norms. Only the first two may lengthen a limit of the law.
const (
	Law        Basis = "law"        // 法律
	Regulation Basis = "regulation" // 法规: of the State Council, or of a people's congress
	Measure    Basis = "measure"    // 规章, 规范性文件
	Promise    Basis = "promise"    // 承诺
)

// Bases lists the kinds of norms.
var Bases = []Basis{Law, Regulation, Measure, Promise}

// State is how far a rule has come.
type State string

// The states of a rule.
const (
	Proposed  State = "proposed"
	Approved  State = "approved"
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn"
)

// Rule is one limit with everything that a judge would ask about it.
type Rule struct {
	Region string `json:"region"`
	Key    string `json:"key"`    // what it limits: acceptance, decision …
	Number int    `json:"number"` // counts up within region and key

	Amount int           `json:"amount"`
	Unit   calendar.Unit `json:"unit"`
	Name   string        `json:"name"`
	NameEn string        `json:"name_en"`

	Starts     string   `json:"starts"`                // event that starts the clock
	Stops      []string `json:"stops,omitempty"`       // events that stop it
	Resumes    []string `json:"resumes,omitempty"`     // events on which it runs on
	ExtendedBy string   `json:"extended_by,omitempty"` // who may extend it: organ_head, government_head
	Extension  string   `json:"extension,omitempty"`   // key of the rule that says by how much
	Missed     string   `json:"missed,omitempty"`      // what follows when it is missed: deemed_accepted

	Basis      Basis  `json:"basis"`
	Citation   string `json:"citation"`
	CitationEn string `json:"citation_en"`

	From  calendar.Date `json:"-"` // first day
	Until calendar.Date `json:"-"` // last day; 0 while open

	State        State     `json:"-"`
	Reason       string    `json:"-"`
	ProposedBy   string    `json:"-"`
	ProposedName string    `json:"-"`
	ProposedAt   time.Time `json:"-"`
	DecidedBy    string    `json:"-"`
	DecidedName  string    `json:"-"`
	DecidedAt    time.Time `json:"-"`
	Note         string    `json:"-"`
}

// Limit is the rule as the calendar counts it.
func (r Rule) Limit() calendar.Limit {
	return calendar.Limit{Amount: r.Amount, Unit: r.Unit, Name: r.Name, NameEN: r.NameEn, Citation: r.Citation, CitationEN: r.CitationEn}
}

// covers tells whether the rule is in force on a day.
func (r Rule) covers(d calendar.Date) bool {
	return r.State == Approved && r.From <= d && (r.Until == 0 || d <= r.Until)
}

//go:embed national.json
var nationalJSON []byte

// national are the rules that ship, by key, in the order of the file.
var national, order = mustNational(nationalJSON)

func mustNational(raw []byte) (map[string]Rule, []string) {
	var list []Rule
	if err := json.Unmarshal(raw, &list); err != nil {
		panic(err) // embedded: impossible in a binary whose tests passed
	}
	out := map[string]Rule{}
	var keys []string
	for _, r := range list {
		r.Region, r.State, r.Number = NationalRegion, Approved, 1
		if p := r.check(); len(p) > 0 || out[r.Key].Key != "" {
			panic(fmt.Sprintf("limits: national rule %q: %v", r.Key, p))
		}
		out[r.Key] = r
		keys = append(keys, r.Key)
	}
	return out, keys
}

// Keys lists what can be limited, in the order of a case's life.
func Keys() []string { return slices.Clone(order) }

// National is the rule of the national law for a key.
func National(key string) (Rule, bool) { r, ok := national[key]; return r, ok }

// Problem is one field of a proposal that cannot be taken.
type Problem struct {
	Name string // field
	Key  string // code of the words
	With []any
}

// Problems is everything that is wrong with a proposal.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string {
	var names []string
	for _, x := range p {
		names = append(names, x.Name+": "+x.Key)
	}
	return strings.Join(names, "; ")
}

// Each implements web.FieldProblems.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f(x.Name, x.Key, x.With)
	}
}

// limits of the texts, in characters, and of amounts, in their own unit.
const (
	maxText   = 200
	maxReason = 1000
	maxAmount = 1000
)

// check looks at the rule alone.
func (r Rule) check() Problems {
	var out Problems
	bad := func(name, key string, with ...any) {
		out = append(out, Problem{name, "limits.problem." + key, with})
	}
	if r.Amount < r.least() || r.Amount > maxAmount {
		bad("amount", "amount", "min", r.least(), "max", maxAmount)
	}
	if !slices.Contains([]calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours}, r.Unit) {
		bad("unit", "unit")
	}
	if !slices.Contains(Bases, r.Basis) {
		bad("basis", "basis")
	}
	for name, text := range map[string]string{"name": r.Name, "citation": r.Citation} {
		if n := utf8.RuneCountInString(strings.TrimSpace(text)); n == 0 || n > maxText {
			bad(name, "text", "max", maxText)
		}
	}
	slices.SortFunc(out, func(a, b Problem) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// longer tells whether a rule gives the office more time than another. Units
// that cannot be compared day for day count as longer when their amount is.
func (r Rule) longer(than Rule) bool {
	days := func(x Rule) float64 {
		switch x.Unit {
		case calendar.Hours:
			return float64(x.Amount) / 24
		case calendar.CalendarDays: // five of seven days are working days
			return float64(x.Amount) * 5 / 7
		}
		return float64(x.Amount)
	}
	return days(r) > days(than)
}

// The keys of warnings: how much of a limit is left when it turns early or
// yellow, and by how much it is over when it turns red.
const (
	keyEarly        = "early_warning"
	keyWarning      = "warning"
	keyShortWarning = "short_warning"
	keyRed          = "red_card"
)

// least is the smallest amount: a red card may come at once.
func (r Rule) least() int {
	if r.Key == keyRed {
		return 0
	}
	return 1
}

// most is how much a region may set by itself where no law sets anything, 0 for
// limits of the law: early warnings four weeks before the end and yellow ones two,
// or on the last working day of a limit of one; red cards a week after it; three months for an applicant to answer, and half a
// year at the very longest.
func (r Rule) most() int {
	return map[string]int{keyEarly: 20, keyWarning: 10, keyRed: 5, keyShortWarning: 8, "supplement_answer": 60, "supplement_longest": 120}[r.Key]
}

// parents lists a region and those above it, down to the nation.
func parents(region string) []string {
	out := []string{region}
	if len(region) == 6 && strings.TrimRight(region, "0") != "" {
		for _, n := range []int{4, 2} {
			if up := region[:n] + strings.Repeat("0", 6-n); up != out[len(out)-1] && up != region {
				out = append(out, up)
			}
		}
	}
	return append(out, NationalRegion)
}
