package tabs

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/platform/i18n"
	"tongban/ui"
)

// editing is one sheet or row with what is entered in it.
type editing struct {
	ID     string // words
	Path   string
	Values []value
	Row    bool
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "design.p."+key, pairs...)
}

// label is what a value is called.
func (e editing) label(ctx context.Context, v value) string {
	if v.target != nil {
		return i18n.Pick(ctx, v.target.label.Zh, v.target.label.En)
	}
	return words(ctx, "v."+e.ID+"."+strings.ReplaceAll(v.Path, "/", "."))
}

// name is how a value is called in the form.
func name(v value) string { return "v." + strings.ReplaceAll(v.Path, "/", ".") }

// box is one control with its words, as pages show it.
type box struct {
	value value
	name  string
	label string
	hint  string
	text  string // line, long, number, money, pick
	zh    string // both, longs
	en    string
	many  []string // picks, lines
	on    bool
	opts  []ui.Option
	rows  [][]box // grid
	cond  condition
	plain bool // the condition cannot be shown in boxes
	tests []ui.Option
	err   string
	share share // shares
}

// boxes are the controls of a sheet. typed, when not nil, is what was sent and
// not saved.
func (v view) boxes(ctx context.Context, e editing) []box {
	var out []box
	if v.sent != nil && v.sent.Get("row") != rowName(e) {
		v.sent = nil
	}
	for _, x := range e.Values {
		if v.skip(e, x) {
			continue
		}
		b := v.box(ctx, x, e.Path+"/"+x.Path, name(x))
		b.label = e.label(ctx, x)
		if key := "h." + e.ID + "." + strings.ReplaceAll(x.Path, "/", "."); !strings.HasPrefix(words(ctx, key), "⟦") { // most values need none
			b.hint = words(ctx, key)
		}
		if c, ok := v.clash(e.Path + "/" + x.Path); ok {
			b.err = words(ctx, "clash", "name", c.Name, "at", i18n.DateTime(ctx, c.At), "theirs", shown(c.Theirs))
		}
		out = append(out, b)
	}
	return out
}

func (v view) box(ctx context.Context, x value, path, name string) box {
	b := box{value: x, name: name, opts: v.choices(ctx, x.Choices)}
	sent := v.sent != nil
	get := func(p, n string) string {
		if sent {
			return v.sent.Get(n)
		}
		return v.tree.Text(p)
	}
	switch x.Control {
	case both, longs:
		b.zh, b.en = get(path+"/zh", name+".zh"), get(path+"/en", name+".en")
	case truth:
		b.on = v.tree.Text(path) == "true"
		if sent {
			b.on = v.sent.Get(name) != ""
		}
	case money:
		b.text = get(path, name)
		if n, err := strconv.ParseInt(v.tree.Text(path), 10, 64); err == nil && !sent {
			b.text = strconv.FormatFloat(float64(n)/100, 'f', 2, 64)
		}
	case picks, lines:
		for _, s := range v.tree.List(path) {
			if t, ok := s.(string); ok {
				b.many = append(b.many, t)
			}
		}
		if sent {
			b.many = v.sent[name]
		}
		b.text = strings.Join(b.many, "\n")
	case cases:
		b.text = get(path, name+".raw")
		var ok bool
		b.cond, ok = readCondition(b.text)
		b.plain = !ok
		b.tests = v.tests(ctx, b.cond)
	case grid:
		v.gridRows(ctx, x, path, name, &b)
	case shares:
		b.share = v.share(ctx, x, path, name)
	default:
		b.text = get(path, name)
	}
	return b
}

// spare is how many empty rows a small table has to fill in.
const spare = 2

func (v view) gridRows(ctx context.Context, x value, path, name string, b *box) {
	keys := v.tree.Keys(path)
	for i := range len(keys) + spare {
		at := path + "/new"
		if i < len(keys) {
			at = path + "/" + keys[i]
		}
		var row []box
		for _, c := range x.Cols {
			cell := v.box(ctx, c, at+"/"+c.Path, name+"."+strconv.Itoa(i)+"."+c.Path)
			cell.label = words(ctx, "g."+x.Path+"."+c.Path)
			row = append(row, cell)
		}
		b.rows = append(b.rows, row)
	}
}

// edits reads what was sent for a sheet or a row.
func (v view) edits(e editing, form url.Values) ([]parts.Edit, []ui.Problem) {
	var out []parts.Edit
	var problems []ui.Problem
	for _, x := range e.Values {
		if v.skip(e, x) {
			continue
		}
		if x.Control == shares {
			out = append(out, v.readShare(x, e.Path+"/"+x.Path, name(x), form)...)
			continue
		}
		list, err := readValue(x, e.Path+"/"+x.Path, name(x), form)
		if err != "" {
			problems = append(problems, ui.Problem{Field: name(x), Text: err})
		}
		out = append(out, list...)
	}
	return withType(out), problems
}

// The problems of what is entered, as keys of words.
const (
	badNumber = "number"
	badMoney  = "money"
)

// readValue reads one value; bad is the key of what is wrong with it.
func readValue(x value, path, name string, form url.Values) (out []parts.Edit, bad string) {
	text := strings.ReplaceAll(strings.TrimSpace(form.Get(name)), "\r\n", "\n")
	switch x.Control {
	case both, longs:
		for _, lang := range []string{"zh", "en"} {
			out = append(out, parts.Edit{Path: path + "/" + lang, Value: strings.ReplaceAll(strings.TrimSpace(form.Get(name+"."+lang)), "\r\n", "\n")})
		}
		return out, ""
	case truth:
		return []parts.Edit{{Path: path, Value: form.Get(name) != ""}}, ""
	case maybe:
		if text == "" {
			return []parts.Edit{{Path: path}}, ""
		}
		fallthrough
	case number:
		if text == "" {
			text = "0"
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, badNumber
		}
		return []parts.Edit{{Path: path, Value: json.Number(strconv.Itoa(n))}}, ""
	case money:
		cents, ok := cents(text)
		if !ok {
			return nil, badMoney
		}
		return []parts.Edit{{Path: path, Value: json.Number(strconv.FormatInt(cents, 10))}}, ""
	case picks:
		return []parts.Edit{{Path: path, Value: texts(form[name])}}, ""
	case lines:
		return []parts.Edit{{Path: path, Value: texts(strings.Split(text, "\n"))}}, ""
	case cases:
		return []parts.Edit{{Path: path, Value: formCondition(form, name)}}, ""
	case grid:
		return []parts.Edit{{Path: path, Value: readGrid(x, name, form)}}, ""
	case pick:
		if x.Choices == "identity" {
			n, _ := strconv.Atoi(text) // what is no number is no level
			return []parts.Edit{{Path: path, Value: json.Number(strconv.Itoa(n))}}, ""
		}
	}
	return []parts.Edit{{Path: path, Value: text}}, ""
}

// readGrid reads a small table; rows in which nothing is entered are left out.
func readGrid(x value, name string, form url.Values) []any {
	out := []any{}
	for i := 0; i < 60; i++ {
		row, empty, there := map[string]any{}, true, false
		for _, c := range x.Cols {
			n := name + "." + strconv.Itoa(i) + "." + c.Path
			if c.Control == both {
				zh, en := strings.TrimSpace(form.Get(n+".zh")), strings.TrimSpace(form.Get(n+".en"))
				row[c.Path] = map[string]any{"zh": zh, "en": en}
				empty, there = empty && zh+en == "", there || form.Has(n+".zh")
				continue
			}
			t := strings.TrimSpace(form.Get(n))
			row[c.Path] = t
			there = there || form.Has(n)
			empty = empty && (t == "" || c.Control == pick)
		}
		if !there {
			break
		}
		if !empty {
			out = append(out, row)
		}
	}
	return out
}

func texts(list []string) []any {
	out := []any{}
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// cents reads yuan with at most two decimals.
func cents(text string) (int64, bool) {
	if text == "" {
		return 0, true
	}
	yuan, rest, _ := strings.Cut(text, ".")
	if len(rest) > 2 || len(yuan) > 12 {
		return 0, false
	}
	n, err := strconv.ParseInt(yuan+(rest + "00")[:2], 10, 64)
	return n, err == nil && n >= 0
}

// shown is a value in words, for messages.
func shown(x any) string {
	switch t := x.(type) {
	case nil:
		return "—"
	case string:
		if t == "" {
			return "—"
		}
		return t
	case json.Number:
		return t.String()
	case []any:
		var out []string
		for _, e := range t {
			out = append(out, shown(e))
		}
		return strings.Join(out, "、")
	case map[string]any:
		if s, ok := t["zh"].(string); ok {
			return s
		}
		b, _ := json.Marshal(t) // maps of texts
		return string(b)
	case bool:
		return strconv.FormatBool(t)
	}
	return ""
}

// skip leaves out what does not belong to this row: options of a field that has
// none to choose from.
func (v view) skip(e editing, x value) bool {
	if e.ID != "fields" || !strings.HasPrefix(e.Path, "form/") {
		return false
	}
	t := v.tree.Text(e.Path + "/type")
	in := func(list ...string) bool {
		for _, s := range list {
			if s == t {
				return true
			}
		}
		return false
	}
	switch x.Path {
	case "options":
		return !in("choice", "choices")
	case "decimals":
		return !in("number")
	case "unit":
		return !in("number", "money")
	case "within":
		return !in("division")
	case "pattern", "errors/pattern":
		return !in("text", "textarea")
	case "equals", "errors/equals":
		return !in("yesno")
	case "errors/type":
		return in("text", "textarea", "address", "yesno", "division")
	case "min", "max", "errors/min", "errors/max":
		return in("choice", "yesno", "idnumber", "uscc", "phone", "name")
	}
	return false
}

// fixed are lists whose entries have words of their own.
var fixed = map[string][]string{
	"kinds": {"承诺件", "即办件"}, "papers": {"original", "copy", "electronic"}, "substitutes": {"certificate", "data", "commitment"}, "files": {"pdf", "jpg", "png", "ofd"},
	"failed": {"go_on", "stop_dependents", "stop_all"}, "units": {"workday", "day", "hour"}, "spans": {"day", "month"}, "validity": {"year", "month", "none"}, "categories": {"证照", "批文", "证明"}, "remedies": {"review", "lawsuit"}, "identity": {"0", "2", "3", "5"},
	"types":    {"text", "textarea", "number", "money", "date", "name", "idnumber", "uscc", "phone", "choice", "choices", "yesno", "division", "address"},
	"sources":  {"", "person.name", "person.idnumber", "person.sex", "person.birth", "person.phone", "org.name", "org.uscc"},
	"policies": {"", "locked", "editable"},
}

// choices are the entries of a list.
func (v view) choices(ctx context.Context, list string) []ui.Option {
	var out []ui.Option
	for _, k := range fixed[list] {
		out = append(out, ui.Option{Value: k, Text: words(ctx, "o."+list+"."+k)})
	}
	if l, ok := codes.Of(list); ok {
		for _, e := range l.Entries {
			out = append(out, ui.Option{Value: e.Code, Text: i18n.Pick(ctx, e.Zh, e.En)})
		}
	}
	none := []ui.Option{{Text: words(ctx, "choose")}}
	named := func(list []design.Choice) []ui.Option {
		for _, c := range list {
			none = append(none, ui.Option{Value: c.ID, Text: i18n.Pick(ctx, c.Zh, c.En)})
		}
		return none
	}
	switch list {
	case "offices":
		return named(v.a.Offices)
	case "materials", "fields", "steps", "questions", "nexts", "parts":
		return v.rowChoices(ctx, list)
	case "audiences":
		for _, a := range content.Audiences {
			out = append(out, ui.Option{Value: a, Text: a})
		}
	case "clauses":
		for _, k := range v.tree.Keys("item/basis") {
			at := "item/basis/" + k
			none = append(none, ui.Option{Value: k, Text: "《" + strings.Trim(v.tree.Text(at+"/law"), "《》") + "》" + v.tree.Text(at+"/article")})
		}
		return none
	}
	return out
}

// rowChoices are rows of the package as entries of a list.
func (v view) rowChoices(ctx context.Context, list string) []ui.Option {
	var out []ui.Option
	add := func(path string) {
		for _, k := range v.tree.Keys(path) {
			out = append(out, ui.Option{Value: k, Text: v.tree.Title(path+"/"+k, inTongue(ctx))})
		}
	}
	switch list {
	case "materials":
		add("materials")
	case "parts":
		for _, k := range v.tree.Keys("bundle/parts") {
			if at := "bundle/parts/" + k; at != v.row.Path {
				out = append(out, ui.Option{Value: k, Text: v.title(ctx, at)})
			}
		}
	case "steps":
		add("item/steps")
	case "fields":
		for _, g := range v.tree.Keys("form/groups") {
			add("form/groups/" + g + "/fields")
		}
	case "questions":
		add("situations/questions")
		out = append(out, ui.Option{Value: content.End, Text: words(ctx, "none_asked")})
	case "nexts":
		out = append(out, ui.Option{Value: content.End, Text: words(ctx, "end")})
		add("situations/questions")
		for _, k := range v.tree.Keys("situations/repeats") {
			out = append(out, ui.Option{Value: k, Text: v.title(ctx, "situations/repeats/"+k)})
		}
	}
	return out
}

// tests are what conditions may compare: every answer that is chosen from a
// list, and what the condition at hand names besides.
func (v view) tests(ctx context.Context, c condition) []ui.Option {
	out := []ui.Option{{Text: words(ctx, "choose")}}
	seen := map[string]bool{}
	for _, s := range v.a.Subjects {
		for _, o := range s.Options {
			t := test{Subject: s.ID, Value: o.ID, Has: s.Type == "choices"}
			seen[t.key()] = true
			out = append(out, ui.Option{Value: t.key(), Text: words(ctx, "test", "subject", i18n.Pick(ctx, s.Zh, s.En), "value", i18n.Pick(ctx, o.Zh, o.En))})
		}
	}
	for _, t := range c.Tests {
		if !seen[t.key()] {
			value := t.Value
			if value == "" {
				value = words(ctx, "blank")
			}
			out = append(out, ui.Option{Value: t.key(), Text: words(ctx, "test", "subject", v.subject(ctx, t.Subject), "value", value)})
			seen[t.key()] = true
		}
	}
	return out
}

func (v view) subject(ctx context.Context, id string) string {
	for _, s := range v.a.Subjects {
		if s.ID == id {
			return i18n.Pick(ctx, s.Zh, s.En)
		}
	}
	return id
}
