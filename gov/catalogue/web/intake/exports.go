package intake

import (
	"net/http"
	"time"

	"tongban/gov/catalogue/outlet"
	"tongban/platform/calendar"
	"tongban/ui"
)

// exportsView is the page from which items are taken away.
type exportsView struct {
	Region   string
	Problems []ui.Problem
	Since    string
}

// GET /exports
func (h pages) exports(w http.ResponseWriter, r *http.Request) error {
	return h.showExports(w, r, http.StatusOK, exportsView{Region: h.d.Region})
}

func (h pages) showExports(w http.ResponseWriter, r *http.Request, status int, v exportsView) error {
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "exports"), Lead: words(ctx, "exports_lead"), Face: ui.Design, Active: "exports", Problems: v.Problems}, exportsPage(v))
}

// GET /exports/file
func (h pages) export(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if q.Get("format") == "" { // nothing chosen yet
		return h.showExports(w, r, http.StatusOK, exportsView{Region: h.d.Region})
	}
	opt := outlet.Options{Region: h.d.Region, Format: outlet.Format(q.Get("format"))}
	if v := q.Get("since"); v != "" {
		day, err := time.ParseInLocation(time.DateOnly, v, calendar.Zone)
		if err != nil {
			return h.showExports(w, r, http.StatusUnprocessableEntity, exportsView{Region: h.d.Region, Since: v, Problems: []ui.Problem{{Field: "since", Text: words(ctx, "no_day")}}})
		}
		opt.Since = day
	}
	out := &late{w: w, begin: func() { download(w, opt.Format.MediaType(), opt.Format.Name(opt.Region, h.d.Clock.Now())) }}
	_, err := h.d.Outlet.Export(ctx, opt, out)
	if err != nil && out.begun {
		panic(http.ErrAbortHandler) // a file that breaks off must not look whole
	}
	return err
}

// late says what it is sending once there is something to send, so that an
// error before that is still a page.
type late struct {
	w     http.ResponseWriter
	begin func()
	begun bool
}

func (l *late) Write(p []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.begin()
	}
	return l.w.Write(p)
}
