package tabs

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/platform/i18n"
	"tongban/ui"
)

// version is the state of the draft that the reader saw; -1, which no draft
// has, when the form does not say.
func version(r *http.Request) int {
	n, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil {
		return -1
	}
	return n
}

// unlisted are what a package says that no tab asks for.
var unlisted = []string{"item/code", "item/id", "item/region", "item/type/name"}

// crumb names a path: 材料 · 居民户口簿 · 为什么要.
func (v view) crumb(ctx context.Context, path string) string { return crumb(ctx, v.tree, path) }

func crumb(ctx context.Context, tree *parts.Tree, path string) string {
	if path == "" {
		return ""
	}
	var out []string
	segments := strings.Split(path, "/")
	for i := range segments {
		if i < 1 {
			continue
		}
		at := strings.Join(segments[:i+1], "/")
		if len(tree.Keys(strings.Join(segments[:i], "/"))) > 0 { // a row
			if title := tree.Title(at, inTongue(ctx)); !strings.HasPrefix(title, "#") { // an entry without a name, by its place
				out = append(out, title)
			}
		}
	}
	if w := valueWord(ctx, path); w != "" {
		out = append(out, w)
	} else if slices.Contains(unlisted, strings.TrimSuffix(strings.TrimSuffix(path, "/zh"), "/en")) {
		out = append(out, words(ctx, "path."+strings.TrimSuffix(strings.TrimSuffix(path, "/zh"), "/en")))
	}
	if len(out) == 0 {
		return path
	}
	return strings.Join(out, " · ")
}

// inTongue is the reader's language as the texts of a package name it.
func inTongue(ctx context.Context) string { return i18n.Pick(ctx, "zh", "en") }

// valueWord is what a value is called on its tab; "" when the path is a row.
func valueWord(ctx context.Context, path string) string {
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/zh"), "/en")
	for _, t := range tabList {
		for _, s := range t.Sheets {
			if path == s.Path {
				return words(ctx, "sheet."+s.ID)
			}
			if rest, ok := strings.CutPrefix(path, s.Path+"/"); ok {
				if w := valueIn(ctx, editing{ID: s.ID, Values: s.Values}, rest); w != "" {
					if strings.HasPrefix(s.Path, "item/limits/") { // the same words stand on four sheets
						w = words(ctx, "sheet."+s.ID) + " · " + w
					}
					return w
				}
			}
		}
		for _, l := range t.Lists {
			if path == l.Path {
				return words(ctx, "list."+l.ID)
			}
			rest, ok := strings.CutPrefix(path, l.Path+"/")
			if !ok {
				continue
			}
			_, below, deep := strings.Cut(rest, "/")
			if !deep {
				return ""
			}
			if l.Inner != nil {
				if inner, ok := strings.CutPrefix(below, l.Inner.Path+"/"); ok {
					_, value, deep := strings.Cut(inner, "/")
					if !deep {
						return ""
					}
					return valueIn(ctx, editing{ID: l.Inner.ID, Values: l.Inner.Values}, value)
				}
			}
			return valueIn(ctx, editing{ID: l.ID, Values: l.Values}, below)
		}
	}
	return ""
}

func valueIn(ctx context.Context, e editing, path string) string {
	for _, x := range e.Values {
		if x.Path == path || strings.HasPrefix(path, x.Path+"/") {
			return e.label(ctx, x)
		}
	}
	return ""
}

// withType adds the words of a kind of item to its code.
func withType(edits []parts.Edit) []parts.Edit {
	for _, e := range edits {
		if e.Path != "item/type/code" {
			continue
		}
		l, _ := codes.Of(codes.TypeList)
		if x, ok := l.Entry(shown(e.Value)); ok {
			return append(edits, parts.Edit{Path: "item/type/name/zh", Value: x.Zh}, parts.Edit{Path: "item/type/name/en", Value: x.En})
		}
	}
	return edits
}

// at lists the faults at or below a path.
func (v view) at(path string) []design.Fault {
	var out []design.Fault
	for _, f := range v.faults {
		if f.Path == path || strings.HasPrefix(f.Path, path+"/") {
			out = append(out, f)
		}
	}
	return out
}

// rowPath is the row or sheet of this tab that a path lies on.
func (v view) rowPath(path string) string {
	for p := path; p != ""; p = p[:max(strings.LastIndex(p, "/"), 0)] {
		if _, ok := v.find(p); ok {
			return p
		}
	}
	return ""
}

// mine are the faults of this tab. A text that lacks both languages is one
// thing to mend.
func (v view) mine() []design.Fault {
	return slices.DeleteFunc(v.each(), func(f design.Fault) bool { return f.Part != v.tab.ID })
}

// each are all faults, each once.
func (v view) each() []design.Fault {
	var out []design.Fault
	said := map[string]bool{}
	for _, f := range v.faults {
		key := strings.TrimSuffix(strings.TrimSuffix(f.Path, "/zh"), "/en") + "\n" + f.Text
		if !said[key] {
			said[key] = true
			out = append(out, f)
		}
	}
	return out
}

// control finds how the value at a path is entered.
func (v view) control(path string) (value, bool) {
	for _, t := range tabList {
		var e []editing
		for _, s := range t.Sheets {
			e = append(e, editing{Path: s.Path, Values: s.Values})
		}
		v.tab = t
		if row, ok := v.find(v.rowPath(path)); ok {
			e = append(e, row)
		}
		for _, x := range e {
			for _, one := range x.Values {
				if path == x.Path+"/"+one.Path {
					return one, true
				}
			}
		}
	}
	return value{}, false
}

// spoken is a value in words, as the tab shows it.
func (v view) spoken(ctx context.Context, path, text string) string {
	c, ok := v.control(path)
	switch {
	case !ok || text == "":
		return text
	case c.Control == truth && text == "true":
		return i18n.T(ctx, "design.yes")
	case c.Control == truth:
		return i18n.T(ctx, "design.no")
	case c.Control == pick:
		for _, o := range v.choices(ctx, c.Choices) {
			if o.Value == text {
				return o.Text
			}
		}
	}
	return text
}

// note is what a row says besides its title.
func (v view) note(ctx context.Context, l list, path string) string {
	t := func(p string) string { return v.tree.Text(path + "/" + p) }
	switch l.ID {
	case "materials":
		out := []string{words(ctx, "o.papers."+t("kind"))}
		if t("needed_when") != "" {
			out = append(out, words(ctx, "sometimes"))
		}
		if n := len(v.tree.List(path + "/instead")); n > 0 {
			out = append(out, words(ctx, "replaceable", "n", n))
		}
		return strings.Join(out, " · ")
	case "fields":
		if t("type") == "" {
			return t("from")
		}
		out := []string{words(ctx, "o.types."+t("type"))}
		if t("required") == "true" {
			out = append(out, words(ctx, "required"))
		}
		if t("show_when") != "" {
			out = append(out, words(ctx, "sometimes"))
		}
		if s := t("prefill/source"); s != "" {
			out = append(out, words(ctx, "filled"))
		}
		return strings.Join(out, " · ")
	case "options":
		if n := t("next"); n != "end" {
			return words(ctx, "then", "question", v.tree.Title("situations/questions/"+n, inTongue(ctx)))
		}
		return words(ctx, "end")
	case "variations":
		return v.variation(ctx, path)
	case "parts":
		return v.partNote(ctx, path)
	case "basis":
		return t("article")
	case "fees":
		return t("standard")
	}
	return ""
}

// variation says what a variation changes.
func (v view) variation(ctx context.Context, path string) string {
	var out []string
	for _, x := range [][2]string{{"promise_limit", "amount"}, {"legal_limit", "amount"}, {"fee", "known"}, {"visits", ""}, {"office", "code"}, {"window", "phone"}} {
		if val := v.tree.Text(strings.TrimSuffix(path+"/"+x[0]+"/"+x[1], "/")); val != "" && (val != "0" || x[1] == "") && val != "false" {
			out = append(out, words(ctx, "varies."+x[0]))
		}
	}
	return strings.Join(out, " · ")
}

// title of a row in the reader's language.
func (v view) title(ctx context.Context, path string) string {
	if again, ok := strings.CutPrefix(path, "situations/repeats/"); ok {
		place, option, _ := strings.Cut(again, "/options/")
		asked := "situations/questions/" + v.tree.Text("situations/repeats/"+place+"/question")
		if option != "" {
			return v.title(ctx, asked+"/options/"+option)
		}
		return words(ctx, "again", "question", v.title(ctx, asked))
	}
	for _, k := range []string{"name", "label", "title", "text", "why"} {
		if s := i18n.Pick(ctx, v.tree.Text(path+"/"+k+"/zh"), v.tree.Text(path+"/"+k+"/en")); strings.Contains(s, content.BodyPlace) {
			return v.tree.Title(path, inTongue(ctx))
		} else if s != "" {
			return s
		}
	}
	if org := v.tree.Text(path + "/org"); org != "" {
		return v.a.OfficeName(org)
	}
	if s := v.tree.Title(path, inTongue(ctx)); s != path[strings.LastIndex(path, "/")+1:] {
		return s
	}
	return words(ctx, "unnamed")
}

// choice is one option of a select.
func chosen(list []ui.Option, value string) []ui.Option {
	for _, o := range list {
		if o.Value == value {
			return list
		}
	}
	return append([]ui.Option{{Value: value, Text: value}}, list...)
}
