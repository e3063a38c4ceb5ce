package workbench

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/copies"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// forReading is the purpose under which a copy is read; it stays on record in Chinese.
const forReading = "抄送阅知"

// copiesView is what the caller's offices were informed of.
type copiesView struct {
	copies.Page
	After string
}

// GET /work/copies
func (h pages) copies(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := copiesView{After: r.URL.Query().Get("after")}
	var err error
	if v.Page, err = h.Casework.Copies.Inbox(ctx, false, v.After, rowsPerPage); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "workbench.copies"), Active: "copies", Back: ui.Link{Text: i18n.T(ctx, "workbench.back"), Href: "/work"}}, nil, copiesPage(v))
}

func caseHref(c copies.Copy) string {
	return casefile.With("/work/cases/"+c.Region+"/"+string(c.Case), "purpose", forReading)
}

func (v copiesView) status(ctx context.Context, c copies.Copy) ui.Status {
	if c.ReadAt.IsZero() {
		return ui.Status{Text: i18n.T(ctx, "workbench.copies.unread"), Tone: ui.Info}
	}
	return ui.Status{Text: i18n.T(ctx, "workbench.copies.read", "who", c.ReadName, "at", i18n.DateTime(ctx, c.ReadAt)), Tone: ui.Plain}
}

// POST /work/copies/{region}/{id}/read
func (h pages) readCopy(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	if _, err := h.Casework.Copies.Read(r.Context(), r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/work/copies")
}

// POST /work/tasks/{region}/{id}/copy
func (h pages) copyCase(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "copy", stay: true, at: why("copy"), do: func(ctx context.Context) (c casework.Case, err error) {
		org, account, err := seat(r, "copy.to")
		if err != nil {
			return c, err
		}
		region, id, err := h.whole(r)
		if err != nil {
			return c, err
		}
		return h.Casework.Copy(ctx, region, id, org, account, r.PostForm.Get("copy.why"))
	}})
}
