package facts

import "time"

// CaseRef says which case a fact is about. Owner is the person or company
// whose case it is; offices and messages need it, so every fact carries it.
type CaseRef struct {
	Region   string    `json:"region"`
	Case     string    `json:"case"`
	Number   string    `json:"number"`
	Item     string    `json:"item"`
	ItemName string    `json:"item_name"`
	Org      string    `json:"org"`
	Owner    string    `json:"owner"`
	At       time.Time `json:"at"`
}

// TaskRef says which step a fact is about.
type TaskRef struct {
	Task    string `json:"task"`
	Element string `json:"element"`
	Name    string `json:"name"`
	Office  string `json:"office"`
	Role    string `json:"role"`
}

// CaseSubmitted announces that an application was handed in (申请).
type CaseSubmitted struct {
	CaseRef
	Channel string    `json:"channel"`
	Due     time.Time `json:"due"` // to accept or to ask
}

// CaseAccepted announces that an application was accepted (受理). Deemed tells
// that the law did it, because the time had passed.
type CaseAccepted struct {
	CaseRef
	Deemed     bool      `json:"deemed"`
	PromiseDue time.Time `json:"promise_due"`
	LegalDue   time.Time `json:"legal_due"`
}

// AcceptanceRefused announces that an application was not accepted (不予受理).
type AcceptanceRefused struct {
	CaseRef
	Reason string `json:"reason"`
}

// SupplementsRequested announces that the applicant has to mend something (补正告知).
type SupplementsRequested struct {
	CaseRef
	Request string    `json:"request"`
	Items   int       `json:"items"`
	Until   time.Time `json:"until,omitzero"` // the last moment for an answer
}

// SupplementsReminded announces that the time to mend something is nearly over
// and nothing has come yet (补正提醒).
type SupplementsReminded struct {
	CaseRef
	Request string    `json:"request"`
	Until   time.Time `json:"until"`
}

// DeputyNamed announces that an officer has a deputy for a time (委托代理).
type DeputyNamed struct {
	Region  string    `json:"region"`
	Deputy  string    `json:"deputy"`  // account of the deputy
	Officer string    `json:"officer"` // account of who is away
	Office  string    `json:"office"`
	Roles   string    `json:"roles"`           // of the posts, separated by spaces
	Items   string    `json:"items,omitempty"` // codes, separated by spaces; empty is every item
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// DeputyEnded announces that a deputy stands in no more, before his time was
// over (提前结束委托).
type DeputyEnded struct {
	Region  string    `json:"region"`
	Deputy  string    `json:"deputy"`
	Officer string    `json:"officer"`
	Office  string    `json:"office"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// SupplementsAnswered announces that the applicant sent the supplements (补正提交).
type SupplementsAnswered struct {
	CaseRef
	Request string    `json:"request"`
	Due     time.Time `json:"due"`
}

// MaterialAdded announces that a material which was to follow has come (容缺补交).
type MaterialAdded struct {
	CaseRef
	Material string `json:"material"`
}

// CasePaused announces that a special procedure stops the clock (特别程序开始).
type CasePaused struct {
	CaseRef
	Kind     string `json:"kind"`
	Reason   string `json:"reason"`
	Expected int    `json:"expected_days"`
}

// CaseResumed announces that the clock runs again (特别程序结束).
type CaseResumed struct {
	CaseRef
	Kind       string    `json:"kind"`
	PromiseDue time.Time `json:"promise_due"`
	LegalDue   time.Time `json:"legal_due"`
}

// CaseExtended announces that the head of the organ approved a longer limit (延长审批).
type CaseExtended struct {
	CaseRef
	Days     int       `json:"days"`
	Reason   string    `json:"reason"`
	LegalDue time.Time `json:"legal_due"`
}

// CaseRecounted announces that the dates of an open case were counted anew,
// because the days off have changed (放假安排调整). A date that does not run is zero.
type CaseRecounted struct {
	CaseRef
	Calendar   string    `json:"calendar"` // version of the days that they were counted by
	AcceptDue  time.Time `json:"accept_due,omitzero"`
	PromiseDue time.Time `json:"promise_due,omitzero"`
	LegalDue   time.Time `json:"legal_due,omitzero"`
	Timers     int       `json:"timers,omitempty"` // of its flow that moved
}

// SignerAdded announces that somebody signs a step too (加签).
type SignerAdded struct {
	CaseRef
	TaskRef
	Place     string `json:"place"` // before, beside, after
	ToOffice  string `json:"to_office"`
	ToOfficer string `json:"to_officer"`
	Reason    string `json:"reason"`
}

// SignerTaken announces that somebody signs a step no longer (减签).
type SignerTaken struct {
	CaseRef
	TaskRef
	FromOffice  string `json:"from_office"`
	FromOfficer string `json:"from_officer"`
	Reason      string `json:"reason"`
}

// TaskUrged announces that the holder of a step is urged (催办).
type TaskUrged struct {
	CaseRef
	TaskRef
	Officer string    `json:"officer"`
	Due     time.Time `json:"due"`
	Note    string    `json:"note"`
}

// TaskTakenBack announces that who finished a step took it back before anybody
// opened what followed (取回).
type TaskTakenBack struct {
	CaseRef
	TaskRef
	Officer string `json:"officer"`
	Reason  string `json:"reason"`
}

// CaseRedirected announces that a case was moved to another step (跳转).
type CaseRedirected struct {
	CaseRef
	TaskRef
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// CaseVoided announces that a case was declared void (作废).
type CaseVoided struct {
	CaseRef
	Reason string `json:"reason"`
}

// CaseCopied announces that an office, or one officer of it, was informed of a
// case (抄送). Officer is "" for the whole office.
type CaseCopied struct {
	CaseRef
	Copy    string `json:"copy"`
	Office  string `json:"office"`
	Officer string `json:"officer"`
	Note    string `json:"note"`
}

// TaskOpened announces that a step waits for somebody (环节开始).
type TaskOpened struct {
	CaseRef
	TaskRef
	Due time.Time `json:"due"`
}

// TaskCompleted announces that a step is done (环节办结).
type TaskCompleted struct {
	CaseRef
	TaskRef
	Result  string `json:"result"`
	Officer string `json:"officer"`
}

// TaskReturned announces that a step was sent back to an earlier one (退回).
type TaskReturned struct {
	CaseRef
	TaskRef
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// TaskTransferred announces that a step went to another officer or office (转办).
type TaskTransferred struct {
	CaseRef
	TaskRef
	ToOffice  string `json:"to_office"`
	ToOfficer string `json:"to_officer"`
	Reason    string `json:"reason"`
}

// TaskRecalled announces that who asked another officer for an opinion took it
// back before the answer (收回委派).
type TaskRecalled struct {
	CaseRef
	TaskRef
	From   string `json:"from"`   // the officer who was asked
	Reason string `json:"reason"` // may be empty
}

// TaskDelegated announces that another officer was asked for an opinion (委派).
type TaskDelegated struct {
	CaseRef
	TaskRef
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// TaskReminded announces that the limit of a step is nearly used up (到期提醒).
type TaskReminded struct {
	CaseRef
	TaskRef
	Officer string    `json:"officer"` // who holds it, "" when nobody does
	Due     time.Time `json:"due"`
}

// ResultPrepared announces that the paper of a decision waits to be collected
// or posted (待领取、待寄送), or that the day moved until which it has to leave. Due is
// zero when no law sets a limit.
type ResultPrepared struct {
	CaseRef
	Handout string    `json:"handout"`
	Way     string    `json:"way"`
	Due     time.Time `json:"due"`
	Times   int       `json:"times"` // 0 or 1 the first time
}

// ResultCollected announces that somebody collected the paper of a decision (领取).
type ResultCollected struct {
	CaseRef
	Handout string `json:"handout"`
	Agent   bool   `json:"agent"` // not the applicant in person
	Times   int    `json:"times"`
}

// ResultPosted announces that the paper of a decision was sent by post (寄出).
type ResultPosted struct {
	CaseRef
	Handout  string `json:"handout"`
	Carrier  string `json:"carrier"`
	Tracking string `json:"tracking"`
	Times    int    `json:"times"`
}

// CaseDecided announces that a case was decided (办结). Outcome is granted or refused.
type CaseDecided struct {
	CaseRef
	Outcome string `json:"outcome"`
	Officer string `json:"officer"`
	Paper   string `json:"paper"`
	InTime  bool   `json:"in_time"`
}

// CaseWithdrawn announces that the applicant took the application back (撤回).
type CaseWithdrawn struct {
	CaseRef
	Reason string `json:"reason"`
}

// Type implements events.Fact.
func (CaseSubmitted) Type() string { return "tongban.casework.case.submitted.v1" }

// Type implements events.Fact.
func (CaseAccepted) Type() string { return "tongban.casework.case.accepted.v1" }

// Type implements events.Fact.
func (AcceptanceRefused) Type() string { return "tongban.casework.acceptance.refused.v1" }

// Type implements events.Fact.
func (SupplementsRequested) Type() string { return "tongban.casework.supplements.requested.v1" }

// Type implements events.Fact.
func (SupplementsReminded) Type() string { return "tongban.casework.supplements.reminded.v1" }

// Type implements events.Fact.
func (DeputyNamed) Type() string { return "tongban.casework.deputy.named.v1" }

// Type implements events.Fact.
func (DeputyEnded) Type() string { return "tongban.casework.deputy.ended.v1" }

// Type implements events.Fact.
func (SupplementsAnswered) Type() string { return "tongban.casework.supplements.answered.v1" }

// Type implements events.Fact.
func (MaterialAdded) Type() string { return "tongban.casework.material.added.v1" }

// Type implements events.Fact.
func (CasePaused) Type() string { return "tongban.casework.case.paused.v1" }

// Type implements events.Fact.
func (CaseResumed) Type() string { return "tongban.casework.case.resumed.v1" }

// Type implements events.Fact.
func (CaseExtended) Type() string { return "tongban.casework.case.extended.v1" }

// Type implements events.Fact.
func (CaseRecounted) Type() string { return "tongban.casework.case.recounted.v1" }

// Type implements events.Fact.
func (SignerAdded) Type() string { return "tongban.casework.signer.added.v1" }

// Type implements events.Fact.
func (SignerTaken) Type() string { return "tongban.casework.signer.taken.v1" }

// Type implements events.Fact.
func (TaskUrged) Type() string { return "tongban.casework.task.urged.v1" }

// Type implements events.Fact.
func (TaskTakenBack) Type() string { return "tongban.casework.task.takenback.v1" }

// Type implements events.Fact.
func (CaseRedirected) Type() string { return "tongban.casework.case.redirected.v1" }

// Type implements events.Fact.
func (CaseVoided) Type() string { return "tongban.casework.case.voided.v1" }

// Type implements events.Fact.
func (CaseCopied) Type() string { return "tongban.casework.case.copied.v1" }

// Type implements events.Fact.
func (TaskOpened) Type() string { return "tongban.casework.task.opened.v1" }

// Type implements events.Fact.
func (TaskCompleted) Type() string { return "tongban.casework.task.completed.v1" }

// Type implements events.Fact.
func (TaskReturned) Type() string { return "tongban.casework.task.returned.v1" }

// Type implements events.Fact.
func (TaskTransferred) Type() string { return "tongban.casework.task.transferred.v1" }

// Type implements events.Fact.
func (TaskRecalled) Type() string { return "tongban.casework.task.recalled.v1" }

// Type names the fact.
func (TaskDelegated) Type() string { return "tongban.casework.task.delegated.v1" }

// Type implements events.Fact.
func (TaskReminded) Type() string { return "tongban.casework.task.reminded.v1" }

// Type implements events.Fact.
func (ResultPrepared) Type() string { return "tongban.casework.result.prepared.v1" }

// Type implements events.Fact.
func (ResultCollected) Type() string { return "tongban.casework.result.collected.v1" }

// Type implements events.Fact.
func (ResultPosted) Type() string { return "tongban.casework.result.posted.v1" }

// Type implements events.Fact.
func (CaseDecided) Type() string { return "tongban.casework.case.decided.v1" }

// Type implements events.Fact.
func (CaseWithdrawn) Type() string { return "tongban.casework.case.withdrawn.v1" }
