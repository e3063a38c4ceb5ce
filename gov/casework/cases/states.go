package cases

import (
	"strings"
	"unicode/utf8"

	"tongban/platform/fault"
)

// State is where a case stands (办件状态).
type State string

// The states of a case.
const (
	Submitted    State = "submitted"          // 待受理: handed in, the acceptance clock runs
	Supplemented State = "supplementing"      // 待补正: the applicant has to mend something, the clock stands
	Accepted     State = "accepted"           // 已受理: the statutory clock runs, nobody has begun yet
	InProgress   State = "in_progress"        // 办理中
	Decided      State = "decided"            // 已办结
	NotAccepted  State = "refused_acceptance" // 不予受理
	Withdrawn    State = "withdrawn"          // 已撤回
	Voided       State = "voided"             // 已作废: it was begun by mistake
)

// Action is what can happen to a case.
type Action string

// The actions that change or need a state.
const (
	ActAccept      Action = "accept"
	ActDeem        Action = "deem_accepted"
	ActNotAccept   Action = "refuse_acceptance"
	ActAsk         Action = "ask_supplements"
	ActAnswer      Action = "answer_supplements"
	ActBegin       Action = "begin"
	ActWork        Action = "work" // anything done to a step
	ActPause       Action = "pause"
	ActResume      Action = "resume"
	ActExtend      Action = "extend"
	ActDecide      Action = "decide"
	ActWithdraw    Action = "withdraw"
	ActVoid        Action = "void"
	ActAddPaper    Action = "add_material"     // a material that was to follow
	ActAskLater    Action = "ask_applicant"    // supplements while the case is examined
	ActAnswerLater Action = "answer_applicant" // the answer to them
	ActSecondTime  Action = "ask_again"        // a second request for supplements, with the head's approval
	ActLapse       Action = "lapse"            // what had to be mended before acceptance did not come in time
)

// Outcome is how a case was decided.
type Outcome string

// The outcomes.
const (
	Granted Outcome = "granted" // 准予
	Refused Outcome = "refused" // 不予
)

// Move is one line of the table of a case's life.
type Move struct {
	From   State
	Action Action
	To     State
	Paused bool   // may happen only while the case stands still: a special procedure, or its applicant is asked
	Any    bool   // may happen whether or not it does
	Law    string // the clause behind it
}

// Moves is the whole life of a case. What is not here cannot happen.
//
// Law: 行政许可法 art. 32 (acceptance, supplements), 34, 37, 38 (examination, decision), 42 (extension), 45 (special procedures).
var Moves = []Move{
	{From: Submitted, Action: ActAccept, To: Accepted, Law: "行政许可法第三十二条第一款第（五）项"},
	{From: Submitted, Action: ActDeem, To: Accepted, Law: "行政许可法第三十二条第一款第（四）项"},
	{From: Submitted, Action: ActNotAccept, To: NotAccepted, Law: "行政许可法第三十二条第一款第（一）、（二）项"},
	{From: Submitted, Action: ActAsk, To: Supplemented, Law: "行政许可法第三十二条第一款第（四）项"},
	{From: Submitted, Action: ActSecondTime, To: Supplemented, Law: "行政许可法第三十二条第一款第（四）项"},
	{From: Submitted, Action: ActWithdraw, To: Withdrawn},
	{From: Submitted, Action: ActVoid, To: Voided},
	{From: Supplemented, Action: ActVoid, To: Voided, Any: true},
	{From: Accepted, Action: ActVoid, To: Voided, Any: true},
	{From: InProgress, Action: ActVoid, To: Voided, Any: true},
	{From: Submitted, Action: ActAddPaper, To: Submitted},
	{From: Supplemented, Action: ActAnswer, To: Submitted, Law: "行政许可法第三十二条第一款第（五）项"},
	{From: Supplemented, Action: ActLapse, To: NotAccepted, Law: "行政许可法第三十二条第一款第（四）、（五）项"},
	{From: Supplemented, Action: ActAnswerLater, To: InProgress, Paused: true, Law: "行政许可法第三十四条第一款"},
	{From: Supplemented, Action: ActWithdraw, To: Withdrawn, Any: true},
	{From: Accepted, Action: ActBegin, To: InProgress, Law: "行政许可法第三十四条"},
	{From: Accepted, Action: ActWork, To: InProgress, Law: "行政许可法第三十四条"},
	{From: Accepted, Action: ActPause, To: InProgress, Law: "行政许可法第四十五条"},
	{From: Accepted, Action: ActExtend, To: Accepted, Any: true, Law: "行政许可法第四十二条"},
	{From: Accepted, Action: ActAskLater, To: Supplemented, Law: "行政许可法第三十四条第一款"},
	{From: Accepted, Action: ActDecide, To: Decided, Law: "行政许可法第三十八条"},
	{From: Accepted, Action: ActWithdraw, To: Withdrawn},
	{From: Accepted, Action: ActAddPaper, To: Accepted},
	{From: InProgress, Action: ActBegin, To: InProgress},
	{From: InProgress, Action: ActWork, To: InProgress, Law: "行政许可法第三十四条"},
	{From: InProgress, Action: ActAskLater, To: Supplemented, Law: "行政许可法第三十四条第一款"},
	{From: InProgress, Action: ActPause, To: InProgress, Law: "行政许可法第四十五条"},
	{From: InProgress, Action: ActResume, To: InProgress, Paused: true, Law: "行政许可法第四十五条"},
	{From: InProgress, Action: ActExtend, To: InProgress, Any: true, Law: "行政许可法第四十二条"},
	{From: InProgress, Action: ActDecide, To: Decided, Law: "行政许可法第三十八条"},
	{From: InProgress, Action: ActWithdraw, To: Withdrawn, Any: true},
	{From: InProgress, Action: ActAddPaper, To: InProgress, Any: true},
}

// The refusals of this capability. Their words are in web/strings.
var (
	ErrNoCase         = fault.NotFound("casework.no_case")
	ErrClosed         = fault.Conflict("casework.closed")
	ErrAlreadyDecided = fault.Conflict("casework.already_decided")
	ErrWrongState     = fault.Conflict("casework.wrong_state")
	ErrPaused         = fault.Conflict("casework.paused")
	ErrNotPaused      = fault.Conflict("casework.not_paused")
	ErrAskedBefore    = fault.Conflict("casework.asked_before")
	ErrNothingAsked   = fault.Invalid("casework.nothing_asked")
	ErrTooManyGuesses = fault.TooMany("casework.too_many_guesses")
	ErrNeedReason     = fault.Invalid("casework.need_reason")
	ErrNeedPurpose    = fault.Invalid("casework.need_purpose")
	ErrNotDelegated   = fault.Conflict("casework.not_delegated")
	ErrDelegated      = fault.Conflict("casework.delegated")
	ErrAnswered       = fault.Conflict("casework.answered") // an opinion came before the recall
	ErrRecalled       = fault.Conflict("casework.recalled") // who asked for an opinion took it back
	ErrTwoPersons     = fault.Forbidden("casework.two_persons")
	ErrNoReturn       = fault.Invalid("casework.no_return")
	ErrOutcome        = fault.Invalid("casework.outcome")
	ErrExtendedBefore = fault.Conflict("casework.extended_before")
	ErrTooLong        = fault.Invalid("casework.too_long")
	ErrWithApplicant  = fault.Conflict("casework.with_applicant") // the step waits for the applicant
	ErrHeld           = fault.Conflict("casework.held")           // a signer before it is still out
	ErrUrged          = fault.TooMany("casework.urged")
	ErrOpened         = fault.Conflict("casework.opened")      // who got it has opened it
	ErrNotAwaited     = fault.Conflict("casework.not_awaited") // the flow does not wait for this message
	ErrSpecial        = fault.Invalid("casework.special_kind")
)

// Open tells whether the case still waits for something.
func (s State) Open() bool {
	return s != Decided && s != NotAccepted && s != Withdrawn && s != Voided
}

// OpenStates lists the states in which a case waits for something.
func OpenStates() []State { return []State{Submitted, Supplemented, Accepted, InProgress} }

// Next returns the state after an action, or says why it cannot happen.
func Next(from State, paused bool, a Action) (State, error) {
	for _, m := range Moves {
		if m.From != from || m.Action != a {
			continue
		}
		switch {
		case m.Any || m.Paused == paused:
			return m.To, nil
		case paused:
			return from, ErrPaused
		default:
			return from, ErrNotPaused
		}
	}
	switch {
	case from == Decided:
		return from, ErrAlreadyDecided
	case !from.Open():
		return from, ErrClosed.With("state", string(from))
	}
	return from, ErrWrongState.With("state", string(from)).With("action", string(a))
}

// Said trims a text that an act needs and refuses an empty or endless one.
func Said(s string, longest int) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", ErrNeedReason
	}
	if utf8.RuneCountInString(s) > longest {
		return "", ErrTooLong.With("max", longest)
	}
	return s, nil
}
