package applicant

import (
	"cmp"
	"context"
	"fmt"

	"tongban/gov/casework"
	"tongban/gov/casework/web/upload"
	"tongban/gov/certificates"
	"tongban/platform/i18n"
	"tongban/ui"
)

// promise says what happens next and by when.
func (v caseView) promise(ctx context.Context) string {
	if v.AcceptDue.IsZero() {
		return words(ctx, "done.next_plain", "office", v.OrgName)
	}
	return words(ctx, "done.next", "office", v.OrgName, "date", i18n.Date(ctx, v.AcceptDue))
}

// receipt is the paper that proves the application.
func (v caseView) receipt() (certificates.Found, bool) {
	for _, p := range v.Papers {
		if p.Kind == certificates.Receipt {
			return p, true
		}
	}
	return certificates.Found{}, false
}

// issued is the newest paper that the decision issued: the certificate, or the
// notice of a refusal.
func (v caseView) issued() (certificates.Found, bool) {
	for i := len(v.Papers) - 1; i >= 0; i-- {
		if p := v.Papers[i]; p.Kind == certificates.Certificate || p.Kind == certificates.Refusal {
			return p, true
		}
	}
	return certificates.Found{}, false
}

// facts say who has the case and when it came.
func (v caseView) facts(ctx context.Context) []ui.Answer {
	var rows []ui.Answer
	if v.State == casework.Supplemented {
		rows = append(rows, ui.Answer{Question: words(ctx, "case.holder"), Text: words(ctx, "case.you"), Icon: "inbox"})
	} else if v.State.Open() {
		for _, h := range v.Clock.Holders {
			rows = append(rows, ui.Answer{Question: words(ctx, "case.holder"), Text: who(ctx, h.OrgName, h.Officer), Note: h.Step, Icon: "inbox"})
		}
	}
	rows = append(rows,
		ui.Answer{Question: words(ctx, "applicant"), Text: v.ApplicantName, Icon: "person"},
		ui.Answer{Question: words(ctx, "case.office"), Text: v.OrgName, Icon: "office"},
		ui.Answer{Question: words(ctx, "case.submitted"), Text: i18n.DateTime(ctx, v.SubmittedAt), Icon: "calendar"})
	if !v.AcceptedAt.IsZero() {
		row := ui.Answer{Question: words(ctx, "case.accepted"), Text: i18n.DateTime(ctx, v.AcceptedAt), Icon: "stamp"}
		if v.Deemed {
			row.Note = words(ctx, "case.deemed")
		}
		rows = append(rows, row)
	}
	if !v.ClosedAt.IsZero() {
		rows = append(rows, ui.Answer{Question: words(ctx, "case.closed"), Text: i18n.DateTime(ctx, v.ClosedAt), Icon: "done"})
	}
	return rows
}

func reasonTone(c casework.Case) ui.Tone {
	if c.State == casework.Withdrawn {
		return ui.Info
	}
	return ui.Bad
}

// readers is the table of who read the case.
func (v caseView) readers(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: words(ctx, "case.readers"), HideTitle: true, Empty: words(ctx, "case.readers_none"),
		Cols: []ui.Col{{Title: words(ctx, "case.reader_when"), NoWrap: true}, {Title: words(ctx, "case.reader_who")}, {Title: words(ctx, "case.reader_why")}}}
	for _, r := range groupReadings(v.Readings) {
		when := i18n.DateTime(ctx, r.At)
		if r.Times > 1 {
			when = words(ctx, "case.reader_times", "date", i18n.Date(ctx, r.At), "n", r.Times)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: when}, {Text: who(ctx, v.office(r.Org), r.Name)}, {Text: r.Purpose}}})
	}
	return t
}

// consents are what the applicant agreed to when handing in.
func (v caseView) consents(ctx context.Context) []ui.SummaryRow {
	var out []ui.SummaryRow
	for _, m := range v.Materials {
		if c := v.Application.Materials[m.ID].Consent; c != nil {
			out = append(out, ui.SummaryRow{Key: m.Name.In(ctx), Value: words(ctx, "case.consented", "date", i18n.DateTime(ctx, c.At), "purpose", c.Purpose, "office", c.Office)})
		}
	}
	return out
}

// office names an office that has, or had, a step of the case.
func (v caseView) office(code string) string {
	if code == v.Org {
		return v.OrgName
	}
	for _, t := range v.Tasks {
		if t.Org == code {
			return t.OrgName
		}
	}
	return code
}

// spent is the table of where the days went.
func spent(ctx context.Context, f casework.ClockFace) ui.TableProps {
	t := ui.TableProps{Caption: words(ctx, "clock.offices"), HideTitle: true, Cols: []ui.Col{{Title: words(ctx, "clock.office")}, {Title: words(ctx, "clock.steps"), End: true}, {Title: words(ctx, "clock.days"), End: true}}}
	for _, o := range f.Offices {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: o.OrgName}, {Text: fmt.Sprint(o.Steps)}, {Text: fmt.Sprint(o.Days)}}})
	}
	return t
}

// text asks for the answer to an item: the field itself where the item is
// about one, else some words.
func (v supplementView) text(ctx context.Context, i int) ui.FieldProps {
	name, it := fmt.Sprintf("items.%d.text", i), v.Request.Items[i]
	if f, ok := v.field(i); ok {
		value := it.Text
		if value == "" {
			value = v.Application.Form[f.ID]
		}
		p := desk{Draft: v.Application, offer: v.offer, lists: v.lists}.control(ctx, f, value, nil)
		p.Name, p.Locked, p.Source, p.Required, p.Error = name, false, "", true, ui.ErrorFor(v.Problems, name)
		return p
	}
	return ui.FieldProps{Name: name, Label: words(ctx, "supplement.text"), Hint: words(ctx, "supplement.text_hint"), Type: ui.TextArea, Value: it.Text, Max: 2000, Plain: true, Error: ui.ErrorFor(v.Problems, name)}
}

// files is where the files of an item go.
func (v supplementView) files(ctx context.Context, i int) ui.FieldProps {
	most, list := v.fileRule(i)
	f := fileField(ctx, fmt.Sprintf("items.%d.files", i), v.Request.Items[i].Name, "files_plain", most, list, v.Problems)
	f.Plain = false
	return f
}

// input is where the files of a material that was to follow go.
func (m materialDue) input(ctx context.Context, problems []ui.Problem) ui.FieldProps {
	return fileField(ctx, "file."+m.ID, m.Name.In(ctx), "files_plain", upload.Limit(m.Material), upload.Kinds(m.Material), problems)
}

func (v myView) empty() bool {
	return v.First && len(v.Waiting)+len(v.Wholes)+len(v.Drafts)+len(v.Running)+len(v.Finished)+len(v.Papers) == 0
}

// finished is the table of closed cases.
func (v myView) finished(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: words(ctx, "my.finished"), HideTitle: true, Cols: []ui.Col{{Title: words(ctx, "my.item")}, {Title: words(ctx, "my.result"), NoWrap: true}, {Title: words(ctx, "my.when"), NoWrap: true}}}
	for _, c := range v.Finished {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: c.ItemName, Href: casePath(c.Region, c.ID)}}, {Part: ui.Tag(status(ctx, c))}, {Text: i18n.Date(ctx, c.ClosedAt)}}})
	}
	return t
}

func (v myView) pager() ui.PagerProps {
	var p ui.PagerProps
	if v.Next != "" {
		p.Older = "/my?after=" + v.Next
	}
	if !v.First {
		p.Newer = "/my"
	}
	return p
}

func paperStatus(ctx context.Context, p certificates.Found) ui.Status {
	s := ui.Status{Text: i18n.T(ctx, "certificates.status."+string(p.Status))}
	switch p.Status {
	case certificates.Valid:
		s.Tone = ui.OK
	case certificates.Expired:
		s.Tone = ui.Warn
	default:
		s.Tone = ui.Bad
	}
	return s
}

func validity(ctx context.Context, p certificates.Found) string {
	if p.ValidUntil.IsZero() {
		return words(ctx, "paper.no_end", "from", i18n.Date(ctx, p.IssuedAt))
	}
	return words(ctx, "paper.until", "from", i18n.Date(ctx, cmp.Or(p.ValidFrom, p.GrantedOn())), "until", i18n.Date(ctx, p.ValidUntil))
}

// asCase gives the masked progress the shape of a case, for the same words.
func (v progressView) asCase() casework.Case {
	p := v.Found
	return casework.Case{State: p.State, Outcome: p.Outcome, Paused: p.Paused, AcceptedAt: p.AcceptedAt, ClosedAt: p.ClosedAt}
}

func (v progressView) asView() caseView {
	return caseView{File: casework.File{Case: v.asCase(), Clock: v.Found.Clock}, Lines: v.Found.Steps}
}

func (v progressView) events(ctx context.Context) []ui.TimelineEvent { return v.asView().events(ctx) }

// clockProps is the clock without the way to its derivation and without
// reasons, which are the applicant's own.
func (v progressView) clockProps(ctx context.Context) (ui.ClockProps, bool) {
	c, ok := v.asView().clockProps(ctx)
	c.Href = ""
	if c.Pause != nil {
		c.Pause = &ui.ClockPause{Reason: words(ctx, "progress.paused")}
	}
	return c, ok
}
