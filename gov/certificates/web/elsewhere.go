package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// nodePath is the check of a code at another installation.
func nodePath(node, code string) string {
	return checkPath(url.PathEscape(code)) + "?node=" + url.QueryEscape(node)
}

// addressed finds the node and the code in an address that a QR code of another
// installation holds.
func (h pages) addressed(ctx context.Context, typed string) (string, bool) {
	if h.d.Nodes == nil || !strings.Contains(typed, "://") {
		return "", false
	}
	n, ok := h.d.Nodes.AtSite(ctx, strings.TrimSpace(typed))
	_, code, found := strings.Cut(typed, "/verify/")
	if code = certificates.CleanCode(code); !ok || !found || !certificates.IsCode(code) {
		return "", false
	}
	return nodePath(n.ID, code), true
}

// nodeOptions are the installations that can be asked; none, and nothing is
// offered.
func (h pages) nodeOptions(ctx context.Context) (out []ui.Option, err error) {
	if h.d.Nodes == nil {
		return nil, nil
	}
	list, err := h.d.Nodes.Nodes(ctx)
	for _, n := range list {
		if n.Usable(h.Clock.Now()) == nil {
			out = append(out, ui.Option{Value: n.ID, Text: n.Name})
		}
	}
	if len(out) > 0 {
		out = append([]ui.Option{{Value: "", Text: i18n.T(ctx, "nodes.verify.here")}}, out...)
	}
	return out, err
}

// byNode asks another installation; v is what was entered.
func (h pages) byNode(w http.ResponseWriter, r *http.Request, node string, q certificates.Question, v verifyView) error {
	ctx := r.Context()
	n, err := h.d.Nodes.Node(ctx, node)
	if err != nil {
		return err
	}
	report, err := h.d.Nodes.Ask(ctx, node, q, web.Sender(r))
	field := "code"
	if q.Code == "" {
		field = "number"
	}
	v.Node = node
	switch {
	case errors.Is(err, certificates.ErrNoPaper):
		v.Problems = []ui.Problem{{Field: field, Text: i18n.T(ctx, "nodes.verify.unknown", "name", n.Name)}}
		return h.showVerify(w, r, http.StatusNotFound, v)
	case trusted.Unreachable(err):
		v.Problems = []ui.Problem{{Field: field, Text: web.Words(ctx, fault.Of(err))}}
		return h.showVerify(w, r, http.StatusServiceUnavailable, v)
	case err != nil:
		return err
	}
	return h.showVerify(w, r, http.StatusOK, verifyView{Report: &report})
}

// notRecognised is why a paper of another installation does not count although
// its status may be good.
func (v verifyView) notRecognised(ctx context.Context) (ui.Status, string, bool) {
	r := v.Report
	if r.Recognised == nil || !strings.HasPrefix(r.Reason, "certificates.nodes.") {
		return ui.Status{}, "", false
	}
	return ui.Status{Text: i18n.T(ctx, "nodes.mine.not_recognised"), Tone: ui.Bad, Shape: "cross"}, i18n.T(ctx, "fault."+r.Reason), true
}

// nodeFacts say who issued a paper of another installation, and by which list
// it counts.
func (v verifyView) nodeFacts(ctx context.Context) (rows []ui.SummaryRow) {
	n := v.Report.Recognised
	if n == nil {
		return nil
	}
	by := i18n.T(ctx, "nodes.fact.by_here", "grade", n.Grade)
	if n.List != "" {
		by = i18n.T(ctx, "nodes.fact.by_list", "grade", n.Grade, "list", n.List, "at", i18n.DateTime(ctx, n.ListAt))
	}
	rows = []ui.SummaryRow{{Key: i18n.T(ctx, "nodes.fact.node"), Value: i18n.T(ctx, "nodes.fact.node_value", "name", n.Name, "site", n.Site)}, {Key: i18n.T(ctx, "nodes.fact.by"), Value: by}}
	if !v.Report.AsOf.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "nodes.fact.answered"), Value: i18n.DateTime(ctx, v.Report.AsOf)})
	}
	return rows
}

// asOfThen is the answer about a paper that is good as far as is known, when
// its node cannot be asked now: nobody here knows that it is good at present.
func (v verifyView) asOfThen(ctx context.Context) (ui.Status, string, bool) {
	r := v.Report
	if r.Status != certificates.Valid || v.unanswered(ctx) == "" {
		return ui.Status{}, "", false
	}
	key, status := "nodes.result.then", ui.Status{Text: i18n.T(ctx, "nodes.result.then_status"), Tone: ui.Warn}
	if r.AsOf.IsZero() {
		key, status.Text = "nodes.result.never", i18n.T(ctx, "nodes.result.never_status")
	}
	return status, i18n.T(ctx, key, "issuer", r.Paper.IssuerName, "at", i18n.DateTime(ctx, r.AsOf)), true
}

// unanswered says how old the status is when its node cannot be reached.
func (v verifyView) unanswered(ctx context.Context) string {
	r := v.Report
	switch {
	case r.Recognised == nil || r.Recognised.Unanswered == "" || !r.Genuine:
		return ""
	case r.AsOf.IsZero():
		return i18n.T(ctx, "nodes.result.unknown")
	}
	return i18n.T(ctx, "nodes.result.unanswered", "at", i18n.DateTime(ctx, r.AsOf))
}

// warnings are what a careful reader would notice.
func (v verifyView) warnings(ctx context.Context) (out []string) {
	for _, w := range v.Report.Warnings {
		out = append(out, i18n.T(ctx, "nodes.warning."+w.Code, "name", w.Name, "known", w.Known))
	}
	return out
}
