package casework

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"tongban/platform/bpmn"
	"tongban/platform/db"
)

// rule asks the decision tables of the item what a business rule task of the
// flow wants to know (按决策表判定), and gives what the flow goes on with: the result
// under the variable that the task names, else under the id of the decision.
// Which rule applied and why stands in the timeline and the record. A single
// value can be printed on papers, like what officers fill in.
//
// Law: 行政许可法 art. 38 ¶2 wants reasons; what a table decided is one only when it
// can be told.
func (s *Service) rule(ctx context.Context, tx *db.Tx, m *passage, ch bpmn.Change) (map[string]any, error) {
	id, in := ch.Attrs["implementation"], m.w.flow.Instance
	fields, _ := in.Vars[varFields].(map[string]any)
	known := map[string]any{}
	for _, from := range []map[string]any{fields, in.Vars, ch.Vars} {
		maps.Copy(known, from)
	}
	r, err := m.o.Decisions.Decide(id, known, m.now)
	if err != nil {
		return nil, ErrFlow.Because(fmt.Errorf("decision %s of item %s: %w", id, m.w.c.Item, err))
	}
	name := cmp.Or(m.o.Process.Find(ch.Element).Result, id)
	vars := map[string]any{name: r.Value}
	switch r.Value.(type) {
	case string, bool, int64, float64:
		all := maps.Clone(fields)
		if all == nil {
			all = map[string]any{}
		}
		all[name] = fmt.Sprint(r.Value)
		vars[varFields] = all
		if m.by.fields == nil {
			m.by.fields = map[string]string{}
		}
		m.by.fields[name] = fmt.Sprint(r.Value) // a paper of this very passage cites it too
	}
	s.tell(ctx, tx, &m.w.c, event{kind: "case.ruled", step: cmp.Or(ch.Name, r.Decision), text: r.Zh,
		details: map[string]any{"decision": id, "element": ch.Element, "item_version": m.w.c.ItemVersion, "value": r.Value, "rules": r.Rules, "used": r.Used, "why_en": r.En}}, nil)
	return vars, nil
}
