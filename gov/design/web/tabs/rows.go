package tabs

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/platform/i18n"
	"tongban/ui"
)

// partTab is the name of the tab of a part; what belongs to none is on the last.
func partTab(part string) string {
	switch part {
	case "publish", "":
		return "ready"
	case "flow", "tables":
		return "steps"
	}
	return part
}

// linkTo is where a value is edited.
func (v view) linkTo(path string) string {
	part := partTab(design.PartOfPath(path))
	t, ok := tabOf(part)
	if !ok {
		return v.path() + "/ready"
	}
	w := v
	w.tab = t
	if at := w.rowPath(path); at != "" {
		return w.here() + "?row=" + url.QueryEscape(at) + "#row"
	}
	return w.here()
}

// checkRows are what was measured, with how it is counted.
func (v readyView) checkRows(ctx context.Context) []ui.Row {
	c := v.Check
	row := func(key, value string, tone ui.Tone) ui.Row {
		return ui.Row{Cells: []ui.Cell{{Text: words(ctx, "check."+key)}, {Part: ui.Tag(ui.Status{Text: value, Tone: tone})}, {Text: words(ctx, "check_note."+key)}}}
	}
	good := func(ok bool) ui.Tone {
		if ok {
			return ui.OK
		}
		return ui.Warn
	}
	clicks := strconv.Itoa(c.Fewest)
	if c.Most != c.Fewest {
		clicks += "–" + strconv.Itoa(c.Most)
	}
	return []ui.Row{
		row("clicks", words(ctx, "clicks", "n", clicks, "ways", c.Ways), good(c.Most <= 15)),
		row("filled", words(ctx, "percent", "n", c.Filled, "fields", c.Fields), good(c.Filled >= 30 || c.Fields <= 3)),
		row("reading", words(ctx, "sentence", "zh", c.Sentence, "en", c.SentenceE, "hard", len(c.Hard)), good(len(c.Hard) == 0)),
		row("basis", words(ctx, "count", "n", len(c.Basis)), good(len(c.Basis) == 0)),
		row("access", words(ctx, "count", "n", len(c.Access)), good(len(c.Access) == 0)),
	}
}

// diffRows are the differences from the version in force.
func (v readyView) diffRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, d := range v.Diff {
		where, old, now := v.crumb(ctx, d.Path), short(v.spoken(ctx, d.Path, d.Old)), short(v.spoken(ctx, d.Path, d.New))
		if d.Path == "item/fee/cents" {
			old, now = yuan(ctx, old), yuan(ctx, now)
		}
		switch {
		case d.Added:
			now = short(i18n.Pick(ctx, d.New, d.NewEn))
			old = "—"
			if !v.First {
				now = words(ctx, "diff_added", "name", now)
			}
		case d.Removed:
			old = short(i18n.Pick(ctx, d.Old, d.OldEn))
			old, now = words(ctx, "diff_removed", "name", old), "—"
		case d.Moved:
			where = words(ctx, "diff_moved", "where", where)
		case d.Path == "flow" || d.Path == "tables":
			where, old, now = words(ctx, "diff_"+d.Path), words(ctx, "diff_lines", "n", old), words(ctx, "diff_lines", "n", now)
		}
		lang := ""
		if strings.HasSuffix(d.Path, "/en") {
			where += words(ctx, "diff_en")
			lang = "en"
		}
		part := partTab(tabOfDiff(d))
		cells := []ui.Cell{{Text: i18n.T(ctx, "design.tab."+part)}, {Link: ui.Link{Text: where, Href: v.diffLink(d)}}, {Text: old, Lang: lang}, {Text: now, Lang: lang}}
		if v.First {
			cells = slices.Delete(cells, 2, 3) // there is nothing in force
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	return rows
}

func tabOfDiff(d parts.Difference) string {
	if d.Path == "flow" || d.Path == "tables" {
		return d.Path
	}
	return design.PartOfPath(d.Path)
}

func (v readyView) diffLink(d parts.Difference) string {
	switch d.Path {
	case "flow":
		return v.path() + "/changes"
	case "tables":
		return v.path() + "/tables"
	}
	return v.linkTo(d.Path)
}

// yuan is an amount that is kept in cents.
func yuan(ctx context.Context, cents string) string {
	n, err := strconv.ParseInt(cents, 10, 64)
	if err != nil {
		return cents
	}
	return strconv.FormatFloat(float64(n)/100, 'f', 2, 64) + " " + words(ctx, "yuan")
}

// replayRows are the cases that would be treated otherwise, a line for every
// thing that differs.
func (v readyView) replayRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, d := range v.Replay.Differing {
		for _, what := range d.What {
			number := d.Number
			if d.Refused {
				number = words(ctx, "replay_refused", "number", number)
			}
			rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: number}, {Text: words(ctx, "w."+what)}, {Text: v.treated(ctx, d.Old, what)}, {Text: v.treated(ctx, d.New, what)}}})
		}
	}
	return rows
}

// treated is one thing that a version does with a case, in words.
func (v readyView) treated(ctx context.Context, t design.Treated, what string) string {
	var list []string
	switch what {
	case "limit":
		return t.Limit
	case "fee":
		return yuan(ctx, t.Fee)
	case "materials":
		for _, id := range t.Materials {
			list = append(list, v.named(ctx, "materials/"+id, id))
		}
	case "steps":
		for _, id := range t.Steps {
			list = append(list, v.named(ctx, "item/steps/"+id, id))
		}
	case "offices":
		for _, code := range t.Offices {
			list = append(list, v.a.OfficeName(code))
		}
	case "accept":
		for _, s := range t.Refused {
			id, rule, _ := strings.Cut(s, " ")
			list = append(list, v.subject(ctx, id)+words(ctx, "refused."+rule))
		}
	}
	if len(list) == 0 {
		return "—"
	}
	return strings.Join(list, i18n.T(ctx, "design.comma"))
}

// named is what a row is called in the draft, or its id when it is gone.
func (v view) named(ctx context.Context, path, id string) string {
	if _, ok := v.tree.Get(path); !ok {
		return id
	}
	return v.tree.Title(path, inTongue(ctx))
}

// short is the beginning of a text, for tables.
func short(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// historyRows are who did what with the draft, the newest first.
func (v readyView) historyRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for i := len(v.d.History) - 1; i >= 0; i-- {
		e := v.d.History[i]
		what := words(ctx, "did."+e.Act)
		if e.Part != "" {
			what = i18n.T(ctx, "design.tab."+partTab(e.Part)) + i18n.T(ctx, "design.colon") + what
		}
		var names []string
		for _, c := range e.Changes[:min(len(e.Changes), 6)] {
			names = append(names, v.crumb(ctx, c.Path))
		}
		if len(names) > 0 {
			what += i18n.T(ctx, "design.colon") + strings.Join(names, i18n.T(ctx, "design.comma"))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: i18n.DateTime(ctx, e.At)}, {Text: e.Name}, {Text: what}}})
	}
	return rows
}

// optionsOf are the answers to a question.
func optionsOf(ctx context.Context, q catalogue.Question) []ui.Option {
	var out []ui.Option
	for _, o := range q.Options {
		out = append(out, ui.Option{Value: o.ID, Text: o.Text.In(ctx), Hint: o.Hint.In(ctx)})
	}
	return out
}
