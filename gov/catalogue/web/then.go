package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/ui"
)

// errDay refuses what is no day.
var errDay = fault.Invalid("catalogue.day").With("parameter", "on")

// errBefore says that an item had no guide yet on a day, and when its first began.
var errBefore = fault.NotFound("catalogue.before_first")

// then is which version a reader sees, and which others there are.
type then struct {
	on       string // the day that was asked for, as it was asked
	old      bool   // it is not the version in force
	from     time.Time
	until    time.Time // zero: still in force
	date     func(time.Time) string
	state    content.State
	versions []ui.Link
	next     *catalogue.Version // approved for a later day
	after    []ui.Link          // what follows an item that was split or merged
	before   []ui.Link          // what it follows
}

// offer is the version that an address asks for: that of a day (on), one by its
// number (version), or the one in force.
func (h *pages) offer(r *http.Request) (*catalogue.Offer, then, error) {
	ctx, q := r.Context(), r.URL.Query()
	region, code := r.PathValue("region"), r.PathValue("code")
	t := then{on: strings.TrimSpace(q.Get("on"))}
	list, err := h.Versions(ctx, region, code)
	if err != nil {
		return nil, t, err
	}
	var o *catalogue.Offer
	switch number, _ := strconv.Atoi(q.Get("version")); {
	case t.on != "":
		day, bad := calendar.ParseDate(t.on)
		if bad != nil {
			return nil, t, errDay.Because(bad)
		}
		if o, err = h.OfferAt(ctx, region, code, day.End().Add(-time.Second)); fault.IsKind(err, fault.KindNotFound) && len(list) > 0 {
			err = errBefore.With("first", i18n.Date(ctx, list[len(list)-1].Effective))
		}
	case number > 0:
		o, err = h.OfferVersion(ctx, region, code, number)
	default:
		o, err = h.Offer(ctx, region, code)
	}
	if err != nil {
		return nil, t, err
	}
	t.read(ctx, o, list, h.Clock.Now())
	return o, t, h.line(ctx, o, &t)
}

// line finds what an item follows and what follows it.
func (h *pages) line(ctx context.Context, o *catalogue.Offer, t *then) (err error) {
	if t.before, err = h.named(ctx, o.Region, o.Predecessors); err != nil {
		return err
	}
	if t.after, err = h.named(ctx, o.Region, o.Successors); err != nil || len(t.after) > 0 || o.State != content.Cancelled || o.Base == "" {
		return err
	}
	base, err := h.Base(ctx, o.Base)
	if fault.IsKind(err, fault.KindNotFound) {
		return nil // an item without a base item
	}
	for _, code := range base.Successors {
		links, more := h.implementing(ctx, o.Region, code)
		t.after, err = append(t.after, links...), errors.Join(err, more)
	}
	return err
}

// named links to items of a region.
func (h *pages) named(ctx context.Context, region string, codes []string) ([]ui.Link, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	there, err := h.Present(ctx, region, codes)
	var out []ui.Link
	for _, code := range codes {
		if c, ok := there[code]; ok {
			out = append(out, ui.Link{Text: i18n.Pick(ctx, c.Item.FullName(), c.Item.NameEn), Href: itemPath(region, code)})
		}
	}
	return out, err
}

// implementing links to what a region has of a base item, or to the base item
// when it has nothing yet.
func (h *pages) implementing(ctx context.Context, region, base string) ([]ui.Link, error) {
	list, err := h.Implementing(ctx, base, 500)
	var out []ui.Link
	for _, i := range list {
		if i.Region == region {
			out = append(out, ui.Link{Text: i.Name, Href: itemPath(i.Region, i.Code)})
		}
	}
	if b, bad := h.Base(ctx, base); err == nil && bad == nil && len(out) == 0 {
		out = append(out, ui.Link{Text: i18n.Pick(ctx, b.Name, b.NameEn), Href: "/directory/" + base})
	}
	return out, err
}

// read places the version among the others.
func (t *then) read(ctx context.Context, o *catalogue.Offer, list []catalogue.Version, now time.Time) {
	t.from, t.state = o.Effective, o.State
	path := itemPath(o.Region, o.Code)
	inForce, days := false, map[string]int{}
	for _, v := range list {
		days[i18n.Date(ctx, v.Effective)]++
	}
	t.date = func(at time.Time) string { // versions of one day are told apart by the hour
		if days[i18n.Date(ctx, at)] > 1 {
			return i18n.DateTime(ctx, at)
		}
		return i18n.Date(ctx, at)
	}
	for i, v := range list { // the newest first
		switch {
		case v.Effective.After(now):
			t.next = &list[i]
		case !inForce:
			inForce, t.old = true, v.Number != o.Version
		}
		if i > 0 && v.Number == o.Version {
			t.until = list[i-1].Effective
		}
		href := path + "?version=" + strconv.Itoa(v.Number)
		t.versions = append(t.versions, ui.Link{Text: i18n.T(ctx, "catalogue.version.value", "n", v.Number, "date", t.date(v.Effective)), Href: href, Current: v.Number == o.Version})
	}
}

// elements are what the item says in elements that no other part of the guide
// shows: those of the national exchange, and those that regions added.
func (h *pages) elements(ctx context.Context, o *catalogue.Offer) ([]ui.SummaryRow, error) {
	list, err := h.Values(ctx, &o.Item)
	if err != nil {
		return nil, err
	}
	shown, placed := map[string]bool{}, map[string]bool{}
	if o.Package == "" { // these have a place of their own in guides of other systems
		placed = map[string]bool{"transact_time": len(o.Windows) == 0, "handle_flow": true, "result_name": true, "result_type": resultName(o) == element(o, "result_type")}
	}
	for _, key := range content.Elements() {
		shown[key] = true
	}
	var rows []ui.SummaryRow
	for _, v := range list {
		if shown[v.Key] || placed[v.Key] {
			continue
		}
		row := ui.SummaryRow{Key: i18n.Pick(ctx, v.Zh, v.En)}
		var parts []string
		for _, w := range v.Words(v.Values) {
			parts = append(parts, w.In(ctx))
			if w.Zh == w.En {
				row.Lang = chinese(ctx, "")
			}
		}
		row.Value = strings.Join(parts, i18n.T(ctx, "catalogue.comma"))
		rows = append(rows, row)
	}
	return rows, nil
}
