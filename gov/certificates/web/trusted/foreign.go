package trusted

import (
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// foreignView is what a resident has of other installations.
type foreignView struct {
	List     []trusted.Foreign
	Problems []ui.Problem
}

// mine answers GET /my/foreign.
func (h pages) mine(w http.ResponseWriter, r *http.Request) error {
	return h.showMine(w, r, http.StatusOK, nil)
}

func (h pages) showMine(w http.ResponseWriter, r *http.Request, status int, problems []ui.Problem) error {
	ctx := r.Context()
	list, err := h.Mine(ctx)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "mine.title"), Lead: words(ctx, "mine.lead"), Face: ui.Portal, Active: "mine", Back: ui.Link{Href: "/my/papers"}, Problems: problems}, foreignPage(foreignView{list, problems}))
}

// takeIn answers POST /my/foreign.
func (h pages) takeIn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	_, file, err := posted(w, r, maxPaper)
	if err != nil {
		return err
	}
	if len(file) == 0 {
		return h.showMine(w, r, http.StatusUnprocessableEntity, []ui.Problem{{Field: "file", Text: words(ctx, "mine.no_file")}})
	}
	_, err = h.TakeIn(ctx, file, web.Sender(r))
	kinds := []fault.Kind{fault.KindInvalid, fault.KindForbidden, fault.KindConflict, fault.KindUnavailable}
	if f := fault.Of(err); err != nil && slices.Contains(kinds, f.Kind) {
		return h.showMine(w, r, http.StatusUnprocessableEntity, []ui.Problem{{Field: "file", Text: web.Words(ctx, f)}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/my/foreign")
}

// rows are the certificates with what they are worth here.
func (v foreignView) rows(ctx context.Context) (out []ui.Row) {
	for _, f := range v.List {
		tone := ui.Bad
		if f.Status == certificates.Valid {
			tone = ui.OK
		}
		state := ui.Status{Text: i18n.T(ctx, "certificates.status."+string(f.Status)), Tone: tone}
		if f.NodeBad != nil {
			state.Text = words(ctx, "mine.not_recognised")
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: f.Title}, {Text: certificates.ShowCode(f.Code)}, {Text: f.IssuerName}, {Text: f.Node.Name}, {Part: templ.Component(ui.Tag(state))}, {Text: i18n.DateTime(ctx, f.AsOf)}}})
	}
	return out
}

func typed() templ.Attributes {
	return templ.Attributes{"autocomplete": "off", "spellcheck": "false", "maxlength": "80", "autocapitalize": "characters"}
}

func grades(ctx context.Context) (out []ui.Option) {
	for _, g := range []string{"A", "B", "C", "D"} {
		out = append(out, ui.Option{Value: g, Text: words(ctx, "grade."+g)})
	}
	return out
}
