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

// tones are the cards of a case; without one the clock is simply running.
var tones = map[casework.Light]ui.Tone{casework.Yellow: ui.Warn, casework.Red: ui.Bad}

func (v fileView) path() string {
	return "/oversight/cases/" + v.File.Region + "/" + string(v.File.ID)
}

// GET /oversight/cases/{region}/{id}/clock
func (h pages) clock(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, _, err := h.File(ctx, r.PathValue("region"), casework.CaseID(r.PathValue("id")), i18n.T(ctx, "oversight.purpose"))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "casefile.clock.derivation"), Lead: i18n.T(ctx, "casefile.clock.lead"), Eyebrow: i18n.T(ctx, "oversight.case", "number", casework.ShowNumber(f.Number)), Face: ui.Supervision, Active: "cards",
		Back: ui.Link{Text: i18n.T(ctx, "casefile.back_case"), Href: fileView{File: f}.path()}}, ui.Derivations(f.Clock.Derivations()))
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
			x := holders[t.Name+t.Org]
			l.Status = light(ctx, x.Light, x.Left, t.DueUnit)
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

// clock is the clock that runs, or stands: acceptance before acceptance, then promise and statute.
func (v fileView) clock(ctx context.Context) ui.ClockProps {
	c := v.File.Clock
	p := ui.ClockProps{Done: v.File.ClosedAt, Href: v.path() + "/clock"}
	for _, l := range []struct {
		at *casework.Limited
		to *ui.ClockLimit
	}{{c.Accept, &p.Accept}, {c.Promise, &p.Promise}, {c.Legal, &p.Legal}} {
		if l.at == nil {
			continue
		}
		*l.to = ui.LimitOf(ctx, l.at.Result, l.at.Added)
		if tone := tones[l.at.Light]; p.Tone != ui.Bad && tone != ui.Info {
			p.Tone = tone
		}
	}
	if c.Stop.Reason != "" && v.File.State.Open() {
		p.Pause = ui.PauseOf(ctx, c.Stop)
	}
	return p
}
