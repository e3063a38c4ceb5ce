package tabs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// POST /design/{region}/{item}/ready/hand-in
func (h pages) handIn(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	v, err := h.open(r, tab{ID: "ready"})
	if err != nil {
		return err
	}
	var from time.Time
	if day := r.PostForm.Get("from"); day != "" {
		d, err := calendar.ParseDate(day)
		if err != nil {
			return h.showReady(w, r, http.StatusUnprocessableEntity, readyView{view: v.with("from", i18n.T(ctx, "design.problem.from"))})
		}
		from = d.Start()
	}
	_, err = h.HandIn(ctx, v.d.Region, v.d.Item, version(r), from, r.PostForm.Get("note"))
	if err == nil {
		return web.Redirect(w, r, v.path()+"/ready#p-h")
	}
	if errors.Is(err, design.ErrProblems) || errors.Is(err, design.ErrNote) || fault.Of(err).Code == "catalogue.below_gate" || errors.Is(err, catalogue.ErrPackage) {
		return h.showReady(w, r, http.StatusUnprocessableEntity, readyView{view: v.with("publish", web.Words(ctx, fault.Of(err)))})
	}
	return err
}

// releasesView lists what waits for a review or an approval.
type releasesView struct {
	Drafts []design.Waiting
}

// GET /releases
func (h pages) releases(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v releasesView
	for _, region := range h.d.Regions {
		list, err := h.Releases(ctx, region, 200)
		if fault.IsKind(err, fault.KindForbidden) {
			continue // of another region
		}
		if err != nil {
			return err
		}
		v.Drafts = append(v.Drafts, list...)
	}
	done := r.URL.Query().Get("done")
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "releases"), Lead: words(ctx, "releases_lead"), Face: face(ctx), Active: "releases"}, releasesPage(v, done))
}

// face is where a reviewer works: on the bench of approvers, or in supervision.
func face(ctx context.Context) ui.Face {
	if p := auth.From(ctx); authz.Allows(p, catalogue.MayPublishItems) {
		return ui.Supervision
	}
	return ui.Workbench
}

// GET /releases/{region}/{item}
func (h pages) release(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r, tab{ID: "ready"})
	if err != nil {
		return err
	}
	return h.showRelease(w, r, http.StatusOK, readyView{view: v})
}

func (h pages) showRelease(w http.ResponseWriter, r *http.Request, status int, v readyView) error {
	ctx := r.Context()
	if v.d.Version == 0 {
		return design.ErrNoDraft
	}
	if err := h.look(ctx, &v); err != nil {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: i18n.Pick(ctx, item(v.a).FullName(), item(v.a).NameEn), Eyebrow: v.d.Item, Lead: stageWords(ctx, v.d.Stage), Face: face(ctx), Active: "releases",
		Crumbs: []ui.Link{{Text: words(ctx, "releases"), Href: "/releases"}}, Problems: v.problems, Style: "tree.css"}, releasePage(v))
}

// POST /releases/{region}/{item}/{act}
func (h pages) answer(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	ctx, region, code, note := r.Context(), r.PathValue("region"), r.PathValue("item"), r.PostForm.Get("note")
	to, err := "/releases?done="+url.QueryEscape(r.PathValue("act")), error(nil)
	switch r.PathValue("act") {
	case "review":
		_, err = h.Review(ctx, region, code, version(r), note)
	case "approve":
		var out catalogue.Published
		out, err = h.Approve(ctx, region, code, version(r))
		to += "&version=" + strconv.Itoa(out.Version)
	case "return":
		_, err = h.Return(ctx, region, code, version(r), note)
	default:
		return errFace
	}
	if err == nil {
		return web.Redirect(w, r, to)
	}
	if !errors.Is(err, design.ErrNote) && !errors.Is(err, design.ErrProblems) && fault.Of(err).Code != "catalogue.below_gate" && !errors.Is(err, catalogue.ErrPackage) {
		return err
	}
	v, again := h.open(r, tab{ID: "ready"})
	if again != nil {
		return again
	}
	return h.showRelease(w, r, http.StatusUnprocessableEntity, readyView{view: v.with("note", web.Words(ctx, fault.Of(err)))})
}

// stageWords says how far a draft has come.
func stageWords(ctx context.Context, s design.Stage) string {
	if s == design.Drawing {
		return words(ctx, "stage.drawing")
	}
	return words(ctx, "stage."+string(s))
}

// entries are the way of a draft so far.
func (v view) entries(ctx context.Context) (out []ui.TimelineEvent) {
	for _, e := range v.d.Release.Entries {
		out = append(out, ui.TimelineEvent{Title: words(ctx, "release."+e.Act), At: e.At, Who: e.Name, Text: e.Note, State: ui.EventDone})
	}
	return out
}

// begins says from when the version would count.
func (v view) begins(ctx context.Context) string {
	if v.d.Release.From.IsZero() {
		return words(ctx, "release_now")
	}
	return words(ctx, "release_from", "date", i18n.Date(ctx, v.d.Release.From))
}

func releasePath(d design.Draft) string {
	return "/releases/" + url.PathEscape(d.Region) + "/" + url.PathEscape(d.Item)
}

// answerOf is the act that says yes at a stage.
func answerOf(s design.Stage) string {
	if s == design.InVoting {
		return "approve"
	}
	return "review"
}

func (v releasesView) rows(ctx context.Context) (out []ui.Row) {
	for _, d := range v.Drafts {
		e := d.Release.Last()
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: i18n.Pick(ctx, d.Offer.FullName(), d.Offer.NameEn), Href: releasePath(d.Draft)}}, {Text: stageWords(ctx, d.Stage)}, {Text: e.Name}, {Text: i18n.DateTime(ctx, e.At)}}})
	}
	return out
}

// unlinked are rows for who may not open the tabs that they lead to.
func unlinked(rows []ui.Row) []ui.Row {
	for _, r := range rows {
		for i, c := range r.Cells {
			if c.Link.Href != "" {
				r.Cells[i] = ui.Cell{Text: c.Link.Text, Lang: c.Lang}
			}
		}
	}
	return rows
}
