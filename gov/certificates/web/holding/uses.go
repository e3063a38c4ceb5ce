package holding

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/certificates/holding"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// usesView is a list of uses with what it was narrowed to.
type usesView struct {
	Uses     []holding.Use
	Filter   holding.UseFilter
	From, To string
	Region   string
	Regions  []Region
	Purpose  string
	Problems []ui.Problem
	Asked    bool
}

// filterOf reads the filter of a list of uses.
func filterOf(q url.Values) (f holding.UseFilter) {
	f = holding.UseFilter{Region: q.Get("region"), Paper: q.Get("paper"), Kind: holding.UseKind(q.Get("kind")), Office: strings.TrimSpace(q.Get("office"))}
	if from := endOf(q.Get("from")); !from.IsZero() {
		f.From = from.AddDate(0, 0, -1)
	}
	f.To = endOf(q.Get("to"))
	return f
}

// uses answers GET /my/uses.
func (h pages) uses(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, q := r.Context(), r.URL.Query()
	v := usesView{Filter: filterOf(q), From: q.Get("from"), To: q.Get("to")}
	if v.Uses, err = h.Uses(ctx, v.Filter); err != nil {
		return err
	}
	p := mine(ctx, t(ctx, "uses.title"))
	p.Lead = t(ctx, "uses.lead")
	return ui.Render(w, r, http.StatusOK, p, usesPage(v))
}

// fields of the filter.
func (v usesView) fields(ctx context.Context) []ui.FieldProps {
	kinds := []ui.Option{{Text: t(ctx, "wallet.all")}}
	for _, k := range holding.UseKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Text: t(ctx, "use."+string(k))})
	}
	return []ui.FieldProps{{Name: "kind", Label: t(ctx, "uses.kind"), Type: ui.Select, Options: kinds, Value: string(v.Filter.Kind)}, {Name: "office", Label: t(ctx, "uses.office"), Type: ui.Search, Value: v.Filter.Office},
		{Name: "from", Label: t(ctx, "uses.from"), Type: ui.Date, Value: v.From}, {Name: "to", Label: t(ctx, "uses.to"), Type: ui.Date, Value: v.To}}
}

func (v usesView) clear() string {
	if v.Filter == (holding.UseFilter{}) {
		return ""
	}
	return "/my/uses"
}

// watch answers GET /certificate-uses: for supervisors, who say what for.
func (h pages) watch(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := usesView{Filter: filterOf(q), From: q.Get("from"), To: q.Get("to"), Purpose: q.Get("purpose"), Region: q.Get("region"), Regions: h.d.Regions, Asked: q.Has("purpose")}
	status := http.StatusOK
	if v.Region == "" && len(v.Regions) > 0 {
		v.Region = v.Regions[len(v.Regions)-1].Code
	}
	if v.Asked {
		var err error
		v.Uses, err = h.UsesIn(ctx, v.Region, v.Purpose, v.Filter)
		if errors.Is(err, holding.ErrNeedPurpose) {
			status, v.Asked = http.StatusUnprocessableEntity, false
			v.Problems = []ui.Problem{{Field: "purpose", Text: web.Words(ctx, fault.Of(err))}}
		} else if err != nil {
			return err
		}
	}
	return ui.Render(w, r, status, ui.Page{Title: t(ctx, "watch.title"), Lead: t(ctx, "watch.lead"), Face: ui.Supervision, Active: "uses", Problems: v.Problems}, watchPage(v))
}

// who is who used a certificate, in words.
func who(ctx context.Context, u holding.Use) string {
	switch {
	case u.OfficeName != "" && u.Kind != holding.Given:
		return t(ctx, "use.office", "office", u.OfficeName, "name", u.Name)
	case u.Account == "":
		return t(ctx, "use.unknown")
	case u.Relation == holding.Permitted:
		return t(ctx, "use.permit", "name", u.Name)
	case u.Name == "":
		return t(ctx, "use.known")
	}
	return u.Name
}

// what is what for and to whom, in words.
func what(ctx context.Context, u holding.Use) string {
	var parts []string
	if u.Kind == holding.Given {
		parts = append(parts, t(ctx, "use.to", "office", u.OfficeName))
	}
	for _, s := range []string{u.Purpose, u.Matter} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// outcome is what the certificate was worth at that moment.
func outcome(ctx context.Context, u holding.Use) string {
	if strings.Contains(u.Outcome, ".") {
		return i18n.T(ctx, "fault."+u.Outcome)
	}
	return i18n.T(ctx, "certificates.status."+u.Outcome)
}
