package workbench

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"tongban/gov/casework"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/operations"
	"tongban/gov/casework/rights"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// forStep is the purpose under which a step's case is read.
const forStep = "办理环节审查"

// taskView is one step of a case with everything that is needed to decide it.
type taskView struct {
	casefile.View
	Task    casework.Task
	From    string // the inbox it was opened from
	Done    string // what was done before, in words
	Other   bool   // it was done to another case
	Lanes   []ui.LaneProps
	Left    ui.Status // how near the limit of the step is
	Offered casework.Offered
	People  []ui.Option // whom one may ask for an opinion
	Seats   []ui.Option // who may be given the step
	Anybody []ui.Option // every office of the region, and the officers of those of the case
	Against casefile.Refusing
	Special []casework.SpecialKind
	Remedy  []string

	May       bool            // the caller may do this step
	Mine      bool            // the caller has it
	Asked     bool            // the caller was asked for an opinion
	Asks      bool            // the caller asked for one, and it is still out
	Barred    bool            // the caller examined what has to be decided by somebody else
	Dispatch  bool            // the caller may give it to others
	Head      bool            // the caller may extend limits
	Leads     bool            // the caller's office is in charge
	Redirects bool            // the caller may move the case and declare it void
	Back      bool            // the caller finished the step and can take it back
	Sent      operations.Sent // what became of a step that the caller finished
	Rejects   bool            // the caller may decide the case against its applicant from here
	StandsFor bool            // the caller stands in for who has the step
	Straight  bool            // it was sent back and may go straight to who sent it
	Signers   []operations.Signed
	Steps     []casework.Step // of the flow, for moving the case
	Panel     string          // what was sent and refused
	Form      url.Values
	Problems  []ui.Problem
}

// GET /work/tasks/{region}/{id}
func (h pages) task(w http.ResponseWriter, r *http.Request) error {
	v, err := h.load(r, forStep)
	if err != nil {
		return err
	}
	if v.Task.Element == casework.AcceptElement {
		return web.Redirect(w, r, v.Base)
	}
	if v.open() && v.May {
		if t, err := h.Casework.Opened(r.Context(), v.Task.Region, v.Task.ID); err == nil {
			v.Task.SeenAt, v.Task.SeenName, v.Task.Version = t.SeenAt, t.SeenName, t.Version
		}
	}
	return h.showTask(w, r, http.StatusOK, v)
}

func (h pages) showTask(w http.ResponseWriter, r *http.Request, status int, v taskView) error {
	ctx := r.Context()
	page := ui.Page{Title: v.File.ItemName, Eyebrow: i18n.T(ctx, "workbench.eyebrow", "number", casework.ShowNumber(v.File.Number), "step", stepName(v.Task), "office", v.Task.OrgName), Active: "work",
		Back: ui.Link{Text: i18n.T(ctx, "workbench.back"), Href: v.back()}, Problems: v.Problems, Keys: v.keys(ctx)}
	return h.render(w, r, status, page, nil, taskPage(v))
}

// find tells which case a step belongs to: the address says so, or the service.
func (h pages) find(r *http.Request) (casework.CaseID, error) {
	if id := r.URL.Query().Get("case"); id != "" {
		return casework.CaseID(id), nil
	}
	t, err := h.Casework.Task(r.Context(), r.PathValue("region"), casework.TaskID(r.PathValue("id")))
	return t.Case, err
}

func (h pages) load(r *http.Request, purpose string) (taskView, error) {
	ctx, region := r.Context(), r.PathValue("region")
	id, err := h.find(r)
	if err != nil {
		return taskView{}, err
	}
	v := taskView{From: r.URL.Query().Get("from")}
	if v.View, err = h.desk.View(ctx, region, id, purpose); err != nil {
		return v, err
	}
	var ok bool
	if v.Task, ok = v.View.Task(casework.TaskID(r.PathValue("id"))); !ok {
		return v, casework.ErrNoTask
	}
	v.Unmask = v.path("unmask")
	number := cmp.Or(casework.CleanNumber(r.URL.Query().Get("done")), v.File.Number)
	v.Done, v.Other = doneWords(ctx, r.URL.Query().Get("act"), number), number != v.File.Number
	v.Lanes = v.View.Lanes(ctx, h.Casework)
	v.rights(ctx)
	if v.Asked, err = h.Casework.Asked(ctx, h.Casework.DB, v.Task); err != nil {
		return v, err
	}
	v.Left = casefile.TaskDue(ctx, h.Casework, v.Task, v.Now)
	if me := auth.From(ctx).ID; v.Task.State == casework.TaskDone && (v.Task.Officer == me || v.Task.For == me) && v.File.State.Open() && !v.File.Paused && v.Task.Element != casework.AcceptElement {
		if v.Sent, err = operations.On(h.Casework).Sent(ctx, region, v.Task.ID); err != nil {
			return v, err
		}
		v.Back = v.Sent.Back
	}
	if !v.open() {
		return v, nil
	}
	if v.May && !v.Mine && v.Task.Assignee != "" {
		if v.StandsFor, err = h.Casework.StandsFor(ctx, v.Task); err != nil {
			return v, err
		}
		v.Mine = v.Mine || v.StandsFor
	}
	if (v.May || v.Dispatch) && v.Task.Element != casework.AcceptElement {
		if v.Offered, err = h.Casework.Offers(ctx, region, v.Task.ID); err != nil {
			return v, err
		}
	}
	if v.May && v.Offered.Has(rights.Add) {
		if v.Signers, err = operations.On(h.Casework).Signers(ctx, region, v.Task.ID); err != nil {
			return v, err
		}
	}
	v.Straight = slices.ContainsFunc(v.File.Tasks, func(t casework.Task) bool {
		return t.State == casework.TaskReturned && t.ClosedAt.Equal(v.Task.OpenedAt)
	})
	for _, s := range v.Offer.Steps {
		if s.Element != v.Task.Element {
			v.Steps = append(v.Steps, casework.Step{Element: s.Element, Name: s.Name.In(ctx)})
		}
	}
	v.Against = v.View.Refusing(nil, casework.Refusal{})
	v.Special, v.Remedy = offers.Specials(v.Offer, h.Casework.Rules.Special), h.remedies(ctx, v.Offer)
	return v, h.seats(ctx, &v)
}

// rights says what the caller may do here, so that only that is offered.
func (v *taskView) rights(ctx context.Context) {
	me, t, c := auth.From(ctx).ID, v.Task, v.File.Case
	v.Mine = t.Assignee == me
	v.Asks = t.Delegation.Waiting() && t.Delegation.By == me
	v.May = casefile.May(ctx, permission(t.Role), c.Region, t.Org)
	v.Dispatch = casefile.May(ctx, casework.MayDispatch, c.Region, t.Org)
	if t.Role == casework.RoleApplicant { // he answers on his own page
		v.May, v.Dispatch = false, false
	}
	v.Head = casefile.May(ctx, casework.MayExtend, c.Region, c.Org) && c.Terms.Extension == nil && !c.AcceptedAt.IsZero()
	v.Leads = casefile.May(ctx, casework.MayExamine, c.Region, c.Org)
	v.Redirects = casefile.May(ctx, casework.MayRedirect, c.Region, c.Org)
	v.Rejects = casefile.May(ctx, casework.MayDecide, c.Region, c.Org) && !c.AcceptedAt.IsZero() && !c.Paused && c.State.Open() && t.Role != casework.RoleApplicant && !t.Held &&
		(c.Express || !slices.Contains(c.Terms.Acted[casework.RoleExaminer], me))
	other := map[string]string{casework.RoleDecider: casework.RoleExaminer, casework.RoleExaminer: casework.RoleDecider}[t.Role]
	v.Barred = !c.Express && other != "" && slices.Contains(c.Terms.Acted[other], me)
}

func permission(role string) authz.Permission {
	switch role {
	case casework.RoleDecider:
		return casework.MayDecide
	case casework.RoleClerk:
		return casework.MayAccept
	}
	return casework.MayExamine
}

// open tells whether the step waits for something.
func (v taskView) open() bool { return v.Task.State == casework.TaskOpen && v.File.State.Open() }

// waiting tells whether an opinion is out.
func (v taskView) waiting() bool {
	return v.Task.Delegation.Waiting()
}

// decides tells whether the decision panel is offered.
func (v taskView) decides() bool {
	return v.open() && v.May && !v.waiting() && !v.Barred && !v.File.Paused && (v.Mine || v.Task.Assignee == "")
}

func (v taskView) final() bool { return v.Task.Role == casework.RoleDecider }

func (v taskView) path(act string) string {
	return casefile.With("/work/tasks/"+v.Task.Region+"/"+string(v.Task.ID)+"/"+act, "case", string(v.Task.Case), "from", v.From)
}

func (v taskView) back() string {
	if v.From == "" {
		return "/work"
	}
	return "/work?" + v.From
}

func (v taskView) keys(ctx context.Context) []ui.Key {
	var out []ui.Key
	if v.decides() {
		out = append(out, ui.Key{Name: "F9", Text: i18n.T(ctx, v.say("approve")), Form: "decide"}, ui.Key{Name: "F7", Text: i18n.T(ctx, v.say("refuse")) + "…", Href: "#refuse"})
	}
	if v.open() && v.May && v.Task.Assignee == "" {
		out = append(out, ui.Key{Name: "F4", Text: i18n.T(ctx, "workbench.claim"), Form: "claim"})
	}
	return append(out, ui.Key{Name: "F2", Text: i18n.T(ctx, "workbench.back"), Href: v.back()})
}

// say is the key of a word that depends on whether the step decides or examines.
func (v taskView) say(act string) string {
	if v.final() {
		return "workbench.act." + act + ".decider"
	}
	return "workbench.act." + act
}

// Waits tells whether the case waits for its applicant after acceptance.
func (v taskView) Waits() bool { return v.File.State == casework.Supplemented && v.File.Paused }

// sent tells whether a box was ticked in a form that was refused.
func (v taskView) sent(name, value string) bool { return slices.Contains(v.Form[name], value) }

// inMore tells whether what was refused stands in the menu of rarer acts.
func (v taskView) inMore() bool {
	return v.Panel != "" && !slices.Contains([]string{"decide", "approve", "refuse", "give", "recall", "resume", "wait", "takeback", "reject"}, v.Panel)
}

// value is what was sent for a control, when it was refused.
func (v taskView) value(name string) string { return v.Form.Get(name) }

func (v taskView) fault(name string) string { return ui.ErrorFor(v.Problems, name) }

// condition is one point to examine, with its clause.
type condition struct {
	ID, Text, Law, Clause string
	On                    bool
	Own                   bool // this step examines it
	By                    []string
}

func (v taskView) conditions(ctx context.Context) []condition {
	var out []condition
	for _, c := range v.Offer.ConditionList {
		x := condition{ID: c.ID, Own: v.own(c), Text: c.Text.In(ctx), By: v.CheckedBy(c.ID), On: v.value(casefile.CheckPrefix+c.ID) == "yes"}
		if k, ok := v.Offer.Clause(c.Clause); ok {
			x.Law, x.Clause = k.Citation(), k.Text
		}
		out = append(out, x)
	}
	return out
}

// own tells whether this step examines a condition. Who decides answers for all
// of them.
func (v taskView) own(c catalogue.Condition) bool { return v.final() || c.At(v.Task.Element) }

// points are the conditions that this step examines, and those of other steps.
func (v taskView) points(ctx context.Context) (own, others []condition) {
	for _, c := range v.conditions(ctx) {
		if c.Own {
			own = append(own, c)
		} else {
			others = append(others, c)
		}
	}
	return own, others
}

// fillPrefix begins the names of controls for what a step fills in.
const fillPrefix = "fields."

// fills is the part of the form that this step fills in; nil when it has none.
func (v taskView) fills() *ui.FormProps {
	i := slices.IndexFunc(v.Offer.Steps, func(s catalogue.Step) bool { return s.Element == v.Task.Element })
	if i < 0 || len(v.Offer.Steps[i].Fills) == 0 {
		return nil
	}
	answers := map[string]string{}
	for _, id := range v.Offer.Steps[i].Fills {
		answers[id] = v.value(fillPrefix + id)
	}
	return &ui.FormProps{Def: v.Offer.Form.Only(v.Offer.Steps[i].Fills), Answers: answers, Lists: v.Lists, Look: casework.LookUp, Problems: v.Problems, Prefix: fillPrefix}
}

// remedies are what the applicant can do against a refusal; the notice prints them.
func (h pages) remedies(ctx context.Context, o *catalogue.Offer) []string {
	var out []string
	for _, r := range o.Result.Refusal.Remedies {
		text := r.Notice().In(ctx)
		if k, ok := o.Clause(r.Clause); ok {
			text = i18n.T(ctx, "workbench.remedy", "text", text, "law", k.Citation())
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		for _, r := range h.Casework.Rules.Remedies {
			out = append(out, r.Text+"（"+r.Citation+"）")
		}
	}
	return out
}

// maxOffices bounds how many offices the lists of officers are taken from.
const maxOffices = 8

// seats fills in who may be asked for an opinion and who may be given the step:
// officers of the offices that take part in the case.
func (h pages) seats(ctx context.Context, v *taskView) error {
	if !v.May && !v.Dispatch {
		return nil
	}
	me := auth.From(ctx).ID
	every, err := h.Casework.OfficesOf(ctx, v.Task.Region)
	if err != nil {
		return err
	}
	for _, o := range every {
		v.Anybody = append(v.Anybody, ui.Option{Value: o.Code + "|", Text: o.Name})
	}
	defer func() { v.Anybody = append(v.People[:len(v.People):len(v.People)], v.Anybody...) }()
	for _, o := range offices(v.File, v.Task) {
		all, err := h.Identity.Officers(ctx, "", o.code, "")
		if err != nil {
			return err
		}
		v.Seats = append(v.Seats, ui.Option{Value: o.code + "|", Text: i18n.T(ctx, "workbench.transfer.office", "office", o.name)})
		for _, f := range all {
			if f.Account == me || !judges(f) {
				continue
			}
			option := ui.Option{Value: o.code + "|" + f.Account, Text: f.Name + " · " + o.name}
			v.People = append(v.People, option)
			for _, p := range f.Posts {
				if p.Role == v.Task.Role {
					v.Seats = append(v.Seats, option)
					break
				}
			}
		}
	}
	return nil
}

// judges tells whether somebody examines or decides cases; clerks, supervisors
// and administrators are not asked for opinions on them.
func judges(f identity.Officer) bool {
	return slices.ContainsFunc(f.Posts, func(p identity.Post) bool { return p.Role == casework.RoleExaminer || p.Role == casework.RoleDecider })
}

type office struct{ code, name string }

// offices are those of the case, the step's own first.
func offices(f casework.File, t casework.Task) []office {
	out := []office{{t.Org, t.OrgName}}
	add := func(o office) {
		if o.code != "" && len(out) < maxOffices && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	add(office{f.Org, f.OrgName})
	for _, x := range f.Tasks {
		add(office{x.Org, x.OrgName})
	}
	return out
}

// next is where an officer goes after a step is dealt with: to the next one
// that can be worked on, or back to the list.
func (h pages) next(ctx context.Context, from, number, act string) string {
	for _, s := range shapes[:2] {
		in, err := h.Casework.Inbox(ctx, casework.InboxQuery{Shape: s, Limit: 20})
		if err != nil {
			break // the act is done; the list says what is wrong
		}
		for _, l := range in.Tasks {
			if l.Paused || l.Element == casework.AcceptElement {
				continue
			}
			return taskHref(l.Task, from) + "&" + url.Values{"done": {number}, "act": {act}}.Encode()
		}
	}
	return "/work?" + url.Values{"done": {number}, "act": {act}}.Encode()
}

var errChoose = errors.New("nothing chosen")
