package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/gov/design/plan"
	"tongban/platform/i18n"
	"tongban/ui"
)

// branchKey is the name of a field of the i-th branch.
func branchKey(i int, field string) string { return fmt.Sprintf("b%d.%s", i, field) }

// label names a step inside an attribute, which cannot say its language: in
// English by its English name, else by its id.
func label(ctx context.Context, s *plan.Step) string {
	return i18n.Pick(ctx, s.Name, cmp.Or(s.NameEn, s.ID))
}

// fine says that the flow can be published, and how many working days its
// longest way takes when it is drawn as a tree.
func (v editorView) fine(ctx context.Context) string {
	if v.D.Tree == nil {
		return words(ctx, "fine")
	}
	return words(ctx, "no_problems", "days", strconv.Itoa(v.D.Tree.Longest()))
}

// kinds are the steps that can be added: a process can be called when there is one.
func (v editorView) kinds() []plan.Kind {
	if len(v.D.Tree.Flows) > 0 {
		return plan.Kinds
	}
	return slices.DeleteFunc(slices.Clone(plan.Kinds), func(k plan.Kind) bool { return k == plan.Call })
}

// orShort is the chosen template, the shortest when none is.
func orShort(t plan.Template) string { return string(cmp.Or(t, plan.Short)) }

func templateOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, t := range plan.Templates {
		out = append(out, ui.Option{Value: string(t), Text: words(ctx, "template."+string(t)), Hint: words(ctx, "template_note."+string(t))})
	}
	return out
}

// choices are entries of a list as options.
func choices(ctx context.Context, list []design.Choice) []ui.Option {
	var out []ui.Option
	for _, c := range list {
		out = append(out, ui.Option{Value: c.ID, Text: name(ctx, c)})
	}
	return out
}

func officeOptions(ctx context.Context, a design.Surroundings) []ui.Option {
	return choices(ctx, a.Offices)
}

// keyed are options whose words are found by prefix and key.
func keyed(ctx context.Context, prefix string, keys []string) []ui.Option {
	var out []ui.Option
	for _, k := range keys {
		out = append(out, ui.Option{Value: k, Text: words(ctx, prefix+k)})
	}
	return out
}

// positive is a number as it was entered, "" for none.
func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func postOptions(ctx context.Context) []ui.Option {
	return keyed(ctx, "post.", []string{"window", "examiner", "decider", "applicant"})
}

func hitRows(ctx context.Context, hits []catalogue.Hit) []ui.Row {
	var rows []ui.Row
	for _, h := range hits {
		limit := "—"
		if l := h.Lasting(); l.Known() {
			limit = ui.Amount(ctx, l.Amount, string(l.Unit))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: i18n.Pick(ctx, h.Name, h.NameEn), Href: draftPath(h.Region, h.Code)}},
			{Text: i18n.Pick(ctx, h.OrgName, h.OrgNameEn)}, {Text: limit}}})
	}
	return rows
}

func (v trialView) openRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, t := range v.T.Open {
		due := "—"
		if !t.Due.IsZero() {
			due = i18n.Date(ctx, t.Due)
		}
		office := t.Office
		if t.Post == catalogue.PostApplicant {
			office = words(ctx, "applicant")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: t.Name}, {Text: office}, {Text: due}, {Part: moveLinks(v, t)}}})
	}
	for _, t := range v.T.Timers {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: words(ctx, "timer", "name", t.Name)}, {Text: "—"}, {Text: i18n.Date(ctx, t.Due)}, {Part: timerLink(v, t.ID)}}})
	}
	return rows
}

func (v trialView) passedRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, s := range v.T.Passed {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: s.Name}, {Text: cmp.Or(s.Office, words(ctx, "applicant"))}, {Text: words(ctx, "result."+cmp.Or(s.Result, "done"))}, {Text: i18n.Date(ctx, s.At)}}})
	}
	return rows
}

// lasted compares the end of a trial with the promise.
func (v trialView) lasted(ctx context.Context) string {
	end := i18n.Date(ctx, v.T.Now)
	switch {
	case v.T.Promise.IsZero():
		return words(ctx, "lasted", "end", end)
	case v.T.Now.After(v.T.Promise):
		return words(ctx, "lasted_late", "end", end, "promise", i18n.Date(ctx, v.T.Promise))
	}
	return words(ctx, "lasted_in_time", "end", end, "promise", i18n.Date(ctx, v.T.Promise))
}

func changeRows(ctx context.Context, list []design.Difference) []ui.Row {
	var rows []ui.Row
	for _, d := range list {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: i18n.Pick(ctx, cmp.Or(d.Name, d.Step), cmp.Or(d.En, d.Name, d.Step))}, {Text: words(ctx, "facet."+d.What)}, {Text: strings.TrimSpace(d.Old)}, {Text: strings.TrimSpace(d.New)}}})
	}
	return rows
}
