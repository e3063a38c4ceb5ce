package web

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/limits"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of the page and of the faults of limits.
//
//go:embed strings
var Strings embed.FS

// Deps is what the page needs.
type Deps struct {
	Limits  *limits.Service
	Regions []Region // whose limits can be looked at; the first one is shown first
}

// Region is a region by code and name.
type Region struct{ Code, Zh, En string }

type pages struct {
	*limits.Service
	d Deps
}

// Routes is the route table of the page.
func Routes(d Deps) []web.Route {
	h := pages{d.Limits, d}
	const rule = "/limits/{region}/{key}/{number}"
	return []web.Route{
		{Pattern: "GET /limits", Do: h.list, May: limits.MayReadLimits},
		{Pattern: "POST /limits", Do: h.propose, May: limits.MayProposeLimits},
		{Pattern: "POST " + rule + "/approve", Do: h.decide, May: limits.MayApproveLimits},
		{Pattern: "POST " + rule + "/reject", Do: h.decide, May: limits.MayApproveLimits},
		{Pattern: "POST " + rule + "/withdraw", Do: h.decide, May: limits.MayProposeLimits},
	}
}

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("limits.form")

// maxForm bounds the forms, in bytes.
const maxForm = 64 << 10

func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "limits."+key, pairs...)
}

// listView is the page.
type listView struct {
	Region   Region
	Regions  []Region
	Rules    []limits.Rule // in force
	Changes  []limits.Rule // proposals and what became of them
	Propose  bool
	Approve  bool
	Reader   string
	Form     url.Values // as it was filled
	Problems []ui.Problem
}

// region is the one that is asked for, or the first.
func (h pages) region(code string) (Region, bool) {
	for _, r := range h.d.Regions {
		if r.Code == code {
			return r, true
		}
	}
	return h.d.Regions[0], code == ""
}

// GET /limits
func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	region, ok := h.region(r.URL.Query().Get("region"))
	if !ok {
		return limits.ErrNoRule
	}
	return h.show(w, r, http.StatusOK, listView{Region: region, Form: url.Values{"key": {r.URL.Query().Get("key")}}})
}

func (h pages) show(w http.ResponseWriter, r *http.Request, status int, v listView) (err error) {
	ctx := r.Context()
	p := auth.From(ctx)
	at := authz.Object{Region: v.Region.Code}
	v.Regions, v.Reader = h.d.Regions, p.ID
	v.Propose = authz.Require(ctx, limits.MayProposeLimits, at) == nil
	v.Approve = authz.Require(ctx, limits.MayApproveLimits, at) == nil
	if v.Rules, err = h.InForce(ctx, v.Region.Code); err != nil {
		return err
	}
	if v.Propose || v.Approve {
		if v.Changes, err = h.Service.Rules(ctx, v.Region.Code, 100); err != nil {
			return err
		}
	}
	face := ui.Portal
	switch {
	case v.Approve:
		face = ui.Supervision
	case v.Propose:
		face = ui.Design
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead"), Face: face, Active: "limits", Problems: v.Problems}, listPage(v))
}

// POST /limits
func (h pages) propose(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	region, ok := h.region(f.Get("region"))
	if !ok {
		return limits.ErrNoRule
	}
	in := limits.Proposal{Region: region.Code, Key: f.Get("key"), Unit: calendar.Unit(f.Get("unit")), Basis: limits.Basis(f.Get("basis")), Citation: f.Get("citation"), CitationEn: f.Get("citation_en"), Reason: f.Get("reason")}
	n, err := strconv.Atoi(strings.TrimSpace(f.Get("amount")))
	if err != nil {
		n = -1 // what is no number is refused at the field
	}
	in.Amount = n
	in.From, _ = calendar.ParseDate(f.Get("from")) // what is no day is long past, which is refused at the field
	_, err = h.Propose(ctx, in)
	var bad limits.Problems
	if errors.As(err, &bad) {
		v := listView{Region: region, Form: f}
		for _, p := range bad {
			v.Problems = append(v.Problems, ui.Problem{Field: p.Name, Text: i18n.T(ctx, p.Key, p.With...)})
		}
		return h.show(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/limits?region="+region.Code+"#changes")
}

// POST /limits/{region}/{key}/{number}/{approve,reject,withdraw}
func (h pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, key := r.Context(), r.PathValue("region"), r.PathValue("key")
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return limits.ErrNoRule
	}
	switch note := r.PostForm.Get("note"); {
	case strings.HasSuffix(r.URL.Path, "/approve"):
		_, err = h.Approve(ctx, region, key, number, note)
	case strings.HasSuffix(r.URL.Path, "/reject"):
		_, err = h.Reject(ctx, region, key, number, note)
	default:
		_, err = h.Withdraw(ctx, region, key, number)
	}
	var bad limits.Problems
	if errors.As(err, &bad) {
		place, _ := h.region(region)
		return h.show(w, r, http.StatusUnprocessableEntity, listView{Region: place, Problems: []ui.Problem{{Field: "note", Text: i18n.T(ctx, bad[0].Key, bad[0].With...)}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/limits?region="+region+"#changes")
}
