package custody

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates/custody"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/sign/ring"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages and of the faults of orders about keys.
//
//go:embed strings
var Strings embed.FS

// Office is one that may get keys of its own.
type Office struct{ Code, Name string }

// Deps is what the pages need.
type Deps struct {
	Custody *custody.Service
	Offices func(ctx context.Context) ([]Office, error) // those of the installation
}

type pages struct {
	*custody.Service
	d Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Custody, d}
	return []web.Route{
		{Pattern: "GET /admin/keys", Do: h.overview, May: custody.MaySee},
		{Pattern: "GET /admin/keys/{id}", Do: h.key, May: custody.MaySee},
		{Pattern: "POST /admin/keys/{id}/replacement", Do: h.replace, May: custody.MayPropose},
		{Pattern: "GET /admin/key-ceremony", Do: h.ceremony, May: custody.MaySee},
		{Pattern: "GET /admin/key-orders/new", Do: h.endowment, May: custody.MayPropose},
		{Pattern: "POST /admin/key-orders/new", Do: h.endow, May: custody.MayPropose},
		{Pattern: "GET /admin/key-orders/{id}", Do: h.order, May: custody.MaySee},
		{Pattern: "POST /admin/key-orders/{id}/decision", Do: h.decide, May: custody.MayApprove},
		{Pattern: "POST /admin/key-orders/{id}/carry", Do: h.carry, May: custody.MaySee},
	}
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "custody."+key, pairs...)
}

func (h pages) may(ctx context.Context, p authz.Permission) bool {
	return authz.Require(ctx, p, authz.Object{Region: h.Region}) == nil
}

// overviewView is all keys.
type overviewView struct {
	custody.Overview
	Propose bool
}

// overview answers GET /admin/keys.
func (h pages) overview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := h.Overview(ctx)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead"), Face: ui.Supervision, Active: "keys"}, overviewPage(overviewView{o, h.may(ctx, custody.MayPropose)}))
}

// now and then are the keys in force and those that ended.
func (v overviewView) now() []custody.Key  { return v.some(true) }
func (v overviewView) then() []custody.Key { return v.some(false) }

func (v overviewView) some(inForce bool) []custody.Key {
	return slices.DeleteFunc(slices.Clone(v.Keys), func(k custody.Key) bool { return (k.State == ring.InForce) != inForce })
}

// waiting are the orders that somebody has to do something about.
func (v overviewView) waiting() []custody.Order {
	return slices.DeleteFunc(slices.Clone(v.Orders), func(o custody.Order) bool { return o.State != custody.Proposed && o.State != custody.Approved })
}

// overdue are the keys that should have been replaced.
func (v overviewView) overdue() (n int) {
	for _, k := range v.Keys {
		if k.Overdue(v.Now) {
			n++
		}
	}
	return n
}

// stateOf is how a key stands, as a word with a shape.
func stateOf(ctx context.Context, k custody.Key, now time.Time) ui.Status {
	switch {
	case k.State == ring.Retired:
		return ui.Status{Text: words(ctx, "state.retired"), Tone: ui.Plain}
	case k.State == ring.Revoked:
		return ui.Status{Text: words(ctx, "state.revoked"), Tone: ui.Bad}
	case k.Overdue(now):
		return ui.Status{Text: words(ctx, "state.overdue"), Tone: ui.Warn}
	}
	return ui.Status{Text: words(ctx, "state.in_force"), Tone: ui.OK}
}

// orderState is how an order stands.
func orderState(ctx context.Context, o custody.Order) ui.Status {
	tone := map[custody.State]ui.Tone{custody.Proposed: ui.Warn, custody.Approved: ui.Warn, custody.Done: ui.OK, custody.Rejected: ui.Plain}[o.State]
	return ui.Status{Text: words(ctx, "order."+string(o.State)), Tone: tone}
}

func whose(ctx context.Context, office, name string) string {
	switch {
	case office == "":
		return words(ctx, "node")
	case name == "":
		return office
	}
	return name
}

func role(ctx context.Context, name string) string { return words(ctx, "role."+name) }

// what is an order in words.
func what(ctx context.Context, o custody.Order) string {
	if o.Act == custody.Endow {
		return words(ctx, "endow_what", "office", whose(ctx, o.Office, o.OfficeName))
	}
	return words(ctx, "replace_what", "role", role(ctx, o.Role), "office", whose(ctx, o.Office, o.OfficeName))
}

func since(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return words(ctx, "beginning")
	}
	return i18n.Date(ctx, t)
}

// by is who had a key begun.
func by(ctx context.Context, k custody.Key) string {
	switch {
	case k.Began == nil:
		return words(ctx, "first")
	case len(k.Began.Holders) > 0:
		return strings.Join(k.Began.Holders, " · ")
	case k.Began.By == "":
		return words(ctx, "nobody")
	}
	return k.Began.By
}

func (v overviewView) keyRows(ctx context.Context, list []custody.Key) (out []ui.Row) {
	for _, k := range list {
		due := words(ctx, "none")
		switch {
		case !k.Due.IsZero():
			due = i18n.Date(ctx, k.Due)
		case !k.Until.IsZero():
			due = i18n.Date(ctx, k.Until)
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: role(ctx, k.Role), Href: "/admin/keys/" + k.ID}}, {Part: ui.Tag(stateOf(ctx, k, v.Now))}, {Text: whose(ctx, k.Office, k.OfficeName)}, {Text: k.Algorithm},
			{Text: since(ctx, k.From)}, {Text: due}, {Text: by(ctx, k)}}})
	}
	return out
}

func orderRows(ctx context.Context, list []custody.Order) (out []ui.Row) {
	for _, o := range list {
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: what(ctx, o), Href: "/admin/key-orders/" + o.ID}}, {Part: ui.Tag(orderState(ctx, o))}, {Text: o.ProposedName}, {Text: i18n.DateTime(ctx, o.ProposedAt)}}})
	}
	return out
}

// said are statements in words, the newest first.
func said(ctx context.Context, list []custody.Said) (out []ui.Row) {
	for _, x := range slices.Backward(list) {
		who := x.By
		if len(x.Holders) > 0 {
			who = strings.Join(x.Holders, " · ")
		}
		about := words(ctx, "kind."+x.Kind)
		if x.Role != "" {
			about = words(ctx, "about_role", "kind", about, "role", role(ctx, x.Role))
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: words(ctx, "nth", "n", x.Seq)}, {Text: about}, {Text: i18n.DateTime(ctx, x.At)}, {Text: who}, {Text: x.Why}}})
	}
	return out
}

// keyView is one key.
type keyView struct {
	custody.Key
	Said     []custody.Said
	Now      time.Time
	Propose  bool
	Open     *custody.Order // an order about it that waits
	Problems []ui.Problem
	Form     url.Values
}

// key answers GET /admin/keys/{id}.
func (h pages) key(w http.ResponseWriter, r *http.Request) error {
	return h.showKey(w, r, http.StatusOK, keyView{})
}

func (h pages) showKey(w http.ResponseWriter, r *http.Request, status int, v keyView) error {
	ctx := r.Context()
	k, all, err := h.Key(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	v.Key, v.Now, v.Propose = k, all.Now, h.may(ctx, custody.MayPropose)
	for _, x := range []*custody.Said{k.Began, k.Ended} {
		if x != nil {
			v.Said = append(v.Said, *x)
		}
	}
	for _, o := range all.Orders {
		if (o.State == custody.Proposed || o.State == custody.Approved) && o.Role == k.Role && o.Office == k.Office && k.State == ring.InForce {
			v.Open = &o
		}
	}
	return ui.Render(w, r, status, ui.Page{Title: role(ctx, k.Role), Eyebrow: whose(ctx, k.Office, k.OfficeName), Face: ui.Supervision, Active: "keys", Back: ui.Link{Href: "/admin/keys"}, Problems: v.Problems}, keyPage(v))
}

// why is the reason for which a key ended.
func why(k custody.Key) string {
	if k.Ended != nil {
		return k.Ended.Why
	}
	return k.Reason
}

func (v keyView) about(ctx context.Context) []ui.SummaryRow {
	out := []ui.SummaryRow{{Key: words(ctx, "id"), Value: v.ID}, {Key: words(ctx, "algorithm"), Value: v.Algorithm}, {Key: words(ctx, "whose"), Value: whose(ctx, v.Office, v.OfficeName)},
		{Key: words(ctx, "since"), Value: since(ctx, v.From)}, {Key: words(ctx, "by"), Value: by(ctx, v.Key)}}
	if v.Name != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "named"), Value: v.Name})
	}
	if !v.Due.IsZero() {
		out = append(out, ui.SummaryRow{Key: words(ctx, "due"), Value: i18n.Date(ctx, v.Due)})
	}
	if !v.Until.IsZero() {
		out = append(out, ui.SummaryRow{Key: words(ctx, "until."+v.State), Value: i18n.DateTime(ctx, v.Until)}, ui.SummaryRow{Key: words(ctx, "reason"), Value: why(v.Key)})
	}
	if v.Next != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "next"), Value: v.Next, Change: ui.Link{Text: words(ctx, "look"), Href: "/admin/keys/" + v.Next}})
	}
	return out
}

// form reads what was posted.
func form(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return nil, fault.Invalid("certificates.form").Because(err)
	}
	return r.PostForm, nil
}

// fieldOf is the control at which a refusal stands; "" when it stands at none.
func fieldOf(err error) string {
	switch {
	case errors.Is(err, custody.ErrReason), errors.Is(err, custody.ErrOpen), errors.Is(err, custody.ErrWhich):
		return "reason"
	case errors.Is(err, custody.ErrOffice), errors.Is(err, custody.ErrOwn):
		return "office"
	}
	return ""
}

// replace answers POST /admin/keys/{id}/replacement.
func (h pages) replace(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := form(w, r)
	if err != nil {
		return err
	}
	k, _, err := h.Key(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if k.State != ring.InForce {
		return custody.ErrWhich
	}
	o, err := h.Propose(ctx, custody.Proposal{Act: custody.Replace, Role: k.Role, Office: k.Office, Reason: f.Get("reason")})
	if field := fieldOf(err); field != "" {
		return h.showKey(w, r, http.StatusUnprocessableEntity, keyView{Form: f, Problems: []ui.Problem{{Field: field, Text: web.Words(ctx, fault.Of(err))}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/admin/key-orders/"+o.ID)
}

// ceremony answers GET /admin/key-ceremony.
func (h pages) ceremony(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := h.Overview(ctx)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "ceremony.title"), Lead: words(ctx, "ceremony.lead"), Face: ui.Supervision, Active: "keys", Back: ui.Link{Href: "/admin/keys"}}, ceremonyPage(overviewView{Overview: o}))
}

// endowView is the form that gives an office keys of its own.
type endowView struct {
	Offices  []ui.Option
	Form     url.Values
	Problems []ui.Problem
}

// endowment answers GET /admin/key-orders/new.
func (h pages) endowment(w http.ResponseWriter, r *http.Request) error {
	return h.showEndowment(w, r, http.StatusOK, endowView{})
}

func (h pages) showEndowment(w http.ResponseWriter, r *http.Request, status int, v endowView) error {
	ctx := r.Context()
	list, err := h.d.Offices(ctx)
	if err != nil {
		return err
	}
	have := h.Ring.Known().Parties()
	for _, o := range list {
		if !slices.Contains(have, o.Code) {
			v.Offices = append(v.Offices, ui.Option{Value: o.Code, Text: o.Name})
		}
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "endow"), Lead: words(ctx, "endow_lead"), Face: ui.Supervision, Active: "keys", Back: ui.Link{Href: "/admin/keys"}, Problems: v.Problems}, endowPage(v))
}

// endow answers POST /admin/key-orders/new.
func (h pages) endow(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := form(w, r)
	if err != nil {
		return err
	}
	o, err := h.Propose(ctx, custody.Proposal{Act: custody.Endow, Office: f.Get("office"), Reason: f.Get("reason")})
	if field := fieldOf(err); field != "" {
		return h.showEndowment(w, r, http.StatusUnprocessableEntity, endowView{Form: f, Problems: []ui.Problem{{Field: field, Text: web.Words(ctx, fault.Of(err))}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/admin/key-orders/"+o.ID)
}

// orderView is one order.
type orderView struct {
	custody.Order
	Approve  bool // the reader may decide about it
	Mine     bool
	Carry    bool // the reader may have it carried out
	Problems []ui.Problem
	Form     url.Values
}

// order answers GET /admin/key-orders/{id}.
func (h pages) order(w http.ResponseWriter, r *http.Request) error {
	return h.showOrder(w, r, http.StatusOK, orderView{})
}

func (h pages) showOrder(w http.ResponseWriter, r *http.Request, status int, v orderView) (err error) {
	ctx := r.Context()
	if v.Order, err = h.Order(ctx, r.PathValue("id")); err != nil {
		return err
	}
	v.Mine = v.ProposedBy == auth.From(ctx).ID
	v.Approve = v.State == custody.Proposed && !v.Mine && h.may(ctx, custody.MayApprove)
	v.Carry = v.State == custody.Approved && (h.may(ctx, custody.MayApprove) || h.may(ctx, custody.MayPropose))
	return ui.Render(w, r, status, ui.Page{Title: what(ctx, v.Order), Eyebrow: words(ctx, "an_order"), Face: ui.Supervision, Active: "keys", Back: ui.Link{Href: "/admin/keys"}, Problems: v.Problems}, orderPage(v))
}

func (v orderView) about(ctx context.Context) []ui.SummaryRow {
	out := []ui.SummaryRow{{Key: words(ctx, "reason"), Value: v.Reason}, {Key: words(ctx, "proposed"), Value: words(ctx, "who_when", "name", v.ProposedName, "at", i18n.DateTime(ctx, v.ProposedAt))}}
	if v.DecidedName != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "decided"), Value: words(ctx, "who_when", "name", v.DecidedName, "at", i18n.DateTime(ctx, v.DecidedAt))})
	}
	if v.Answer != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "answer"), Value: v.Answer})
	}
	if v.State == custody.Done {
		out = append(out, ui.SummaryRow{Key: words(ctx, "done"), Value: i18n.DateTime(ctx, v.DoneAt)}, ui.SummaryRow{Key: words(ctx, "statement"), Value: v.Statement})
	}
	return out
}

// decide answers POST /admin/key-orders/{id}/decision.
func (h pages) decide(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := form(w, r)
	if err != nil {
		return err
	}
	o, err := h.Decide(ctx, r.PathValue("id"), f.Get("act") == "approve", f.Get("answer"))
	if errors.Is(err, custody.ErrReason) {
		return h.showOrder(w, r, http.StatusUnprocessableEntity, orderView{Form: f, Problems: []ui.Problem{{Field: "answer", Text: web.Words(ctx, fault.Of(err))}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/admin/key-orders/"+o.ID)
}

// carry answers POST /admin/key-orders/{id}/carry.
func (h pages) carry(w http.ResponseWriter, r *http.Request) error {
	o, err := h.Carry(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/admin/key-orders/"+o.ID)
}
