package workbench

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/i18n"
	"tongban/ui"
)

// perBundles is how many one things a page of the supervision shows.
const perBundles = 50

// GET /oversight/bundles: the one things that are under way, with the offices
// that have a part now and until when the whole is promised.
func (h pages) bundles(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if h.Bundles == nil {
		return bundles.ErrNone
	}
	list, err := h.Bundles.Watch(ctx, bundles.ID(r.URL.Query().Get("after")), perBundles)
	if err != nil {
		return err
	}
	t := ui.TableProps{Caption: i18n.T(ctx, "workbench.bundles"), HideTitle: true, Empty: i18n.T(ctx, "workbench.bundles.none"),
		Cols: []ui.Col{{Title: i18n.T(ctx, "workbench.bundles.number"), NoWrap: true}, {Title: i18n.T(ctx, "workbench.bundles.item")}, {Title: i18n.T(ctx, "workbench.bundles.parts")}, {Title: i18n.T(ctx, "workbench.bundles.due"), NoWrap: true}}}
	for _, b := range list {
		due := b.Due(h.Casework.Calendar)
		end := i18n.T(ctx, "casefile.left.still")
		if due.Running {
			end = i18n.Date(ctx, due.Due)
			if h.Clock.Now().After(due.Due) {
				end = i18n.T(ctx, "workbench.bundles.late", "date", end)
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: casework.ShowNumber(b.Number)}, {Text: b.ItemName}, {Text: partsLine(ctx, b)}, {Text: end}}})
	}
	page := ui.Page{Title: i18n.T(ctx, "workbench.bundles"), Lead: i18n.T(ctx, "workbench.bundles.lead"), Face: ui.Supervision, Active: "one_things"}
	next := ""
	if len(list) == perBundles {
		next = "/oversight/bundles?after=" + string(list[len(list)-1].ID)
	}
	return ui.Render(w, r, http.StatusOK, page, bundlesPage(t, next))
}

// partsLine says in one line where the parts of a one thing stand.
func partsLine(ctx context.Context, b bundles.Bundle) string {
	out := ""
	for _, p := range b.Parts {
		if p.State == bundles.Unneeded {
			continue
		}
		s := bundles.Sister{State: p.State}
		if p.Case != nil {
			s.Case, s.Outcome = p.Case.State, p.Case.Outcome
		}
		if out != "" {
			out += i18n.Pick(ctx, "；", "; ")
		}
		out += i18n.T(ctx, "workbench.bundles.part", "name", p.ItemName, "office", p.OrgName, "state", casefile.SisterStatus(ctx, s).Text)
	}
	return out
}
