package workbench

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// act is one thing that can be done to a step.
type act struct {
	panel string                                           // which form it came from
	do    func(ctx context.Context) (casework.Case, error) // number of the case, for the message
	at    map[string]string                                // code of a fault, or field of a problem → control of this page
	stay  bool                                             // the step is shown again afterwards
}

// run does an act: what is wrong in the form comes back with the page, what
// came too late is told with who did what, and success opens the next step.
func (h pages) run(w http.ResponseWriter, r *http.Request, a act) error {
	ctx := r.Context()
	_, err := a.do(ctx)
	from := r.URL.Query().Get("from")
	if err == nil {
		if a.stay {
			return web.Redirect(w, r, casefile.With("/work/tasks/"+r.PathValue("region")+"/"+r.PathValue("id"), "case", r.URL.Query().Get("case"), "from", from, "act", a.panel))
		}
		c, err := h.Casework.FindByNumber(ctx, r.PostForm.Get("number"))
		if err != nil {
			c = casework.Case{} // the step is dealt with; only the message is missing
		}
		return web.Redirect(w, r, h.next(ctx, from, c.Number, said(a.panel, c)))
	}
	var problems []ui.Problem
	if errors.Is(err, errChoose) {
		problems = []ui.Problem{{Field: a.panel + ".to", Text: i18n.T(ctx, "workbench.choose."+a.panel)}}
	} else {
		problems = casefile.Problems(ctx, err, a.at)
	}
	for i := range problems {
		if field, ok := a.at[problems[i].Field]; ok {
			problems[i].Field = field
		}
	}
	if problems == nil {
		return h.late(w, r, err)
	}
	v, lerr := h.load(r, forStep)
	if lerr != nil {
		return lerr
	}
	if !v.open() {
		return h.late(w, r, casework.ErrTaskClosed.With("state", string(v.Task.State)).With("who", v.Task.OfficerName))
	}
	v.Panel, v.Form, v.Problems = a.panel, r.PostForm, problems
	if a.panel == string(casework.Refuse) || a.panel == "reject" {
		v.Against = v.View.Refusing(r.PostForm, casefile.SentRefusal(r))
		v.Against.Problems = problems
	}
	return h.showTask(w, r, http.StatusUnprocessableEntity, v)
}

// late answers an act on something that is not as it was.
func (h pages) late(w http.ResponseWriter, r *http.Request, err error) error {
	id, ferr := h.find(r)
	if ferr != nil {
		return err
	}
	ctx := r.Context()
	links := []ui.Link{
		{Text: i18n.T(ctx, "workbench.look"), Href: casefile.With("/work/tasks/"+r.PathValue("region")+"/"+r.PathValue("id"), "case", string(id), "from", r.URL.Query().Get("from"))},
		{Text: i18n.T(ctx, "workbench.back"), Href: "/work?" + r.URL.Query().Get("from")},
	}
	return casefile.Conflict(w, r, h.desk.Services, ui.Workbench, r.PathValue("region"), id, links, err)
}

func ids(r *http.Request) (string, casework.TaskID) {
	return r.PathValue("region"), casework.TaskID(r.PathValue("id"))
}

// whole finds the case of a step for acts on the case.
func (h pages) whole(r *http.Request) (string, casework.CaseID, error) {
	id, err := h.find(r)
	return r.PathValue("region"), id, err
}

// POST /work/tasks/{region}/{id}/claim
func (h pages) claim(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "claim", stay: true, do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = h.Casework.Claim(ctx, region, id)
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/release
func (h pages) release(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "release", stay: true, do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = h.Casework.Release(ctx, region, id)
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/decide
func (h pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	if r.PostForm.Get("result") == "reject" { // the button stands with the grounds
		return h.reject(w, r)
	}
	op := casework.Opinion{Result: casework.Result(r.PostForm.Get("result")), Text: strings.TrimSpace(r.PostForm.Get("opinion")), Version: casefile.Version(r), Fields: map[string]string{}}
	if op.Result == "" && r.PostForm.Get("default") != "" { // the key bar sends the form without a button's value
		op.Result = casework.Approve
	}
	for name, values := range r.PostForm {
		if strings.HasPrefix(name, casefile.CheckPrefix) && len(values) > 0 && values[0] == "yes" {
			op.Fields[name] = "yes"
		}
		if id, ok := strings.CutPrefix(name, fillPrefix); ok {
			op.Fields[id] = strings.Join(values, "\n")
		}
	}
	if op.Result == "straight" {
		op.Result, op.Straight = casework.Approve, true
	}
	if op.Result == casework.Refuse {
		op.Refusal = casefile.SentRefusal(r)
	}
	panel, at := string(op.Result), casefile.RefusalControls()
	if op.Result == casework.Return {
		panel, at = "decide", map[string]string{} // the button stands beside the opinion
	}
	return h.run(w, r, act{panel: panel, at: at, do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = h.Casework.Complete(ctx, region, id, op)
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/return
func (h pages) sendBack(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "return", at: why("return"), do: func(ctx context.Context) (c casework.Case, err error) {
		to := r.PostForm.Get("return.to")
		if to == "" {
			return c, errChoose
		}
		region, id := ids(r)
		_, err = h.Casework.ReturnTo(ctx, region, id, to, r.PostForm.Get("return.why"), casefile.Version(r))
		return c, err
	}})
}

// why places the faults about a reason at the control of a panel.
func why(panel string, more ...string) map[string]string {
	at := map[string]string{casework.ErrNeedReason.Code: panel + ".why", casework.ErrTooLong.Code: panel + ".why", casework.ErrNoReturn.Code: panel + ".to",
		casework.ErrNoOfficer.Code: panel + ".to", casework.ErrNoOffice.Code: panel + ".to"}
	extra := map[string]string{}
	for i := 0; i+1 < len(more); i += 2 {
		extra[more[i]] = more[i+1]
	}
	maps.Copy(at, extra)
	return at
}

// seat reads "office|account".
func seat(r *http.Request, name string) (org, account string, err error) {
	org, account, ok := strings.Cut(r.PostForm.Get(name), "|")
	if !ok || org == "" {
		return "", "", errChoose
	}
	return org, account, nil
}

// POST /work/tasks/{region}/{id}/delegate
func (h pages) delegate(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "delegate", at: why("delegate"), do: func(ctx context.Context) (c casework.Case, err error) {
		org, account, err := seat(r, "delegate.to")
		if err != nil || account == "" {
			return c, errChoose
		}
		region, id := ids(r)
		_, err = h.Casework.Delegate(ctx, region, id, org, account, r.PostForm.Get("delegate.why"))
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/recall
func (h pages) recall(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "recall", stay: true, at: why("recall"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = h.Casework.Recall(ctx, region, id, r.PostForm.Get("recall.why"))
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/opinion
func (h pages) opinion(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "give", at: why("give"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = h.Casework.GiveOpinion(ctx, region, id, r.PostForm.Get("give.why"))
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/transfer
func (h pages) transfer(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "transfer", at: why("transfer"), do: func(ctx context.Context) (c casework.Case, err error) {
		org, account, err := seat(r, "transfer.to")
		if err != nil {
			return c, err
		}
		region, id := ids(r)
		_, err = h.Casework.Transfer(ctx, region, id, org, account, r.PostForm.Get("transfer.why"))
		return c, err
	}})
}

// extension reads how long: an empty field takes all that the law allows, but
// nought is a slip and no wish for everything.
func extension(s string) int {
	if n := days(s); n != 0 || strings.TrimSpace(s) == "" {
		return n
	}
	return -1
}

// days reads a number of days; what is none is refused by the service.
func days(s string) int {
	if s = strings.TrimSpace(s); s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// POST /work/tasks/{region}/{id}/pause
func (h pages) pause(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "pause", stay: true, at: why("pause", casework.ErrSpecial.Code, "pause.kind", "expected", "pause.expected", "basis", "pause.basis"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id, err := h.whole(r)
		if err != nil {
			return c, err
		}
		return h.Casework.Pause(ctx, region, id, casework.Stop{Kind: r.PostForm.Get("pause.kind"), Reason: r.PostForm.Get("pause.why"), Basis: r.PostForm.Get("pause.basis"), Expected: days(r.PostForm.Get("pause.expected")), Version: casefile.Version(r)})
	}})
}

// POST /work/tasks/{region}/{id}/resume
func (h pages) resume(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "resume", stay: true, at: why("resume"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id, err := h.whole(r)
		if err != nil {
			return c, err
		}
		return h.Casework.Resume(ctx, region, id, r.PostForm.Get("resume.why"), casefile.Version(r))
	}})
}

// POST /work/tasks/{region}/{id}/extend
func (h pages) extend(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "extend", stay: true, at: why("extend", "days", "extend.days"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id, err := h.whole(r)
		if err != nil {
			return c, err
		}
		return h.Casework.Extend(ctx, region, id, extension(r.PostForm.Get("extend.days")), r.PostForm.Get("extend.why"), casefile.Version(r))
	}})
}

// POST /work/tasks/{region}/{id}/unmask
func (h pages) unmask(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	reason := strings.TrimSpace(r.PostForm.Get("reason"))
	if reason == "" {
		return casework.ErrNeedPurpose
	}
	v, err := h.load(r, casefile.ForNumbers+reason)
	if err != nil {
		return err
	}
	v.Full = true
	return h.showTask(w, r, http.StatusOK, v)
}
