package plan

import (
	"encoding/json"
	"fmt"
)

// Values are what two people can change of a plan without disturbing each other:
// the answers about every step by its id, and which steps follow each other in
// every row.
func (p *Plan) Values() map[string]any {
	out := map[string]any{"plan": map[string]any{"name": p.Name, "steps": ids(p.Steps)}}
	for _, f := range p.Flows {
		out[f.ID] = map[string]any{"name": f.Name, "name_en": f.NameEn, "steps": ids(f.Steps)}
	}
	p.Each(func(s *Step, _ Place) bool {
		out[s.ID] = s.Values()
		return true
	})
	return out
}

func ids(row []Step) []string {
	out := make([]string, len(row))
	for i := range row {
		out[i] = row[i].ID
	}
	return out
}

// Values are the answers about one step; its branches go by their number.
func (s *Step) Values() map[string]any {
	flat := *s
	flat.Branches = nil
	out := map[string]any{}
	b, err := json.Marshal(flat)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic(fmt.Sprintf("plan: a step does not marshal: %v", err)) // plain structs of text and numbers
	}
	if len(s.Branches) == 0 {
		return out
	}
	branches := map[string]any{}
	for i, b := range s.Branches {
		branches[fmt.Sprintf("#%d", i)] = map[string]any{"name": b.Name, "when": b.When, "back": b.Back, "steps": ids(b.Steps)}
	}
	out["branches"] = branches
	return out
}

// Take gives a step the answers in values; which steps it holds stays.
func (s *Step) Take(values map[string]any) error {
	branches, _ := values["branches"].(map[string]any)
	flat := map[string]any{}
	for k, v := range values {
		if k != "branches" {
			flat[k] = v
		}
	}
	next := Step{}
	if err := reread(flat, &next); err != nil {
		return err
	}
	next.Branches = s.Branches
	for i := range next.Branches {
		var b struct {
			Name, Back string
			When       []Test
		}
		if err := reread(branches[fmt.Sprintf("#%d", i)], &b); err != nil {
			return err
		}
		next.Branches[i].Name, next.Branches[i].Back, next.Branches[i].When = b.Name, b.Back, b.When
	}
	*s = next
	return nil
}

func reread(v, to any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, to)
}

// RowAt is the path in Values to the row that a place is in.
func RowAt(at Place, isFlow bool) string {
	switch {
	case at.Owner == "":
		return "plan/steps"
	case isFlow:
		return at.Owner + "/steps"
	}
	return fmt.Sprintf("%s/branches/#%d/steps", at.Owner, at.Branch)
}
