package desk

import (
	"cmp"
	"time"

	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
)

// TaskID identifies a task.
type TaskID string

// TaskState is where a task stands (环节办理状态: 待办, 已办).
type TaskState string

// The states of a task.
const (
	TaskOpen      TaskState = "open"
	TaskDone      TaskState = "done"
	TaskCancelled TaskState = "cancelled" // the flow went another way
	TaskReturned  TaskState = "returned"  // sent back to an earlier step
)

// AcceptElement is the name of the step before the flow begins: acceptance.
const AcceptElement = "acceptance"

// Roles that a step may ask for. They are the names of posts' roles.
const (
	RoleClerk    = "clerk"
	RoleExaminer = "examiner"
	RoleDecider  = "decider"
	// RoleApplicant is that of a step which the applicant does: a supplement.
	RoleApplicant = "applicant"
)

// Result is the action that finished a task (业务动作).
type Result string

// The results that an officer may give.
const (
	Approve Result = "approve" // 通过
	Refuse  Result = "refuse"  // 不予通过
	Return  Result = "return"  // 退回
)

// Task is one step of one case that somebody has to do (环节).
type Task struct {
	Region        string
	ID            TaskID
	Case          terms.CaseID
	Element       string // id of the step in the flow
	Name          string
	Org           string
	OrgName       string
	OnBehalf      string // partner without an organisation on record, for whom Org handles the step
	Role          string
	Assignee      string // account
	AssigneeName  string
	State         TaskState
	OpenedAt      time.Time
	ClaimedAt     time.Time
	ClosedAt      time.Time
	Due           time.Time     // zero: no limit, or the clock stands
	DueUnit       calendar.Unit // what the limit that ends at Due counts
	Paused        bool          // the clock stands
	Limit         calendar.Limit
	Result        Result
	Opinion       string
	Officer       string // account that finished it
	OfficerName   string
	For           string // account of who was away, where a deputy acts or finished it
	ForName       string
	Fields        map[string]string
	Delegation    *Delegation
	Version       int
	CaseNumber    string
	Item          string
	ItemName      string
	ApplicantName string
	Signer        string    // before, beside or after: who was added to a step (加签)
	Held          bool      // waits for a signer before it
	SeenAt        time.Time // when somebody who may do it first opened it
	SeenName      string    // who did
	UrgedAt       time.Time // when it was last urged (催办)
}

// Delegation is a request to another officer for an opinion (委派); the task
// comes back with it.
type Delegation struct {
	By       string    `json:"by"`
	ByName   string    `json:"by_name"`
	To       string    `json:"to"`
	ToName   string    `json:"to_name"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	Opinion  string    `json:"opinion,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
	Recalled time.Time `json:"recalled,omitzero"` // taken back by who asked, before an answer

	RecallReason string `json:"recall_reason,omitempty"`

	ToOrg     string `json:"to_org,omitempty"`     // in which office he was asked
	GivenName string `json:"given_name,omitempty"` // the deputy who gave it
}

// Waiting tells whether the opinion is still out.
func (d *Delegation) Waiting() bool { return d != nil && d.Answered.IsZero() && d.Recalled.IsZero() }

// Answerer names who gave the opinion; a deputy with whom he stood in for, in these
// words.
func (d *Delegation) Answerer(standsFor string) string {
	if d.GivenName != "" {
		return d.GivenName + standsFor
	}
	return d.ToName
}

// DueUnder is when a step has to be done: its own limit, never later than the
// case's; the case's alone when the step has none. Zero while the clock stands.
func (t Task) DueUnder(cal *calendar.Calendar, whole terms.End, paused bool, stops []calendar.Pause) terms.End {
	if paused || t.Limit.Amount <= 0 {
		return whole
	}
	return whole.Earlier(terms.End{At: terms.Due(cal, t.OpenedAt, t.Limit, stops), Unit: t.Limit.Unit})
}

// Free refuses a task that is closed.
func (t Task) Free() error {
	if t.State != TaskOpen {
		return ErrTaskClosed.With("state", string(t.State)).With("who", t.OfficerName)
	}
	return nil
}

// HeldBy refuses everybody but the holder; a task that nobody holds is free.
func (t Task) HeldBy(account string) error {
	if t.Assignee != "" && t.Assignee != account {
		return ErrTaskHeld.With("who", t.AssigneeName)
	}
	return nil
}

// GiveBack gives steps that are open again to who did them before.
func GiveBack(opened, before []Task) {
	for i := range opened {
		for _, old := range before {
			if n := &opened[i]; n.Role != RoleApplicant && n.Element == old.Element && old.Org == n.Org && (old.State == TaskDone || old.State == TaskReturned) && old.Signer == n.Signer {
				n.Assignee, n.AssigneeName = cmp.Or(old.For, old.Officer), cmp.Or(old.ForName, old.OfficerName)
			}
		}
	}
}

// NameOf is what the step of an element among these is called.
func NameOf(opened []Task, element string) string {
	for _, t := range opened {
		if t.Element == element {
			return t.Name
		}
	}
	return element
}
