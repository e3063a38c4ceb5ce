package reading

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework/casenumber"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/copies"
	"tongban/gov/casework/deputies"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/handout"
	"tongban/gov/casework/history"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/people"
	"tongban/gov/casework/rights"
	"tongban/gov/casework/supplements"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/draw"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/forms"
	"tongban/platform/guess"
	"tongban/platform/i18n"
)

// MayReadCase lets the offices of a case read it.
var MayReadCase = authz.Define("casework.read", "read a case that one's office handles, on record and for a stated purpose")

// Deps is what the service needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Calendar *calendar.Calendar
	Rules    terms.Rules
	Shelf    *offers.Shelf
	Copies   *copies.Service
	Offices  people.Offices
	Deputies *deputies.Service
	Engine   *bpmn.Engine
	Regions  []string
}

// Service shows cases to those who may see them.
type Service struct {
	Deps
	guesses guess.Counter
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// File is everything about a case in one place (案卷).
type File struct {
	cases.Case
	Application drafts.Draft
	Materials   []catalogue.Material // that were asked for, with their names
	Tasks       []desk.Task
	Supplements []supplements.Supplement
	Clock       cases.ClockFace
	Mine        bool               // the caller is the applicant
	Awaits      []caseflow.Awaited // messages that its flow waits for, for staff
	NotTaken    map[string]bool    // elements of the flow that it did not come to and cannot any more
	Form        []forms.Group      // what the form asked, as far as the caller sees it
	Sees        rights.Sight       // how much of the application the caller sees
}

// Open returns the file of a case. To its owner it is simply shown; to staff
// only with a purpose, and the reading is recorded where the applicant sees it.
func (s *Service) Open(ctx context.Context, region string, id terms.CaseID, purpose string) (File, error) {
	w, err := flows.Load(ctx, s.DB, region, id)
	if err != nil {
		return File{}, err
	}
	c := w.Case
	f := File{Case: c, Mine: c.SeenBy(ctx), Sees: rights.Whole()}
	if f.Tasks, err = desk.Of(ctx, s.DB, region, id); err != nil {
		return File{}, err
	}
	if !f.Mine {
		if err := s.read(ctx, &c, f.Tasks, purpose); err != nil {
			return File{}, err
		}
	}
	if f.Application, err = drafts.Load(ctx, s.DB, region, c.Draft); err != nil {
		return File{}, err
	}
	if f.Supplements, err = supplements.OfCase(ctx, s.DB, region, id); err != nil {
		return File{}, err
	}
	o, err := s.Shelf.Fetch(ctx, c.Region, c.Item, c.ItemVersion)
	if err != nil {
		return File{}, err
	}
	if f.Mine {
		for i := range f.Tasks {
			f.Tasks[i].Opinion, f.Tasks[i].Fields, f.Tasks[i].Delegation = "", nil, nil
		}
	}
	f.NotTaken = notTaken(w, o)
	all := o.Answers(f.Application.Situation, f.Application.Form)
	f.Form, f.Materials = o.Form.Shown(all), o.MaterialsFor(all)
	if f.Clock, err = s.whole(ctx, c, f.Tasks, f.Supplements); err != nil {
		return File{}, err
	}
	if !f.Mine {
		if w.Flow != nil && !w.Flow.Instance.Ended() {
			f.Awaits = caseflow.Awaits(o.Process, w.Flow.Instance)
		}
		if f.Sees, err = s.sees(ctx, &c, f.Tasks, o); err != nil {
			return File{}, err
		}
		f.narrow(o)
	}
	return f, nil
}

// ForReadBack is the purpose on record when applicants look at what they handed in.
const ForReadBack = "申请人查看提交的内容"

// ReadBack is the file of the caller's own case with everything that was handed
// in. An agent of a company, or somebody at an open screen, reads it like the
// applicant, so this reading is on record too.
//
// Law: 个人信息保护法 art. 45: people may look into what is kept about them.
func (s *Service) ReadBack(ctx context.Context, region string, id terms.CaseID) (File, error) {
	f, err := s.Open(ctx, region, id, "")
	if err == nil && !f.Mine {
		err = cases.ErrNoCase
	}
	if err != nil {
		return File{}, err
	}
	return f, s.note(ctx, &f.Case, "", ForReadBack)
}

// sees is how much of an application the caller sees: everything, who handles
// the case, takes it in or supervises it; else what its own steps allow.
//
// Law: 个人信息保护法 art. 6.
func (s *Service) sees(ctx context.Context, c *cases.Case, tasks []desk.Task, o *offers.Ready) (rights.Sight, error) {
	may := func(orgs ...string) bool {
		return desk.Touches(ctx, MayReadCase, c.Region, orgs...) == nil || desk.Touches(ctx, desk.MaySupervise, c.Region, orgs...) == nil
	}
	if may(c.Org) || c.Place != "" && may(c.Place) {
		return rights.Whole(), nil
	}
	out, _, err := s.Copies.Sees(ctx, c.Region, c.ID)
	for _, t := range tasks {
		if s.asked(ctx, t) || may(t.Org) {
			out = out.Or(o.Rights(t.Element).Sees())
		}
	}
	return out, err
}

// asked tells whether the caller, or for whom he stands in, is asked for an opinion
// at a step.
func (s *Service) asked(ctx context.Context, t desk.Task) bool {
	d, me := t.Delegation, auth.From(ctx).ID
	if !d.Waiting() || d.To == me || s.Deputies == nil || auth.From(ctx).Kind != auth.KindOfficer {
		return d.Waiting() && d.To == me
	}
	ok, err := s.Deputies.Answers(ctx, s.DB, me, d.To, d.ToOrg, t.Item)
	return ok && err == nil
}

// narrow takes everything out of a file that its reader does not see, so that
// no page and no program gets it.
func (f *File) narrow(o *offers.Ready) {
	if f.Sees.IsWhole() {
		return
	}
	d, seen := &f.Application, map[string]bool{}
	form, materials := map[string]string{}, map[string]drafts.Choice{}
	for _, g := range o.Form.Groups {
		for _, x := range g.Fields {
			if v, ok := d.Form[x.ID]; ok && f.Sees.Group(g.ID) {
				form[x.ID] = v
			}
			seen["form."+x.ID] = f.Sees.Group(g.ID)
		}
	}
	for id, ch := range d.Materials {
		if f.Sees.Material(id) {
			materials[id] = ch
		}
	}
	d.Form, d.Materials, d.Delivery = form, materials, drafts.Delivery{}
	f.Form = slices.DeleteFunc(f.Form, func(g forms.Group) bool { return !f.Sees.Group(g.ID) })
	f.Materials = slices.DeleteFunc(f.Materials, func(m catalogue.Material) bool { return !f.Sees.Material(m.ID) })
	for i := range f.Supplements {
		p := &f.Supplements[i]
		p.Items = slices.DeleteFunc(slices.Clone(p.Items), func(it supplements.SupplementItem) bool {
			kind, id, _ := strings.Cut(it.Target, ".")
			return kind == "form" && !seen[it.Target] || kind == "material" && !f.Sees.Material(id)
		})
	}
}

// notTaken are the elements of the flow that the case did not come to and
// cannot come to any more: a gateway took another branch, or it ended early.
func notTaken(w flows.Work, o *offers.Ready) map[string]bool {
	switch {
	case w.Flow != nil:
		return o.NotTaken(w.Flow.Instance.Reached(o.Process), w.Case.State.Open())
	case w.Case.State.Open():
		return nil // it has not begun
	}
	return o.NotTaken(nil, false)
}

// read lets staff into a case and records it, in one write.
func (s *Service) read(ctx context.Context, c *cases.Case, tasks []desk.Task, purpose string) error {
	orgs, err := s.mayRead(ctx, c, tasks)
	if err != nil {
		return err
	}
	if purpose, err = cases.Said(purpose, drafts.MaxNote); err != nil {
		return cases.ErrNeedPurpose
	}
	return s.note(ctx, c, drafts.OfficeOf(auth.From(ctx), orgs...), purpose)
}

// note keeps a reading where the applicant sees it, and in the record.
func (s *Service) note(ctx context.Context, c *cases.Case, org, purpose string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		history.InsertReading(tx, c.Region, c.ID, s.Clock.Now(), org, purpose)
		audit.Record(ctx, tx, audit.Entry{Region: c.Region, Action: "casework.case.read", Object: string(c.ID), Details: map[string]any{"purpose": purpose, "case": c.Number}, At: s.Clock.Now()})
		return nil
	})
}

// mayRead lets the offices that handle or handled a step read the case, the
// counter that took it in, and the supervision of the region.
func (s *Service) mayRead(ctx context.Context, c *cases.Case, tasks []desk.Task) ([]string, error) {
	orgs := []string{c.Org}
	if c.Place != "" {
		orgs = append(orgs, c.Place)
	}
	for _, t := range tasks {
		if !slices.Contains(orgs, t.Org) {
			orgs = append(orgs, t.Org)
		}
		if s.asked(ctx, t) {
			return orgs, nil
		}
	}
	if desk.Touches(ctx, desk.MaySupervise, c.Region, orgs...) == nil {
		return orgs, nil
	}
	err := desk.Touches(ctx, MayReadCase, c.Region, orgs...)
	if err != nil {
		if _, copied, cerr := s.Copies.Sees(ctx, c.Region, c.ID); cerr != nil || copied {
			return orgs, cerr
		}
	}
	for _, t := range tasks {
		if err != nil {
			err = RecalledFrom(ctx, t, err)
		}
	}
	if err != nil && authz.Door(ctx, MayReadCase) != nil && authz.Door(ctx, drafts.MayApply) == nil {
		return orgs, cases.ErrNoCase // strangers do not learn that it exists
	}
	return orgs, err
}

// Visible loads a case for a caller who may see it: its owner or staff who
// handle it. It records nothing: what it is used for shows no personal data.
func (s *Service) Visible(ctx context.Context, region string, id terms.CaseID) (cases.Case, error) {
	c, err := cases.Load(ctx, s.DB, region, id)
	if err != nil {
		return cases.Case{}, err
	}
	if c.SeenBy(ctx) {
		return c, nil
	}
	tasks, err := desk.Of(ctx, s.DB, region, id)
	if err != nil {
		return cases.Case{}, err
	}
	_, err = s.mayRead(ctx, &c, tasks)
	return c, err
}

// Timeline lists what happened to a case, in order: who, in which office,
// what, and how long it took. The applicant sees officers by name, as offices
// answer for what they do, but not the opinions that steps gave each other.
func (s *Service) Timeline(ctx context.Context, region string, id terms.CaseID) ([]history.Entry, error) {
	c, err := s.Visible(ctx, region, id)
	if err != nil {
		return nil, err
	}
	mine := c.SeenBy(ctx)
	entries, err := history.OfCase(ctx, s.DB, region, id)
	if mine { // who looked at a step first matters to who sent it
		entries = slices.DeleteFunc(entries, func(e history.Entry) bool { return e.Kind == "task.opened" })
	}
	for i := range entries {
		e := &entries[i]
		if !e.Since.IsZero() {
			e.Days = s.Calendar.WorkingDaysBetween(e.Since, e.At)
		}
		if mine && strings.HasPrefix(e.Kind, "task.") {
			e.Text = "" // opinions inside the offices; the decision gives the reasons
		}
	}
	return entries, err
}

// ReadersOf tells the applicant (and the supervision) who read the case, when
// and why, newest first; after is the id of the last line of the page before.
func (s *Service) ReadersOf(ctx context.Context, region string, id terms.CaseID, after string, limit int) ([]drafts.Reading, error) {
	c, err := cases.Load(ctx, s.DB, region, id)
	if err != nil {
		return nil, err
	}
	if !c.SeenBy(ctx) {
		if err := desk.Touches(ctx, desk.MaySupervise, c.Region, c.Org); err != nil {
			return nil, cases.ErrNoCase
		}
	}
	return history.Readings(ctx, s.DB, c.Region, c.ID, c.Draft, after, desk.Page(limit))
}

// Cases is one page of a list of cases; Next continues it ("" is the end).
type Cases struct {
	Cases []cases.Case
	Next  string
}

func casePage(cases []cases.Case, limit int, err error) (Cases, error) {
	p := Cases{Cases: cases}
	if len(cases) > limit {
		p.Cases = cases[:limit]
		p.Next = string(cases[limit-1].ID)
	}
	return p, err
}

// MyCases lists the cases of the caller, or of the company the caller acts
// for, newest first.
func (s *Service) MyCases(ctx context.Context, after string, limit int) (Cases, error) {
	owner, err := drafts.Mine(ctx)
	if err != nil {
		return Cases{}, err
	}
	limit = desk.Page(limit)
	out := Cases{}
	for { // cases that a mandate does not reach are passed over
		cases, err := cases.By(ctx, s.DB, s.Regions, "owner", owner, after, limit+1)
		if err != nil {
			return Cases{}, err
		}
		for i := range cases {
			if cases[i].SeenBy(ctx) {
				out.Cases = append(out.Cases, cases[i])
			}
		}
		if len(out.Cases) > limit || len(cases) <= limit {
			return casePage(out.Cases, limit, nil)
		}
		after = string(cases[len(cases)-1].ID)
	}
}

// CounterCases lists the cases that the caller took in at the counter, newest first.
func (s *Service) CounterCases(ctx context.Context, after string, limit int) (Cases, error) {
	if err := authz.Door(ctx, drafts.MayIntake); err != nil {
		return Cases{}, err
	}
	limit = desk.Page(limit)
	cases, err := cases.By(ctx, s.DB, s.Regions, "taken", auth.From(ctx).ID, after, limit+1)
	return casePage(cases, limit, err)
}

// CasesOf lists the cases of somebody who stands at the counter; it shows
// numbers and states, and Open shows the rest, on record.
func (s *Service) CasesOf(ctx context.Context, person string) (Cases, error) {
	if err := authz.Door(ctx, drafts.MayIntake); err != nil {
		return Cases{}, err
	}
	cases, err := cases.By(ctx, s.DB, s.Regions, "person", person, "", 100)
	return Cases{Cases: cases}, err
}

// FindByNumber finds a case for staff who may see it.
func (s *Service) FindByNumber(ctx context.Context, number string) (cases.Case, error) {
	number = casenumber.Clean(number)
	if !casenumber.Valid(number) {
		return cases.Case{}, cases.ErrNoCase
	}
	c, err := cases.ByNumber(ctx, s.DB, s.Regions, number)
	if err != nil {
		return cases.Case{}, err
	}
	return s.Visible(ctx, c.Region, c.ID)
}

// How often somebody may be wrong: the four characters have about eleven
// thousand values, so a case is guarded more closely than a sender, behind
// whose address a whole office may sit.
var (
	perCase   = guess.Limit{Burst: 8, Every: 10 * time.Minute}
	perSender = guess.Limit{Burst: 40, Every: 30 * time.Second}
)

// CaseByNumber shows the progress to whoever knows the number of the case and
// the end of the applicant's identity number. A wrong guess and a number that
// does not exist look alike. from is the network address that asks: too many
// wrong answers are answered with ErrTooManyGuesses.
func (s *Service) CaseByNumber(ctx context.Context, number, last4, from string) (history.Progress, error) {
	number = casenumber.Clean(number)
	if !casenumber.Valid(number) {
		return history.Progress{}, cases.ErrNoCase
	}
	keys := []guess.Key{{Name: "case " + number, Limit: perCase}, {Name: "from " + guess.Network(from), Limit: perSender}}
	if !s.guesses.Open(s.Clock.Now(), keys...) {
		return history.Progress{}, cases.ErrTooManyGuesses
	}
	c, err := cases.ByNumber(ctx, s.DB, s.Regions, number)
	if err == nil && !drafts.SameNumber(last4, c.Last4) {
		err = cases.ErrNoCase
	}
	if errors.Is(err, cases.ErrNoCase) {
		s.guesses.Miss(s.Clock.Now(), 1, keys...)
	}
	if err != nil {
		return history.Progress{}, err
	}
	tasks, err := desk.Of(ctx, s.DB, c.Region, c.ID)
	if err != nil {
		return history.Progress{}, err
	}
	entries, err := history.OfCase(ctx, s.DB, c.Region, c.ID)
	if err != nil {
		return history.Progress{}, err
	}
	entries = slices.DeleteFunc(entries, func(e history.Entry) bool { return e.Kind == "task.opened" })
	asked, err := supplements.OfCase(ctx, s.DB, c.Region, c.ID)
	if err != nil {
		return history.Progress{}, err
	}
	c.Terms.Pauses = slices.Clone(c.Terms.Pauses)
	for i := range c.Terms.Pauses {
		c.Terms.Pauses[i].Reason = "" // the applicant's own
	}
	face, err := s.whole(ctx, c, tasks, asked)
	if err != nil {
		return history.Progress{}, err
	}
	for i := range face.Holders {
		face.Holders[i].Officer = ""
	}
	for i := range entries {
		e := &entries[i]
		e.Actor, e.Name, e.Text, e.Details = "", "", "", nil
		if !e.Since.IsZero() {
			e.Days = s.Calendar.WorkingDaysBetween(e.Since, e.At)
		}
	}
	return history.Progress{Number: c.Number, ItemName: c.ItemName, OrgName: c.OrgName, State: c.State, Outcome: c.Outcome, Paused: c.Paused,
		SubmittedAt: c.SubmittedAt, AcceptedAt: c.AcceptedAt, ClosedAt: c.ClosedAt, Due: c.Due(), Clock: face, Steps: entries}, nil
}

// DrawFlow writes the flow of a case as a picture with what is done and what
// is open marked; names gives the names of steps in the reader's language (nil:
// as they are on record).
func (s *Service) DrawFlow(ctx context.Context, w io.Writer, region string, id terms.CaseID, names func(string) string) error {
	c, err := s.Visible(ctx, region, id)
	if err != nil {
		return err
	}
	wk, err := flows.Load(ctx, s.DB, region, id)
	if err != nil {
		return err
	}
	o, err := s.Shelf.Fetch(ctx, c.Region, c.Item, c.ItemVersion)
	if err != nil {
		return err
	}
	opt := bpmn.SVGOptions{Names: names}
	if wk.Flow != nil {
		opt.States = wk.Flow.Instance.Reached(o.Process)
		if !c.State.Open() { // nobody stands anywhere any more
			for id, st := range opt.States {
				if st == bpmn.StateActive {
					opt.States[id] = bpmn.StateDone
				}
			}
		}
		for id := range notTaken(wk, o) {
			opt.States[id] = draw.StateSkipped
		}
	}
	opt.Words = map[string]string{bpmn.StateDone: i18n.Pick(ctx, "已办", "done"), bpmn.StateActive: i18n.Pick(ctx, "正在办", "under way"), draw.StateSkipped: i18n.Pick(ctx, "未经过", "not taken")}
	return o.Process.SVG(w, opt)
}

// MayRead returns nil when the caller may read the case: its owner, the offices
// that handle it, the counter that took it in, the supervision. It shows
// nothing and records nothing; papers of the case ask it.
func (s *Service) MayRead(ctx context.Context, region string, id terms.CaseID) error {
	_, err := s.Visible(ctx, region, id)
	return err
}

// Task returns one step for whoever may read its case; for others there is
// none. It shows nothing about a person and records nothing.
func (s *Service) Task(ctx context.Context, region string, id desk.TaskID) (desk.Task, error) {
	t, err := desk.Load(ctx, s.DB, region, id)
	if err != nil {
		return desk.Task{}, err
	}
	if err := s.MayRead(ctx, region, t.Case); err != nil {
		if k := fault.Of(err).Kind; k == fault.KindNotFound || k == fault.KindForbidden {
			err = desk.ErrNoTask
		}
		return desk.Task{}, err
	}
	return t, nil
}

// ClockOf shows both limits of a case with their derivations, who has it now and
// where the days went. The caller has been let into the case.
func (s *Service) ClockOf(ctx context.Context, region string, id terms.CaseID) (cases.ClockFace, error) {
	c, err := s.Visible(ctx, region, id)
	if err != nil {
		return cases.ClockFace{}, err
	}
	tasks, err := desk.Of(ctx, s.DB, region, id)
	if err != nil {
		return cases.ClockFace{}, err
	}
	asked, err := supplements.OfCase(ctx, s.DB, region, id)
	if err != nil {
		return cases.ClockFace{}, err
	}
	return s.whole(ctx, c, tasks, asked)
}

// whole is the clock of a case with the day by which its applicant answers and
// those by which its papers are handed out.
func (s *Service) whole(ctx context.Context, c cases.Case, tasks []desk.Task, asked []supplements.Supplement) (cases.ClockFace, error) {
	f := s.Face(c, tasks)
	f.Answer = supplements.Running(asked)
	if c.State != cases.Decided {
		return f, nil
	}
	list, err := handout.OfCase(ctx, s.DB, c.Region, c.ID)
	f.Results = handout.Running(list)
	return f, err
}

// Face is the clock of a case with its steps; the caller has been let into it.
func (s *Service) Face(c cases.Case, tasks []desk.Task) cases.ClockFace {
	return cases.Counted{Calendar: s.Calendar, Rules: s.Rules}.Face(c, tasks, s.Clock.Now())
}

// RecalledFrom says so to the officer who was asked and no longer is; everybody
// else gets err.
func RecalledFrom(ctx context.Context, t desk.Task, err error) error {
	if d := t.Delegation; d != nil && d.To == auth.From(ctx).ID && !d.Recalled.IsZero() && d.Answered.IsZero() {
		return cases.ErrRecalled.With("who", d.ByName)
	}
	return err
}
