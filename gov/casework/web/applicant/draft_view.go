package applicant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/gov/identity/number"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/ui"
)

// brief are the three lines of the first page: what you do, how long it
// takes, who decides.
func (v startView) brief(ctx context.Context) []ui.Answer {
	questions := 0
	if v.Offer.Situations != nil {
		questions = v.Offer.Situations.Left(v.Offer.Situations.Start)
	}
	what := words(ctx, "start.what_plain", "materials", len(v.Offer.Materials))
	if questions > 0 {
		what = words(ctx, "start.what", "questions", questions, "materials", len(v.Offer.Materials))
	}
	long := limitWords(ctx, v.Offer.Promise)
	if long == "" {
		long = limitWords(ctx, v.Offer.Legal)
	}
	if long == "" {
		long = words(ctx, "start.no_limit")
	}
	return []ui.Answer{
		{Question: words(ctx, "start.what_q"), Text: what, Icon: "do"},
		{Question: words(ctx, "start.long_q"), Text: long, Note: words(ctx, "start.accept", "limit", lastingWords(ctx, v.Accept)), Icon: "clock"},
		{Question: words(ctx, "start.who_q"), Text: i18n.Pick(ctx, v.Offer.OrgName, v.Offer.OrgNameEn), Icon: "office"},
	}
}

func (v startView) hidden() []pair {
	var out []pair
	for q, a := range v.Situation {
		out = append(out, pair{"s." + q, a})
	}
	slices.SortFunc(out, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// forWhom asks for whom the application is made.
func (v startView) forWhom(ctx context.Context) ui.FieldProps {
	name := v.Caller.Name
	f := ui.FieldProps{Name: "for", Label: words(ctx, "start.for"), Type: ui.Choice, Required: true, Boxed: true, Value: v.Caller.For,
		Options: []ui.Option{{Value: "self", Text: words(ctx, "start.self", "name", name)}}}
	if f.Value == "" {
		f.Value = "self"
	}
	for _, o := range v.Companies {
		f.Options = append(f.Options, ui.Option{Value: o.Code, Text: i18n.Pick(ctx, o.Name, o.NameEn), Hint: o.Code})
	}
	return f
}

// soFar lists what is known and answered, each with the way to change it.
func (v situationView) soFar(ctx context.Context) []ui.SummaryRow {
	a := v.k.Applicant
	rows := []ui.SummaryRow{{Key: words(ctx, "applicant"), Value: a.Title(), Source: words(ctx, "source.person")}}
	if a.Company != "" {
		rows[0].Source = words(ctx, "source.org")
	}
	for _, w := range v.k.way {
		row := ui.SummaryRow{Key: w.Question.Text.In(ctx), Value: w.Option.Text.In(ctx)}
		if w.Question.ID != v.Question.ID {
			row.Change = ui.Link{Href: v.k.path() + "/situation?q=" + w.Question.ID, Text: words(ctx, "change")}
		}
		if w.Option.Warning != nil {
			row.Part = ui.Tag(ui.Status{Text: words(ctx, "check.warning"), Tone: ui.Warn})
		}
		rows = append(rows, row)
	}
	return rows
}

// subject is the heading of a group; a page with one group has it as its h1.
func subject(ctx context.Context, g forms.Group, groups int) string {
	if groups == 1 {
		return ""
	}
	return i18n.Pick(ctx, g.Title.Zh, g.Title.En)
}

// free counts the materials that need no paper.
func (v materialsView) free() int {
	n := 0
	for _, m := range v.Rows {
		if strings.HasPrefix(m.Chosen, "electronic") {
			n++
		}
	}
	return n
}

// status tells how far a material is.
func (v materialsView) status(ctx context.Context, m materialRow) ui.Status {
	switch {
	case m.Default && strings.HasPrefix(m.Chosen, "electronic"):
		return ui.Status{Text: words(ctx, "materials.free"), Tone: ui.OK}
	case m.Default || len(v.k.wrong("material."+m.ID)) > 0:
		return ui.Status{Text: words(ctx, "materials.missing"), Tone: ui.Plain}
	case m.Choice.Mode == casework.ToFollow:
		return ui.Status{Text: words(ctx, "materials.follows"), Tone: ui.Warn}
	}
	return ui.Status{Text: words(ctx, "materials.ready"), Tone: ui.OK}
}

// facts say what kind of copy is asked for, and what the file may be.
func (m materialRow) facts(ctx context.Context) string {
	var out []string
	if m.Kind != "" {
		out = append(out, words(ctx, "materials.kind."+m.Kind))
	}
	if m.Count > 0 {
		out = append(out, words(ctx, "materials.count", "n", m.Count))
	}
	return strings.Join(out, " · ")
}

func (m materialRow) sample(ctx context.Context) []ui.SummaryRow {
	var rows []ui.SummaryRow
	for _, f := range m.Sample {
		rows = append(rows, ui.SummaryRow{Key: f.Label.In(ctx), Value: f.Value.In(ctx)})
	}
	return rows
}

// ways are the ways to hand a material in.
func (v materialsView) ways(ctx context.Context, m materialRow) ui.FieldProps {
	return ui.FieldProps{Name: "mode." + m.ID, Label: words(ctx, "materials.how"), Type: ui.Choice, Required: true, Options: m.Ways, Value: m.Chosen,
		Error: ui.ErrorFor(v.Problems, "mode."+m.ID)}
}

// input is where the files of a material go.
func (v materialsView) input(ctx context.Context, m materialRow) ui.FieldProps {
	return fileField(ctx, "file."+m.ID, m.Name.In(ctx), limit(m.Material), kinds(m.Material), v.Problems)
}

// fileField is an input for the files of one thing.
func fileField(ctx context.Context, name, what string, most int64, list []files.Kind, problems []ui.Problem) ui.FieldProps {
	var names []string
	for _, k := range list {
		names = append(names, k.String())
	}
	return ui.FieldProps{Name: name, Label: words(ctx, "materials.files", "name", what), Type: ui.File, Multiple: true, Plain: true,
		Hint: words(ctx, "materials.files_hint", "kinds", join(ctx, names), "mb", most>>20), Accept: accept(list), MaxBytes: most, Error: ui.ErrorFor(problems, name)}
}

// then says what happens after submitting, and by when.
func (v checkView) then(ctx context.Context) []ui.SummaryRow {
	o := v.k.offer
	rows := []ui.SummaryRow{{Key: words(ctx, "check.accept"), Value: words(ctx, "by", "limit", lastingWords(ctx, v.Accept), "date", i18n.Date(ctx, v.AcceptDue))}}
	if l := limitWords(ctx, o.Promise); l != "" {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "check.promise"), Value: words(ctx, "after_accept", "limit", l)})
	}
	if l := limitWords(ctx, o.Legal); l != "" {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "check.legal"), Value: words(ctx, "after_accept", "limit", l)})
	}
	rows = append(rows, ui.SummaryRow{Key: words(ctx, "check.who"), Value: i18n.Pick(ctx, o.OrgName, o.OrgNameEn)})
	if o.Fee.Known {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "check.fee"), Value: fee(ctx, o.Fee)})
	}
	rows = append(rows, ui.SummaryRow{Key: words(ctx, "applicant"), Value: v.k.Applicant.Title() + " " + v.number()})
	return rows
}

// number is the applicant's number, masked.
func (v checkView) number() string {
	if v.k.Applicant.Company != "" {
		return v.k.Applicant.Company
	}
	return number.Mask(v.k.Applicant.Number)
}

func fee(ctx context.Context, f catalogue.Fee) string {
	if f.Cents == 0 {
		return words(ctx, "free")
	}
	return i18n.Money(f.Cents)
}

// shortName names the act on the button.
func (k desk) shortName() string { return k.offer.Name }

// radios offer both values of a contested field.
func (c clashRow) radios(ctx context.Context, x clash) ui.FieldProps {
	f := ui.FieldProps{Name: c.Name, Label: c.Label, Type: ui.Choice, Required: true, Boxed: true, Value: c.Yours, Options: []ui.Option{
		{Value: c.Yours, Text: c.YourWord, Hint: words(ctx, "clash.yours")},
		{Value: c.Theirs, Text: c.TheirWords, Hint: words(ctx, "clash.theirs", "who", x.Who)},
	}}
	if f.Options[0].Text == "" {
		f.Options[0].Text = fmt.Sprint(words(ctx, "empty"))
	}
	return f
}
