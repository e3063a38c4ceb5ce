package parts

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/platform/forms"
)

// Difference is one value that two packages do not share.
type Difference struct {
	Path         string
	Old, New     string // as text; "" for none
	OldEn, NewEn string // titles of rows in English, where they have one
	Added        bool   // a row that only the new one has
	Removed      bool   // a row that only the old one has
	Moved        bool   // the same rows in another order
}

// Compare lists what differs between two packages, in the order of their files.
func Compare(old, now *packages.Package) []Difference {
	a, b := Open(old), Open(now)
	var out []Difference
	for _, k := range []string{"item", "materials", "situations", "form", "result", "bundle"} {
		compare(k, a.root[k], b.root[k], &out)
	}
	return out
}

// Changes are what differs between two packages, as a history keeps it.
func Changes(old, now *packages.Package) []Change {
	tree := Open(old)
	var out []Change
	for _, d := range Compare(old, now) {
		c := Change{Path: d.Path}
		if v, ok := tree.Get(d.Path); ok && !d.Moved {
			if b, err := json.Marshal(v); err == nil {
				c.Old = b
			}
		}
		if !d.Moved {
			out = append(out, c)
		}
	}
	return out
}

func compare(path string, a, b any, out *[]Difference) {
	if same(a, b) {
		return
	}
	x, xm := a.(map[string]any)
	y, ym := b.(map[string]any)
	if xm || ym {
		keys := map[string]bool{}
		for k := range x {
			keys[k] = true
		}
		for k := range y {
			keys[k] = true
		}
		list := make([]string, 0, len(keys))
		for k := range keys {
			list = append(list, k)
		}
		slices.Sort(list)
		for _, k := range list {
			compare(path+"/"+k, x[k], y[k], out)
		}
		return
	}
	p, pl := a.([]any)
	q, ql := b.([]any)
	if rows(p) || rows(q) {
		compareRows(path, p, q, out)
		return
	}
	if pl || ql {
		*out = append(*out, Difference{Path: path, Old: lines(p), New: lines(q)})
		return
	}
	*out = append(*out, Difference{Path: path, Old: scalar(a), New: scalar(b)})
}

// rows tells whether a list holds objects.
func rows(list []any) bool {
	if len(list) == 0 {
		return false
	}
	_, ok := list[0].(map[string]any)
	return ok
}

func compareRows(path string, p, q []any, out *[]Difference) {
	old, now := rowKeys(p), rowKeys(q)
	for i, k := range old {
		if !slices.Contains(now, k) {
			*out = append(*out, Difference{Path: path + "/" + k, Old: title(p[i], "zh"), OldEn: title(p[i], "en"), Removed: true})
		}
	}
	for i, k := range now {
		j := slices.Index(old, k)
		if j < 0 {
			*out = append(*out, Difference{Path: path + "/" + k, New: title(q[i], "zh"), NewEn: title(q[i], "en"), Added: true})
			continue
		}
		compare(path+"/"+k, p[j], q[i], out)
	}
	common := func(list, other []string) []string {
		var out []string
		for _, k := range list {
			if slices.Contains(other, k) {
				out = append(out, k)
			}
		}
		return out
	}
	if a, b := common(old, now), common(now, old); !slices.Equal(a, b) {
		*out = append(*out, Difference{Path: path, Old: strings.Join(a, "、"), New: strings.Join(b, "、"), Moved: true})
	}
}

// title is what a row is called in a language; in Chinese where it has no other
// name.
func title(v any, lang string) string {
	m, _ := v.(map[string]any)
	if target := bound(m); target != "" {
		return target
	}
	for _, k := range []string{"name", "label", "title", "text", "law", "question"} {
		switch x := m[k].(type) {
		case string:
			if s, ok := m[k+"_"+lang].(string); ok && s != "" {
				return s
			}
			return x
		case map[string]any:
			if s := inLang(x, lang); s != "" {
				body, _ := m["authority"].(map[string]any)
				return strings.ReplaceAll(s, content.BodyPlace, cmp.Or(inLang(body, lang), "…"))
			}
		}
	}
	for _, k := range names {
		if s, ok := m[k].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// inLang is a text in a language, or in Chinese.
func inLang(text map[string]any, lang string) string {
	zh, _ := text["zh"].(string)
	s, _ := text[lang].(string)
	return cmp.Or(s, zh)
}

// Title is what the row at a path is called in a language, "zh" or "en", or its
// name when it has no words.
func (t *Tree) Title(path, lang string) string {
	v, _ := t.Get(path)
	_, last := split(path)
	return cmp.Or(title(v, lang), last)
}

func lines(list []any) string {
	var out []string
	for _, e := range list {
		out = append(out, scalar(e))
	}
	return strings.Join(out, "\n")
}

func scalar(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// tidy takes away what was emptied, where packages have no empty values.
func tidy(p *packages.Package) {
	none := func(w *forms.Words) *forms.Words {
		if w != nil && w.Zh == "" && w.En == "" {
			return nil
		}
		return w
	}
	for g := range p.Form.Groups {
		group := &p.Form.Groups[g]
		group.Note = none(group.Note)
		for i := range group.Fields {
			f := &group.Fields[i]
			f.Hint, f.Unit = none(f.Hint), none(f.Unit)
			if f.Prefill != nil && f.Prefill.Source == "" {
				f.Prefill = nil
			}
			for k, w := range f.Errors {
				if w.Zh == "" && w.En == "" {
					delete(f.Errors, k)
				}
			}
		}
	}
	for q := range p.Situations.Questions {
		for i := range p.Situations.Questions[q].Options {
			o := &p.Situations.Questions[q].Options[i]
			if w := o.Warning; w != nil && w.Text.Zh+w.Text.En+w.Instead.Zh+w.Instead.En == "" {
				o.Warning = nil
			}
		}
	}
	for i := range p.Situations.Variations {
		v := &p.Situations.Variations[i]
		if v.Legal != nil && v.Legal.Amount == 0 {
			v.Legal = nil
		}
		if v.Promise != nil && v.Promise.Amount == 0 {
			v.Promise = nil
		}
		if v.Fee != nil && !v.Fee.Known {
			v.Fee = nil
		}
		if v.Window != nil && v.Window.Name.Zh == "" {
			v.Window = nil
		}
		if v.Office != nil && v.Office.Code == "" {
			v.Office = nil
		}
	}
	tidyBundle(p.Bundle)
	if m := p.Item.More; m != nil {
		for k, v := range m.Fields {
			if v == "" {
				delete(m.Fields, k)
			}
		}
	}
}

// tidyBundle takes away what a part of a one thing gets from nowhere.
func tidyBundle(b *content.Bundle) {
	if b == nil {
		return
	}
	for i := range b.Parts {
		x := &b.Parts[i]
		x.Situation = slices.DeleteFunc(x.Situation, func(b content.AnswerBinding) bool { return b.From+b.Value == "" })
		x.Form = slices.DeleteFunc(x.Form, func(b content.FieldBinding) bool { return b.From+b.Value+b.Result == "" })
		x.Materials = slices.DeleteFunc(x.Materials, func(b content.PaperBinding) bool { return b.From+b.Result == "" })
	}
}
