package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"tongban/platform/audit"
	"tongban/platform/i18n"
	"tongban/ui"
)

type recordView struct {
	Filter  audit.Filter
	From    string
	Until   string
	Regions []string
	Acts    []audit.Act
	Older   string
	Report  *audit.Report
}

// GET /oversight/record
func (h pages) record(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readRecord(r, r.URL.Query())
	if err != nil {
		return err
	}
	return h.showRecord(w, r, v)
}

// POST /oversight/record/verification
func (h pages) verify(w http.ResponseWriter, r *http.Request) error {
	report, err := h.Verify(r.Context())
	if err != nil {
		return err
	}
	v, err := h.readRecord(r, url.Values{})
	if err != nil {
		return err
	}
	v.Report = report
	return h.showRecord(w, r, v)
}

func (h pages) readRecord(r *http.Request, q url.Values) (v recordView, err error) {
	ctx := r.Context()
	if v.Regions, err = h.Recorded(ctx); err != nil {
		return v, err
	}
	f := audit.Filter{Region: q.Get("region"), Actor: q.Get("actor"), Object: q.Get("object"), Action: q.Get("action"), After: q.Get("after")}
	if !slices.Contains(v.Regions, f.Region) {
		f.Region = ""
	}
	v.From, v.Until = q.Get("from"), q.Get("until")
	if t, err := time.ParseInLocation(time.DateOnly, v.From, i18n.Zone); err == nil {
		f.From = t
	}
	if t, err := time.ParseInLocation(time.DateOnly, v.Until, i18n.Zone); err == nil {
		f.Until = t.AddDate(0, 0, 1)
	}
	acts, next, err := h.Record(ctx, f)
	v.Filter, v.Acts = f, acts
	if next != "" {
		q.Set("after", next)
		v.Older = "/oversight/record?" + q.Encode()
	}
	return v, err
}

func (h pages) showRecord(w http.ResponseWriter, r *http.Request, v recordView) error {
	ctx := r.Context()
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "oversight.record"), Lead: i18n.T(ctx, "oversight.record_lead"), Face: ui.Supervision, Active: "record"}, recordPage(v))
}

// only is the record narrowed to one account or one thing.
func (v recordView) only(field, value string) string {
	q := url.Values{field: {value}}
	if v.Filter.Region != "" {
		q.Set("region", v.Filter.Region)
	}
	return "/oversight/record?" + q.Encode()
}
