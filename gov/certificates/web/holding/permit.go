package holding

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// permitView asks whom, what, how often and until when.
type permitView struct {
	Held         holding.Held
	Name, Number string
	May          []string
	Purpose      string
	Times, Until string
	Key          string
	Problems     []ui.Problem
}

// permit answers GET …/permit.
func (h pages) permit(w http.ResponseWriter, r *http.Request) error {
	return h.showPermit(w, r, http.StatusOK, permitView{Times: "1", Until: dayOf(h.Clock.Now().AddDate(0, 0, 7)), Key: newKey()})
}

func (h pages) showPermit(w http.ResponseWriter, r *http.Request, status int, v permitView) (err error) {
	ctx := r.Context()
	if v.Held, err = h.Held(ctx, r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	p := mine(ctx, t(ctx, "permit.title", "title", v.Held.Title), crumb(v.Held))
	p.Lead, p.Problems = t(ctx, "permit.lead"), v.Problems
	return ui.Render(w, r, status, p, permitPage(v))
}

// permitPost answers POST …/permit.
func (h pages) permitPost(w http.ResponseWriter, r *http.Request) error {
	ctx, f, err := form(w, r)
	if err != nil {
		return err
	}
	v := permitView{Name: f.Get("name"), Number: f.Get("number"), May: f["may"], Purpose: f.Get("purpose"), Times: f.Get("times"), Until: f.Get("until"), Key: f.Get("key")}
	times, err := strconv.Atoi(strings.TrimSpace(v.Times))
	if strings.TrimSpace(v.Times) == "" {
		times, err = 0, nil
	}
	if err != nil {
		times = -1 // the rule says what is wrong with it
	}
	p, err := h.Permit(ctx, r.PathValue("region"), r.PathValue("id"), holding.Offer{Name: v.Name, Number: v.Number, Show: slices.Contains(v.May, "show"), Give: slices.Contains(v.May, "give"),
		Purpose: v.Purpose, Times: times, Until: endOf(v.Until)})
	var wrong holding.Problems
	if errors.As(err, &wrong) {
		v.Problems = ui.ProblemsOf(ctx, wrong)
		return h.showPermit(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, certificatePath(p.Region, p.Paper))
}

// permitsView is what the reader lets others use, and what others let him use.
type permitsView struct {
	h               pages
	Given, Received []holding.Permit
	Key             string
}

// permits answers GET /my/permits.
func (h pages) permits(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	v := permitsView{h: h, Key: newKey()}
	if v.Given, v.Received, err = h.Permits(ctx); err != nil {
		return err
	}
	p := mine(ctx, t(ctx, "permits.title"))
	p.Lead = t(ctx, "permits.lead")
	return ui.Render(w, r, http.StatusOK, p, permitsPage(v))
}

// permitAct answers POST /my/permits/{region}/{id}/{act}.
func (h pages) permitAct(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := form(w, r)
	if err != nil {
		return err
	}
	region, permit := r.PathValue("region"), r.PathValue("id")
	switch r.PathValue("act") {
	case "accept":
		_, err = h.AnswerPermit(ctx, region, permit, true)
	case "decline":
		_, err = h.AnswerPermit(ctx, region, permit, false)
	case "end":
		_, err = h.EndPermit(ctx, region, permit)
	default:
		err = holding.ErrNoPermit
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/my/permits")
}

// permitStatus is where a permit stands.
func (h pages) permitStatus(ctx context.Context, p holding.Permit) ui.Status {
	switch now := h.Clock.Now(); {
	case p.Open(now) && p.Standing != "" && p.Standing != certificates.Valid:
		return dead(ctx, p.Standing)
	case p.Live(now):
		return ui.Status{Text: t(ctx, "permit.live"), Tone: ui.OK}
	case p.State == holding.Offered && p.Open(now):
		return ui.Status{Text: t(ctx, "permit.offered"), Tone: ui.Warn}
	case p.State == holding.Accepted || p.State == holding.Offered:
		return ui.Status{Text: t(ctx, "copy.over"), Tone: ui.Plain}
	}
	return ui.Status{Text: t(ctx, "permit."+string(p.State)), Tone: ui.Plain}
}

// scope is what a permit lets do, how often and until when.
func scope(ctx context.Context, p holding.Permit) string {
	var may []string
	if p.Show {
		may = append(may, t(ctx, "permit.may.show"))
	}
	if p.Give {
		may = append(may, t(ctx, "permit.may.give"))
	}
	often := t(ctx, "permit.often")
	if p.Times > 0 {
		often = t(ctx, "permit.times_of", "used", p.Used, "n", p.Times)
	}
	return t(ctx, "permit.scope", "may", strings.Join(may, i18n.Pick(ctx, "、", ", ")), "purpose", p.Purpose, "often", often, "date", i18n.Date(ctx, p.Until))
}

// permitRows list whom a certificate was entrusted to.
func (h pages) permitRows(ctx context.Context, list []holding.Permit) (out []ui.TaskRow) {
	for _, p := range list {
		out = append(out, ui.TaskRow{Title: t(ctx, "permit.row", "name", p.Name, "number", p.Masked), Href: "/my/permits", Note: scope(ctx, p), Status: h.permitStatus(ctx, p)})
	}
	return out
}
