package casework

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"testing"

	"tongban/gov/casework/rights"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow"
	"tongban/gov/design/plan"
	"tongban/platform/auth"
	"tongban/platform/bpmn"
)

// draw publishes the restaurant item with a flow as the designer draws it:
// fire and water side by side, then the decision of the office in charge.
func (w *town) draw(tmpl plan.Template, change func(p *plan.Plan)) {
	w.t.Helper()
	names := map[string]string{fire: "消防", water: "水务", lead: "市监"}
	p := plan.From(tmpl, "开办餐饮店", []string{fire, water}, func(c string) string { return names[c] })
	p.Decide.Days, p.Decide.Office = 2, ""
	if change != nil {
		change(&p)
	}
	w.publish(p.Write("drawn", func(c string) string { return names[c] }))
}

// publish makes the next version of the restaurant item with a flow.
func (w *town) publish(flow []byte) {
	w.t.Helper()
	ctx := auth.With(w.t.Context(), auth.Principal{ID: "acc_设计", Name: "设计", Kind: auth.KindOfficer,
		Grants: []auth.Grant{{Region: top, Subtree: true, Permissions: []string{catalogue.MayPublishItems.Name}}}})
	o, err := w.items.Offer(ctx, district, restaurant)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := bpmn.Parse(bytes.NewReader(flow))
	if err != nil {
		w.t.Fatalf("%v\n%s", err, flow)
	}
	n := catalogue.NewFlow{Region: district, Code: restaurant, Base: o.Version, Flow: flow, Offices: maps.Clone(o.Offices)}
	for _, t := range caseflow.UserTasks(m.Process("")) {
		if org := t.Attrs["org"]; t.Attrs["post"] != catalogue.PostApplicant {
			if strings.HasPrefix(org, "${") {
				org = lead
			}
			n.Steps = append(n.Steps, catalogue.Step{Element: t.ID, Name: catalogue.Text{Zh: t.Name}, Org: org, Limit: catalogue.Limit{Amount: 5, Unit: catalogue.Workdays}})
		}
	}
	if _, err := w.items.PublishFlow(ctx, n); err != nil {
		w.t.Fatalf("%v %v", err, o.Version)
	}
}

// branch is the step of an office in a drawn flow.
func branch(p *plan.Plan, org string) (found *plan.Step) {
	p.Each(func(s *plan.Step, _ plan.Place) bool {
		if s.Office == org {
			found = s
		}
		return true
	})
	return found
}

// at is the open step of an office.
func (w *town) at(c Case, org string) Task {
	w.t.Helper()
	for _, t := range w.open(c) {
		if t.Org == org {
			return t
		}
	}
	w.t.Fatalf("nothing is open at %s but %v", org, keys(w.open(c)))
	return Task{}
}

func TestRights_onlyWhatTheFlowAllows(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.draw(plan.Together, func(p *plan.Plan) {
			branch(p, fire).Operations = []string{rights.Delegate}
			branch(p, water).Operations = nil
		})
		c := w.accepted(dineIn())
		f, wat := w.at(c, fire), w.at(c, water)
		a, b := w.officer("消防甲", RoleExaminer, fire), w.officer("水务甲", RoleExaminer, water)
		account, _ := w.realOfficer(lead, RoleExaminer)
		_, err := w.s.Delegate(b, c.Region, wat.ID, lead, account, "请看")
		wants(t, "delegate where nothing is allowed", err, rights.ErrOperation)
		_, err = w.s.Transfer(a, c.Region, f.ID, water, "", "不归我管")
		wants(t, "transfer where delegation alone is allowed", err, rights.ErrOperation)
		_, err = w.s.ReturnTo(a, c.Region, f.ID, "start", "x", 0)
		wants(t, "return", err, rights.ErrOperation)
		_, err = w.s.Transfer(w.officer("消防队长", RoleDecider, fire), c.Region, f.ID, water, "", "不归我管")
		wants(t, "the dispatcher to another office", err, rights.ErrOperation)
		if _, err = w.s.Transfer(w.officer("消防队长", RoleDecider, fire), c.Region, f.ID, fire, "", "轮休"); err != nil {
			t.Errorf("the dispatcher within the office: %v", err)
		}
		if _, err = w.s.Delegate(a, c.Region, f.ID, lead, account, "请看"); err != nil {
			t.Errorf("what is allowed: %v", err)
		}
		got, err := w.s.Offers(b, c.Region, wat.ID)
		if err != nil || len(got.Operations) != 0 || got.Returned {
			t.Errorf("offered to water: %+v %v", got, err)
		}
	})
}

func TestRights_partnerSeesItsPartOnly(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.draw(plan.Together, func(p *plan.Plan) {
			branch(p, water).Groups, branch(p, water).Materials = []string{"premises"}, []string{"drain_plan"}
		})
		c := w.accepted(dineIn())
		read := func(ctx context.Context) File {
			f, err := w.s.Open(ctx, c.Region, c.ID, "审查")
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		whole, part := read(w.officer("市监", RoleExaminer, lead)), read(w.officer("水务", RoleExaminer, water))
		if !whole.Sees.IsWhole() || whole.Application.Form["name"] == "" || len(whole.Application.Materials) < 5 || len(whole.Form) < 4 {
			t.Errorf("the office in charge sees %v", whole.Application)
		}
		if part.Sees.IsWhole() || len(part.Form) != 1 || part.Form[0].ID != "premises" || part.Application.Form["area"] == "" {
			t.Errorf("water sees %+v", part.Form)
		}
		for k := range part.Application.Form {
			if k == "name" || k == "number" || k == "staff" {
				t.Errorf("water sees the answer %s", k)
			}
		}
		if len(part.Application.Materials) != 1 || len(part.Materials) != 1 || part.Materials[0].ID != "drain_plan" {
			t.Errorf("water sees the materials %v", keys(part.Application.Materials))
		}
		if f := read(w.officer("消防", RoleExaminer, fire)); !f.Sees.IsWhole() {
			t.Error("a step that names nothing sees everything")
		}
		if f := read(w.officer("监察", "supervisor", "")); !f.Sees.IsWhole() {
			t.Error("the supervision sees a part only")
		}
		if f := read(w.resident("王示例")); !f.Sees.IsWhole() || f.Application.Form["name"] == "" {
			t.Error("the applicant sees a part only")
		}
	})
}
