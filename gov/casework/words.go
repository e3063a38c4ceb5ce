package casework

import (
	"tongban/gov/casework/casenumber"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/deputies"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/grounds"
	"tongban/gov/casework/handout"
	"tongban/gov/casework/history"
	"tongban/gov/casework/notices"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/people"
	"tongban/gov/casework/reading"
	"tongban/gov/casework/recount"
	"tongban/gov/casework/supplements"
	"tongban/gov/casework/terms"
	"tongban/platform/forms"
)

// The words of this capability that have a package of their own. Callers use
// them from here: casework.Draft, casework.Task.
type (
	// Draft is an application before, and the record of it after, submission.
	Draft = drafts.Draft
	// DraftID identifies a draft.
	DraftID = drafts.DraftID
	// Start says how a draft begins.
	Start = drafts.Start
	// Edit is a change of some fields of a draft.
	Edit = drafts.Edit
	// Change is what one save changed.
	Change = drafts.Change
	// FieldChange is one field before and after.
	FieldChange = drafts.FieldChange
	// Clash is one field that two people changed at the same time.
	Clash = drafts.Clash
	// Applicant is who applies.
	Applicant = drafts.Applicant
	// Channel is how a case came in.
	Channel = drafts.Channel
	// Choice is how one material is handed in.
	Choice = drafts.Choice
	// Mode is how a material is handed in.
	Mode = drafts.Mode
	// Attachment is one file of a material.
	Attachment = drafts.Attachment
	// Delivery is how the applicant wants the decision.
	Delivery = drafts.Delivery
	// Way is how the decision reaches the applicant.
	Way = drafts.Way
	// Reading is one reading of a case or a draft by staff.
	Reading = drafts.Reading
	// Problem is one thing to mend in what was entered.
	Problem = drafts.Problem
	// Problems goes back to the page.
	Problems = drafts.Problems

	// Ground is one thing that an application may be refused for.
	Ground = grounds.Ground
	// Opinion is what an officer says at a step.
	Opinion = grounds.Opinion
	// Refusal is what an officer says who is against.
	Refusal = grounds.Refusal

	// Supplement is one request to mend an application, and its answer.
	Supplement = supplements.Supplement
	// SupplementID identifies a request for supplements.
	SupplementID = supplements.ID
	// Answer is what is said to one thing that was asked for.
	Answer = supplements.Answer
	// SupplementItem is one thing to mend, with its answer.
	SupplementItem = supplements.SupplementItem

	// Case is one matter from submission to decision.
	Case = cases.Case
	// State is where a case stands.
	State = cases.State
	// Action is what can happen to a case.
	Action = cases.Action
	// Stop says why a special procedure, or a suspension, stops the clock.
	Stop = cases.Stop
	// ClockFace is the clock of a case as everybody may see it.
	ClockFace = cases.ClockFace
	// Limited is one limit: how it stands and how its end was found.
	Limited = cases.Limited
	// Holder is who has an open step of a case.
	Holder = cases.Holder
	// Progress is what somebody without an account may see of a case.
	Progress = history.Progress
	// Entry is one line of the timeline of a case.
	Entry = history.Entry
	// File is everything about a case in one place.
	File = reading.File
	// Offered is what the flow allows at an open step.
	Offered = reading.Offered
	// Step is one step of a flow.
	Step = reading.Step
	// Cases is one page of a list of cases.
	Cases = reading.Cases
	// Outcome is how a case was decided.
	Outcome = cases.Outcome
	// Papers issues official papers in the transaction of the act.
	Papers = notices.Papers

	// CaseID identifies a case.
	CaseID = terms.CaseID
	// Terms are the limits of a case and everything that moves them.
	Terms = terms.Terms
	// Special is one special procedure of a case.
	Special = terms.Special
	// Extension is a longer limit that the head of the organ approved.
	Extension = terms.Extension
	// Rules are the limits and procedures that the law sets for every case.
	Rules = terms.Rules
	// SpecialKind is a kind of special procedure that stops the clock.
	SpecialKind = terms.SpecialKind
	// Light is how near a limit is.
	Light = terms.Light

	// Handout is the paper of a decision on its way to its applicant.
	Handout = handout.Handout
	// LitHandout is a hand-out with how near its limit is.
	LitHandout = handout.Lit
	// Collector is who received a paper.
	Collector = handout.Collector

	// Task is one step of one case that somebody has to do.
	Task = desk.Task
	// TaskID identifies a task.
	TaskID = desk.TaskID
	// TaskState is where a task stands.
	TaskState = desk.TaskState
	// Result is the action that finished a task.
	Result = desk.Result
	// Delegation is a request to another officer for an opinion.
	Delegation = desk.Delegation
	// Lit is a task with how near its limit is.
	Lit = desk.Lit
	// Shape is whose work an inbox shows.
	Shape = desk.Shape
	// InboxQuery asks for one page of open steps.
	InboxQuery = desk.InboxQuery
	// Spent is how many working days a case spent with an office.
	Spent = desk.Spent
	// Filter narrows a list of open steps.
	Filter = desk.Filter
	// Tally is how much lies in an inbox, each count exact up to Most.
	Tally = desk.Tally
	// Inbox is one page of open steps.
	Inbox = desk.Inbox
	// WatchBy is what the watch counts by.
	WatchBy = desk.WatchBy
	// WatchQuery asks what is near its limit or over it.
	WatchQuery = desk.WatchQuery
	// WatchRow is one line of the watch.
	WatchRow = desk.WatchRow

	// Recounted is a case whose dates other days move.
	Recounted = recount.Recounted

	// Deputy is who stands in for an officer who is away.
	Deputy = deputies.Deputy
	// Naming names a deputy.
	Naming = deputies.Naming

	// Person is what an application keeps of a person.
	Person = people.Person
	// Company is what an application keeps of a company.
	Company = people.Company
	// Officer is somebody who may be given work.
	Officer = people.Officer
	// Office is an organisation that may be given work.
	Office = people.Office
	// Directory answers who is who from the record of identities.
	Directory = people.Directory
)

// The values of those words.
const (
	Counter        = drafts.Counter
	DraftOpen      = drafts.DraftOpen
	DraftSubmitted = drafts.DraftSubmitted
	DraftDiscarded = drafts.DraftDiscarded
	ByFile         = drafts.ByFile
	Electronic     = drafts.Electronic
	Pledged        = drafts.Pledged
	ToFollow       = drafts.ToFollow
	NotNeeded      = drafts.NotNeeded
	ByDownload     = drafts.ByDownload
	AtCounter      = drafts.AtCounter
	ByPost         = drafts.ByPost

	HandoutReady  = handout.Ready
	HandoutHanded = handout.Handed
	HandoutPosted = handout.Posted

	Submitted    = cases.Submitted
	Supplemented = cases.Supplemented
	Accepted     = cases.Accepted
	InProgress   = cases.InProgress
	Decided      = cases.Decided
	NotAccepted  = cases.NotAccepted
	Withdrawn    = cases.Withdrawn
	Voided       = cases.Voided
	Granted      = cases.Granted
	Refused      = cases.Refused
	ActAnswer    = cases.ActAnswer
	Suspension   = cases.Suspension

	Green  = terms.Green
	Yellow = terms.Yellow
	Early  = terms.Early
	Red    = terms.Red
	Still  = terms.Still

	TaskOpen        = desk.TaskOpen
	TaskDone        = desk.TaskDone
	TaskCancelled   = desk.TaskCancelled
	TaskReturned    = desk.TaskReturned
	AcceptElement   = desk.AcceptElement
	Most            = desk.Most
	RoleClerk       = desk.RoleClerk
	RoleExaminer    = desk.RoleExaminer
	RoleDecider     = desk.RoleDecider
	RoleApplicant   = desk.RoleApplicant
	Approve         = desk.Approve
	Refuse          = desk.Refuse
	Return          = desk.Return
	OwnTasks        = desk.OwnTasks
	PostTasks       = desk.PostTasks
	DepartmentTasks = desk.DepartmentTasks
	RegionTasks     = desk.RegionTasks
	ByOffice        = desk.ByOffice
	ByItem          = desk.ByItem
	ByHolder        = desk.ByHolder
	ByRegion        = desk.ByRegion
)

// The refusals that those packages define.
var (
	ErrNoCase         = cases.ErrNoCase
	ErrClosed         = cases.ErrClosed
	ErrAlreadyDecided = cases.ErrAlreadyDecided
	ErrWrongState     = cases.ErrWrongState
	ErrPaused         = cases.ErrPaused
	ErrNotPaused      = cases.ErrNotPaused
	ErrAskedBefore    = cases.ErrAskedBefore
	ErrNothingAsked   = cases.ErrNothingAsked
	ErrTooManyGuesses = cases.ErrTooManyGuesses
	ErrNeedReason     = cases.ErrNeedReason
	ErrNeedPurpose    = cases.ErrNeedPurpose
	ErrNotDelegated   = cases.ErrNotDelegated
	ErrDelegated      = cases.ErrDelegated
	ErrAnswered       = cases.ErrAnswered
	ErrRecalled       = cases.ErrRecalled
	ErrTwoPersons     = cases.ErrTwoPersons
	ErrNoReturn       = cases.ErrNoReturn
	ErrOutcome        = cases.ErrOutcome
	ErrExtendedBefore = cases.ErrExtendedBefore
	ErrTooLong        = cases.ErrTooLong
	ErrSpecial        = cases.ErrSpecial
	ErrWithApplicant  = cases.ErrWithApplicant
	ErrHeld           = cases.ErrHeld
	ErrUrged          = cases.ErrUrged
	ErrOpened         = cases.ErrOpened

	ErrNoDraft       = drafts.ErrNoDraft
	ErrNoCode        = drafts.ErrNoCode
	ErrManyCodes     = drafts.ErrManyCodes
	ErrNoMaterial    = drafts.ErrNoMaterial
	ErrNewVersion    = drafts.ErrNewVersion
	ErrInvalid       = drafts.ErrInvalid
	ErrStale         = drafts.ErrStale
	ErrDraftClosed   = drafts.ErrDraftClosed
	ErrNotIdentified = drafts.ErrNotIdentified
	ErrNotMandated   = drafts.ErrNotMandated
	ErrOtherPerson   = drafts.ErrOtherPerson
	ErrScope         = drafts.ErrScope
	ErrNoHandout     = handout.ErrNoHandout
	ErrHandedOut     = handout.ErrDone
	ErrNoTask        = desk.ErrNoTask
	ErrTaskClosed    = desk.ErrTaskClosed
	ErrTaskHeld      = desk.ErrTaskHeld
	ErrNoOfficer     = people.ErrNoOfficer
	ErrNoOffice      = people.ErrNoOffice
	ErrFlow          = offers.ErrFlow
)

// OpenStates lists the states in which a case waits for something.
func OpenStates() []State { return cases.OpenStates() }

// CleanNumber removes what people add when they type a number.
func CleanNumber(s string) string { return casenumber.Clean(s) }

// ValidNumber tells whether s is a case number without a slip of the hand.
func ValidNumber(s string) bool { return casenumber.Valid(s) }

// ShowNumber writes a case number in groups: 1234 5678 9.
func ShowNumber(s string) string { return casenumber.Show(s) }

// ShowCode writes the code of a draft in two groups.
func ShowCode(s string) string { return drafts.ShowCode(s) }

// CleanCode finds the code of a draft in what was typed or scanned.
func CleanCode(s string) string { return drafts.CleanCode(s) }

// FormAsks tells whether the form of an item asks how the result is received.
func FormAsks(def *forms.Definition) bool { return drafts.FormAsks(def) }

// FormAsksWhere tells whether the form of an item asks where to send it.
func FormAsksWhere(def *forms.Definition) bool { return drafts.FormAsksWhere(def) }

// NationalRules are the rules of the national laws that ship with the service.
func NationalRules() Rules { return terms.NationalRules() }
