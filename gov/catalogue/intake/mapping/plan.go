package mapping

import (
	"slices"
	"strings"

	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/rows"
)

// Part is what one row says of one item.
type Part struct {
	Role  Role
	Table int // which table of the source
	Line  int
	Code  string // of the item it belongs to
	Mark  string // row_guid
	Above string // task_guid: the mark of the item's row
	Op    string // I, U or D; "" is I
	Batch string
	Time  string
	Order string
	// Cells are the fields that the row speaks of, an empty value included: by
	// index of fields.All for items, by key otherwise.
	Fields []int
	Values []string
	Keys   []string
	Raw    string
	Broken bool   // it cannot be used; its item is not taken without it
	Open   []Open // values that the mapping does not decide on
	handle string // task_handle_item
}

// Open is a value of a code list that the mapping does not decide on.
type Open struct{ List, Value string }

// Region is the division that the row names for its item, "" for none.
func (p *Part) Region() string {
	for i, f := range p.Fields {
		if f == regionField {
			return p.Values[i]
		}
	}
	return ""
}

var regionField = slices.IndexFunc(fields.All, func(f fields.Field) bool { return f.Key == "area_code" })

// Value is what a part says of a field by its key.
func (p *Part) Value(key string) string {
	for i, k := range p.Keys {
		if k == key {
			return p.Values[i]
		}
	}
	return ""
}

// Plan reads the rows of one table.
type Plan struct {
	Role   Role
	m      Mapping
	table  int
	steps  []step // by column
	header []string
	fixed  []step
}

// step is what to do with a column.
type step struct {
	column string
	target *Target
	index  int               // of fields.All; -1 for others
	codes  map[string]string // nil: the cell is taken as it is
	value  string            // of a fixed field
}

// Compile makes a plan for a table; number counts the tables of a source.
func (m Mapping) Compile(number int, name string, header []string) *Plan {
	p := &Plan{Role: m.RoleOf(name), m: m, table: number}
	if p.Role == Nothing {
		return p
	}
	p.grow(header)
	if p.Role == Item {
		p.fix()
	}
	return p
}

// grow takes in columns that were not there before: a table of JSON lines
// learns them on its way.
func (p *Plan) grow(header []string) {
	for _, column := range header[len(p.header):] {
		t := p.m.target(p.Role, column)
		s := step{column: column, target: t, index: -1}
		if t != nil {
			s.index = indexOf(t)
			if t.List != "" {
				s.codes = p.m.Codes[t.List]
				if s.codes == nil {
					s.codes = map[string]string{}
				}
			}
		}
		p.steps = append(p.steps, s)
		p.header = append(p.header, column)
	}
}

func indexOf(t *Target) int {
	if t.field == nil {
		return -1
	}
	for i := range fields.All {
		if &fields.All[i] == t.field {
			return i
		}
	}
	return -1
}

func (p *Plan) fix() {
	for i := range fields.All {
		if v, ok := p.m.Fixed[fields.All[i].Key]; ok {
			p.fixed = append(p.fixed, step{index: i, value: v})
		}
	}
}

// Missing are the fields without which no item can be read, and which neither
// a column nor a fixed value gives.
func (p *Plan) Missing() []*fields.Field {
	var out []*fields.Field
	for i := range fields.All {
		f := &fields.All[i]
		if !f.Needed || p.Role != Item {
			continue
		}
		there := false
		for _, s := range p.steps {
			there = there || s.index == i
		}
		for _, s := range p.fixed {
			there = there || s.index == i
		}
		if !there {
			out = append(out, f)
		}
	}
	return out
}

// Read turns a row into a part. Problems with Warning leave it usable.
func (p *Plan) Read(row source.Row, header []string) (Part, []rows.Problem) {
	part := Part{Role: p.Role, Table: p.table, Line: row.Line, Raw: row.Raw}
	if row.Problem != nil {
		return part, []rows.Problem{at(*row.Problem, row.Line)}
	}
	if len(header) > len(p.header) {
		p.grow(header)
	}
	var problems []rows.Problem
	part.Values = make([]string, 0, len(p.steps)+len(p.fixed))
	for i := range p.steps {
		s := &p.steps[i]
		if s.target == nil {
			continue
		}
		cell := ""
		if i < len(row.Cells) {
			cell = strings.TrimSpace(row.Cells[i])
		}
		if part.key(s.target.Key, cell) {
			continue
		}
		if cell != "" && s.codes != nil {
			var bad *rows.Problem
			if cell, bad = p.decode(s, cell, &part); bad != nil {
				problems = append(problems, at(*bad, row.Line))
			}
		}
		part.put(s.index, s.target.Key, cell)
	}
	for _, s := range p.fixed {
		part.put(s.index, fields.All[s.index].Key, s.value)
	}
	switch { // some sources give the two digits only
	case len(part.handle) > 3:
		part.Code = part.handle
	case part.handle != "":
		part.Code += part.handle
	}
	if part.Code == "" && part.Above == "" {
		problems = append(problems, at(rows.Bad("task_code", "没有事项编码。填写实施编码", "there is no code of an item. Give the implementation code"), row.Line))
	}
	return part, problems
}

func at(p rows.Problem, line int) rows.Problem {
	p.Line = line
	return p
}

// key fills what the part belongs to; the code of the item itself is a field as
// well.
func (p *Part) key(key, cell string) bool {
	switch key {
	case "task_code":
		if p.Code == "" {
			p.Code = cell
		}
		return p.Role != Item
	case "task_handle_item":
		p.handle = cell
	case "row_guid":
		p.Mark = cell
	case "task_guid":
		p.Above = cell
	case "cd_operation":
		p.Op = strings.ToUpper(cell)
	case "cd_batch":
		p.Batch = cell
	case "cd_time":
		p.Time = cell
	case "order_num":
		p.Order = cell
	default:
		return false
	}
	return true
}

func (p *Part) put(index int, key, value string) {
	if index >= 0 {
		p.Fields = append(p.Fields, index)
	} else {
		p.Keys = append(p.Keys, key)
	}
	p.Values = append(p.Values, value)
}

// decode maps the cell of a code list.
func (p *Plan) decode(s *step, cell string, part *Part) (string, *rows.Problem) {
	values := []string{cell}
	if s.target.Many {
		values = fields.Split(cell)
	}
	out := values[:0]
	for _, met := range values {
		code, decided := s.codes[met]
		switch {
		case !decided:
			part.Open = append(part.Open, Open{s.target.List, met})
			b := undecided(s, met)
			return "", &b
		case code == Refuse:
			b := rows.Bad(s.column, "对照规定不收“%s”的行", "the mapping refuses rows with %q", fields.Cut(met))
			return "", &b
		case code != LeaveOut:
			out = append(out, code)
		}
	}
	return strings.Join(out, "\n"), nil
}

func undecided(s *step, met string) rows.Problem {
	zh, en := fields.Known(s.target.List)
	b := rows.Bad(s.column, "没有决定“%s”是什么（%s）。在对照里选一个：", "it is not decided what %q means (%s). Choose one in the mapping: ", fields.Cut(met), s.target.Zh)
	b.Zh += zh
	b.En = strings.Replace(b.En, s.target.Zh, s.target.En, 1) + en
	return b
}

// RoleOf is what the rows of a table are.
func (m Mapping) RoleOf(table string) Role {
	if r, ok := m.Tables[table]; ok {
		return r
	}
	if m.Format == National {
		return NationalRole(table)
	}
	if len(m.Tables) == 0 {
		return Item
	}
	return Nothing
}

// target is what a column means: what the mapping says, else its own name.
func (m Mapping) target(role Role, column string) *Target {
	if key, ok := m.Columns[role][column]; ok {
		return byRole[role][key] // nil for "-"
	}
	if m.Format == Sheet {
		return nil
	}
	if m.Format == National {
		return NationalColumn(role, column)
	}
	return Known(role, column)
}

// NationalColumn is what a column of the exchange tables means, nil for
// nothing. Its task_type is the number that guides call task_type_code.
func NationalColumn(role Role, column string) *Target {
	if column == "task_type" {
		column = "task_type_code"
	}
	return Known(role, column)
}

// Known finds a target by the key under which the formats of the platform have
// it.
func Known(role Role, column string) *Target {
	if t, ok := byRole[role][column]; ok {
		return t
	}
	column = strings.ToLower(column)
	for i := range order[role] {
		t := &order[role][i]
		if strings.ToLower(t.Key) == column {
			return t
		}
		for _, a := range t.Also {
			if a == column {
				return t
			}
		}
	}
	return nil
}

// NationalRole is the role of a national table by its name.
func NationalRole(table string) Role {
	name := strings.ToLower(table)
	rest, ok := strings.CutPrefix(name, "up_task_")
	if !ok {
		rest, ok = strings.CutPrefix(name, "dn_task_")
	}
	switch {
	case name == ExtraTable:
		return Extra
	case name == DirectoryExtraTable:
		return DirectoryExtra
	case ok && strings.Contains(rest, "directory"):
		return Directory
	case !ok:
		return Nothing
	case strings.Contains(rest, "_basic"):
		return Item
	case strings.Contains(rest, "_extend"):
		return Extend
	case strings.Contains(rest, "_material"):
		return Material
	case strings.Contains(rest, "_fee_project"):
		return Fee
	case strings.Contains(rest, "_questions"):
		return Question
	}
	return Nothing
}

// ExtraTable is the table in which exports put what the national tables have no
// column for.
const ExtraTable = "x_task_fields"

// DirectoryExtraTable is the same for base items.
const DirectoryExtraTable = "x_directory_fields"

// Default is the mapping of a format without any of a person: the names of the
// columns are those of the format, and so are the numbers.
func Default(f Format) Mapping {
	m := Mapping{Format: f, Codes: map[string]map[string]string{}}
	for _, list := range lists() {
		m.Codes[list] = map[string]string{}
		for _, v := range fields.Values(list) {
			if f == Guides {
				m.Codes[list][v.Code] = v.Code
			}
		}
		if f == National {
			for n, code := range fields.National(list) {
				m.Codes[list][n] = code
			}
		}
	}
	if f == Guides {
		m.Codes["item_type"] = fields.Guangdong
	}
	return m
}

func lists() []string {
	var out []string
	seen := map[string]bool{}
	for i := range fields.All {
		if l := fields.All[i].List; l != "" && !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}

// Overlay puts what a person decided over a mapping.
func (m Mapping) Overlay(over Mapping) Mapping {
	out := m
	out.Name, out.Tables, out.Columns, out.Fixed = over.Name, over.Tables, over.Columns, over.Fixed
	out.Codes = map[string]map[string]string{}
	for _, codes := range []map[string]map[string]string{m.Codes, over.Codes} {
		for list, values := range codes {
			if out.Codes[list] == nil {
				out.Codes[list] = map[string]string{}
			}
			for met, code := range values {
				out.Codes[list][met] = code
			}
		}
	}
	return out
}
