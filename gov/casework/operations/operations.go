package operations

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/casework"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/people"
	"tongban/gov/casework/rights"
	"tongban/gov/casework/votes"
	"tongban/gov/facts"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/state"
)

// Desk does operations on the steps of a casework service.
type Desk struct{ s *casework.Service }

// On gives the operations of a service.
func On(s *casework.Service) Desk { return Desk{s} }

// UrgeEvery is how long after a step was urged it may be urged again.
const UrgeEvery = 24 * time.Hour

// said trims a reason and refuses an empty or endless one.
func said(why string) (string, error) {
	why = strings.TrimSpace(why)
	switch {
	case why == "":
		return "", casework.ErrNeedReason
	case utf8.RuneCountInString(why) > drafts.MaxReason:
		return "", casework.ErrTooLong.With("max", drafts.MaxReason)
	}
	return why, nil
}

// Signer is somebody who is to sign a step too.
type Signer struct {
	Place   string // before, beside or after
	Org     string
	Account string // one officer of the office; "" is whoever claims it there
	Reason  string
	Version int // of the step that the officer saw; 0 is any
}

// AddSigner adds somebody to a step (加签): before it, so that it waits for his
// opinion; beside it, so that both have to be done; after it, before the flow
// goes on. The rule of the step says what several results make (gov/catalogue/
// outcomes); where it has none, one refusal refuses.
func (d Desk) AddSigner(ctx context.Context, region string, id casework.TaskID, in Signer) (casework.Task, error) {
	why, err := said(in.Reason)
	if err != nil {
		return casework.Task{}, err
	}
	to, err := people.Somebody(ctx, d.s.Offices, region, in.Org, in.Account, casework.RoleExaminer, casework.RoleDecider)
	if err != nil {
		return casework.Task{}, err
	}
	may := func(a *casework.Acting) error { return d.s.Holder(ctx, a, rights.Add, in.Version) }
	return d.s.Operate(ctx, "add-signer", region, id, may, func(a *casework.Acting) error {
		if err := a.Running(); err != nil {
			return err
		}
		who := map[string]any{"place": in.Place, "org": to.Org, "name": to.OrgName, "account": to.Account, "officer": to.Name}
		err := a.Move(ctx, func(e *bpmn.Engine, p *bpmn.Process, f *bpmn.Instance, now time.Time) ([]bpmn.Change, error) {
			who["seat"] = votes.Voter(f, *a.Task)
			vars := map[string]any{votes.Signed: who}
			if el := p.Find(a.Task.Element); el != nil && el.Loop != nil && el.Loop.Variable != "" {
				vars[el.Loop.Variable] = map[string]any{"org": to.Org, "name": to.OrgName} // he is one of those for whom the step is done
			}
			return e.AddSigner(p, f, string(id), bpmn.Signer{Place: bpmn.Place(in.Place), Vars: vars}, now)
		})
		if err != nil {
			return err
		}
		name := to.Name
		if name == "" {
			name = to.OrgName
		}
		c, t := a.Ref()
		a.Tell(ctx, casework.Told{Text: why, To: to.Account, ToName: name, ToOffice: to.Org, Place: in.Place},
			facts.SignerAdded{CaseRef: c, TaskRef: t, Place: in.Place, ToOffice: to.Org, ToOfficer: to.Account, Reason: why})
		return nil
	})
}

// Signed is one of the signers of a step.
type Signed struct {
	ID, Place, State, Org, OrgName, Officer string // state: open, held, later
}

// Signers lists who signs an open step too, as far as they can be taken away.
func (d Desk) Signers(ctx context.Context, region string, id casework.TaskID) ([]Signed, error) {
	var out []Signed
	err := d.s.Look(ctx, region, id, func(f *bpmn.Instance) {
		for _, x := range f.Signers(string(id)) {
			who, ok := x.Vars["signer"].(map[string]any)
			if !ok || x.ID == "" || x.ID == string(id) {
				continue
			}
			text := func(k string) string { v, _ := who[k].(string); return v }
			out = append(out, Signed{x.ID, text("place"), x.State, text("org"), text("name"), text("officer")})
		}
	})
	return out, err
}

// TakeAway takes away somebody who was added to a step (减签). id is the step
// that he was added to, signer the id that Signers gives.
func (d Desk) TakeAway(ctx context.Context, region string, id casework.TaskID, signer, why string) (casework.Task, error) {
	why, err := said(why)
	if err != nil {
		return casework.Task{}, err
	}
	may := func(a *casework.Acting) error { return d.s.Holder(ctx, a, rights.Add, 0) }
	return d.s.Operate(ctx, "take-signer/"+signer, region, id, may, func(a *casework.Acting) error {
		if err := a.Running(); err != nil {
			return err
		}
		var gone map[string]any
		err := a.Move(ctx, func(e *bpmn.Engine, p *bpmn.Process, f *bpmn.Instance, now time.Time) ([]bpmn.Change, error) {
			i := slices.IndexFunc(f.Signers(string(id)), func(x bpmn.SignerState) bool { return x.ID == signer && x.Vars["signer"] != nil })
			if i < 0 {
				return nil, bpmn.ErrNoTask
			}
			gone, _ = f.Signers(string(id))[i].Vars["signer"].(map[string]any)
			return e.TakeAway(p, f, signer, now)
		})
		if err != nil {
			return err
		}
		text := func(k string) string { v, _ := gone[k].(string); return v }
		name := text("officer")
		if name == "" {
			name = text("name")
		}
		c, t := a.Ref()
		a.Tell(ctx, casework.Told{Text: why, To: text("account"), ToName: name, ToOffice: text("org"), Place: text("place")},
			facts.SignerTaken{CaseRef: c, TaskRef: t, FromOffice: text("org"), FromOfficer: text("account"), Reason: why})
		return nil
	})
}

// Urge reminds whoever has a step (催办): the office in charge may, and the
// supervision; once a day, so that it is heard.
func (d Desk) Urge(ctx context.Context, region string, id casework.TaskID, note string) (casework.Task, error) {
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > drafts.MaxReason {
		return casework.Task{}, casework.ErrTooLong.With("max", drafts.MaxReason)
	}
	may := func(a *casework.Acting) error {
		if err := a.May(ctx, []string{a.Case.Org}, casework.MayExamine, casework.MayDecide, casework.MaySupervise); err != nil {
			return err
		}
		return a.Task.Free()
	}
	return d.s.Operate(ctx, "urge", region, id, may, func(a *casework.Acting) error {
		if err := a.Running(); err != nil {
			return err
		}
		now := d.s.Clock.Now()
		if next := a.Task.UrgedAt.Add(UrgeEvery); now.Before(next) {
			return casework.ErrUrged.With("at", next)
		}
		a.Task.UrgedAt = now
		desk.Urge(a.Tx, a.Task)
		c, t := a.Ref()
		a.Tell(ctx, casework.Told{Text: note, To: a.Task.Assignee, ToName: a.Task.AssigneeName}, facts.TaskUrged{CaseRef: c, TaskRef: t, Officer: a.Task.Assignee, Due: a.Task.Due, Note: note})
		return nil
	})
}

// TakeBack takes a step back that the caller has just finished (取回), as long
// as nobody has opened what followed. It is open again, with him.
func (d Desk) TakeBack(ctx context.Context, region string, id casework.TaskID, why string) (casework.Task, error) {
	why, err := said(why)
	if err != nil {
		return casework.Task{}, err
	}
	may := func(a *casework.Acting) error {
		if a.Task.State != casework.TaskDone || a.Task.Officer != a.Tx.Actor().ID && a.Task.For != a.Tx.Actor().ID || a.Task.Element == casework.AcceptElement {
			return bpmn.ErrTakeBack
		}
		return nil
	}
	sent, serr := d.Sent(ctx, region, id)
	return d.s.Operate(ctx, "take-back", region, id, may, func(a *casework.Acting) error {
		if err := a.Running(); err != nil {
			return err
		}
		if serr == nil && sent.Opened {
			return casework.ErrOpened.With("who", sent.Who).With("at", sent.At)
		}
		err := a.Move(ctx, func(e *bpmn.Engine, p *bpmn.Process, f *bpmn.Instance, now time.Time) ([]bpmn.Change, error) {
			return e.TakeBack(p, f, string(id), now)
		})
		if err != nil {
			return err
		}
		c, t := a.Ref()
		a.Tell(ctx, casework.Told{Text: why}, facts.TaskTakenBack{CaseRef: c, TaskRef: t, Officer: a.Tx.Actor().ID, Reason: why})
		return nil
	})
}

// Redirect moves an open step to another one of the flow (跳转), by whoever may
// in the office in charge, with the reason.
func (d Desk) Redirect(ctx context.Context, region string, id casework.TaskID, element, why string, version int) (casework.Task, error) {
	why, err := said(why)
	if err != nil {
		return casework.Task{}, err
	}
	may := func(a *casework.Acting) error {
		if err := a.May(ctx, []string{a.Case.Org}, casework.MayRedirect); err != nil {
			return err
		}
		if version != 0 && version != a.Task.Version {
			return casework.ErrStale.With("version", a.Task.Version).With("who", a.Task.AssigneeName)
		}
		return a.Task.Free()
	}
	return d.s.Operate(ctx, "redirect", region, id, may, func(a *casework.Acting) error {
		if err := a.Running(); err != nil {
			return err
		}
		err := a.Move(ctx, func(e *bpmn.Engine, p *bpmn.Process, f *bpmn.Instance, now time.Time) ([]bpmn.Change, error) {
			return e.Jump(p, f, string(id), element, now)
		})
		if err != nil {
			return err
		}
		name := element
		for _, t := range a.Opened() {
			if t.Element == element {
				name = t.Name
			}
		}
		c, t := a.Ref()
		a.Tell(ctx, casework.Told{Text: why, To: element, ToName: name}, facts.CaseRedirected{CaseRef: c, TaskRef: t, To: element, Reason: why})
		return nil
	})
}

// Reject decides a case against its applicant from the step where it stands
// (驳回), with ground, clause and facts. It is no return (退回): nothing is mended,
// the notice with the remedies goes out, and every other step is closed. Who
// decides in the office in charge may, unless he examined the case.
//
// Law: 行政许可法 art. 38 ¶2: a refusal gives its reasons and tells the remedies.
func (d Desk) Reject(ctx context.Context, region string, id casework.TaskID, r casework.Refusal, version int) (casework.Task, error) {
	may := func(a *casework.Acting) error {
		if err := a.May(ctx, []string{a.Case.Org}, casework.MayDecide); err != nil {
			return err
		}
		if version != 0 && version != a.Task.Version {
			return casework.ErrStale.With("version", a.Task.Version).With("who", a.Task.AssigneeName)
		}
		if a.Task.Element == casework.AcceptElement || a.Task.Role == casework.RoleApplicant {
			return casework.ErrOutcome.With("element", a.Task.Element)
		}
		return a.Task.Free()
	}
	return d.s.Operate(ctx, "reject", region, id, may, func(a *casework.Acting) error {
		if err := a.Running(); err != nil {
			return err
		}
		return a.Reject(ctx, r.Clean())
	})
}

// Sent is what became of a step that the caller finished: whether it can be
// taken back, and if not, who opened what followed, and when.
type Sent struct {
	Back   bool
	Who    string
	At     time.Time
	Opened bool // somebody has opened it
}

// Sent tells whether a finished step can be taken back.
func (d Desk) Sent(ctx context.Context, region string, id casework.TaskID) (Sent, error) {
	var out Sent
	var after []string
	err := d.s.Look(ctx, region, id, func(f *bpmn.Instance) {
		out.Back = slices.ContainsFunc(f.Undo, func(u state.Undo) bool { return u.Task == string(id) && !u.Back })
		for _, o := range f.Open() {
			after = append(after, o.ID)
		}
	})
	if err != nil || out.Back {
		return out, err
	}
	done, err := d.s.Task(ctx, region, id)
	if err != nil {
		return out, err
	}
	for _, x := range after {
		t, err := d.s.Task(ctx, region, casework.TaskID(x))
		if err != nil {
			return out, err
		}
		if t.OpenedAt.Equal(done.ClosedAt) && !t.SeenAt.IsZero() {
			return Sent{Opened: true, Who: t.SeenName, At: t.SeenAt}, nil
		}
	}
	return out, nil
}

// Void declares a case void that was begun by mistake (作废): the flow ends, all
// steps are closed, the applicant is told why.
func (d Desk) Void(ctx context.Context, region string, id casework.CaseID, why string, version int) (casework.Case, error) {
	why, err := said(why)
	if err != nil {
		return casework.Case{}, err
	}
	return d.s.End(ctx, region, id, casework.Ending{Act: cases.ActVoid, May: casework.MayRedirect, Title: "办件作废告知书",
		Text: "您的“%s”申请所立的办件作废，本办件终止办理。原因：%s。", Reason: why, Version: version})
}
