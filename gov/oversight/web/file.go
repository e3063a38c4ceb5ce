package web

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/platform/i18n"
	"tongban/ui"
)

type fileView struct {
	File casework.File
	Line []casework.Entry
}

// GET /oversight/cases/{region}/{id}
func (h pages) file(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, line, err := h.File(ctx, r.PathValue("region"), casework.CaseID(r.PathValue("id")), i18n.T(ctx, "oversight.purpose"))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: f.ItemName, Eyebrow: i18n.T(ctx, "oversight.case", "number", casework.ShowNumber(f.Number)), Face: ui.Supervision, Active: "cards",
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "oversight.cards"), Href: "/oversight/cards"}}}, filePage(fileView{f, line}))
}

// lanes are the steps of the case with who holds each and how near its limit is.
func (v fileView) lanes(ctx context.Context) []ui.LaneProps {
	holders := map[string]casework.Holder{}
	for _, x := range v.File.Clock.Holders {
		holders[x.Step+x.Org] = x
	}
	var out []ui.LaneProps
	for _, t := range v.File.Tasks {
		l := ui.LaneProps{Office: t.OrgName + " · " + t.Name, Opinion: t.Opinion, By: t.OfficerName}
		switch t.State {
		case casework.TaskOpen:
			l.Status = light(ctx, holders[t.Name+t.Org].Light, 0)
			l.Status.Text = i18n.T(ctx, "oversight.open")
			l.By = holder(ctx, "", t.AssigneeName)
			if !t.Due.IsZero() {
				l.Left = i18n.T(ctx, "oversight.until", "date", i18n.Date(ctx, t.Due))
			}
		default:
			l.Status = ui.Status{Text: i18n.T(ctx, "oversight.task."+string(t.State)), Tone: ui.OK}
			l.Left = i18n.DateTime(ctx, t.ClosedAt)
		}
		out = append(out, l)
	}
	return out
}

func (v fileView) clock() ui.ClockProps {
	c, terms := v.File.Clock, v.File.Terms
	p := ui.ClockProps{Done: v.File.ClosedAt}
	if c.Promise != nil {
		p.Promise, p.Used = ui.ClockLimit{Amount: terms.Promise.Amount, Due: c.Promise.Due, Basis: terms.Promise.Citation}, c.Promise.Elapsed
	}
	if c.Legal != nil {
		p.Legal, p.Used = ui.ClockLimit{Amount: terms.Legal.Amount, Due: c.Legal.Due, Basis: terms.Legal.Citation}, c.Legal.Elapsed
	}
	if !c.Running && c.Why != "" {
		p.Pause = &ui.ClockPause{Reason: c.Why}
	}
	return p
}
