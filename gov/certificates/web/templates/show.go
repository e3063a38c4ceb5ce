package templates

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/layout"
	"tongban/gov/certificates/templates"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// errForm refuses a form that cannot be read.
var errForm = fault.Invalid("certificates.templates.form")

// view is one version of a template.
type view struct {
	templates.Template
	Type     kinds.Type
	Versions []templates.Template
	Pictures []string
	Long     bool
	Lint     []layout.Problem
	Propose  bool
	Decide   bool
	Problems []ui.Problem
}

// words are those of these pages; ‹names› in them are shown in braces, which
// words cannot hold themselves.
func words(ctx context.Context, key string, args ...any) string {
	return braces.Replace(i18n.T(ctx, "certificates.templates."+key, args...))
}

var braces = strings.NewReplacer("‹", "{", "›", "}")

func said(ctx context.Context, t catalogue.Text) string { return i18n.Pick(ctx, t.Zh, t.En) }

func base(code string) string { return "/certificate-types/" + code }

func crumbs(ctx context.Context, t kinds.Type) []ui.Link {
	return []ui.Link{{Text: i18n.T(ctx, "certificates.types.title"), Href: "/certificate-types"}, {Text: said(ctx, t.Name), Href: base(t.Code)}}
}

// show answers GET /certificate-types/{code}/template, with ?version= another
// version than the one in force.
func (h pages) show(w http.ResponseWriter, r *http.Request) error {
	return h.showVersion(w, r, http.StatusOK, r.URL.Query().Get("version"), nil)
}

func (h pages) showVersion(w http.ResponseWriter, r *http.Request, status int, version string, problems []ui.Problem) error {
	ctx := r.Context()
	v := view{Propose: h.mayDesign(ctx), Long: r.URL.Query().Get("sample") == "long", Problems: problems}
	if !v.Propose && !h.mayPublish(ctx) {
		return templates.ErrNoTemplate
	}
	var err error
	if v.Type, err = h.Types.InForce(ctx, r.PathValue("code")); err != nil {
		return err
	}
	if v.Versions, err = h.Templates.Versions(ctx, h.Region, v.Type.Code); err != nil {
		return err
	}
	found := false
	for _, t := range v.Versions {
		if wanted := version == "" && t.State == kinds.Approved || version == strconv.Itoa(t.Version); wanted && !found {
			v.Template, found = t, true
		}
	}
	if !found && version != "" {
		return templates.ErrNoTemplate
	}
	if !found { // certificates of the type have the standard layout
		v.Template.Template = layout.Standard(v.Type.Code)
	}
	if v.Lint, err = h.Templates.Lint(ctx, v.Template.Template); err != nil {
		return err
	}
	var bad templates.Problems
	if v.Pictures, err = h.Templates.Pictures(ctx, v.Template.Template, v.Long, false, words(ctx, "picture")); err != nil && !errors.As(err, &bad) {
		return err
	}
	v.Decide = v.State == kinds.Proposed && h.mayPublish(ctx) && auth.From(ctx).ID != v.ProposedBy
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "title", "name", said(ctx, v.Type.Name)), Lead: words(ctx, "lead"), Eyebrow: v.Type.Code, Face: h.face(ctx), Active: "types",
		Problems: problems, Crumbs: crumbs(ctx, v.Type)}, showPage(v))
}

func (v view) path() string { return base(v.Type.Code) + "/template" }

// sample answers GET …/template/{version}/sample.pdf; version 0 is the standard
// layout.
func (h pages) sample(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	if !h.mayDesign(ctx) && !h.mayPublish(ctx) {
		return templates.ErrNoTemplate
	}
	n, err := strconv.Atoi(r.PathValue("version"))
	if err != nil {
		return templates.ErrNoTemplate
	}
	t := layout.Standard(code)
	if n > 0 {
		list, err := h.Templates.Versions(ctx, h.Region, code)
		if err != nil {
			return err
		}
		found := false
		for _, v := range list {
			if v.Template.Type == code && v.Version == n {
				t, found = v.Template, true
			}
		}
		if !found {
			return templates.ErrNoTemplate
		}
	}
	return h.pdf(w, r, t)
}

// pdf answers with a preview.
func (h pages) pdf(w http.ResponseWriter, r *http.Request, t layout.Template) error {
	b, err := h.Templates.Preview(r.Context(), t, r.FormValue("sample") == "long")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="sample.pdf"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(b)
	return err
}

// decide answers POST …/template/{version}/decision.
func (h pages) decide(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	ctx, code, version := r.Context(), r.PathValue("code"), r.PathValue("version")
	n, err := strconv.Atoi(version)
	if err != nil {
		return templates.ErrNoTemplate
	}
	t, err := h.Templates.Decide(ctx, h.Region, code, n, r.PostForm.Get("act") == "publish", r.PostForm.Get("answer"))
	if errors.Is(err, templates.ErrNote) {
		return h.showVersion(w, r, http.StatusUnprocessableEntity, version, []ui.Problem{{Field: "answer", Text: words(ctx, "need_answer")}})
	}
	var bad templates.Problems
	if errors.As(err, &bad) { // its type has changed since; the page says what is wrong now
		return h.showVersion(w, r, http.StatusUnprocessableEntity, version, []ui.Problem{{Field: "answer", Text: words(ctx, "unsound")}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(t.Template.Type)+"/template?version="+version)
}

// problemText says what is wrong, and with which part.
func problemText(ctx context.Context, t layout.Template, p layout.Problem) string {
	text := words(ctx, "problem."+p.Code, "what", p.What)
	if p.Part < 0 {
		return text
	}
	return words(ctx, "at", "n", p.Part+1, "part", words(ctx, "sort."+known(t.Parts[p.Part].Sort)), "text", text)
}

// known keeps what a form sent from being taken for a word.
func known(sort string) string {
	for _, s := range layout.Sorts {
		if s == sort {
			return s
		}
	}
	return layout.Text
}

// split are the problems that keep a template from being published, and the
// others.
func split(list []layout.Problem) (hard, soft []layout.Problem) {
	for _, p := range list {
		if p.Warn {
			soft = append(soft, p)
		} else {
			hard = append(hard, p)
		}
	}
	return hard, soft
}
