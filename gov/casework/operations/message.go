package operations

import (
	"context"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/catalogue/caseflow"
	"tongban/platform/fault"
)

// Message is what a case is handed from outside, where its flow waits for it: the
// result of a test, the answer of another system.
type Message struct {
	Name    string
	Values  map[string]string // as the flow declares them
	Reason  string            // where it came from; it stays on record
	Version int               // of the case that the caller saw; 0 is any
}

// Receive hands a case the message that its flow waits for (收到消息). The office in
// charge may, and the office that the drawing names at the event. Nothing is kept
// that nobody waits for, and nothing moves while the clock stands.
func (d Desk) Receive(ctx context.Context, region string, id casework.CaseID, in Message) (casework.Case, error) {
	why, unsaid := said(in.Reason)
	return d.s.OnCase(ctx, "message/"+in.Name, region, id, func(a *casework.Acting) error {
		wait, err := awaited(ctx, a, in.Name)
		if err != nil {
			return err
		}
		if err := a.Case.Expect(in.Version); err != nil {
			return err
		}
		if err := a.Running(); err != nil {
			return err
		}
		values, bad := wait.Bind(in.Values)
		if len(bad) > 0 {
			var out casework.Problems
			for _, b := range bad {
				out = append(out, drafts.Problem{Field: "values." + b.Name, Code: "casework.problem.message." + b.Code, Pairs: []any{"name", b.Title}})
			}
			if unsaid != nil {
				out = append(out, drafts.Problem{Field: "reason", Code: "fault." + fault.Of(unsaid).Code, Pairs: []any{"max", drafts.MaxReason}})
			}
			return out
		}
		if unsaid != nil {
			return unsaid
		}
		return a.Hand(ctx, wait, values, why)
	})
}

// awaited finds the message that a case waits for, the oldest of that name, where
// the caller may hand it in.
func awaited(ctx context.Context, a *casework.Acting, name string) (caseflow.Awaited, error) {
	err := a.May(ctx, []string{a.Case.Org}, casework.MayMessage)
	for _, w := range a.Awaits() {
		if w.Name != name {
			continue
		}
		if err != nil && w.Org != "" && !strings.Contains(w.Org, "{") {
			o, known, oerr := a.Office(w.Org)
			if oerr != nil {
				return w, oerr
			}
			if known {
				err = a.May(ctx, []string{o.Code}, casework.MayMessage)
			}
		}
		return w, err
	}
	if err != nil {
		return caseflow.Awaited{}, err
	}
	return caseflow.Awaited{}, cases.ErrNotAwaited.With("name", name)
}
