package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/design"
	"tongban/gov/design/sheets"
	"tongban/platform/dmn/table"
	"tongban/platform/fault"
	"tongban/platform/web"
)

// registerTables adds the operations on single decision tables: by row, column
// and cell.
func registerTables(a *web.API, d Deps) {
	const tables = "/api/v1/designs/{region}/{item}/tables"
	op := func(id, method, path, summary, repeat string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: path, Summary: summary, Tag: "design", May: design.MayDesign, Repeat: repeat}
	}
	const named = "it names the version that it was made over; the same values again change nothing"
	web.Register(a, op("get-design-tables", http.MethodGet, tables, "The decision tables of the draft, with what must be repaired", ""), d.getTables)
	web.Register(a, op("add-design-table", http.MethodPost, tables, "Add a decision table that looks at answers of the item", "a second table of that name is refused"), d.addTable)
	web.Register(a, op("edit-design-table", http.MethodPatch, tables+"/{decision}", "Give values to cells and columns of a table by their paths. What somebody else changed since `version` stays; a value that both changed is refused", named), d.editTable)
	web.Register(a, op("remove-design-table", http.MethodDelete, tables+"/{decision}", "Take a decision table away", "it is gone then"), d.removeTable)
	web.Register(a, op("edit-design-rule", http.MethodPost, tables+"/{decision}/rules", "Add, move or remove a rule of a table", "it names the version that it was made over, and what it moves is elsewhere then"), d.editRule)
	web.Register(a, op("edit-design-column", http.MethodPost, tables+"/{decision}/columns", "Add, move or remove a column of a table", "it names the version that it was made over, and what it moves is elsewhere then"), d.editColumn)
}

type tableColumn struct {
	Key     string `json:"key" doc:"Names the column in paths"`
	Part    string `json:"part" enum:"in,out,note"`
	Label   string `json:"label,omitempty"`
	Of      string `json:"of" doc:"What it looks at, the name of a result, or the title of a note"`
	Type    string `json:"type,omitempty"`
	Values  string `json:"values,omitempty" doc:"All that it can be, as unary tests"`
	Default string `json:"default,omitempty"`
}

type tableRule struct {
	Key   string            `json:"key" doc:"Names the rule in paths"`
	Cells map[string]string `json:"cells" doc:"By the key of the column"`
}

type designTable struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Policy  string        `json:"policy" doc:"Hit policy of DMN"`
	Columns []tableColumn `json:"columns"`
	Rules   []tableRule   `json:"rules"`
}

type tablesOutput struct {
	Body struct {
		Version  int             `json:"version" doc:"State of the draft; 0: nothing is drafted yet"`
		Tables   []designTable   `json:"tables"`
		Problems []designProblem `json:"problems" doc:"Of the tables"`
	}
}

// errTablePath refuses a path that leads nowhere in the table.
var errTablePath = fault.Invalid("design.table_path")

// parts3 are the groups of columns, by table.Part.
var parts3 = []string{"in", "out", "note"}

func tableOf(t table.Table) designTable {
	out := designTable{ID: t.ID, Name: t.Name, Policy: string(t.Policy), Columns: []tableColumn{}, Rules: []tableRule{}}
	var keys [3][]string
	for p := range t.Columns {
		for i, c := range t.Columns[p] {
			key := fmt.Sprintf("%d.%s", p, sheets.ColumnKey(c, i))
			keys[p] = append(keys[p], key)
			out.Columns = append(out.Columns, tableColumn{key, parts3[p], c.Label, c.Of, c.Type, c.Values, c.Default})
		}
	}
	for i, r := range t.Rules {
		x := tableRule{Key: sheets.RuleKey(r, i), Cells: map[string]string{}}
		for p := range keys {
			for j, key := range keys[p] {
				x.Cells[key] = r.Cells[p][j].Text
			}
		}
		out.Rules = append(out.Rules, x)
	}
	return out
}

func (d Deps) getTables(ctx context.Context, in *Where) (*tablesOutput, error) {
	dr, a, err := d.Design.Open(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	out := &tablesOutput{}
	out.Body.Version, out.Body.Tables, out.Body.Problems = dr.Version, []designTable{}, []designProblem{}
	for _, t := range dr.Sheets() {
		out.Body.Tables = append(out.Body.Tables, tableOf(t))
	}
	for _, p := range d.output(dr, a).Body.Problems {
		if strings.HasPrefix(p.Code, "tables.") {
			out.Body.Problems = append(out.Body.Problems, p)
		}
	}
	return out, nil
}

type addTableInput struct {
	Where
	Body struct {
		Version int      `json:"version" minimum:"0" doc:"State of the draft that was seen"`
		Name    string   `json:"name" minLength:"1" maxLength:"60" doc:"What it decides"`
		Looks   []string `json:"looks,omitempty" doc:"Ids of answers that it looks at"`
	}
}

type oneTableOutput struct {
	Body struct {
		Version int         `json:"version" doc:"State of the draft"`
		Table   designTable `json:"table"`
		Key     string      `json:"key,omitempty" doc:"Of the rule or column that was added or moved"`
	}
}

func oneTable(dr design.Draft, decision, key string) (*oneTableOutput, error) {
	t, err := dr.Sheet(decision)
	if err != nil {
		return nil, err
	}
	out := &oneTableOutput{}
	out.Body.Version, out.Body.Table, out.Body.Key = dr.Version, tableOf(t), key
	return out, nil
}

func (d Deps) addTable(ctx context.Context, in *addTableInput) (*oneTableOutput, error) {
	id, dr, err := d.Design.AddTable(ctx, in.Region, in.Item, in.Body.Version, in.Body.Name, in.Body.Looks)
	if err != nil {
		return nil, err
	}
	return oneTable(dr, id, "")
}

// TableWhere names a table of a draft.
type TableWhere struct {
	Region   string `path:"region" pattern:"^[0-9]{6,12}$"`
	Item     string `path:"item" maxLength:"40"`
	Decision string `path:"decision" maxLength:"100"`
}

type tableEdit struct {
	Path string `json:"path" minLength:"1" maxLength:"400" doc:"rules/RULE/COLUMN, columns/COLUMN/label (of, type, values, default), name or policy"`
	Text string `json:"text"`
}

type editTableInput struct {
	TableWhere
	Body struct {
		Version int         `json:"version" minimum:"0" doc:"State of the draft that was seen"`
		Edits   []tableEdit `json:"edits" minItems:"1" maxItems:"500"`
		Force   bool        `json:"force,omitempty" doc:"These values win over what somebody else changed meanwhile"`
	}
}

func (d Deps) editTable(ctx context.Context, in *editTableInput) (*oneTableOutput, error) {
	dr, _, _, err := d.Design.EditTable(ctx, in.Region, in.Item, in.Body.Version, in.Decision, design.TableEdit{Force: in.Body.Force, Enter: func(t *table.Table) error {
		for _, e := range in.Body.Edits {
			if !sheets.Set(t, e.Path, tidied(t, e.Path, e.Text)) {
				return errTablePath.With("path", e.Path)
			}
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	return oneTable(dr, in.Decision, "")
}

// tidied puts a cell into the proper form, as the page does.
func tidied(t *table.Table, path, text string) string {
	at := strings.Split(path, "/")
	if len(at) != 3 || at[0] != "rules" {
		return text
	}
	var inputs []string
	for _, c := range t.Columns[table.In] {
		inputs = append(inputs, c.Of)
	}
	part, key, _ := strings.Cut(at[2], ".")
	p, err := strconv.Atoi(part)
	if err != nil || p < 0 || p > int(table.Note) {
		return text
	}
	i := sheets.Column(t, table.Part(p), key)
	if i < 0 {
		return text
	}
	return sheets.Tidy(text, table.Part(p), t.Columns[p][i], inputs)
}

type removeTableInput struct {
	TableWhere
	Version int `query:"version" minimum:"1" required:"true" doc:"State of the draft that was seen"`
}

func (d Deps) removeTable(ctx context.Context, in *removeTableInput) (*struct{}, error) {
	_, err := d.Design.RemoveTable(ctx, in.Region, in.Item, in.Version, in.Decision)
	return nil, err
}

type editRuleInput struct {
	TableWhere
	Body struct {
		Version int               `json:"version" minimum:"0" doc:"State of the draft that was seen"`
		Act     string            `json:"act" enum:"add,up,down,remove"`
		Rule    string            `json:"rule,omitempty" doc:"up, down, remove: which one. add: before which one; the end when absent"`
		Cells   map[string]string `json:"cells,omitempty" doc:"add: by the key of the column"`
	}
}

func (d Deps) editRule(ctx context.Context, in *editRuleInput) (*oneTableOutput, error) {
	b, at := in.Body, 0
	dr, _, _, err := d.Design.EditTable(ctx, in.Region, in.Item, b.Version, in.Decision, design.TableEdit{Rests: ruleRests(b.Act), Act: func(t *table.Table) error {
		n := sheets.Rule(t, b.Rule)
		if n < 0 && (b.Act != "add" || b.Rule != "") {
			return errTablePath.With("path", "rules/"+b.Rule)
		}
		ok := true
		switch b.Act {
		case "add":
			if at = n; n < 0 {
				at = len(t.Rules)
			}
			t.Rules = slices.Insert(t.Rules, at, t.NewRule())
			return fillRule(t, at, b.Cells)
		case "up":
			at, ok = n-1, t.MoveRule(n, -1)
		case "down":
			at, ok = n+1, t.MoveRule(n, 1)
		case "remove":
			at, ok = -1, t.RemoveRule(n)
		}
		if !ok {
			return errTablePath.With("path", "rules/"+b.Rule)
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	key := ""
	if t, err := dr.Sheet(in.Decision); err == nil && at >= 0 && at < len(t.Rules) {
		key = sheets.RuleKey(t.Rules[at], at)
	}
	return oneTable(dr, in.Decision, key)
}

// ruleRests are what moving rests on: the order as it was seen.
func ruleRests(act string) []string {
	if act == "up" || act == "down" {
		return []string{"order"}
	}
	return nil
}

func fillRule(t *table.Table, at int, cells map[string]string) error {
	for column, text := range cells {
		part, key, _ := strings.Cut(column, ".")
		p := slices.Index([]string{"0", "1", "2"}, part)
		if p < 0 {
			return errTablePath.With("path", column)
		}
		i := sheets.Column(t, table.Part(p), key)
		if i < 0 {
			return errTablePath.With("path", column)
		}
		t.Rules[at].Cells[p][i].Text = tidied(t, "rules/-/"+column, text)
	}
	return nil
}

type editColumnInput struct {
	TableWhere
	Body struct {
		Version int    `json:"version" minimum:"0" doc:"State of the draft that was seen"`
		Act     string `json:"act" enum:"add,left,right,remove"`
		Column  string `json:"column,omitempty" doc:"left, right, remove: its key"`
		Part    string `json:"part,omitempty" enum:"in,out,note" doc:"add"`
		Looks   string `json:"looks,omitempty" doc:"add, in: the answer that it looks at; an empty column for a formula when absent"`
	}
}

func (d Deps) editColumn(ctx context.Context, in *editColumnInput) (*oneTableOutput, error) {
	b := in.Body
	_, a, err := d.Design.Open(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	key := ""
	rests := []string{"column_order"}
	if b.Act == "add" {
		rests = nil
	}
	dr, _, _, err := d.Design.EditTable(ctx, in.Region, in.Item, b.Version, in.Decision, design.TableEdit{Rests: rests, Act: func(t *table.Table) error {
		if b.Act == "add" {
			p := table.Part(max(slices.Index(parts3, b.Part), 0))
			t.Insert(p, len(t.Columns[p]), a.NewColumn(t, p, b.Looks))
			return nil
		}
		part, name, _ := strings.Cut(b.Column, ".")
		p := table.Part(max(slices.Index([]string{"0", "1", "2"}, part), 0))
		i, ok := sheets.Column(t, p, name), false
		switch b.Act {
		case "left":
			ok = t.Move(p, i, -1)
		case "right":
			ok = t.Move(p, i, 1)
		case "remove":
			ok = t.Remove(p, i)
		}
		if !ok {
			return errTablePath.With("path", "columns/"+b.Column)
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	if t, err := dr.Sheet(in.Decision); err == nil && b.Act == "add" {
		p := max(slices.Index(parts3, b.Part), 0)
		if n := len(t.Columns[p]); n > 0 {
			key = fmt.Sprintf("%d.%s", p, sheets.ColumnKey(t.Columns[p][n-1], n-1))
		}
	}
	return oneTable(dr, in.Decision, key)
}
