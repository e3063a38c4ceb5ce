package sheets

import (
	"fmt"
	"slices"
	"strings"

	"tongban/platform/dmn"
	"tongban/platform/dmn/table"
)

// ColumnKey and RuleKey name a column and a rule wherever they are moved to: by the
// id in the file, or by the place while there is none.
func ColumnKey(c table.Column, i int) string { return keyOr(c.ID, i) }

// RuleKey is the same for a rule.
func RuleKey(r table.Rule, i int) string { return keyOr(r.ID, i) }

func keyOr(id string, i int) string {
	if id == "" || strings.ContainsAny(id, "/#") {
		return fmt.Sprintf("#%d", i)
	}
	return id
}

// Values are what two people can change of a table without disturbing each other:
// every cell by its rule and column, every column, the order of both.
func Values(t table.Table) map[string]any {
	rules, order, columns, columnOrder := map[string]any{}, []string{}, map[string]any{}, []string{}
	var keys [3][]string
	for p := range t.Columns {
		for i, c := range t.Columns[p] {
			key := fmt.Sprintf("%d.%s", p, ColumnKey(c, i))
			keys[p] = append(keys[p], key)
			columnOrder = append(columnOrder, key)
			columns[key] = map[string]any{"label": c.Label, "of": c.Of, "type": c.Type, "values": c.Values, "default": c.Default}
		}
	}
	for i, r := range t.Rules {
		cells := map[string]any{}
		for p := range keys {
			for j, key := range keys[p] {
				cells[key] = r.Cells[p][j].Text
			}
		}
		rules[RuleKey(r, i)] = cells
		order = append(order, RuleKey(r, i))
	}
	return map[string]any{"name": t.Name, "policy": string(t.Policy), "columns": columns, "column_order": columnOrder, "rules": rules, "order": order}
}

// Set gives a value of Values to a table: its name, its policy, something of a
// column, or a cell. ok is false when there is no such place.
func Set(t *table.Table, path, text string) (ok bool) {
	at := strings.Split(path, "/")
	switch {
	case len(at) == 1 && at[0] == "name":
		t.Name = text
		return text != ""
	case len(at) == 1 && at[0] == "policy":
		t.Policy = dmn.HitPolicy(text)
		return slices.Contains(table.Policies, t.Policy)
	case len(at) == 3 && at[0] == "columns":
		p, i := column(t, at[1])
		if i < 0 {
			return false
		}
		c := &t.Columns[p][i]
		to := map[string]*string{"label": &c.Label, "of": &c.Of, "type": &c.Type, "values": &c.Values, "default": &c.Default}[at[2]]
		if to != nil {
			*to = text
		}
		return to != nil
	case len(at) == 3 && at[0] == "rules":
		p, i := column(t, at[2])
		r := Rule(t, at[1])
		if i < 0 || r < 0 {
			return false
		}
		t.Rules[r].Cells[p][i].Text = text
		return true
	}
	return false
}

// Rule is where the rule with a key stands, -1 when it is gone.
func Rule(t *table.Table, key string) int {
	for i, r := range t.Rules {
		if RuleKey(r, i) == key {
			return i
		}
	}
	return -1
}

// column finds a column by its part and key, such as 0.table_1_input_1; -1 when it
// is gone.
func column(t *table.Table, key string) (p, i int) {
	for p := range t.Columns {
		for i, c := range t.Columns[p] {
			if fmt.Sprintf("%d.%s", p, ColumnKey(c, i)) == key {
				return p, i
			}
		}
	}
	return 0, -1
}

// Column is where the column of a part with a key stands, -1 when it is gone.
func Column(t *table.Table, p table.Part, key string) int {
	for i, c := range t.Columns[p] {
		if ColumnKey(c, i) == key {
			return i
		}
	}
	return -1
}
