package handout

import (
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/gov/identity/number"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/fault"
)

// MayHandOut is the right to give decisions to those who collect them.
var MayHandOut = authz.Define("casework.hand_out", "hand out or post the papers of a decision, and record who received them")

// The refusals about hand-outs.
var (
	ErrNoHandout  = fault.NotFound("casework.no_handout")
	ErrDone       = fault.Conflict("casework.handed_out")      // once only; a second time needs a reason
	ErrWaiting    = fault.Conflict("casework.handout_waiting") // the one before has not been collected
	ErrUndecided  = fault.Conflict("casework.undecided")       // there is nothing to hand out yet
	ErrNotPosted  = fault.Invalid("casework.not_for_post")     // there is no address
	ErrNeedReason = fault.Invalid("casework.need_reason")
)

// State tells whether a paper has been handed out.
type State string

// The states.
const (
	Ready  State = "ready"  // 待领取、待寄送
	Handed State = "handed" // 已领取
	Posted State = "posted" // 已寄出
)

// Collector is who received a paper.
type Collector struct {
	Name   string `json:"name"`
	Number string `json:"number"` // of the document shown, GB 11643
	Agent  bool   `json:"agent"`  // not the applicant in person
	// Letter notes that the clerk saw and kept a written authorisation of the applicant.
	Letter  bool   `json:"letter,omitempty"`
	Mandate string `json:"mandate,omitempty"` // of the company's agent
}

// Handout is one paper on its way to its applicant, or arrived.
type Handout struct {
	Region, ID    string
	Case          terms.CaseID
	Number        int // 1; more for papers issued again
	CaseNumber    string
	Item          string
	ItemName      string
	Org, OrgName  string // that decided
	Owner, Person string
	ApplicantName string
	Paper, Title  string // the paper and its name
	Way           drafts.Way
	Address       drafts.Delivery
	Reason        string // why a second time
	State         State
	ReadyAt       time.Time
	Due           time.Time            // zero when no law sets a limit
	Counted       *calendar.Derivation // how Due was found
	DoneAt        time.Time
	DoneBy        string
	DoneName      string
	DoneOrg       string
	Collector     *Collector
	Carrier       string
	Tracking      string
	Version       int
}

// Matter is whose it is and what it is about.
func (h Handout) Matter() drafts.Matter {
	return drafts.Matter{Owner: h.Owner, Region: h.Region, Item: h.Item, Org: h.Org}
}

// Lit is a hand-out with how near its limit is.
type Lit struct {
	Handout
	Light terms.Light
	Left  int // working days, negative when over; only when there is a limit
}

// Running are how the days were found by which papers have to be handed out
// that nobody has received yet.
func Running(list []Handout) []calendar.Derivation {
	var out []calendar.Derivation
	for _, h := range list {
		if h.State == Ready && h.Counted != nil {
			out = append(out, *h.Counted)
		}
	}
	return out
}

// check brings a collector to its normal form and finds what is wrong with it.
func (c *Collector) check(now time.Time) drafts.Problems {
	var p drafts.Problems
	n, err := number.ParseResident(c.Number, now)
	if err != nil {
		p = append(p, drafts.Problem{Field: "number", Code: "identity." + err.Error(), Pairs: []any{"n", utf8.RuneCountInString(strings.TrimSpace(c.Number))}})
	} else {
		c.Number = string(n)
	}
	name, err := number.CheckName(c.Name)
	if err != nil {
		p = append(p, drafts.Problem{Field: "name", Code: "casework.problem.name"})
	}
	c.Name = name
	return p
}

// Longest texts, in characters.
const (
	maxCarrier  = 30
	maxTracking = 40
)

// checkPost finds what is wrong with the record of a dispatch.
func checkPost(carrier, tracking string) drafts.Problems {
	p := append(drafts.NeedText("carrier", carrier, maxCarrier), drafts.NeedText("tracking", tracking, maxTracking)...)
	if len(p) == 0 && strings.Trim(strings.ToUpper(tracking), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		p = append(p, drafts.Problem{Field: "tracking", Code: "casework.problem.tracking"})
	}
	return p
}
