package fields

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/rows"
)

// Kind is what a cell of a field holds.
type Kind string

// The kinds of fields.
const (
	Text   Kind = "text"
	Number Kind = "number"
	Flag   Kind = "flag"  // true or false
	Coded  Kind = "coded" // a value of a code list
	Lines  Kind = "lines" // a list, one value a line
	Codes  Kind = "codes" // a list of values of a code list

	Elements Kind = "elements" // an object of elements without a column of their own
)

// Field is one thing that can be said of an item.
type Field struct {
	Key      string
	Zh, En   string
	Kind     Kind
	List     string   // the code list of a coded field
	Max      int      // characters; 0: as long as a row allows
	Also     []string // other names under which sources have it
	Needed   bool     // no item without it
	get      func(c *content.Content) string
	set      func(c *content.Content, v string)
	clear    func(c *content.Content)
	national bool // a column of the national tables that has no place of its own
}

// Get is the cell of the field for an item.
func (f *Field) Get(c *content.Content) string { return f.get(c) }

// Set reads a cell. An empty cell says nothing; a coded cell holds values of
// its list already.
func (f *Field) Set(c *content.Content, cell string) *rows.Problem {
	v := strings.TrimSpace(cell)
	if v == "" {
		return nil
	}
	if f.Max > 0 && len(v) > f.Max && len([]rune(v)) > f.Max {
		p := rows.Bad(f.Key, "有 %d 个字，最多 %d 个。缩短后再导入", "it has %d characters, at most %d fit. Shorten it", len([]rune(v)), f.Max)
		return &p
	}
	switch f.Kind {
	case Number:
		n, err := strconv.Atoi(strings.TrimSuffix(v, ".0"))
		if err != nil {
			p := rows.Bad(f.Key, "“%s”不是整数。填数字，没有就留空", "%q is not a whole number. Give a number or leave it empty", Cut(v))
			return &p
		}
		v = strconv.Itoa(n)
	case Flag:
		on, ok := truth(v)
		if !ok {
			p := rows.Bad(f.Key, "“%s”不是“是”或“否”。填是或否", "%q is neither yes nor no. Give one of them", Cut(v))
			return &p
		}
		v = strconv.FormatBool(on)
	}
	if f.Key == MoreKey {
		return setMore(c, v)
	}
	if f.Kind == Elements {
		return setElements(c, f.Key, v)
	}
	f.set(c, v)
	return nil
}

// setElements takes elements in as an object of texts.
func setElements(c *content.Content, key, v string) *rows.Problem {
	var given map[string]string
	if err := json.Unmarshal([]byte(v), &given); err != nil {
		p := rows.Bad(key, "不是 JSON 对象（%v）。写成 {\"要素代号\": \"值\"}", "not a JSON object (%v). Write {\"key\": \"value\"}", err)
		return &p
	}
	for k, value := range given {
		if !content.ValidElement(k) {
			p := rows.Bad(key, "“%s”不是要素代号", "%q is no key of an element", Cut(k))
			return &p
		}
		Keep(&c.Item.Fields, k, value)
	}
	return nil
}

// Clear takes away what the content says of the field.
func (f *Field) Clear(c *content.Content) {
	if f.clear != nil {
		f.clear(c)
		return
	}
	if f.national {
		delete(c.Item.Fields, f.Key)
		if len(c.Item.Fields) == 0 {
			c.Item.Fields = nil
		}
		return
	}
	f.set(c, "")
}

// truth reads yes and no as sources write them.
func truth(v string) (yes, ok bool) {
	switch strings.ToLower(v) {
	case "true", "1", "是", "yes", "y", "有", "支持", "√":
		return true, true
	case "false", "0", "否", "no", "n", "无", "不支持", "×", "2":
		return false, true
	}
	return false, false
}

// Cut shortens a value for a message.
func Cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Find returns the field with a key, nil when there is none.
func Find(key string) *Field {
	if i, ok := byKey[key]; ok {
		return &All[i]
	}
	return nil
}

var byKey = func() map[string]int {
	out := map[string]int{}
	for i, f := range All {
		out[f.Key] = i
	}
	return out
}()

// Split cuts a cell of a list into its values.
func Split(cell string) []string {
	var out []string
	for _, v := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("\n\r;；,，、|", r) }) {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// SplitLines cuts a cell of free words into its lines.
func SplitLines(cell string) []string {
	var out []string
	for v := range strings.Lines(cell) {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
