package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/marks"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/grades"
	"tongban/gov/certificates/holding"
	"tongban/platform/calendar"
	"tongban/platform/i18n"
	"tongban/ui"
)

// tones give every light its tone; shape and word come with it.
var tones = map[casework.Light]ui.Tone{casework.Green: ui.OK, casework.Early: ui.Info, casework.Yellow: ui.Warn, casework.Red: ui.Bad, casework.Still: ui.Plain}

// TimeLeft says how near a limit is: shape, word and colour.
func TimeLeft(ctx context.Context, light casework.Light, left int, unit calendar.Unit) ui.Status {
	s := ui.Status{Tone: tones[light]}
	switch light {
	case casework.Still:
		s.Text, s.Shape = i18n.T(ctx, "casefile.left.still"), "pause"
	case casework.Red:
		s.Text = i18n.T(ctx, "casefile.left.over", "amount", ui.Amount(ctx, max(-left, 0), ui.UnitName(unit)))
		if left == 0 {
			s.Text = i18n.T(ctx, "casefile.left.over_today")
		}
	case casework.Yellow, casework.Early, casework.Green:
		if left < 0 { // over, and red comes later
			s.Text = i18n.T(ctx, "casefile.left.yellow_over", "amount", ui.Amount(ctx, -left, ui.UnitName(unit)))
			return s
		}
		s.Text = i18n.T(ctx, "casefile.left."+string(light), "amount", ui.Amount(ctx, left, ui.UnitName(unit)))
		if left == 0 {
			s.Text = i18n.T(ctx, "casefile.left.today."+string(light))
		}
		if light == casework.Green {
			s.Shape = "dot"
		}
	}
	return s
}

// StateStatus is the word for where a case stands.
func StateStatus(ctx context.Context, c casework.Case) ui.Status {
	s := ui.Status{Text: i18n.T(ctx, "casefile.state."+string(c.State))}
	switch {
	case c.State == casework.Decided:
		s.Text, s.Tone = i18n.T(ctx, "casefile.outcome."+string(c.Outcome)), ui.OK
		if c.Outcome == casework.Refused {
			s.Tone, s.Shape = ui.Bad, "cross"
		}
	case c.State == casework.Supplemented:
		s.Tone, s.Shape = ui.Warn, "pause"
	case c.Paused:
		s.Text, s.Tone, s.Shape = i18n.T(ctx, "casefile.state.paused"), ui.Warn, "pause"
	case c.State == casework.NotAccepted:
		s.Tone, s.Shape = ui.Bad, "cross"
	case c.State == casework.Withdrawn:
		s.Tone = ui.Plain
	}
	return s
}

// CaseDue says how near the limit of a case is, for lists of cases.
func CaseDue(ctx context.Context, s *casework.Service, c casework.Case) ui.Status {
	if !c.State.Open() || c.State == casework.Supplemented || c.Paused {
		return StateStatus(ctx, c)
	}
	end := c.End()
	start := c.AcceptedAt
	if start.IsZero() {
		start = c.SubmittedAt
	}
	return dueAt(ctx, s, c.Region, start, end.At, s.Clock.Now(), end.Unit)
}

// TaskDue says how near the limit of an open step is at a moment.
func TaskDue(ctx context.Context, s *casework.Service, t casework.Task, now time.Time) ui.Status {
	return dueAt(ctx, s, t.Region, t.OpenedAt, t.Due, now, t.DueUnit)
}

func dueAt(ctx context.Context, s *casework.Service, region string, start, due, now time.Time, unit calendar.Unit) ui.Status {
	left := 0
	if !due.IsZero() {
		left = s.Calendar.Between(unit, now, due)
	}
	return TimeLeft(ctx, s.Rules.At(region, now).LightAt(s.Calendar, start, due, now), left, unit)
}

// Lanes show every office of the case: what it does, who has it, how long.
func (v View) Lanes(ctx context.Context, s *casework.Service) []ui.LaneProps {
	var out []ui.LaneProps
	for _, t := range latest(v.File.Tasks) {
		l := ui.LaneProps{Office: t.OrgName + " · " + t.Name, Opinion: t.Opinion}
		if t.OnBehalf != "" {
			l.Office = i18n.T(ctx, "casefile.on_behalf", "office", t.OrgName, "for", t.OnBehalf) + " · " + t.Name
		}
		if t.State == casework.TaskOpen {
			light := s.Rules.At(t.Region, v.Now).LightAt(s.Calendar, t.OpenedAt, t.Due, v.Now)
			l.Status = ui.Status{Text: i18n.T(ctx, "casefile.lane.open"), Tone: ui.Info}
			if light == casework.Red || light == casework.Yellow || light == casework.Early || light == casework.Still {
				l.Status = TaskDue(ctx, s, t, v.Now)
			} else {
				l.Left = i18n.T(ctx, "casefile.lane.left", "amount", ui.Amount(ctx, s.Calendar.Between(t.DueUnit, v.Now, t.Due), ui.UnitName(t.DueUnit)), "date", i18n.Date(ctx, t.Due))
			}
			l.Opinion = v.holding(ctx, t)
		} else {
			l.Status = resultStatus(ctx, t)
			switch {
			case t.Element == casework.AcceptElement && t.Result == casework.Approve:
				l.Status.Text, l.Opinion = i18n.T(ctx, "casefile.lane.accepted"), i18n.T(ctx, "casefile.lane.accepted_note")
			case l.Opinion == "":
				l.Opinion = i18n.T(ctx, "casefile.lane.no_opinion")
			}
			l.By = t.OfficerName + " · " + i18n.DateTime(ctx, t.ClosedAt)
			if n := len(checked(t.Fields)); n > 0 {
				l.By += " · " + i18n.T(ctx, "casefile.lane.checked", "n", n)
			}
			if t.Element == casework.AcceptElement && v.File.Deemed {
				l.By, l.Opinion = i18n.DateTime(ctx, t.ClosedAt), i18n.T(ctx, "casefile.lane.deemed")
			}
		}
		out = append(out, l)
	}
	return append(out, v.coming(ctx)...)
}

// holding says who has an open step.
func (v View) holding(ctx context.Context, t casework.Task) string {
	switch {
	case t.Delegation.Waiting():
		return i18n.T(ctx, "casefile.lane.delegated", "who", t.Delegation.ByName, "to", t.Delegation.ToName)
	case t.AssigneeName != "":
		return i18n.T(ctx, "casefile.lane.held", "who", t.AssigneeName, "since", i18n.DateTime(ctx, since(t)))
	}
	return i18n.T(ctx, "casefile.lane.unclaimed", "since", i18n.DateTime(ctx, t.OpenedAt))
}

func since(t casework.Task) time.Time {
	if t.ClaimedAt.IsZero() {
		return t.OpenedAt
	}
	return t.ClaimedAt
}

// coming are steps of the item that nobody has begun, as its package lists
// them: those that still can come, and those that the flow went past.
func (v View) coming(ctx context.Context) []ui.LaneProps {
	var out []ui.LaneProps
	for _, st := range v.Offer.Steps {
		if slices.ContainsFunc(v.File.Tasks, func(t casework.Task) bool { return t.Element == st.Element }) {
			continue
		}
		l := ui.LaneProps{Office: st.Name.In(ctx), Status: ui.Status{Text: i18n.T(ctx, "casefile.lane.todo"), Tone: ui.Plain}, Opinion: i18n.T(ctx, "casefile.lane.todo_note")}
		if v.File.NotTaken[st.Element] {
			l.Status.Text, l.Opinion = i18n.T(ctx, "casefile.lane.not_taken"), i18n.T(ctx, "casefile.lane.not_taken_note")
		}
		out = append(out, l)
	}
	return out
}

// latest keeps the newest task of every step and office, in order of opening.
func latest(tasks []casework.Task) []casework.Task {
	var out []casework.Task
	for _, t := range tasks {
		i := slices.IndexFunc(out, func(o casework.Task) bool {
			return o.Element == t.Element && o.Org == t.Org && o.OnBehalf == t.OnBehalf
		})
		if i < 0 {
			out = append(out, t)
		} else {
			out[i] = t
		}
	}
	return out
}

func resultStatus(ctx context.Context, t casework.Task) ui.Status {
	switch {
	case t.State == casework.TaskCancelled:
		return ui.Status{Text: i18n.T(ctx, "casefile.lane.cancelled"), Tone: ui.Plain}
	case t.State == casework.TaskReturned || t.Result == casework.Return:
		return ui.Status{Text: i18n.T(ctx, "casefile.lane.returned"), Tone: ui.Warn}
	case t.Result == casework.Refuse:
		return ui.Status{Text: i18n.T(ctx, "casefile.lane.refused"), Tone: ui.Bad, Shape: "cross"}
	}
	return ui.Status{Text: i18n.T(ctx, "casefile.lane.approved"), Tone: ui.OK}
}

// CheckPrefix begins the names under which ticked conditions are kept with a step.
const CheckPrefix = "check."

// checked are the conditions that an officer ticked at a step.
func checked(fields map[string]string) []string {
	var out []string
	for k, v := range fields {
		if id, ok := strings.CutPrefix(k, CheckPrefix); ok && v == "yes" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// CheckedBy names who ticked a condition at an earlier step.
func (v View) CheckedBy(condition string) []string {
	var out []string
	for _, t := range v.File.Tasks {
		if t.State == casework.TaskDone && slices.Contains(checked(t.Fields), condition) {
			out = append(out, t.OrgName+" · "+t.OfficerName)
		}
	}
	return out
}

// known are the kinds of entries that have words; a newer kind shows as it is.
var known = []string{"case.submitted", "case.accepted", "case.deemed_accepted", "case.acceptance_refused", "case.supplements_requested", "case.supplements_answered", "case.supplements_reminded",
	"case.material_added", "case.withdrawn", "case.paused", "case.resumed", "case.extended", "case.recounted", "case.ruled", "case.message", "case.upgraded", "case.decided", "case.timer_fired", "case.waiting_ended", "case.suspended", "case.continued", "case.voided", "case.copied", "case.jumped",
	"task.opened", "task.claimed", "task.released", "task.completed", "task.returned", "task.delegated", "task.recalled", "task.opinion_given", "task.transferred", "task.reminded", "task.urged", "task.signer_added", "task.signer_taken", "task.taken_back", "task.resubmitted", "task.rejected", "certificate.changed"}

// endWait are the kinds of entries after which nothing that was asked before is
// waited for.
var endWait = []string{"case.supplements_answered", "case.waiting_ended", "case.resumed", "case.continued", "case.withdrawn", "case.voided", "case.decided", "case.accepted", "case.acceptance_refused"}

// Events are the time line of the case.
func (v View) Events(ctx context.Context) []ui.TimelineEvent {
	out := make([]ui.TimelineEvent, 0, len(v.Entries))
	for i, e := range v.Entries {
		ev := ui.TimelineEvent{Title: e.Kind, At: e.At.In(i18n.Zone), State: ui.EventDone, Text: e.Text, Who: who(ctx, e)}
		if slices.Contains(known, e.Kind) {
			ev.Title = i18n.T(ctx, "casefile.event."+e.Kind, "step", e.Step, "to", text(e.Details, "to_name"), "result", v.result(ctx, e))
		}
		if e.Kind == "case.material_added" {
			ev.Text = v.materialName(ctx, e.Text)
		}
		if e.Kind == "case.ruled" {
			ev.Text = i18n.Pick(ctx, e.Text, text(e.Details, "why_en"))
		}
		switch e.Kind {
		case "case.acceptance_refused", "task.returned":
			ev.State = ui.EventBad
		case "case.paused", "case.supplements_requested":
			if !slices.ContainsFunc(v.Entries[i+1:], func(x casework.Entry) bool { return slices.Contains(endWait, x.Kind) }) {
				ev.State = ui.EventWait
			}
		}
		if e.Days > 0 {
			ev.Who += " · " + i18n.T(ctx, "casefile.took", "n", e.Days)
		}
		out = append(out, ev)
	}
	return out
}

func who(ctx context.Context, e casework.Entry) string {
	var parts []string
	for _, s := range []string{e.OrgName, e.Name} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if away := text(e.Details, "for_name"); away != "" {
		parts[len(parts)-1] += i18n.T(ctx, "casefile.stands_for", "who", away)
	}
	return strings.Join(parts, " · ")
}

func text(details map[string]any, key string) string {
	s, _ := details[key].(string)
	return s
}

func (v View) result(ctx context.Context, e casework.Entry) string {
	for _, key := range []string{"result", "outcome"} {
		if s := text(e.Details, key); s != "" {
			return i18n.T(ctx, "casefile.result."+s)
		}
	}
	return ""
}

func (v View) materialName(ctx context.Context, id string) string {
	for _, m := range v.File.Materials {
		if m.ID == id {
			return m.Name.In(ctx)
		}
	}
	return id
}

// ClockCard is the clock that runs, as applicant, officer and supervisor see it
// alike: acceptance before acceptance, then promise and statute.
func (v View) ClockCard(ctx context.Context) (ui.ClockProps, bool) {
	c := ClockCard(ctx, v.File, v.Base+"/clock")
	return c, c.Accept.Amount+c.Promise.Amount+c.Legal.Amount > 0
}

// ClockCard shows the clock of a case; href leads to how its dates were found.
func ClockCard(ctx context.Context, file casework.File, href string) ui.ClockProps {
	f := file.Clock
	c := ui.ClockProps{Done: file.ClosedAt, Href: href}
	set := func(to *ui.ClockLimit, l *casework.Limited) {
		if l == nil {
			return
		}
		*to = ui.LimitOf(ctx, l.Result, l.Added)
		if t := tones[l.Light]; c.Tone != ui.Bad && (t == ui.Warn || t == ui.Bad) {
			c.Tone = t
		}
	}
	set(&c.Accept, f.Accept)
	set(&c.Promise, f.Promise)
	set(&c.Legal, f.Legal)
	if f.Stop.Reason != "" && file.State.Open() {
		c.Pause = ui.PauseOf(ctx, f.Stop)
	}
	return c
}

// MaterialRow is one material with how it was handed in.
type MaterialRow struct {
	ID, Name string
	Status   ui.Status
	Note     string
	Law      string
	Why      string
	Files    []ui.FileRow
	Data     []ui.SummaryRow // of the certificate that stands in for it
	Live     ui.Status       // what that certificate is worth now
	Disputed bool            // its holder objects to an entry
	Copy     string          // where the copy is handed out
}

// Materials are what was asked for and what came.
func (v View) Materials(ctx context.Context) []MaterialRow {
	var out []MaterialRow
	for _, m := range v.File.Materials {
		ch := v.File.Application.Materials[m.ID]
		row := MaterialRow{ID: m.ID, Name: m.Name.In(ctx), Status: ModeStatus(ctx, ch), Note: ch.Note, Why: m.Why.In(ctx)}
		if ch.Paper != "" {
			row.Note = strings.TrimSpace(instead(ctx, m, ch.Paper) + " " + ch.Note)
		}
		if c := ch.Consent; c != nil {
			row.Note = strings.TrimSpace(row.Note + " " + i18n.T(ctx, "casefile.consent", "who", c.Who, "at", i18n.DateTime(ctx, c.At), "purpose", c.Purpose))
		}
		if ch.Note == "followed" {
			row.Note = i18n.T(ctx, "casefile.followed")
		}
		if c, ok := v.Offer.Clause(m.Clause); ok {
			row.Law = c.Citation()
		}
		row.Files = FileRows(ctx, v.FileBase, ch.Mode, ch.Files)
		v.fromCopy(ctx, ch, &row)
		out = append(out, row)
	}
	return out
}

// fromCopy shows the data of the certificate that stands in for a material, and
// what it is worth at this moment: officers decide by data, not by scans.
func (v View) fromCopy(ctx context.Context, ch casework.Choice, row *MaterialRow) {
	i := slices.IndexFunc(v.Copies, func(c holding.Received) bool { return ch.Copy != "" && c.ID == ch.Copy })
	if i < 0 {
		return
	}
	c := v.Copies[i]
	row.Copy, row.Disputed = "/copies/"+c.Region+"/"+c.ID+".pdf", c.Disputed
	row.Live = ui.Status{Text: i18n.T(ctx, "certificates.status."+string(c.Status)), Tone: ui.OK}
	if c.Status != certificates.Valid {
		row.Live.Tone, row.Live.Shape = ui.Bad, "cross"
	}
	row.Data = append(row.Data, ui.SummaryRow{Key: i18n.T(ctx, "certificates.fact.number"), Value: c.Number})
	row.Data = append(row.Data, ui.SummaryRow{Key: i18n.T(ctx, "certificates.fact.grade"), Value: i18n.T(ctx, "certificates.fact.grade."+string(c.Grade))})
	for _, f := range c.Fields {
		data := ui.SummaryRow{Key: i18n.Pick(ctx, f.Label, f.LabelEn), Value: f.Value, Lang: "zh-Hans"}
		if f.Photo() { // its digest says nothing to people
			data = ui.SummaryRow{Key: data.Key, Value: i18n.T(ctx, "certificates.fact.photo")}
			if b := v.picture(f); b != nil {
				data.Value, data.Part = "", ui.Portrait(b, i18n.T(ctx, "certificates.fact.photo_of", "name", c.HolderName))
			}
		}
		row.Data = append(row.Data, data)
	}
	row.Data = append(row.Data, ui.SummaryRow{Key: i18n.T(ctx, "certificates.fact.as_of"), Value: i18n.DateTime(ctx, c.AsOf)})
}

// unsound are the certificates handed in with the case that do not count now, with
// why.
func (v View) unsound(ctx context.Context) (out []string) {
	for _, m := range v.File.Materials {
		ch := v.File.Application.Materials[m.ID]
		for _, c := range v.Copies {
			if ch.Copy != "" && c.ID == ch.Copy && c.Status != certificates.Valid {
				out = append(out, i18n.T(ctx, "casefile.unsound.text", "material", m.Name.In(ctx), "title", c.Title, "number", c.Number, "status", i18n.T(ctx, "certificates.status."+string(c.Status)), "reason", c.Reason))
			}
		}
	}
	return out
}

// instead says what stands in for a material: a certificate or data that the
// office looks up, or one of the applicant's own papers by its code.
func instead(ctx context.Context, m catalogue.Material, paper string) string {
	kind, source, _ := strings.Cut(paper, ":")
	for _, s := range m.Instead {
		if s.Kind == kind && s.Source == source {
			return i18n.T(ctx, "casefile.instead."+kind, "name", s.Name.In(ctx))
		}
	}
	return i18n.T(ctx, "casefile.paper_code", "code", certificates.ShowCode(paper))
}

// FileRows are attachments that were handed in one way, with links that hand them
// out with their grade on the pages, and as they came.
func FileRows(ctx context.Context, base string, way casework.Mode, files []casework.Attachment) []ui.FileRow {
	var out []ui.FileRow
	for _, f := range files {
		row := ui.FileRow{Name: f.Name, Href: base + "/" + f.Hash, Note: fmt.Sprintf("%s · %s · %s", ui.Size(f.Size), f.Who, i18n.DateTime(ctx, f.At))}
		if marks.Able(f.Kind) {
			row.Original = row.Href + "?original=1"
		} else {
			row.Note += " · " + i18n.T(ctx, "casefile.file.no_mark")
		}
		grade := marks.Grade(way, f)
		row.Status = ui.Status{Text: i18n.T(ctx, "casefile.grade."+string(grade)), Tone: map[grades.Grade]ui.Tone{grades.B: ui.OK, grades.C: ui.Plain}[grade]}
		out = append(out, row)
	}
	return out
}

// SupplementStatus tells whether a request was answered.
func SupplementStatus(ctx context.Context, s casework.Supplement) ui.Status {
	if s.AnsweredAt.IsZero() {
		if !s.Until.IsZero() {
			return ui.Status{Text: i18n.T(ctx, "casefile.supplement.until", "date", i18n.Date(ctx, s.Until)), Tone: ui.Warn, Shape: "pause"}
		}
		return ui.Status{Text: i18n.T(ctx, "casefile.supplement.waiting"), Tone: ui.Warn, Shape: "pause"}
	}
	return ui.Status{Text: i18n.T(ctx, "casefile.supplement.done", "at", i18n.Date(ctx, s.AnsweredAt)), Tone: ui.OK}
}

// ModeStatus is how a material is handed in, in a word.
func ModeStatus(ctx context.Context, ch casework.Choice) ui.Status {
	switch ch.Mode {
	case casework.ByFile:
		if len(ch.Files) == 0 {
			break
		}
		return ui.Status{Text: i18n.T(ctx, "casefile.mode.files", "n", len(ch.Files)), Tone: ui.OK}
	case casework.Electronic:
		if strings.HasPrefix(ch.Paper, "data:") {
			return ui.Status{Text: i18n.T(ctx, "casefile.mode.data"), Tone: ui.OK}
		}
		return ui.Status{Text: i18n.T(ctx, "casefile.mode.electronic"), Tone: ui.OK}
	case casework.Pledged:
		return ui.Status{Text: i18n.T(ctx, "casefile.mode.commitment") + " · " + i18n.T(ctx, "casefile.grade.D"), Tone: ui.OK}
	case casework.ToFollow:
		return ui.Status{Text: i18n.T(ctx, "casefile.mode.to_follow"), Tone: ui.Warn}
	case casework.NotNeeded:
		return ui.Status{Text: i18n.T(ctx, "casefile.mode.not_applicable"), Tone: ui.Plain}
	}
	return ui.Status{Text: i18n.T(ctx, "casefile.mode.gap"), Tone: ui.Bad}
}

// PaperRows are the papers of the case, the newest first.
func (v View) PaperRows(ctx context.Context) []ui.FileRow {
	var out []ui.FileRow
	for _, p := range v.Papers {
		row := ui.FileRow{Name: p.Title, Note: p.Number + " · " + i18n.Date(ctx, p.IssuedAt), Href: PaperHref(p.Paper)}
		if p.Status != certificates.Valid {
			row.Status = ui.Status{Text: i18n.T(ctx, "certificates.status."+string(p.Status)), Tone: ui.Warn}
		}
		out = append(out, row)
	}
	slices.Reverse(out)
	return out
}

// PaperHref is where the PDF of a paper is handed out.
func PaperHref(p certificates.Paper) string { return "/papers/" + p.Region + "/" + p.ID + ".pdf" }
