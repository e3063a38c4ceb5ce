package applicant

import (
	"context"
	"strings"

	"tongban/gov/casework"
	"tongban/platform/i18n"
	"tongban/ui"
)

// hiddenKinds are lines for the office only.
var hiddenKinds = map[string]bool{"case.timer_fired": true, "task.claimed": true, "task.released": true, "task.reminded": true}

// badKinds are lines with bad news.
var badKinds = map[string]bool{"case.acceptance_refused": true}

// waitKinds are lines after which the clock stands until the next one.
var waitKinds = map[string]bool{"case.supplements_requested": true, "case.paused": true}

// events are the time line: what happened, who has it now, what comes.
func (v caseView) events(ctx context.Context) []ui.TimelineEvent {
	out := events(ctx, v.Lines, v.Case)
	if !v.State.Open() {
		return out
	}
	for _, h := range v.Clock.Holders {
		out = append(out, ui.TimelineEvent{Title: words(ctx, "case.now", "step", h.Step), Who: who(ctx, h.OrgName, h.Officer), State: ui.EventNow, Text: words(ctx, "case.since", "date", i18n.Date(ctx, h.Since))})
	}
	return append(out, ui.TimelineEvent{Title: words(ctx, "case.end")})
}

// events turns the lines into events; steps that began together stand side by side.
func events(ctx context.Context, lines []casework.Entry, c casework.Case) []ui.TimelineEvent {
	var out []ui.TimelineEvent
	var together []casework.Entry
	flush := func() {
		switch {
		case len(together) > 1:
			side := ui.TimelineEvent{Title: words(ctx, "case.together", "n", len(together)), State: ui.EventDone}
			for _, e := range together {
				side.Children = append(side.Children, event(ctx, e, c))
			}
			out = append(out, side)
		case len(together) == 1:
			out = append(out, event(ctx, together[0], c))
		}
		together = nil
	}
	for i, e := range lines {
		if hiddenKinds[e.Kind] || i+1 < len(lines) && lines[i+1].Kind == "case.decided" && e.Kind == "task.completed" && e.Task == lines[i+1].Task {
			continue // the step that decides is told by the decision
		}
		if e.Kind == "task.completed" && len(together) > 0 && sideBySide(together[0], e) {
			together = append(together, e)
			continue
		}
		flush()
		if e.Kind == "task.completed" {
			together = append(together, e)
			continue
		}
		out = append(out, event(ctx, e, c))
	}
	flush()
	if n := len(lines); n > 0 && waitKinds[lines[n-1].Kind] {
		out[len(out)-1].State = ui.EventWait
	}
	return out
}

// sideBySide tells whether two steps began together, and not one after the other
// within one moment.
func sideBySide(a, b casework.Entry) bool { return a.Since.Equal(b.Since) && a.At.After(a.Since) }

// event writes one line. What an office thinks about a step is its own until
// the decision, whose reasons are in the paper; reasons that the law wants told
// are shown.
func event(ctx context.Context, e casework.Entry, c casework.Case) ui.TimelineEvent {
	out := ui.TimelineEvent{Title: eventTitle(ctx, e, c), At: e.At, Who: who(ctx, e.OrgName, e.Name), State: ui.EventDone}
	if badKinds[e.Kind] || e.Kind == "case.decided" && c.Outcome == casework.Refused {
		out.State = ui.EventBad
	}
	var text []string
	if (strings.HasPrefix(e.Kind, "case.") || strings.HasPrefix(e.Kind, "result.") || e.Kind == "certificate.changed") && e.Kind != "case.material_added" && e.Text != "" {
		text = append(text, e.Text)
	}
	if !e.Since.IsZero() && !waitKinds[e.Kind] { // it begins something, nothing took long
		text = append(text, took(ctx, e.Days))
	}
	out.Text = strings.Join(text, " · ")
	return out
}

// took says how long something took.
func took(ctx context.Context, days int) string {
	if days == 0 {
		return words(ctx, "case.took_today")
	}
	return words(ctx, "case.took", "n", days)
}

func eventTitle(ctx context.Context, e casework.Entry, c casework.Case) string {
	switch {
	case e.Kind == "case.decided":
		return i18n.T(ctx, "casework.event.case.decided", "outcome", i18n.T(ctx, "casework.outcome."+string(c.Outcome)))
	case e.Step != "":
		return i18n.T(ctx, "casework.event."+e.Kind, "step", e.Step)
	}
	return i18n.T(ctx, "casework.event."+e.Kind, "step", "")
}

// who joins office and officer.
func who(ctx context.Context, office, officer string) string {
	switch {
	case office == "" && officer == "":
		return ""
	case office == "":
		return officer
	case officer == "":
		return office
	}
	return office + " · " + officer
}

// lanes shows the offices side by side: what each has, or has done.
func (v caseView) lanes(ctx context.Context) []ui.LaneProps {
	var out []ui.LaneProps
	for _, t := range v.Tasks {
		if t.Element == casework.AcceptElement || t.State == casework.TaskCancelled {
			continue
		}
		l := ui.LaneProps{Office: t.OrgName, Opinion: t.Name, Status: ui.Status{Text: i18n.T(ctx, "casework.task."+string(t.State)), Tone: ui.OK}}
		if t.OnBehalf != "" {
			l.Office = words(ctx, "case.on_behalf", "office", t.OrgName, "for", t.OnBehalf)
		}
		switch t.State {
		case casework.TaskOpen:
			l.Status.Tone = ui.Info
			l.Left = words(ctx, "case.step_due", "date", i18n.Date(ctx, t.Due))
			if t.Paused || t.Due.IsZero() {
				l.Left = i18n.T(ctx, "casework.state.paused")
			}
		case casework.TaskReturned:
			l.Status.Tone = ui.Warn
			l.By = i18n.DateTime(ctx, t.ClosedAt)
		default:
			l.By = i18n.DateTime(ctx, t.ClosedAt)
		}
		out = append(out, l)
	}
	return out
}
