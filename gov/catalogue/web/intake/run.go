package intake

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/fields"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/ui"
)

// shown is how many problems a page shows; all of them are in the file.
const shown = 100

// runView is the page of one import.
type runView struct {
	Run      intake.Run
	Problems []intake.Problem
}

// GET /imports/{region}/{id}
func (h pages) run(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := runView{Run: run}
	if !run.Busy() && run.Report.Problems > 0 {
		if v.Problems, err = h.Problems(ctx, run.Region, run.ID, 0, shown); err != nil {
			return err
		}
	}
	p := ui.Page{Title: run.FileName, Eyebrow: words(ctx, "run"), Face: ui.Design, Active: "imports", Crumbs: []ui.Link{{Text: words(ctx, "title"), Href: "/imports"}}}
	if run.Busy() {
		p.Refresh = 3 * time.Second
	}
	return ui.Render(w, r, http.StatusOK, p, runPage(v))
}

// state is the state of a run in words.
func state(ctx context.Context, r intake.Run) ui.Status {
	key, tone := string(r.State), ui.Info
	switch {
	case r.State == intake.Done && r.Dry:
		key = "tried"
	case r.State == intake.Done:
		tone = ui.OK
	case r.State == intake.Failed:
		tone = ui.Bad
	}
	return ui.Status{Text: words(ctx, "state."+key), Tone: tone}
}

func (v listView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, r := range v.Runs {
		href := runPath(r)
		if r.State == intake.Mapped {
			href += "/mapping"
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: r.FileName, Href: href}}, {Part: ui.Tag(state(ctx, r))}, {Text: counts(ctx, r.Report)},
			{Text: words(ctx, "by", "name", r.By, "at", i18n.DateTime(ctx, r.At))}}})
	}
	return out
}

// counts is a report in a few words.
func counts(ctx context.Context, r intake.Report) string {
	if r.Rows == 0 {
		return words(ctx, "none")
	}
	return words(ctx, "counts", "new", r.New, "changed", r.Changed, "suspended", r.Suspended, "same", r.Same, "rejected", r.Rejected)
}

func (v runView) kpis(ctx context.Context) []ui.KPIProps {
	r := v.Run.Report
	bad := ui.Info
	if r.Rejected > 0 {
		bad = ui.Bad
	}
	kind := "did."
	if v.Run.Dry {
		kind = "would."
	}
	return []ui.KPIProps{{Value: strconv.Itoa(r.New), Text: words(ctx, kind+"new")}, {Value: strconv.Itoa(r.Changed), Text: words(ctx, kind+"changed")},
		{Value: strconv.Itoa(r.Suspended), Text: words(ctx, kind+"suspended"), Note: open(ctx, r.OpenCases)}, {Value: strconv.Itoa(r.Same), Text: words(ctx, "same")},
		{Value: strconv.Itoa(r.Rejected), Text: words(ctx, "rejected"), Tone: bad}, {Value: strconv.Itoa(r.Warnings), Text: words(ctx, "warnings")}}
}

func open(ctx context.Context, n int) string {
	if n == 0 {
		return ""
	}
	return words(ctx, "open_cases", "n", n)
}

func (v runView) facts(ctx context.Context) []ui.SummaryRow {
	r := v.Run
	out := []ui.SummaryRow{{Key: words(ctx, "file"), Value: r.FileName + " · " + files.Bytes(r.File.Size).String()},
		{Key: words(ctx, "format"), Value: words(ctx, "format."+string(r.Mapping.Format)), Change: ui.Link{Text: words(ctx, "mapping"), Href: runPath(r) + "/mapping"}},
		{Key: words(ctx, "begun"), Value: words(ctx, "by", "name", r.By, "at", i18n.DateTime(ctx, r.At))}}
	if r.Report.Rows > 0 {
		out = append(out, ui.SummaryRow{Key: words(ctx, "read"), Value: words(ctx, "read_value", "rows", r.Report.Rows, "items", r.Report.Items)})
	}
	if b := r.Report.Bases; b.Rows > 0 {
		out = append(out, ui.SummaryRow{Key: words(ctx, "base_items"), Value: words(ctx, "base_items.value", "rows", b.Rows, "new", b.New, "changed", b.Changed, "same", b.Same, "kept", b.Kept)})
	}
	if r.Report.Kept > 0 {
		out = append(out, ui.SummaryRow{Key: words(ctx, "kept"), Value: strconv.Itoa(r.Report.Kept)})
	}
	for _, b := range r.Report.Batches[:min(len(r.Report.Batches), 10)] {
		out = append(out, ui.SummaryRow{Key: words(ctx, "batch"), Value: words(ctx, "batch_value", "id", b.ID, "time", b.Time, "rows", b.Rows)})
	}
	return out
}

func (v runView) problemRows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, p := range v.Problems {
		grade := ui.Status{Text: words(ctx, "grade.error"), Tone: ui.Bad}
		if p.Warning {
			grade = ui.Status{Text: words(ctx, "grade.warning"), Tone: ui.Warn}
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: words(ctx, "line", "table", p.Table, "line", p.Line)}, {Text: fieldName(ctx, p.Field)}, {Part: ui.Tag(grade)}, {Text: i18n.Pick(ctx, p.Zh, p.En)}}})
	}
	return out
}

// fieldName is the name of a field when the problem names it by its key; a
// column keeps its own.
func fieldName(ctx context.Context, field string) string {
	if f := fields.Find(field); f != nil {
		return i18n.Pick(ctx, f.Zh, f.En)
	}
	return cmp.Or(field, "—")
}

func (v runView) exampleRows(ctx context.Context) []ui.Row {
	var out []ui.Row
	list := slices.Clone(v.Run.Report.Examples)
	rank := map[string]int{"suspended": 0, "changed": 1, "new": 2}
	slices.SortStableFunc(list, func(a, b intake.Outcome) int { return rank[a.What] - rank[b.What] })
	for _, o := range list {
		name := ui.Cell{Text: o.Name, Lang: "zh-Hans"}
		if !v.Run.Dry || o.What != "new" {
			name = ui.Cell{Link: ui.Link{Text: o.Name, Href: "/items/" + o.Region + "/" + o.Code}, Lang: "zh-Hans"}
		}
		out = append(out, ui.Row{Cells: []ui.Cell{name, {Text: o.Code}, {Text: words(ctx, "what."+o.What)}}})
	}
	return out
}

// undecided are the values that the mapping has yet to decide on.
func (v runView) undecided() int {
	n := 0
	for _, list := range v.Run.Report.Undecided {
		n += len(list)
	}
	return n
}

func (v runView) progress(ctx context.Context) string {
	p := v.Run.Progress
	if p.Rows == 0 {
		return words(ctx, "waiting")
	}
	text := words(ctx, "progress", "rows", p.Rows, "items", p.Done, "rate", p.Rate(), "mb", p.Bytes>>20)
	if left := p.Left(); left > 0 {
		text += words(ctx, "left", "seconds", int(left.Seconds()))
	}
	return text
}

func (v runView) percent() string {
	share, _ := v.Run.Progress.Share()
	return strconv.Itoa(int(100 * share))
}
