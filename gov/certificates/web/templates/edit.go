package templates

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/layout"
	"tongban/gov/certificates/templates"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// editView is the form of a proposal with what comes out of it.
type editView struct {
	Type     kinds.Type
	T        layout.Template
	Form     url.Values // what was typed
	Lint     []layout.Problem
	Pictures []string
	Long     bool
	Problems []ui.Problem
}

// edit answers GET …/template/edit: the version in force is the start.
func (h pages) edit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	typ, err := h.Types.InForce(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	t := layout.Standard(typ.Code)
	list, err := h.Templates.Versions(ctx, h.Region, typ.Code)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(list, func(v templates.Template) bool { return v.State == kinds.Approved }); i >= 0 {
		t = list[i].Template
	}
	return h.showEdit(w, r, http.StatusOK, editView{Type: typ, T: t, Form: formOf(t)})
}

func (h pages) showEdit(w http.ResponseWriter, r *http.Request, status int, v editView) (err error) {
	ctx := r.Context()
	if v.Lint, err = h.Templates.Lint(ctx, v.T); err != nil {
		return err
	}
	var bad templates.Problems
	if v.Pictures, err = h.Templates.Pictures(ctx, v.T, v.Long, true, words(ctx, "picture")); err != nil && !errors.As(err, &bad) {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "edit_title", "name", said(ctx, v.Type.Name)), Lead: words(ctx, "edit_lead"), Eyebrow: v.Type.Code, Face: ui.Design, Active: "types",
		Problems: v.Problems, Crumbs: append(crumbs(ctx, v.Type), ui.Link{Text: words(ctx, "short"), Href: base(v.Type.Code) + "/template"})}, editPage(v))
}

// maxForm bounds a template as a form, in bytes.
const maxForm = 512 << 10

// read takes the template from the form.
func (h pages) read(w http.ResponseWriter, r *http.Request) (v editView, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return v, errForm.Because(err)
	}
	if v.Type, err = h.Types.InForce(r.Context(), r.PathValue("code")); err != nil {
		return v, err
	}
	v.Form, v.Long = r.PostForm, r.PostForm.Get("sample") == "long"
	v.T = templateOf(v.Type.Code, v.Form)
	return v, nil
}

// draft answers POST …/template/sample.pdf: the form as a PDF.
func (h pages) draft(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(w, r)
	if err != nil {
		return err
	}
	return h.pdf(w, r, v.T)
}

// propose answers POST …/template/edit: looking at it, adding, removing and
// moving parts, and handing it in.
func (h pages) propose(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(w, r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	act, at, _ := strings.Cut(v.Form.Get("act"), ":")
	n, _ := strconv.Atoi(at)
	switch {
	case act == "propose":
		t, err := h.Templates.Propose(ctx, h.Region, v.T, v.Form.Get("note"))
		if err == nil {
			return web.Redirect(w, r, fmt.Sprintf("%s/template?version=%d", base(t.Type), t.Version))
		}
		var bad templates.Problems
		switch {
		case errors.As(err, &bad):
			for _, p := range bad {
				if !p.Warn {
					v.Problems = append(v.Problems, ui.Problem{Field: control(p), Text: problemText(ctx, v.T, p)})
				}
			}
			if strings.TrimSpace(v.Form.Get("note")) == "" {
				v.Problems = append(v.Problems, ui.Problem{Field: "note", Text: words(ctx, "need_note")})
			}
		case errors.Is(err, templates.ErrNote):
			v.Problems = []ui.Problem{{Field: "note", Text: words(ctx, "need_note")}}
		case errors.Is(err, templates.ErrUnchanged):
			v.Problems = []ui.Problem{{Field: "note", Text: i18n.T(ctx, "fault.certificates.templates.unchanged")}}
		default:
			return err
		}
		return h.showEdit(w, r, http.StatusUnprocessableEntity, v)
	case act == "add" && len(v.T.Parts) < layout.MaxParts:
		v.T.Parts = append(v.T.Parts, fresh(known(v.Form.Get("add")), v.T.Page))
	case act == "remove" && n >= 0 && n < len(v.T.Parts):
		v.T.Parts = slices.Delete(v.T.Parts, n, n+1)
	case act == "up" && n > 0 && n < len(v.T.Parts):
		v.T.Parts[n-1], v.T.Parts[n] = v.T.Parts[n], v.T.Parts[n-1]
	default:
		return h.showEdit(w, r, http.StatusOK, v)
	}
	note := v.Form.Get("note")
	v.Form = formOf(v.T)
	v.Form.Set("note", note)
	return h.showEdit(w, r, http.StatusOK, v)
}

// control is where a problem stands in the form.
func control(p layout.Problem) string {
	switch {
	case p.Part < 0 && p.Code == "page":
		return "wide"
	case p.Part < 0:
		return "add"
	case p.Field == "":
		return fmt.Sprintf("p%d.x", p.Part)
	}
	return fmt.Sprintf("p%d.%s", p.Part, p.Field)
}

// fresh is a new part in the middle of the page.
func fresh(sort string, page layout.Page) layout.Part {
	p := layout.Part{Sort: sort, X: math.Round(page.Wide/2) - 25, Y: math.Round(page.High / 2), Wide: 50, High: 10}
	switch sort {
	case layout.Text:
		p.Text = "{holder}"
	case layout.Date:
		p.Field = "issued"
	case layout.Seal, layout.Code:
		p.Wide, p.High = 40, 40
	case layout.Photo:
		p.Wide, p.High = 35, 49
	case layout.Sentences, layout.Rows:
		p.High = 40
	case layout.Line:
		p.High = 0
	}
	return p
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// length reads a number to a tenth; what is none becomes -1, which is refused at
// its control.
func length(s string) float64 {
	if s = strings.TrimSpace(s); s == "" {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 10_000 {
		return -1
	}
	return math.Round(v*10) / 10
}

// formOf is a template as the form shows it.
func formOf(t layout.Template) url.Values {
	f := url.Values{"wide": {number(t.Page.Wide)}, "high": {number(t.Page.High)}}
	for i, p := range t.Parts {
		set := func(name, value string) {
			if value != "" && value != "0" || slices.Contains([]string{"x", "y", "wide", "high"}, name) {
				f.Set(fmt.Sprintf("p%d.%s", i, name), value)
			}
		}
		tick := map[bool]string{true: "1"}
		set("sort", p.Sort)
		set("x", number(p.X))
		set("y", number(p.Y))
		set("wide", number(p.Wide))
		set("high", number(p.High))
		set("size", number(p.Size))
		set("align", p.Align)
		set("color", p.Color)
		set("field", p.Field)
		set("label", number(p.Label))
		set("text", p.Text)
		set("bold", tick[p.Bold])
		set("title", tick[p.Title])
		set("after", tick[p.After])
		set("double", tick[p.Twice])
	}
	return f
}

// templateOf reads the form.
func templateOf(code string, f url.Values) layout.Template {
	t := layout.Template{Type: code, Page: layout.Page{Wide: length(f.Get("wide")), High: length(f.Get("high"))}}
	for i := 0; i <= layout.MaxParts && f.Has(fmt.Sprintf("p%d.sort", i)); i++ {
		get := func(name string) string { return strings.TrimSpace(f.Get(fmt.Sprintf("p%d.%s", i, name))) }
		t.Parts = append(t.Parts, layout.Part{Sort: get("sort"), X: length(get("x")), Y: length(get("y")), Wide: length(get("wide")), High: length(get("high")), Size: length(get("size")),
			Align: get("align"), Color: get("color"), Field: get("field"), Label: length(get("label")), Text: strings.ReplaceAll(get("text"), "\r\n", "\n"),
			Bold: get("bold") != "", Title: get("title") != "", After: get("after") != "", Twice: get("double") != ""})
	}
	return t
}

// field is a control with its words, what was typed and its problem.
func (v editView) field(ctx context.Context, name string, p ui.FieldProps) templ.Component {
	word := name
	if _, rest, ok := strings.Cut(name, "."); ok {
		word = "part_" + rest
	}
	p.Name, p.Label, p.Value, p.Error, p.Plain = name, words(ctx, "ask."+word), v.Form.Get(name), ui.ErrorFor(v.Problems, name), true
	if p.Type == ui.Choices {
		p.Values, p.Value, p.HideLab = v.Form[name], "", true
	}
	return ui.Field(p)
}

func (v editView) at(i int, name string) string { return fmt.Sprintf("p%d.%s", i, name) }

// summary names a part by its kind and what it shows.
func (v editView) summary(ctx context.Context, i int) string {
	p := v.T.Parts[i]
	what := p.Text
	if f, ok := v.Type.Field(p.Field); ok {
		what = said(ctx, f.Label)
	}
	return strings.TrimSpace(fmt.Sprintf("%d. %s %s", i+1, words(ctx, "sort."+known(p.Sort)), strings.ReplaceAll(what, "\n", " ")))
}

func options(ctx context.Context, list string, values ...string) (out []ui.Option) {
	for _, x := range values {
		out = append(out, ui.Option{Value: x, Text: words(ctx, list+"."+x)})
	}
	return out
}

// none is the empty choice before others.
func none(ctx context.Context, rest []ui.Option) []ui.Option {
	return append([]ui.Option{{Value: "", Text: words(ctx, "usual")}}, rest...)
}

// fields are what a part can name: fields of the type, photographs or dates.
func (v editView) fields(ctx context.Context, sort string) (out []ui.Option) {
	if sort == layout.Date {
		return options(ctx, "date", layout.Dates...)
	}
	for _, f := range v.Type.Fields {
		if (sort == layout.Photo) == (f.Kind == kinds.Photo) {
			out = append(out, ui.Option{Value: f.Key, Text: said(ctx, f.Label)})
		}
	}
	return out
}
