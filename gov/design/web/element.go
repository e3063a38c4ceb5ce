package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tongban/gov/catalogue/caseflow"
	"tongban/gov/design"
	"tongban/gov/design/elements"
	"tongban/gov/design/plan"
	"tongban/platform/bpmn/edit"
	"tongban/platform/web"
	"tongban/ui"
)

// elementView is the form of one element of a flow that experts draw.
type elementView struct {
	D        design.Draft
	A        design.Surroundings
	E        elements.Element
	OK       bool // there is such an element, and it has a form
	Problems []design.Problem
	Known    map[string][]string
	File     string // set when values were written into a file that is not saved yet
}

// element opens the form of an element of a file, which need not be the saved one.
func (h pages) element(d design.Draft, a design.Surroundings, file []byte, id string) elementView {
	v := elementView{D: d, A: a}
	var err error
	if v.E, v.OK, err = elements.Read(file, id); err != nil || !v.OK {
		return v
	}
	v.Known = elements.Names(file)
	if !bytes.Equal(file, d.File) {
		d.File, d.Tree = file, nil
	}
	for _, p := range h.Check(d, a) {
		if elementOf(file, p) == id {
			v.Problems = append(v.Problems, p)
		}
	}
	return v
}

// labelled is an element as the reader of flows names it.
var labelled = regexp.MustCompile(`^([A-Za-z]+) "(.*)"$`)

// elementOf is the id of the element that a problem is about.
func elementOf(file []byte, p design.Problem) string {
	if m := labelled.FindStringSubmatch(p.Element); m != nil {
		return elements.Owner(file, m[2], p.Line)
	}
	return elements.Owner(file, p.Element, p.Line)
}

// elementText names an element by the word for its kind.
func elementText(ctx context.Context, element string) string {
	m := labelled.FindStringSubmatch(element)
	if m == nil || !elements.Known(m[1]) {
		return element
	}
	return words(ctx, "el_kind."+m[1]) + " " + m[2]
}

// POST /design/{region}/{item}/expert/element shows the form of an element of a
// drawing that is not saved, and writes values into it; nothing is kept. With
// do=save the values go into the draft.
func (h pages) elementPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, item := r.Context(), r.PathValue("region"), r.PathValue("item")
	d, a, err := h.Open(ctx, region, item)
	if err != nil {
		return err
	}
	id, do := r.PostForm.Get("element"), r.PostForm.Get("do")
	if do == "save" {
		return h.saveElement(w, r, id)
	}
	file := drawn(r, d.File)
	changed := ""
	if do == "try" {
		next, err := elements.Write(file, id, valuesOf(r.PostForm))
		if err != nil {
			return design.ErrElement.With("element", id).Because(err)
		}
		if !bytes.Equal(next, file) {
			file, changed = next, string(next)
		}
	}
	v := h.element(d, a, file, id)
	v.File = changed
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return elementPart(v).Render(ctx, w)
}

// drawn is the file that a form sends. What an editor wrote anew without changing
// it is as it was, and lines end as they do in the draft: browsers end them in
// their own way.
func drawn(r *http.Request, draft []byte) []byte {
	unix := func(s string) []byte { return []byte(strings.ReplaceAll(s, "\r\n", "\n")) }
	file := unix(r.PostForm.Get("file"))
	if was := r.PostForm.Get("was"); was != "" {
		file = edit.Graft(unix(was), file)
	}
	if bytes.Contains(draft, []byte("\r\n")) {
		file = bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n"))
	}
	return file
}

// saveElement writes values into the file of the draft, without scripts.
func (h pages) saveElement(w http.ResponseWriter, r *http.Request, id string) error {
	ctx, region, item := r.Context(), r.PathValue("region"), r.PathValue("item")
	values := valuesOf(r.PostForm)
	_, err := h.EditFile(ctx, region, item, version(r), func(file []byte) ([]byte, error) {
		next, err := elements.Write(file, id, values)
		if errors.Is(err, elements.ErrGone) {
			return nil, design.ErrNoElement.With("element", id)
		}
		if err != nil {
			return nil, design.ErrElement.With("element", id).Because(err)
		}
		return next, nil
	})
	if err != nil {
		return err
	}
	return web.Redirect(w, r, draftPath(region, item)+"/expert?element="+url.QueryEscape(id)+"#element")
}

var whole = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)

// valuesOf reads the values of the form; a bare number of days means working days.
func valuesOf(f url.Values) map[string]string {
	out := map[string]string{}
	for _, field := range f["has"] {
		v := strings.Join(f["e."+field], " ")
		if (field == "limit" || field == "time" && f.Get("e.timer") == elements.Timers[0]) && whole.MatchString(strings.TrimSpace(v)) {
			v = "P" + strings.TrimSpace(v) + "WD"
		}
		out[field] = v
	}
	return out
}

// fields are the questions about the element.
func (v elementView) fields(ctx context.Context) []ui.FieldProps {
	var out []ui.FieldProps
	for _, field := range v.E.Fields {
		f := ui.FieldProps{Name: "e." + field, Label: words(ctx, "el."+field), Type: ui.Text, Value: v.E.Values[field], Plain: true}
		if key := "el_hint." + field; hinted[field] {
			f.Hint = words(ctx, key)
		}
		v.shape(ctx, field, &f)
		out = append(out, f)
	}
	for i, w := range v.E.Ways {
		f := ui.FieldProps{Name: "e.when." + w.ID, Label: words(ctx, "el.way", "to", w.To, "name", w.Name), Type: ui.Text, Value: v.E.Values["when."+w.ID], Plain: true, Attrs: map[string]any{"spellcheck": "false"}}
		if i == 0 {
			f.Hint = words(ctx, "el_hint.when")
		}
		out = append(out, f)
	}
	return out
}

// has lists the values that the form asks for.
func (v elementView) has() []string {
	out := slices.Clone(v.E.Fields)
	for _, w := range v.E.Ways {
		out = append(out, "when."+w.ID)
	}
	return out
}

// hinted are the values that need a word of explanation.
var hinted = map[string]bool{"limit": true, "when": true, "takes": true, "in": true, "out": true, "time": true, "code": true, "condition": true, "script": true, "result": true,
	"collection": true, "variable": true, "times": true, "completion": true, "counts": true, "until": true, "while": true, "groups": true, "materials": true, "default": true, "stops": true}

// shape gives a field its control.
func (v elementView) shape(ctx context.Context, field string, f *ui.FieldProps) {
	pick := func(options []ui.Option) {
		f.Type = ui.Select
		f.Options = withNow(options, f.Value, words(ctx, "choose"))
	}
	many := func(options []ui.Option) {
		f.Type, f.Values, f.Options = ui.Choices, strings.Fields(f.Value), options
	}
	switch field {
	case "doc", "script", "in", "out":
		f.Type, f.Attrs = ui.TextArea, map[string]any{"rows": "3", "spellcheck": "false"}
	case "org":
		lead := ui.Option{Value: "${department}", Text: words(ctx, "lead_office")}
		pick(append([]ui.Option{lead}, officeOptions(ctx, v.A)...))
	case "post":
		pick(postOptions(ctx))
	case "operations":
		many(append(keyed(ctx, "operation.", plan.Operations), ui.Option{Value: "none", Text: words(ctx, "el.none")}))
	case "groups":
		many(choices(ctx, v.A.Groups))
	case "materials":
		many(choices(ctx, v.A.Materials))
	case "opinion", "otherwise", "stops":
		f.Type = ui.Check
		if f.Value == "true" {
			f.Value = "yes"
		}
	case "service":
		pick(keyed(ctx, "el_service.", caseflow.Services))
	case "decision":
		var tables []ui.Option
		for _, t := range v.D.Decisions().Decisions() {
			tables = append(tables, ui.Option{Value: t.ID, Text: t.Name})
		}
		pick(tables)
	case "called":
		var list []ui.Option
		for _, id := range v.E.Callable {
			list = append(list, ui.Option{Value: id, Text: id})
		}
		pick(list)
	case "default":
		var ways []ui.Option
		for _, w := range v.E.Ways {
			ways = append(ways, ui.Option{Value: w.ID, Text: words(ctx, "el.way_to", "to", w.To, "name", w.Name)})
		}
		pick(ways)
	case "event":
		f.Type, f.Options = ui.Select, named(ctx, "el_event.", v.E.Events)
	case "loop":
		f.Type, f.Options = ui.Select, named(ctx, "el_loop.", elements.Loops)
	case "timer":
		f.Type, f.Options = ui.Select, keyed(ctx, "el_timer.", elements.Timers)
	case "message", "signal", "code":
		f.Attrs = map[string]any{"list": "known-" + field}
	}
}

// named are kinds as options; the plain one has no name in BPMN.
func named(ctx context.Context, prefix string, kinds []string) []ui.Option {
	var out []ui.Option
	for _, k := range kinds {
		out = append(out, ui.Option{Value: k, Text: words(ctx, prefix+cmp.Or(k, "plain"))})
	}
	return out
}

// withNow adds the value that is there when it is none of the options, and an
// empty one while nothing is chosen.
func withNow(options []ui.Option, now, choose string) []ui.Option {
	switch {
	case now == "":
		return append([]ui.Option{{Text: choose}}, options...)
	case !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == now }):
		return append(options, ui.Option{Value: now, Text: now})
	}
	return options
}

// listed are the elements of the draft, for who does not choose on the canvas.
func (v expertView) listed() []elements.Brief {
	list, err := elements.List(v.D.File)
	if err != nil {
		return nil
	}
	return list
}
