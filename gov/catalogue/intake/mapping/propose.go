package mapping

import (
	"slices"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/source"
)

// Sample is what is known of a table before its rows are read: the columns and
// the first rows.
type Sample struct {
	Name   string
	Header []string
	Rows   []source.Row
}

// Peek reads the first rows of a table.
func Peek(e source.Entry, n int) (Sample, error) {
	t, err := e.Open()
	if err != nil {
		return Sample{}, err
	}
	s := Sample{Name: t.Name()}
	for range n {
		row, err := t.Next()
		if err != nil {
			break
		}
		s.Rows = append(s.Rows, row)
	}
	s.Header = slices.Clone(t.Header())
	return s, t.Close()
}

// values are what a column holds in the sample, without repeats.
func (s Sample) values(i int) []string {
	var out []string
	for _, r := range s.Rows {
		if i < len(r.Cells) {
			if v := strings.TrimSpace(r.Cells[i]); v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// Guess is the proposal for one column, with why.
type Guess struct {
	Column string
	Key    string // "" is none
	Why    Why
}

// Why is what a proposal rests on.
type Why string

// The reasons.
const (
	ByName    Why = "name"    // the column has the name of the field
	ByAlso    Why = "also"    // another name of the field
	ByPart    Why = "part"    // the name of the field is part of the column's
	ByContent Why = "content" // what the first rows hold
	ByNone    Why = ""        // nothing fits
)

// ProposeFormat tells which format a source seems to have.
func ProposeFormat(tables []Sample) Format {
	for _, t := range tables {
		if NationalRole(t.Name) != Nothing {
			return National
		}
	}
	guides := []string{"task_code", "name", "task_type_code", "dept_uscc", "area_code"}
	if len(tables) == 1 && !slices.ContainsFunc(guides, func(k string) bool { return !slices.Contains(tables[0].Header, k) }) {
		return Guides
	}
	return Sheet
}

// Propose makes a mapping for tables of a sheet, and the proposals by table.
func Propose(tables []Sample) (Mapping, map[string][]Guess) {
	m := Mapping{Format: Sheet, Tables: map[string]Role{}, Columns: map[Role]map[string]string{}, Codes: map[string]map[string]string{}}
	all := map[string][]Guess{}
	best, most := "", 0
	for _, t := range tables {
		role, n := Nothing, 0
		for _, r := range []Role{Item, Material, Fee, Question, Extra} {
			if got := score(r, propose(r, t)); got > n && enough(r, propose(r, t)) {
				role, n = r, got
			}
		}
		m.Tables[t.Name] = role
		if role == Item && n > most {
			best, most = t.Name, n
		}
	}
	for _, t := range tables {
		role := m.Tables[t.Name]
		if role == Item && t.Name != best || role == Nothing && len(tables) == 1 {
			role = map[bool]Role{true: Item, false: Nothing}[len(tables) == 1]
			m.Tables[t.Name] = role
		}
		if role == Nothing {
			continue
		}
		guesses := propose(role, t)
		all[t.Name] = guesses
		if m.Columns[role] == nil {
			m.Columns[role] = map[string]string{}
		}
		for i, g := range guesses {
			if g.Key == "" {
				m.Columns[role][g.Column] = LeaveOut
				continue
			}
			m.Columns[role][g.Column] = g.Key
			m.bracketed(role, g)
			m.learn(byRole[role][g.Key], t.values(i))
		}
	}
	m.pairs(tables)
	return m, all
}

// bracketed takes the unit of a limit from the name of its column:
// 法定办结时限（工作日）.
func (m *Mapping) bracketed(role Role, g Guess) {
	i := strings.IndexAny(g.Column, "（(")
	if role != Item || i < 0 || byRole[Item][g.Key+"_unit"] == nil {
		return
	}
	if unit, ok := fields.Guess("limit_unit", strings.Trim(g.Column[i:], "（）()单位：:")); ok {
		if m.Fixed == nil {
			m.Fixed = map[string]string{}
		}
		m.Fixed[g.Key+"_unit"] = unit
	}
}

// enough tells whether a table can be of a role at all.
func enough(role Role, list []Guess) bool {
	has := func(key string) bool { return slices.ContainsFunc(list, func(g Guess) bool { return g.Key == key }) }
	switch role {
	case Item:
		return has("name") && (has("task_code") || has("dept_name"))
	case Material:
		return has("material_name") && has("task_code")
	case Fee:
		return has("fee_name") && has("task_code")
	}
	if role == Extra {
		return has("field") && has("value") && has("task_code")
	}
	return has("question") && has("answer") && has("task_code")
}

func score(role Role, list []Guess) (n int) {
	for _, g := range list {
		if g.Key != "" {
			n += 2
		}
	}
	if role == Item {
		n++
	}
	return n
}

// propose finds for every column the field it means; no field is given twice.
func propose(role Role, t Sample) []Guess {
	out := make([]Guess, len(t.Header))
	taken := map[string]bool{}
	for _, why := range []Why{ByName, ByAlso, ByPart, ByContent} {
		for i, column := range t.Header {
			if out[i].Column = column; out[i].Key != "" || strings.TrimSpace(column) == "" && why != ByContent {
				continue
			}
			if key := fit(role, why, column, func() []string { return t.values(i) }); key != "" && !taken[key] {
				out[i].Key, out[i].Why = key, why
				taken[key] = true
			}
		}
	}
	return out
}

func fit(role Role, why Why, column string, values func() []string) string {
	name := bare(column)
	if why == ByContent {
		if role == Item {
			return byContent(values())
		}
		return ""
	}
	part, partOf := "", 0
	for _, t := range order[role] {
		names := append([]string{bare(t.Zh), bare(t.Key), bare(t.En)}, t.Also...)
		for i, n := range names {
			n = bare(n)
			switch {
			case why == ByName && i < 3 && n == name, why == ByAlso && i >= 3 && n == name:
				return t.Key
			case why == ByPart && len([]rune(n)) >= 4 && strings.Contains(name, n) && len(n) > partOf:
				part, partOf = t.Key, len(n)
			}
		}
	}
	return part
}

// bare is the name of a column without what sources add to it.
func bare(s string) string {
	if i := strings.IndexAny(s, "（(【["); i > 0 {
		s = s[:i]
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n*＊:：_-\u3000", r) {
			return -1
		}
		return r
	}, s))
}

// byContent knows what can only be one thing: codes with their own checks.
func byContent(values []string) string {
	if len(values) == 0 {
		return ""
	}
	every := func(ok func(string) bool) bool {
		return !slices.ContainsFunc(values, func(v string) bool { return !ok(v) })
	}
	switch {
	case every(func(v string) bool { _, err := codes.Parse(v); return err == nil && len(v) > 12 }):
		return "task_code"
	case every(func(v string) bool { return len(v) == 18 && codes.CheckUnified(v) }):
		return "dept_uscc"
	case every(func(v string) bool { _, ok := fields.Guess("item_type", v); return ok && len(v) > 2 }):
		return "task_type_code"
	case every(func(v string) bool { _, ok := fields.Guess("level", v); return ok && len(v) > 2 }):
		return "level"
	}
	return ""
}

// learn decides the values of a list that can have one meaning only.
func (m *Mapping) learn(t *Target, values []string) {
	if t == nil || t.List == "" {
		return
	}
	if m.Codes[t.List] == nil {
		m.Codes[t.List] = map[string]string{}
		for _, v := range fields.Values(t.List) { // words mean the same everywhere
			m.Codes[t.List][v.Zh] = v.Code
		}
	}
	for _, v := range values {
		list := []string{v}
		if t.Many {
			list = fields.Split(v)
		}
		for _, met := range list {
			if code, ok := fields.Guess(t.List, met); ok {
				m.Codes[t.List][met] = code
			}
		}
	}
}

// pairs learns what the numbers of a source mean from a column of words beside
// them: 20 beside 公共服务 in every row is the public service.
func (m *Mapping) pairs(tables []Sample) {
	for _, t := range tables {
		if m.Tables[t.Name] != Item {
			continue
		}
		number, word := -1, -1
		for i, c := range t.Header {
			switch m.Columns[Item][c] {
			case "task_type_code":
				number = i
			case "task_type":
				word = i
			}
		}
		if number >= 0 && word >= 0 {
			m.pair(t, number, word)
		}
	}
}

func (m *Mapping) pair(t Sample, number, word int) {
	said := map[string]string{}
	for _, r := range t.Rows {
		if max(number, word) >= len(r.Cells) {
			continue
		}
		n, w := strings.TrimSpace(r.Cells[number]), strings.TrimSpace(r.Cells[word])
		code, ok := fields.Guess("item_type", w)
		if !ok || n == "" {
			continue
		}
		if old, again := said[n]; again && old != code {
			code = ""
		}
		said[n] = code
	}
	for n, code := range said {
		if code != "" {
			m.Codes["item_type"][n] = code
		}
	}
}
