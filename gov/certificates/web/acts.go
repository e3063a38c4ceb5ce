package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

// actView is the form of one act on a certificate.
type actView struct {
	certificates.Found
	Rule          certificates.Rule
	Reason, Basis string
	Until         string
	Values        map[string]string // of a change, by key of the field
	Key           string            // makes a repeated post have one effect
	Problems      []ui.Problem
}

// act answers GET /papers/{region}/{id}/acts/{act}.
func (h pages) act(w http.ResponseWriter, r *http.Request) error {
	f, rule, err := h.ordered(r)
	if err != nil {
		return err
	}
	return h.showAct(w, r, http.StatusOK, actView{Found: f, Rule: rule, Key: id.Secret(16)})
}

// ordered finds the paper and the act, if the caller may do it now.
func (h pages) ordered(r *http.Request) (certificates.Found, certificates.Rule, error) {
	ctx, act := r.Context(), certificates.Act(r.PathValue("act"))
	f, err := h.Paper(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return f, certificates.Rule{}, err
	}
	rule, ok := certificates.RuleOf(act)
	switch {
	case !ok:
		return f, rule, certificates.ErrNoAct.With("act", string(act))
	case h.MayManage(ctx, f) != nil:
		return f, rule, h.MayManage(ctx, f)
	case !rule.Fits(f.Kind, f.Status):
		return f, rule, certificates.ErrNotNow.With("act", act).With("status", f.Status)
	}
	return f, rule, nil
}

func (h pages) showAct(w http.ResponseWriter, r *http.Request, status int, v actView) error {
	ctx, act := r.Context(), string(v.Rule.Act)
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(ctx, "certificates.act.title", "act", i18n.T(ctx, "certificates.act."+act), "title", v.Title), Eyebrow: v.Number,
		Lead: i18n.T(ctx, "certificates.act."+act+".means"), Face: ui.Workbench, Back: ui.Link{Href: paperPath(v.Paper)}, Problems: v.Problems}, actPage(v))
}

// actPost answers POST /papers/{region}/{id}/acts/{act}.
func (h pages) actPost(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	ctx, act := r.Context(), certificates.Act(r.PathValue("act"))
	f, err := h.Paper(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	rule, ok := certificates.RuleOf(act)
	if !ok {
		return certificates.ErrNoAct.With("act", string(act))
	}
	v := actView{Found: f, Rule: rule, Reason: r.PostForm.Get("reason"), Basis: r.PostForm.Get("basis"), Until: strings.TrimSpace(r.PostForm.Get("until")), Key: r.PostForm.Get("key"), Values: map[string]string{}}
	o := certificates.Order{Act: act, Reason: v.Reason, Basis: v.Basis, Fields: v.Values}
	for name, values := range r.PostForm {
		if key, ok := strings.CutPrefix(name, "field."); ok && len(values) == 1 {
			v.Values[key] = values[0]
		}
	}
	if v.Until != "" || act == certificates.Renew {
		if o.Until, err = lastOf(v.Until); err != nil {
			v.Problems = []ui.Problem{{Field: "until", Text: i18n.T(ctx, "certificates.act.bad_date")}}
			o.Until = h.Clock.Now().AddDate(100, 0, 0) // said already; what else is wrong is looked for
		}
	}
	if h.MayManage(ctx, f) == nil && rule.Fits(f.Kind, f.Status) { // whatever else is wrong is said with it
		for _, err := range o.Wrong(f, h.Clock.Now()) {
			v.add(ctx, err)
		}
	}
	if len(v.Problems) > 0 {
		return h.showAct(w, r, http.StatusUnprocessableEntity, v)
	}
	if v.Key != "" {
		ctx = once.With(ctx, v.Key)
	}
	after, err := h.Act(ctx, f.Region, f.ID, o)
	if v.add(ctx, err) {
		return h.showAct(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, paperPath(after.Paper))
}

// add says a refusal at the field that it is about, each field once; false when it
// is about none.
func (v *actView) add(ctx context.Context, err error) bool {
	field := v.fieldOf(err)
	if field == "" || field == "until" && ui.ErrorFor(v.Problems, field) != "" {
		return field != ""
	}
	v.Problems = append(v.Problems, ui.Problem{Field: field, Text: web.Words(ctx, fault.Of(err))})
	return true
}

// fieldOf is the field of the form that a refusal is about; "" for none.
func (v *actView) fieldOf(err error) string {
	if err == nil {
		return ""
	}
	f := fault.Of(err)
	switch f.Code {
	case certificates.ErrNeedReason.Code, certificates.ErrUnchanged.Code:
		return "reason"
	case certificates.ErrNeedBasis.Code:
		return "basis"
	case certificates.ErrUntil.Code, certificates.ErrRenewUntil.Code, certificates.ErrSuspendUntil.Code, certificates.ErrNoEnd.Code, kinds.NotAsDefined["term"].Code:
		return "until"
	case certificates.ErrTooLong.Code:
		field, _ := f.Details["field"].(string)
		return field
	case certificates.ErrEmptied.Code:
		field, _ := f.Details["field"].(string)
		return "field." + field
	case certificates.ErrUnprintable.Code:
		return v.holding(f)
	}
	if label, ok := f.Details["field"].(catalogue.Text); ok && strings.HasPrefix(f.Code, "certificates.not_as_defined.") && v.Rule.Act == certificates.Change {
		for _, x := range v.Fields {
			if x.Label == label.Zh {
				return "field." + x.Key
			}
		}
		return "reason"
	}
	return ""
}

// holding is the field in which characters were typed that cannot be printed.
func (v *actView) holding(f *fault.Fault) string {
	bad := fmt.Sprint(f.Details["characters"])
	for _, x := range v.Fields {
		if typed := v.Values[x.Key]; typed != x.Value && strings.ContainsAny(typed, bad) {
			return "field." + x.Key
		}
	}
	if strings.ContainsAny(v.Basis, bad) && !strings.ContainsAny(v.Reason, bad) {
		return "basis"
	}
	return "reason"
}

// lastOf is the last moment of a day.
func lastOf(day string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, i18n.Zone)
	return t.AddDate(0, 0, 1).Add(-time.Microsecond), err
}

// actPath is the form of an act.
func actPath(p certificates.Paper, a certificates.Act) string {
	return paperPath(p) + "/acts/" + string(a)
}

// value is what the form shows in a field of a change: what was typed, or what
// the certificate says now.
func (v actView) value(f certificates.Field) string {
	if typed, ok := v.Values[f.Key]; ok {
		return typed
	}
	return f.Value
}

// events is the history of the paper, oldest first.
func (v paperView) events(ctx context.Context) []ui.TimelineEvent {
	out := []ui.TimelineEvent{{Title: i18n.T(ctx, "certificates.history.issued"), At: v.IssuedAt, Who: v.IssuerName, State: ui.EventDone}}
	for _, d := range v.History {
		e := ui.TimelineEvent{Title: i18n.T(ctx, "certificates.act."+string(d.Act)), At: d.At, Who: v.IssuerName, Text: d.Reason + "（" + d.Basis + "）", State: ui.EventDone}
		if d.Officer != "system" && v.Manage { // officers see who of them it was
			e.Who += " · " + d.OfficerName
		}
		if d.Act == certificates.Suspend && !d.Until.IsZero() {
			e.Text += i18n.T(ctx, "certificates.history.until", "date", i18n.Date(ctx, d.Until))
		}
		e.Part = historyLinks(v.Paper, d)
		out = append(out, e)
	}
	return out
}
