package casefile

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"tongban/gov/casework"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

func faultOf(err error) *fault.Fault { return fault.Of(err) }

func fieldProblems(ctx context.Context, err error) []ui.Problem {
	var fields web.FieldProblems
	if !errors.As(err, &fields) {
		return nil
	}
	return ui.ProblemsOf(ctx, fields)
}

// conflictView tells why an act was not done.
type conflictView struct {
	Why    string
	Last   []ui.TimelineEvent
	Links  []ui.Link
	Number string
}

// Conflict answers an act that came too late or on something that somebody
// else has changed: 409, and who did what when. Other faults are returned.
func Conflict(w http.ResponseWriter, r *http.Request, s Services, face ui.Face, region string, id casework.CaseID, back []ui.Link, err error) error {
	f := fault.Of(err)
	if err == nil || f.Kind != fault.KindConflict {
		return err
	}
	ctx := r.Context()
	v := conflictView{Why: web.Words(ctx, f), Links: back}
	if entries, terr := s.Casework.Timeline(ctx, region, id); terr == nil {
		last := entries[max(0, len(entries)-3):]
		v.Last = View{Entries: slices.Clone(last)}.Events(ctx)
		slices.Reverse(v.Last)
	}
	return ui.Render(w, r, http.StatusConflict, ui.Page{Title: i18n.T(ctx, "casefile.conflict"), Face: face}, conflictPage(v))
}
