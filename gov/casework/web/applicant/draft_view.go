package applicant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/web/upload"
	"tongban/gov/catalogue"
	"tongban/gov/identity/number"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/ui"
)

// itemName is what the reader calls an item.
func itemName(ctx context.Context, o *catalogue.Offer) string {
	return i18n.Pick(ctx, o.FullName(), o.NameEn)
}

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
	f := ui.FieldProps{Name: "for", Label: words(ctx, "start.for"), Type: ui.Choice, Required: true, Boxed: true, Error: ui.ErrorFor(v.Problems, "for"),
		Value:   v.Caller.For, // the company that the reader has switched to; else nobody is chosen beforehand
		Options: []ui.Option{{Value: "self", Text: words(ctx, "start.self", "name", name)}}}
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

// fields are the subjects of the page with what was entered.
func (v formView) fields(ctx context.Context) ui.FormProps {
	p := ui.FormProps{Def: v.k.offer.Form, Answers: v.Values, Others: v.k.offer.Situations.Prune(v.k.Situation), Known: v.k.Known(), Sources: map[string]string{},
		Lists: v.k.lists, Look: casework.LookUp, Problems: v.Problems, Prefix: "form.", Refresh: v.k.path() + "/form?refresh=1"}
	for _, g := range v.Groups {
		p.Groups = append(p.Groups, g.ID)
	}
	for key := range p.Known {
		p.Sources[key] = source(ctx, key)
	}
	return p
}

// free counts the materials that need not be given when the applicant agrees.
func (v materialsView) free() int {
	n := 0
	for _, m := range v.Rows {
		if slices.ContainsFunc(m.Ways, func(w ui.Option) bool { return consents(w.Value) }) {
			n++
		}
	}
	return n
}

// status tells how far a material is.
func (v materialsView) status(ctx context.Context, m materialRow) ui.Status {
	switch {
	case len(v.k.wrong("material."+m.ID)) > 0:
		return ui.Status{Text: words(ctx, "materials.missing"), Tone: ui.Plain}
	case m.Choice.Mode == casework.ToFollow:
		return ui.Status{Text: words(ctx, "materials.follows"), Tone: ui.Warn}
	}
	if consents(m.Chosen) {
		return ui.Status{Text: words(ctx, "materials.free"), Tone: ui.OK}
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
	return ui.FieldProps{Name: "mode." + m.ID, Label: words(ctx, "materials.how", "name", m.Name.In(ctx)), Type: ui.Choice, Required: true, Options: m.Ways, Value: m.Chosen,
		Error: ui.ErrorFor(v.Problems, "mode."+m.ID)}
}

// opened tells whether the place for files is open at once.
func (v materialsView) opened(m materialRow) bool {
	return m.Chosen == string(casework.ByFile) || len(m.Choice.Files) > 0 || ui.ErrorFor(v.Problems, "file."+m.ID) != ""
}

// input is where the files of a material go.
func (v materialsView) input(ctx context.Context, m materialRow) ui.FieldProps {
	return fileField(ctx, "file."+m.ID, m.Name.In(ctx), "files_hint", upload.Limit(m.Material), upload.Kinds(m.Material), v.Problems)
}

// fileField is an input for the files of one thing.
func fileField(ctx context.Context, name, what, hint string, most int64, list []files.Kind, problems []ui.Problem) ui.FieldProps {
	var names []string
	for _, k := range list {
		names = append(names, k.String())
	}
	return ui.FieldProps{Name: name, Label: words(ctx, "materials.files", "name", what), Type: ui.File, Multiple: true, Plain: true,
		Hint: words(ctx, "materials."+hint, "kinds", join(ctx, names), "mb", most>>20), Accept: upload.Accept(list), MaxBytes: most, Error: ui.ErrorFor(problems, name)}
}

// then says what happens after submitting, and by when.
func (v checkView) then(ctx context.Context) []ui.Answer {
	o := v.k.offer
	rows := []ui.Answer{{Question: words(ctx, "check.accept"), Text: words(ctx, "by", "limit", lastingWords(ctx, v.Accept), "date", i18n.Date(ctx, v.AcceptDue.Due)), Icon: "clock"}}
	if l := limitWords(ctx, o.Promise); l != "" {
		rows = append(rows, ui.Answer{Question: words(ctx, "check.promise"), Text: words(ctx, "after_accept", "limit", l)})
	}
	if l := limitWords(ctx, o.Legal); l != "" {
		rows = append(rows, ui.Answer{Question: words(ctx, "check.legal"), Text: words(ctx, "after_accept", "limit", l)})
	}
	rows = append(rows, ui.Answer{Question: words(ctx, "check.who"), Text: i18n.Pick(ctx, o.OrgName, o.OrgNameEn), Icon: "office"})
	if o.Fee.Known {
		rows = append(rows, ui.Answer{Question: words(ctx, "check.fee"), Text: fee(ctx, o.Fee), Icon: "money"})
	}
	return append(rows, ui.Answer{Question: words(ctx, "applicant"), Text: v.k.Applicant.Title(), Note: v.number(), Icon: "person"})
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
func (k desk) shortName(ctx context.Context) string {
	return i18n.Pick(ctx, k.offer.Name, k.offer.NameEn)
}

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
