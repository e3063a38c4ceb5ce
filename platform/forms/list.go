package forms

import (
	"context"
	"strconv"
	"unicode/utf8"
)

// List is reference data that the answers of a type come from, too long for
// options and kept outside the form. What is stored is the code of an entry;
// what people read and may type is its name.
type List interface {
	// Find brings what was entered, a code or a name, to one entry, and says
	// what may have been meant when it cannot.
	Find(entered string, b Bounds) Found
	// Name is the full name of an entry, "" for a code that never was one.
	Name(code string) string
	// All lists every entry within bounds when they are few, else nothing.
	All(b Bounds) []Entry
}

// Bounds narrow a list for one field. A list of several levels counts them
// from 1, the most general; 0 is no bound.
type Bounds struct {
	Least, Most int
	Within      string // code that the entry must lie below, or be
}

// Entry is one line of a list.
type Entry struct {
	Code, Name string
	Short      string // name beside others within the same bounds
}

// Found is what a list makes of what was entered.
type Found struct {
	Code    string  // of the entry that is meant; "" when none is for sure
	Problem string  // key of the words when Code is ""
	Pairs   []any   // for the words
	Choices []Entry // what may have been meant, the likeliest first
}

// Lists are the lists by the type of field that takes from them.
type Lists map[Type]List

// Display writes an answer in words for people, as Field.Display does, and
// the name of an entry for its code. What is no code is shown as it is.
func (l Lists) Display(f Field, value, lang string) string {
	if name := l.name(f.Type, value); name != "" {
		return name
	}
	return f.Display(value, lang)
}

func (l Lists) name(t Type, value string) string {
	if list := l[t]; list != nil && value != "" {
		return list.Name(value)
	}
	return ""
}

// Names are the names of all answers that are codes of a list, by field.
func (l Lists) Names(d *Definition, answers map[string]string) map[string]string {
	out := map[string]string{}
	for _, f := range d.Fields() {
		if name := l.name(f.Type, answers[f.ID]); name != "" {
			out[f.ID] = name
		}
	}
	return out
}

// Normal puts the code in place of every changed answer that names one entry
// for sure. What cannot be brought to a code stays as it was entered.
func (l Lists) Normal(d *Definition, changed map[string]string) map[string]string {
	out := make(map[string]string, len(changed))
	for id, v := range changed {
		out[id] = v
	}
	for _, f := range d.Fields() {
		list, v := l[f.Type], tidy(changed[f.ID], false)
		if list == nil || v == "" || utf8.RuneCountInString(v) > maxNamed {
			continue
		}
		if found := list.Find(v, f.Bounds()); found.Code != "" {
			out[f.ID] = found.Code
		}
	}
	return out
}

// Wrong finds answers that are in no list. Empty ones are not answers.
func (l Lists) Wrong(d *Definition, answers map[string]string) Problems {
	var out Problems
	for _, f := range d.Fields() {
		v := tidy(answers[f.ID], false)
		if l[f.Type] == nil || v == "" {
			continue
		}
		if _, p := f.find(l[f.Type], v); p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// Bounds are what this field takes of its list.
func (f Field) Bounds() Bounds {
	least, _ := strconv.Atoi(f.Min) // absent is 0, no bound; packages are checked
	most, _ := strconv.Atoi(f.Max)
	return Bounds{Least: least, Most: most, Within: f.Within}
}

// find checks an answer that comes from a list.
func (f Field) find(l List, value string) (string, *Problem) {
	if n := utf8.RuneCountInString(value); n > maxNamed {
		return value, &Problem{f.ID, "forms.long", []any{"zh", f.Label.Zh, "en", f.Label.En, "max", maxNamed, "n", n}}
	}
	found := l.Find(value, f.Bounds())
	if found.Code != "" {
		return found.Code, nil
	}
	return value, &Problem{f.ID, found.Problem, append([]any{"zh", f.Label.Zh, "en", f.Label.En}, found.Pairs...)}
}

// Sources keep lists that may change while the program runs.
type Sources map[Type]Source

// Source keeps one list.
type Source interface {
	// List is the list as it is now.
	List(ctx context.Context) (List, error)
	// Last is the newest list that was read, nil before the first; for places
	// where nothing may be waited for.
	Last() List
}

// Lists reads the lists that the form takes from.
func (s Sources) Lists(ctx context.Context, d *Definition) (Lists, error) {
	out := Lists{}
	for t, source := range s {
		if !d.Has(t) {
			continue
		}
		l, err := source.List(ctx)
		if err != nil {
			return nil, err
		}
		out[t] = l
	}
	return out, nil
}

// Last are the newest lists that were read; ok is false when one that the
// form takes from never was.
func (s Sources) Last(d *Definition) (out Lists, ok bool) {
	out = Lists{}
	for t, source := range s {
		if !d.Has(t) {
			continue
		}
		l := source.Last()
		if l == nil {
			return nil, false
		}
		out[t] = l
	}
	return out, true
}

// Has tells whether the form asks for anything of this type.
func (d *Definition) Has(t Type) bool { return d.types[t] }
