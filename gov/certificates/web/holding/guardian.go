package holding

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"tongban/gov/certificates/holding"
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
