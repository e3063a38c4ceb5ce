package casework

import (
	"context"
	"fmt"
	"maps"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/catalogue/caseflow"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/definition"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// maxPassed bounds the messages of one move of a flow: one that answers itself
// would never come to rest.
const maxPassed = 200

// pass carries messages inside a case (docs/adr/0024-calls-messages-signals.md) and
// tells of what was caught.
func (s *Service) pass(ctx context.Context, tx *db.Tx, m *passage, ch bpmn.Change) ([]bpmn.Change, error) {
	name := ch.Attrs["name"]
	if ch.Kind == bpmn.MessageSent {
		if m.passed++; m.passed > maxPassed {
			return nil, fmt.Errorf("the flow of item %s sends more than %d messages in one move, such as %q", m.w.c.Item, maxPassed, name)
		}
		return caseflow.Send(s.engine, m.o.Process, m.w.flow.Instance, name, m.now.In(calendar.Zone))
	}
	el := m.o.Process.Find(ch.Element)
	if el == nil || el.Event == nil || el.Event.Kind != definition.OnMessage && el.Event.Kind != definition.OnSignal {
		return nil, nil
	}
	e := event{kind: "case.message", step: name, text: m.words, details: map[string]any{"element": ch.Element, "event": string(el.Event.Kind), "from": "flow"}}
	if m.words != "" {
		e.details["from"], e.details["values"], m.words = "outside", ch.Vars, ""
		e.role, e.org, e.orgName = m.by.role, m.by.org, m.by.task.OrgName
	}
	s.tell(ctx, tx, &m.w.c, e, nil)
	return nil, nil
}

// kept hands over messages that were thrown before anything waited for them.
func (s *Service) kept(m *passage) ([]bpmn.Change, error) {
	return caseflow.Collect(s.engine, m.o.Process, m.w.flow.Instance, m.now.In(calendar.Zone))
}

// OnCase is Operate for an act on a whole case, whose flow may move by it.
func (s *Service) OnCase(ctx context.Context, act, region string, id CaseID, f func(a *Acting) error) (Case, error) {
	return s.onCase(ctx, act, region, id, func(tx *db.Tx, w *work) error {
		m, err := s.passage(w)
		if err != nil {
			return err
		}
		if err := f(&Acting{Tx: tx, Case: &w.c, s: s, w: w, m: m, from: w.c.State}); err != nil {
			return err
		}
		if err := s.awaitApplicant(ctx, tx, m); err != nil {
			return err
		}
		flows.Update(tx, &w.c, w.flow)
		s.settle(ctx, tx, m)
		return nil
	})
}

// Awaits lists the messages that the flow waits for.
func (a *Acting) Awaits() []caseflow.Awaited {
	return caseflow.Awaits(a.m.o.Process, a.w.flow.Instance)
}

// Office finds an office that a drawing names, by code or name.
func (a *Acting) Office(name string) (Office, bool, error) {
	return a.s.shelf.Office(a.Case.Region, name)
}

// Hand gives a message to what waits for it: the flow and the papers that follow
// know its values, and words say where it came from.
func (a *Acting) Hand(ctx context.Context, wait caseflow.Awaited, values map[string]any, words string) error {
	m, p := a.m, a.Tx.Actor()
	if err := a.Case.Move(cases.ActWork); err != nil {
		return err
	}
	m.words = words
	m.by = decision{officer: p.ID, name: p.Name, role: RoleExaminer, org: drafts.OfficeOf(p, a.Case.Org), opinion: words, fields: m.filledIn(nil)}
	all := maps.Clone(values)
	for name, v := range values {
		m.by.fields[name] = fmt.Sprint(v)
		all[varFields] = m.by.fields
	}
	changes, err := a.s.engine.Trigger(m.o.Process, a.w.flow.Instance, wait.ID, all, m.now.In(calendar.Zone))
	if err != nil {
		return flowFault(err)
	}
	return a.s.carry(ctx, a.Tx, m, changes)
}
