package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tongban/gov/design"
	"tongban/gov/design/plan"
	"tongban/platform/fault"
	"tongban/platform/web"
	"tongban/ui"
)

// editorView is the editor of one draft.
type editorView struct {
	D        design.Draft
	A        design.Surroundings
	Problems []design.Problem
	Step     *plan.Step // that is being edited
	Find     string     // narrows the offices that are offered
	Form     []ui.Problem
	Template plan.Template // chosen to begin with, when it was refused
	Offices  []string
	Drawn    bool // there is a picture
	Clash    []clash
	Force    bool // the form was refused because somebody else changed the same; sent again, it wins
}

// clash is one answer that two people gave.
type clash struct {
	Label, Mine, Theirs, Name string
	At                        time.Time
}

func (v editorView) path() string { return draftPath(v.D.Region, v.D.Item) }

// of lists what is wrong with one step.
func (v editorView) of(step string) []design.Problem {
	var out []design.Problem
	for _, p := range v.Problems {
		if p.Step == step {
			out = append(out, p)
		}
	}
	return out
}

// GET /design/{region}/{item}
func (h pages) editor(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := editorView{}
	var err error
	if v.D, v.A, err = h.Open(r.Context(), r.PathValue("region"), r.PathValue("item")); err != nil {
		return err
	}
	if v.A.Offer.Bundle != nil { // a one thing has no flow of its own
		return web.Redirect(w, r, v.path()+"/parts")
	}
	if v.D.Tree != nil {
		v.Step, _ = v.D.Tree.Find(q.Get("step"))
		v.Find = strings.TrimSpace(q.Get("find"))
	}
	return h.show(w, r, http.StatusOK, v)
}

func (h pages) show(w http.ResponseWriter, r *http.Request, status int, v editorView) error {
	ctx := r.Context()
	v.Problems = h.Check(v.D, v.A)
	v.Drawn = h.Picture(new(bytes.Buffer), v.D, nil) == nil
	return ui.Render(w, r, status, h.page(ctx, v.A, "", v.Form), editorPage(v))
}

// page is the frame of the pages of one draft; tab is "" for the editor.
func (h pages) page(ctx context.Context, a design.Surroundings, tab string, problems []ui.Problem) ui.Page {
	return Frame(ctx, &a.Offer.Item, tab, problems)
}

// POST /design/{region}/{item}/begin
func (h pages) begin(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	region, item := r.PathValue("region"), r.PathValue("item")
	v := editorView{Template: plan.Template(r.PostForm.Get("template")), Offices: r.PostForm["offices"]}
	_, err := h.Begin(r.Context(), region, item, version(r), v.Template, v.Offices)
	if errors.Is(err, design.ErrFewOffices) {
		v.Form = []ui.Problem{{Field: "offices", Text: web.Words(r.Context(), fault.Of(err))}}
		if v.D, v.A, err = h.Open(r.Context(), region, item); err != nil {
			return err
		}
		return h.show(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, draftPath(region, item))
}

// POST /design/{region}/{item}/steps
func (h pages) addStep(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	region, item := r.PathValue("region"), r.PathValue("item")
	branch, _ := strconv.Atoi(r.PostForm.Get("branch")) // what is no number is refused as a place that is not there
	index, err := strconv.Atoi(r.PostForm.Get("index"))
	if err != nil {
		return design.ErrNoStep
	}
	kind := plan.Kind(r.PostForm.Get("kind"))
	id, _, err := h.AddStep(r.Context(), region, item, version(r), kind, plan.Place{Owner: r.PostForm.Get("owner"), Branch: branch, Index: index})
	if err != nil {
		return err
	}
	if kind == plan.LoopStep || kind == plan.Supplement { // nothing is left to say about it
		return web.Redirect(w, r, draftPath(region, item)+"#s-"+id)
	}
	return web.Redirect(w, r, draftPath(region, item)+"?step="+id+"#step")
}

// POST /design/{region}/{item}/steps/{step}/{act}
func (h pages) actStep(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	region, item, step := r.PathValue("region"), r.PathValue("item"), r.PathValue("step")
	act := r.PathValue("act")
	branch, err := strconv.Atoi(r.PostForm.Get("branch"))
	if err != nil {
		branch = -1
	}
	if _, err := h.StepAct(r.Context(), region, item, version(r), step, act, branch); err != nil {
		return err
	}
	to := draftPath(region, item)
	if act != "remove" {
		to += "?step=" + step + "#s-" + step
	}
	return web.Redirect(w, r, to)
}

// POST /design/{region}/{item}/flows adds a called process, or with the name of
// one changes what it is called or takes it away.
func (h pages) flows(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	f, region, item := r.PostForm, r.PathValue("region"), r.PathValue("item")
	called := strings.TrimSpace(f.Get("name"))
	if called == "" && f.Get("do") != "remove" {
		v := editorView{Form: []ui.Problem{{Field: "name", Text: words(r.Context(), "problem.flow.name")}}}
		var err error
		if v.D, v.A, err = h.Open(r.Context(), region, item); err != nil {
			return err
		}
		return h.show(w, r, http.StatusUnprocessableEntity, v)
	}
	id, _, err := h.FlowAct(r.Context(), region, item, version(r), f.Get("do"), f.Get("flow"), called, strings.TrimSpace(f.Get("name_en")))
	if err != nil {
		return err
	}
	to := draftPath(region, item)
	if f.Get("do") != "remove" {
		to += "#s-" + id
	}
	return web.Redirect(w, r, to)
}

// GET /design/{region}/{item}/picture.svg
func (h pages) picture(w http.ResponseWriter, r *http.Request) error {
	d, _, err := h.Open(r.Context(), r.PathValue("region"), r.PathValue("item"))
	if err != nil {
		return err
	}
	return h.draw(w, d, nil)
}

func (h pages) draw(w http.ResponseWriter, d design.Draft, states map[string]string) error {
	var b bytes.Buffer
	if err := h.Picture(&b, d, states); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Cache-Control", "no-store")
	svg := strings.Replace(b.String(), "</desc>", `</desc><rect x="-9999" y="-9999" width="19998" height="19998" fill="#ffffff"/>`, 1)
	_, err := w.Write([]byte(svg))
	return err
}

// POST /design/{region}/{item}/rebase
func (h pages) rebase(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	region, item := r.PathValue("region"), r.PathValue("item")
	if _, err := h.Rebase(r.Context(), region, item, version(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, draftPath(region, item))
}

// POST /design/{region}/{item}/discard
func (h pages) discard(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	if err := h.Discard(r.Context(), r.PathValue("region"), r.PathValue("item"), version(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/design")
}

// problemText says what is wrong, in the words of a designer.
func (v editorView) problemText(ctx context.Context, p design.Problem) string {
	pairs := append([]any{}, p.Pairs...)
	for i := 1; i < len(pairs); i += 2 {
		if pairs[i-1] == "step" {
			pairs[i] = v.stepName(fmt.Sprint(pairs[i]))
		}
		pairs[i] = fmt.Sprint(pairs[i])
	}
	pairs = append(pairs, "line", strconv.Itoa(p.Line), "element", elementText(ctx, p.Element), "reason", reasonText(ctx, p.Reason), "branch", strconv.Itoa(p.Branch+1))
	text := words(ctx, "problem."+p.Code, pairs...)
	if p.Branch >= 0 {
		return words(ctx, "problem.in_branch", "branch", strconv.Itoa(p.Branch+1), "text", text)
	}
	return text
}

// stepName is what a step is called in messages.
func (v editorView) stepName(id string) string {
	if v.D.Tree != nil {
		if s, _ := v.D.Tree.Find(id); s != nil && s.Name != "" {
			return s.Name
		}
		if f := v.D.Tree.Flow(id); f != nil && f.Name != "" {
			return f.Name
		}
	}
	return id
}

// who says which office does a step, how long.
func (v editorView) who(ctx context.Context, s *plan.Step) string {
	var parts []string
	switch s.Kind {
	case plan.Joint:
		var names []string
		for _, o := range s.Offices {
			if o == plan.Partners {
				names = append(names, words(ctx, "partners"))
			} else {
				names = append(names, v.A.OfficeName(o))
			}
		}
		parts = append(parts, strings.Join(names, words(ctx, "comma")), words(ctx, "mode."+string(s.Mode)))
	case plan.Approve, plan.Decide, plan.Copy:
		office := words(ctx, "lead_office")
		if s.Office != "" {
			office = v.A.OfficeName(s.Office)
		}
		parts = append(parts, office)
	case plan.Supplement:
		return words(ctx, "applicant")
	case plan.Call:
		return v.flowName(ctx, s.Flow)
	case plan.Decision:
		for _, t := range v.D.Decisions().Decisions() {
			if t.ID == s.Table {
				return t.Name
			}
		}
	}
	if s.Days > 0 && s.Kind != plan.Copy {
		parts = append(parts, words(ctx, "days", "n", s.Days))
	}
	return strings.Join(parts, " · ")
}

// rights says what the holder of a step is besides: post, what he may do, what
// he may read.
func (v editorView) rights(ctx context.Context, s *plan.Step) string {
	if s.Kind != plan.Approve && s.Kind != plan.Joint && s.Kind != plan.Decide {
		return ""
	}
	parts := []string{words(ctx, "post."+s.Post)}
	if s.Opinion {
		parts = append(parts, words(ctx, "card_opinion"))
	}
	var may []string
	for _, o := range s.Operations {
		may = append(may, words(ctx, "operation."+o))
	}
	if len(may) > 0 {
		parts = append(parts, words(ctx, "card_may", "list", strings.Join(may, words(ctx, "comma"))))
	}
	switch {
	case len(s.Groups) == 0 && len(s.Materials) == 0:
		parts = append(parts, words(ctx, "card_all"))
	default:
		all := func(n, of int) string {
			if n == 0 {
				n = of
			}
			return fmt.Sprintf("%d/%d", n, of)
		}
		parts = append(parts, words(ctx, "card_some", "groups", all(len(s.Groups), len(v.A.Groups)), "materials", all(len(s.Materials), len(v.A.Materials))))
	}
	return strings.Join(parts, " · ")
}

// branchTitle says when a branch is taken.
func (v editorView) branchTitle(ctx context.Context, s *plan.Step, i int) string {
	b := s.Branches[i]
	title := b.Name
	if title == "" {
		title = words(ctx, "branch_n", "n", i+1)
	}
	if s.Kind != plan.Condition {
		return title
	}
	if i == len(s.Branches)-1 {
		return title + words(ctx, "otherwise")
	}
	var tests []string
	for _, t := range b.When {
		tests = append(tests, v.testText(ctx, t))
	}
	return words(ctx, "when", "name", title, "tests", strings.Join(tests, words(ctx, "and")))
}

func (v editorView) testText(ctx context.Context, t plan.Test) string {
	if t.Op == "result" {
		return words(ctx, "test.result", "step", v.stepName(t.Subject), "value", words(ctx, "result."+t.Value))
	}
	subject, value := t.Subject, t.Value
	if s, output := v.D.Tree.Asked(t); s != nil {
		subject = v.outputName(ctx, s, output)
	}
	for _, s := range v.A.Subjects {
		if s.ID != t.Subject {
			continue
		}
		subject = name(ctx, s.Choice)
		for _, o := range s.Options {
			if o.ID == t.Value {
				value = name(ctx, o)
			}
		}
	}
	return words(ctx, "test."+t.Op, "subject", subject, "value", value)
}
