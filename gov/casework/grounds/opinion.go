package grounds

import (
	"strings"
	"unicode/utf8"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
)

// Opinion is what an officer says at a step.
type Opinion struct {
	Result  desk.Result // Approve or Refuse; Return where the flow itself leads back (FlowReturns), else use ReturnTo
	Text    string      // a return needs one; of a refusal it is what is said besides
	Refusal Refusal     // who is against names the ground, what was found, and how to pass
	Fields  map[string]string
	Version int // of the task that the officer saw; 0 is any

	Straight bool // it was sent back: go straight to who sent it, as it stood there
}

// Check refuses an opinion that does not say what it has to.
func (op *Opinion) Check() error {
	op.Text = strings.TrimSpace(op.Text)
	switch {
	case op.Result != desk.Approve && op.Result != desk.Refuse && op.Result != desk.Return:
		return cases.ErrOutcome.With("result", string(op.Result))
	case op.Result == desk.Return && op.Text == "":
		return drafts.Problems{{Field: "opinion", Code: "casework.problem.opinion"}}
	case utf8.RuneCountInString(op.Text) > drafts.MaxOpinion:
		return drafts.NeedText("opinion", op.Text, drafts.MaxOpinion)
	}
	if op.Refusal = op.Refusal.Clean(); op.Result != desk.Refuse {
		op.Refusal = Refusal{}
	}
	op.Fields = op.Refusal.Into(op.Fields)
	for k, v := range op.Fields {
		if utf8.RuneCountInString(v) > drafts.MaxOpinion {
			return drafts.NeedText("fields."+k, v, drafts.MaxOpinion)
		}
	}
	return nil
}
