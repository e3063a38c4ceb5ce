package terms

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"tongban/gov/limits"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// Law: every remedy and special procedure is data with its clause; limits are
// gov/limits.
//
//go:embed rules.json
var rulesJSON []byte

// Rules are the limits and procedures that the law sets for every case.
type Rules struct {
	Acceptance     calendar.Limit // from receipt to acceptance, or to the one request for supplements
	Decision       calendar.Limit // from acceptance to decision, where the item says nothing
	JointDecision  calendar.Limit // the same when several organs decide together
	Extension      calendar.Limit // what the head of the organ may add, once
	JointExtension calendar.Limit
	Delivery       calendar.Limit // from the decision to the certificate in hand
	Express        calendar.Limit // the longest promise of an item that is done at once (即办件)
	Early          calendar.Limit // how much is left at an early warning
	Warning        calendar.Limit // how much is left at a yellow warning
	ShortWarning   calendar.Limit // the same for a limit of one day, in office hours
	RedCard        calendar.Limit // by how much a limit is over at a red card, in working days
	OfficeEnds     time.Duration  // when the office closes, from midnight
	NotAccepted    []NotAccepted
	Remedies       []Remedy
	Special        []SpecialKind
	Waiting        SpecialKind    // the applicant mends something after acceptance; what stops the clock then, the item or the office says
	Answer         calendar.Limit // how long an applicant has for an answer; the region sets it, no law does
	LongestAnswer  calendar.Limit // the longest that an officer may give him
	Remind         calendar.Limit // how much of it is left when he is reminded
	Silence        NotAccepted    // the ground when he does not answer before acceptance

	// Source knows the limits of regions; nil: the national law counts everywhere.
	Source Source
}

// Source is gov/limits.
type Source interface {
	Limit(ctx context.Context, r db.Reader, region, key string, at time.Time) (calendar.Limit, error)
}

// Warner knows the warnings of regions without asking anybody; a Source may be
// one.
type Warner interface {
	Warnings(region string, at time.Time) limits.Warnings
}

// At are the rules with the warnings of a region at a moment (预警). Because:
// lights are shown everywhere, and what counts as near is for each region to say.
func (r Rules) At(region string, at time.Time) Rules {
	if w, ok := r.Source.(Warner); ok {
		x := w.Warnings(region, at)
		r.Early, r.Warning, r.ShortWarning, r.RedCard = x.Early, x.Yellow, x.Short, x.Red
	}
	return r
}

// limits are the limits by the keys of gov/limits.
func (r *Rules) limits() map[string]*calendar.Limit {
	return map[string]*calendar.Limit{
		"acceptance": &r.Acceptance, "decision": &r.Decision, "joint_decision": &r.JointDecision,
		"extension": &r.Extension, "joint_extension": &r.JointExtension, "delivery": &r.Delivery,
		"express": &r.Express, "supplement_answer": &r.Answer, "supplement_longest": &r.LongestAnswer, "early_warning": &r.Early, "warning": &r.Warning, "short_warning": &r.ShortWarning, "red_card": &r.RedCard,
	}
}

// In are the rules that count in a region for clocks that begin at a moment,
// read through r.
func (r Rules) In(ctx context.Context, by db.Reader, region string, at time.Time) (Rules, error) {
	if r.Source == nil {
		return r, nil
	}
	for key, to := range r.limits() {
		l, err := r.Source.Limit(ctx, by, region, key, at)
		if err != nil {
			return r, err
		}
		*to = l
	}
	return r, nil
}

// Answering is how long applicants of a region have for an answer to a request
// that is made now, and the longest that an officer may give them.
func (r Rules) Answering(ctx context.Context, by db.Reader, region string, at time.Time) (usual, longest calendar.Limit, err error) {
	if r.Source == nil {
		return r.Answer, r.LongestAnswer, nil
	}
	if usual, err = r.Source.Limit(ctx, by, region, "supplement_answer", at); err != nil {
		return usual, longest, err
	}
	longest, err = r.Source.Limit(ctx, by, region, "supplement_longest", at)
	return usual, longest, err
}

// NotAccepted is a ground that the law names for not accepting an application.
type NotAccepted struct {
	Key      string `json:"key"`
	Text     string `json:"text"`
	TextEn   string `json:"text_en"`
	Citation string `json:"citation"`
	Pass     string `json:"pass,omitempty"` // what the applicant can do; "" asks the officer for it
	PassEn   string `json:"pass_en,omitempty"`
}

// Remedy is what somebody may do against a refusal.
type Remedy struct {
	Key      string `json:"key"`
	Text     string `json:"text"`
	Citation string `json:"citation"`

	TextEn     string `json:"text_en"`
	CitationEn string `json:"citation_en"`
}

// SpecialKind is a kind of special procedure (特别程序) that stops the clock.
type SpecialKind struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	NameEn     string `json:"name_en"`
	Citation   string `json:"citation"`
	CitationEn string `json:"citation_en"`
}

// NationalRules are the rules of the national laws that ship with the service.
func NationalRules() Rules {
	r, err := load(rulesJSON)
	if err != nil {
		panic(err) // embedded: impossible in a binary whose tests passed
	}
	return r
}

// load reads rules in the form of rules.json; the limits are those of gov/limits.
func load(b []byte) (Rules, error) {
	var f struct {
		OfficeEnds  string        `json:"office_ends"` // 17:30
		NotAccepted []NotAccepted `json:"not_accepted"`
		Remedies    []Remedy      `json:"remedies"`
		Special     []SpecialKind `json:"special"`
		Waiting     SpecialKind   `json:"waiting"`
		Silence     NotAccepted   `json:"silence"`
		Answer      struct {
			Remind int           `json:"remind"`
			Unit   calendar.Unit `json:"unit"`
		} `json:"answer"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return Rules{}, err
	}
	r := Rules{NotAccepted: f.NotAccepted, Remedies: f.Remedies, Special: f.Special, Waiting: f.Waiting, Silence: f.Silence,
		Remind: calendar.Limit{Amount: f.Answer.Remind, Unit: f.Answer.Unit}}
	if r.Remind.Amount < 1 || r.Remind.Unit != calendar.WorkingDays || r.Silence.Text == "" || r.Silence.Citation == "" {
		return Rules{}, fmt.Errorf("rules: answer needs a number of working days for its reminder, silence a text and a citation")
	}
	if r.Waiting.Kind == "" || r.Waiting.Name == "" {
		return Rules{}, fmt.Errorf("rules: waiting needs a kind and a name")
	}
	for _, n := range r.NotAccepted {
		if n.Key == "" || n.Text == "" || n.Citation == "" {
			return Rules{}, fmt.Errorf("rules: ground %q for not accepting needs a text and a citation", n.Key)
		}
	}
	ends, err := time.Parse("15:04", f.OfficeEnds)
	if err != nil {
		return Rules{}, fmt.Errorf("rules: office_ends: %w", err)
	}
	r.OfficeEnds = time.Duration(ends.Hour())*time.Hour + time.Duration(ends.Minute())*time.Minute
	for key, to := range r.limits() {
		law, ok := limits.National(key)
		if !ok {
			return Rules{}, fmt.Errorf("rules: there is no limit %q", key)
		}
		*to = law.Limit()
	}
	return r, nil
}

// Quick tells whether a promise makes a case one that is done at once (即办件).
func (r Rules) Quick(promise calendar.Limit) bool {
	switch promise.Unit {
	case calendar.Hours:
		return promise.Amount > 0 && promise.Amount <= 24*r.Express.Amount
	default:
		return promise.Amount > 0 && promise.Amount <= r.Express.Amount
	}
}

// NoDue stands for "no date" in the column that inboxes are sorted by, so that
// such tasks come last without a special case.
var NoDue = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
