package holding

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"tongban/gov/certificates/holding"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// guardianView asks who acts for which child, and by which proof.
type guardianView struct {
	holding.Relationship
	Key      string
	Problems []ui.Problem
	Done     string
}

// guardians answers GET /counter/guardians.
func (h pages) guardians(w http.ResponseWriter, r *http.Request) error {
	return h.showGuardians(w, r, http.StatusOK, guardianView{Key: newKey()})
}

func (h pages) showGuardians(w http.ResponseWriter, r *http.Request, status int, v guardianView) error {
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: t(ctx, "guardian.title"), Lead: t(ctx, "guardian.lead"), Face: ui.Counter, Active: "guardians", Problems: v.Problems}, guardianPage(v))
}

// guardiansPost answers POST /counter/guardians.
func (h pages) guardiansPost(w http.ResponseWriter, r *http.Request) error {
	ctx, f, err := form(w, r)
	if err != nil {
		return err
	}
	v := guardianView{Key: f.Get("key"), Relationship: holding.Relationship{Name: f.Get("name"), Number: f.Get("number"), ChildName: f.Get("child_name"), ChildNumber: f.Get("child_number"), Proof: f.Get("proof"), ProofNumber: f.Get("proof_number")}}
	ward, err := h.Record(ctx, v.Relationship)
	var wrong holding.Problems
	switch bad := fault.Of(err); {
	case errors.As(err, &wrong):
		v.Problems = ui.ProblemsOf(ctx, wrong)
		return h.showGuardians(w, r, http.StatusUnprocessableEntity, v)
	case err != nil && bad.Kind == fault.KindConflict:
		v.Problems = []ui.Problem{{Field: "name", Text: web.Words(ctx, bad)}}
		return h.showGuardians(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return h.showGuardians(w, r, http.StatusOK, guardianView{Key: newKey(), Done: t(ctx, "guardian.done", "name", ward.GuardianName, "child", ward.ChildName, "date", i18n.Date(ctx, ward.Until))})
}

// proofs are the documents to choose from.
func proofs(ctx context.Context) (out []ui.Option) {
	for i, p := range holding.Proofs {
		out = append(out, ui.Option{Value: p, Text: t(ctx, "guardian.proof."+strconv.Itoa(i))})
	}
	return out
}

// findView asks for a child and lists who acts and who acted for it.
type findView struct {
	Number   string
	Problems []ui.Problem
	Asked    bool
	Found    []holding.Ward
	now      time.Time
}

// guardianFind answers GET /counter/guardians/find.
func (h pages) guardianFind(w http.ResponseWriter, r *http.Request) error {
	return h.showFind(w, r, http.StatusOK, findView{})
}

func (h pages) showFind(w http.ResponseWriter, r *http.Request, status int, v findView) error {
	ctx := r.Context()
	v.now = h.Clock.Now()
	return ui.Render(w, r, status, ui.Page{Title: t(ctx, "guardian.find"), Lead: t(ctx, "guardian.find_lead"), Face: ui.Counter, Active: "guardians", Problems: v.Problems,
		Back: ui.Link{Href: "/counter/guardians", Text: t(ctx, "guardian.title")}}, guardianFindPage(v))
}

// guardianFindPost answers POST /counter/guardians/find: a number never stands in
// an address.
func (h pages) guardianFindPost(w http.ResponseWriter, r *http.Request) error {
	ctx, f, err := form(w, r)
	if err != nil {
		return err
	}
	v := findView{Number: f.Get("child_number"), Asked: true}
	v.Found, err = h.WardsOfChild(ctx, v.Number)
	var wrong holding.Problems
	if errors.As(err, &wrong) {
		v.Problems = ui.ProblemsOf(ctx, wrong)
		return h.showFind(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return h.showFind(w, r, http.StatusOK, v)
}

// table lists relations, each with the way to it.
func (v findView) table(ctx context.Context) ui.TableProps {
	p := ui.TableProps{Caption: t(ctx, "guardian.found"), Empty: t(ctx, "guardian.none"),
		Cols: []ui.Col{{Title: t(ctx, "guardian.guardian")}, {Title: t(ctx, "guardian.child")}, {Title: t(ctx, "guardian.recorded"), NoWrap: true}, {Title: t(ctx, "guardian.state")}}}
	for _, w := range v.Found {
		p.Rows = append(p.Rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: w.GuardianName, Href: guardianPath(w)}}, {Text: w.ChildName + " " + w.ChildMasked}, {Text: i18n.Date(ctx, w.RecordedAt)}, {Part: ui.Tag(wardStatus(ctx, w, v.now))}}})
	}
	return p
}

func guardianPath(w holding.Ward) string { return "/counter/guardians/" + w.ID }

// wardStatus says whether a relation stands.
func wardStatus(ctx context.Context, w holding.Ward, now time.Time) ui.Status {
	switch {
	case !w.EndedAt.IsZero():
		return ui.Status{Text: t(ctx, "guardian.ended", "date", i18n.Date(ctx, w.EndedAt)), Tone: ui.Plain}
	case w.Over(now):
		return ui.Status{Text: t(ctx, "guardian.of_age", "date", i18n.Date(ctx, w.Until)), Tone: ui.Plain}
	}
	return ui.Status{Text: t(ctx, "guardian.until", "date", i18n.Date(ctx, w.Until)), Tone: ui.OK}
}

// wardView is one relation, with the form that ends it.
type wardView struct {
	holding.Ward
	Reason, On, Key string
	Problems        []ui.Problem
	Done            bool
	now             time.Time
}

// guardian answers GET /counter/guardians/{id}.
func (h pages) guardian(w http.ResponseWriter, r *http.Request) error {
	v := wardView{Key: newKey(), On: dayOf(h.Clock.Now()), Done: r.URL.Query().Get("done") != ""}
	return h.showWard(w, r, http.StatusOK, v)
}

func (h pages) showWard(w http.ResponseWriter, r *http.Request, status int, v wardView) (err error) {
	ctx := r.Context()
	if v.Ward, err = h.Ward(ctx, r.PathValue("id")); err != nil {
		return err
	}
	v.now = h.Clock.Now()
	return ui.Render(w, r, status, ui.Page{Title: t(ctx, "guardian.one", "name", v.GuardianName, "child", v.ChildName), Face: ui.Counter, Active: "guardians", Problems: v.Problems,
		Back: ui.Link{Href: "/counter/guardians/find", Text: t(ctx, "guardian.find")}}, wardPage(v))
}

// guardianEnd answers POST /counter/guardians/{id}/end.
func (h pages) guardianEnd(w http.ResponseWriter, r *http.Request) error {
	ctx, f, err := form(w, r)
	if err != nil {
		return err
	}
	v := wardView{Key: f.Get("key"), Reason: f.Get("reason"), On: f.Get("ended_on")}
	on, err := calendar.ParseDate(v.On)
	if err != nil {
		v.Problems = []ui.Problem{{Field: "ended_on", Text: i18n.T(ctx, "certificates.holding.problem.date")}}
		return h.showWard(w, r, http.StatusUnprocessableEntity, v)
	}
	ward, err := h.EndWard(ctx, r.PathValue("id"), holding.Ending{Reason: v.Reason, On: on.Start()})
	var wrong holding.Problems
	switch bad := fault.Of(err); {
	case errors.As(err, &wrong):
		v.Problems = ui.ProblemsOf(ctx, wrong)
		return h.showWard(w, r, http.StatusUnprocessableEntity, v)
	case err != nil && bad.Is(holding.ErrWardOver):
		v.Problems = []ui.Problem{{Text: web.Words(ctx, bad)}}
		return h.showWard(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return web.Redirect(w, r, guardianPath(ward)+"?done=1")
}

// facts are what is on record about a relation.
func (v wardView) facts(ctx context.Context) []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: t(ctx, "guardian.guardian"), Value: v.GuardianName}, {Key: t(ctx, "guardian.child"), Value: v.ChildName + " " + v.ChildMasked},
		{Key: t(ctx, "guardian.proof"), Value: v.proof(ctx) + " " + v.ProofNumber},
		{Key: t(ctx, "guardian.recorded"), Value: i18n.DateTime(ctx, v.RecordedAt) + " · " + v.OfficerName},
		{Key: t(ctx, "guardian.state"), Value: wardStatus(ctx, v.Ward, v.now).Text},
	}
	if !v.EndedAt.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: t(ctx, "guardian.reason"), Value: v.Ward.Reason + " · " + v.EndedName})
	}
	return rows
}

// proof is the kind of the document that proved it, in the reader's language.
func (v wardView) proof(ctx context.Context) string {
	for _, p := range proofs(ctx) {
		if p.Value == v.Proof {
			return p.Text
		}
	}
	return v.Proof
}
