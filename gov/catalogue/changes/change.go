package changes

import (
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/calendar"
)

// Kind is what a change does.
type Kind string

// The kinds of changes.
const (
	New     Kind = "new"     // 新增
	Alter   Kind = "change"  // 变更
	Split   Kind = "split"   // 拆分
	Merge   Kind = "merge"   // 合并
	Suspend Kind = "suspend" // 暂停
	Resume  Kind = "resume"  // 恢复
	Cancel  Kind = "cancel"  // 取消
)

// Kinds lists them in the order in which they are offered.
var Kinds = []Kind{New, Alter, Split, Merge, Suspend, Resume, Cancel}

// State is how far a change has come.
type State string

// The states of a change.
const (
	Drafting  State = "drafting"  // 编制
	InReview  State = "review"    // 法制审核
	InVoting  State = "approval"  // 待批准
	Approved  State = "approved"  // waits for its day
	InEffect  State = "effective" // done
	Withdrawn State = "withdrawn"
)

// Open tells whether something can still be done about the change.
func (s State) Open() bool { return s != InEffect && s != Withdrawn }

// Target is what a change begins from.
type Target struct {
	Code string `json:"code"`
	Seen int    `json:"seen"` // version that the draft was made over
}

// ItemDraft is one item as it is to be: the elements that its level may give.
type ItemDraft struct {
	Code   string              `json:"code"`
	Base   string              `json:"base"`
	Tier   string              `json:"tier,omitempty"`
	Values map[string][]string `json:"values"`
}

// Entry is one thing that somebody did to a change.
type Entry struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name"`
	Act  string    `json:"act"` // begun, edited, submitted, reviewed, returned, approved, effective, failed, withdrawn
	Keys []string  `json:"keys,omitempty"`
	Note string    `json:"note,omitempty"`
}

// Change is one change on its way (变更单).
type Change struct {
	Region  string         `json:"region"` // directory of a base item, region of an item
	Number  int            `json:"number"`
	Version int            `json:"version"` // of the draft, counts up with every act
	Kind    Kind           `json:"kind"`
	Level   standard.Level `json:"level"` // base or implementation
	State   State          `json:"state"`

	Targets []Target        `json:"targets,omitempty"`
	Bases   []standard.Base `json:"bases,omitempty"` // what is to be, for base items
	Items   []ItemDraft     `json:"items,omitempty"` // what is to be, for items

	From    calendar.Date `json:"-"` // first day
	Reason  string        `json:"reason"`
	History []Entry       `json:"history"`
	Changed time.Time     `json:"-"`
}

// Codes are what the change touches: what it begins from and what it makes.
func (c *Change) Codes() []string {
	var out []string
	for _, t := range c.Targets {
		out = append(out, t.Code)
	}
	for _, b := range c.Bases {
		out = append(out, b.Code)
	}
	for _, i := range c.Items {
		out = append(out, i.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Did tells who did something to the change since it was last a draft.
func (c *Change) Did(act string) []string {
	var out []string
	for i := len(c.History) - 1; i >= 0; i-- {
		e := c.History[i]
		if e.Act == act {
			out = append(out, e.By)
		}
		if e.Act == "returned" && act == "reviewed" {
			break
		}
	}
	return out
}

// Last is the latest entry.
func (c *Change) Last() Entry {
	if len(c.History) == 0 {
		return Entry{}
	}
	return c.History[len(c.History)-1]
}

// maxReason bounds reasons and notes, in characters.
const maxReason = 1000

// check looks at the change alone.
func (c *Change) check(today calendar.Date) standard.Problems {
	var out standard.Problems
	bad := func(field, key string, with ...any) {
		out = append(out, standard.Problem{Field: field, Key: key, With: with})
	}
	if n := len([]rune(strings.TrimSpace(c.Reason))); n == 0 || n > maxReason {
		bad("reason", "reason", "max", maxReason)
	}
	if c.From != 0 && c.From < today {
		bad("from", "past")
	}
	results := len(c.Bases) + len(c.Items)
	switch c.Kind {
	case Split:
		if len(c.Targets) != 1 || results < 2 {
			bad("results", "split")
		}
	case Merge:
		if len(c.Targets) < 2 || results != 1 {
			bad("results", "merge")
		}
	case New, Alter:
		if results != 1 {
			bad("results", "one")
		}
	}
	for i := range c.Bases {
		b := c.Bases[i]
		for _, p := range b.Check() {
			out = append(out, p)
		}
		if c.Kind != Alter && len(b.Basis) == 0 && c.Kind != Suspend && c.Kind != Resume && c.Kind != Cancel {
			bad("basis", "basis")
		}
	}
	return out
}

// stateAfter is the state that a kind of change leaves its targets in.
func (k Kind) stateAfter() content.State {
	switch k {
	case Suspend:
		return content.Suspended
	case Cancel, Split, Merge:
		return content.Cancelled
	}
	return content.InForce
}
