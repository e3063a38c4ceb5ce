package upgrades_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/upgrades"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/catalogue"
	"tongban/gov/design/plan"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
)

const (
	lead  = "114499019000000222"
	fire  = "11449901900000030W"
	water = "11449901900000049R"
)

var names = map[string]string{fire: "消防", water: "水务", lead: "市监"}

func called(code string) string { return names[code] }

type world struct {
	*casefiletest.Town
	desk     upgrades.Desk
	designer context.Context
	me       context.Context
}

func in(t *testing.T, f func(w *world)) {
	casefiletest.Run(t, func(town *casefiletest.Town) {
		w := &world{Town: town, desk: upgrades.On(town.Casework, town.Items)}
		w.designer = auth.With(t.Context(), auth.Principal{ID: "acc_设计", Name: "虚构·设计", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: casefiletest.Top, Subtree: true,
			Permissions: []string{upgrades.MayUpgrade.Name, catalogue.MayPublishItems.Name}}}})
		w.me = w.Resident("王示例", 1)
		f(w)
	})
}

// drawn is fire and water side by side, then the decision.
func drawn(change func(p *plan.Plan)) []byte {
	p := plan.From(plan.Together, "开办餐饮店", []string{fire, water}, called)
	p.Decide.Days = 2
	if change != nil {
		change(&p)
	}
	return p.Write("drawn", called)
}

// publish makes the next version with a flow and gives its number.
func (w *world) publish(flow []byte) int {
	w.T.Helper()
	o, err := w.Items.Offer(w.designer, casefiletest.District, casefiletest.Restaurant)
	w.Must(err)
	m, err := bpmn.Parse(bytes.NewReader(flow))
	w.Must(err)
	n := catalogue.NewFlow{Region: o.Region, Code: o.Code, Base: o.Version, Flow: flow, Offices: maps.Clone(o.Offices)}
	for _, t := range m.Process("").UserTasks() {
		if t.Attrs["post"] == catalogue.PostApplicant {
			continue
		}
		org := t.Attrs["org"]
		if strings.HasPrefix(org, "${") {
			org = lead
		}
		n.Steps = append(n.Steps, catalogue.Step{Element: t.ID, Name: catalogue.Text{Zh: t.Name}, Org: org, Limit: catalogue.Limit{Amount: 5, Unit: catalogue.Workdays}})
	}
	out, err := w.Items.PublishFlow(w.designer, n)
	w.Must(err)
	return out.Version
}

func (w *world) accepted() casework.Case {
	w.T.Helper()
	c := w.Apply(w.me)
	c, err := w.Casework.Accept(w.Officer("受理", "decider", lead), c.Region, c.ID, 0)
	w.Must(err)
	return c
}

func (w *world) open(c casework.Case) map[string]casework.Task {
	w.T.Helper()
	out := map[string]casework.Task{}
	for _, t := range w.File(c).Tasks {
		if t.State == casework.TaskOpen {
			out[t.Element] = t
		}
	}
	return out
}

func (w *world) order(from, to int) upgrades.Order {
	return upgrades.Order{Region: casefiletest.District, Item: casefiletest.Restaurant, From: from, To: to, Reason: "流程调整"}
}

// finish approves everything until the case is decided.
func (w *world) finish(c casework.Case) {
	w.T.Helper()
	for range 9 {
		if w.File(c).State == casework.Decided {
			return
		}
		for _, t := range w.open(c) {
			ctx := w.Officer("末"+string(t.ID), t.Role, t.Org)
			if t.Assignee != "" {
				p := auth.From(ctx)
				p.ID = t.Assignee
				ctx = auth.With(w.T.Context(), p)
			}
			_, err := w.Casework.Complete(ctx, t.Region, t.ID, casework.Opinion{Result: casework.Approve, Text: "可以"})
			w.Must(err)
		}
	}
	w.T.Fatalf("%s does not end: %v", c.Number, w.open(c))
}

// A step that got another id is found by its name; who has it keeps it, under
// the new limit; what is behind follows the new flow; dates that bind stay.
func TestRun_movesCasesWithTheirSteps(t *testing.T) {
	in(t, func(w *world) {
		old := w.publish(drawn(nil))
		a, b := w.accepted(), w.accepted()
		steps := w.open(a)
		var x casework.Task
		for _, s := range steps {
			if s.Org == fire {
				x = s
			}
		}
		holder := w.Officer("消防甲", "examiner", fire)
		_, err := w.Casework.Claim(holder, x.Region, x.ID)
		w.Must(err)
		next := w.publish(bytes.ReplaceAll(drawn(func(p *plan.Plan) {
			id, _ := p.Add(plan.Approve, plan.Place{Index: 1})
			s, _ := p.Find(id)
			s.Name, s.Office, s.Post, s.Days = "复核", lead, "examiner", 1
		}), []byte(`"`+x.Element+`"`), []byte(`"fire_review"`)))

		counts, err := w.desk.Versions(w.designer, casefiletest.District, casefiletest.Restaurant)
		w.Must(err)
		if len(counts) != 2 || counts[0] != (upgrades.Count{Version: next}) || counts[1] != (upgrades.Count{Version: old, Cases: 2}) {
			t.Fatalf("%+v", counts)
		}
		plan, err := w.desk.Plan(w.designer, w.order(old, next))
		w.Must(err)
		if plan.Fits() != 2 || plan.More || plan.Mapping[x.Element] != "fire_review" || len(plan.Wants) != 1 || plan.Wants[0].To != "fire_review" || len(plan.Wants[0].Choices) < 3 {
			t.Fatalf("%+v", plan)
		}
		if c := w.File(a); c.ItemVersion != old {
			t.Fatal("looking has moved it")
		}
		o := w.order(old, next)
		o.Mapping, o.Cases = plan.Mapping, []casework.CaseID{a.ID}
		done, err := w.desk.Run(w.designer, o)
		if err != nil || len(done.Done) != 1 || done.Moved() != 1 || done.Next != "" {
			t.Fatalf("%+v %v", done, err)
		}
		got := w.open(a)["fire_review"]
		if got.ID != x.ID || got.Assignee != auth.From(holder).ID || !got.OpenedAt.Equal(x.OpenedAt) || len(w.open(a)) != len(steps) {
			t.Errorf("%+v", got)
		}
		file := w.File(a)
		if file.ItemVersion != next || !file.LegalDue.Equal(a.LegalDue) || !file.PromiseDue.Equal(a.PromiseDue) {
			t.Errorf("version %d, due %v, was %v", file.ItemVersion, file.LegalDue, a.LegalDue)
		}
		if w.File(b).ItemVersion != old {
			t.Error("a case that was not named moved")
		}
		if done, err = w.desk.Run(w.designer, o); err != nil || len(done.Done) != 0 {
			t.Errorf("again: %+v %v", done, err)
		}
		w.finish(a)
		w.finish(b)
		second := false
		for _, x := range w.File(a).Tasks {
			second = second || x.Name == "复核"
		}
		if !second {
			t.Error("the step that the new flow has more was not done")
		}
	})
}

// What does not fit stays as it is, with the reason, and holds up nobody.
func TestRun_refusesWhatDoesNotFit(t *testing.T) {
	in(t, func(w *world) {
		old := w.publish(drawn(nil))
		c := w.accepted()
		fresh := w.Apply(w.me) // not accepted: it has no flow yet
		short := plan.From(plan.Short, "开办餐饮店", nil, called)
		next := w.publish(short.Write("drawn", called))
		plan, err := w.desk.Plan(w.designer, w.order(old, next))
		w.Must(err)
		if len(plan.Cases) != 2 || plan.Fits() != 1 || plan.Cases[0].Fits || !plan.Cases[1].Fits {
			t.Fatalf("%+v", plan.Cases)
		}
		done, err := w.desk.Run(w.designer, w.order(old, next))
		w.Must(err)
		if len(done.Done) != 2 || !errors.Is(done.Done[0].Err, casework.ErrNoUpgrade) || done.Done[1].Err != nil {
			t.Fatalf("%+v", done)
		}
		if w.File(c).ItemVersion != old || len(w.open(c)) != 2 || w.File(fresh).ItemVersion != next {
			t.Error("what did not fit has moved, or what did has not")
		}
		accepted, err := w.Casework.Accept(w.Officer("受理", "decider", lead), fresh.Region, fresh.ID, 0)
		w.Must(err)
		if len(w.open(accepted)) != 1 {
			t.Errorf("it begins by the old flow: %v", w.open(accepted))
		}
		w.finish(c)
		w.finish(accepted)
	})
}

func TestRun_isForThoseWhoMay(t *testing.T) {
	in(t, func(w *world) {
		old := w.publish(drawn(nil))
		c := w.accepted()
		next := w.publish(drawn(func(p *plan.Plan) { p.Decide.Days = 3 }))
		boss := w.Officer("局长", "decider", lead)
		_, err := w.desk.Versions(boss, casefiletest.District, casefiletest.Restaurant)
		if !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("a decider looks: %v", err)
		}
		_, err = w.desk.Run(boss, w.order(old, next))
		if !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("a decider runs: %v", err)
		}
		o := w.order(old, next)
		o.Reason = ""
		if _, err = w.desk.Run(w.designer, o); !errors.Is(err, casework.ErrNeedReason) {
			t.Errorf("without a reason: %v", err)
		}
		_, err = w.Casework.Upgrade(w.designer, c.Region, c.ID, casework.Upgrade{From: old + 5, To: next, Reason: "x"})
		if !errors.Is(err, casework.ErrVersionMoved) {
			t.Errorf("from another version: %v", err)
		}
		_, err = w.Casework.Upgrade(w.designer, c.Region, c.ID, casework.Upgrade{From: old, To: 1, Reason: "x"})
		if errors.Is(err, casework.ErrOtherContent) {
			t.Error("the shipped version has the same form")
		}
	})
}
