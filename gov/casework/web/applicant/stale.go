package applicant

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework"
	"tongban/platform/fault"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/ui"
)

// clash is what a refusal says about changes of somebody else.
type clash struct {
	Version int
	Who     string
	When    time.Time
	Fields  []casework.Clash
}

// clashOf reads a refusal because somebody else changed the draft meanwhile.
func clashOf(err error) (clash, bool) {
	var f *fault.Fault
	if !errors.As(err, &f) || !f.Is(casework.ErrStale) {
		return clash{}, false
	}
	c := clash{}
	c.Version, _ = f.Details["version"].(int)
	c.Who, _ = f.Details["who"].(string)
	c.When, _ = f.Details["when"].(time.Time)
	c.Fields, _ = f.Details["clashes"].([]casework.Clash)
	return c, true
}

// clashView is the page on which the reader chooses between two values.
type clashView struct {
	k      desk
	Clash  clash
	Action string
	Hidden []pair // everything else that was sent
	Rows   []clashRow
}

type pair struct{ Name, Value string }

// clashRow is one field with both values.
type clashRow struct {
	Name, Label          string
	Theirs, Yours        string // as they are sent
	TheirWords, YourWord string // as they are read
}

// showClash shows who changed what when, both values of each field, and lets
// the reader choose; what else was entered comes along.
func (h pages) showClash(w http.ResponseWriter, r *http.Request, k desk, c clash) error {
	v := clashView{k: k, Clash: c, Action: r.URL.Path, Hidden: []pair{{"version", fmt.Sprint(c.Version)}}}
	contested := map[string]bool{"version": true, "act": true}
	for _, f := range c.Fields {
		contested[f.Field] = true
		v.Rows = append(v.Rows, k.clashRow(r.Context(), f))
	}
	for name, values := range r.PostForm {
		if !contested[name] {
			for _, x := range values {
				v.Hidden = append(v.Hidden, pair{name, x})
			}
		}
	}
	slices.SortFunc(v.Hidden, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
	return ui.Render(w, r, http.StatusConflict, ui.Page{Title: words(r.Context(), "clash.title"), Eyebrow: itemName(r.Context(), k.offer), Active: "do"}, clashPage(v))
}

func (k desk) clashRow(ctx context.Context, c casework.Clash) clashRow {
	row := clashRow{Name: c.Field, Theirs: c.Theirs, Yours: c.Yours, Label: k.label(ctx, c.Field)}
	row.TheirWords, row.YourWord = k.display(ctx, c.Field, c.Theirs), k.display(ctx, c.Field, c.Yours)
	return row
}

// label is what a field of an application is called.
func (k desk) label(ctx context.Context, field string) string {
	kind, id, _ := strings.Cut(field, ".")
	switch kind {
	case "situation":
		if q, ok := k.offer.Situations.Question(id); ok {
			return q.Text.In(ctx)
		}
	case "material":
		for _, m := range k.offer.Materials {
			if m.ID == id {
				return m.Name.In(ctx)
			}
		}
	}
	for _, f := range k.offer.Form.Fields() {
		if f.ID == id {
			return i18n.Pick(ctx, f.Label.Zh, f.Label.En)
		}
	}
	return id
}

// display is a value in words.
func (k desk) display(ctx context.Context, field, value string) string {
	kind, id, _ := strings.Cut(field, ".")
	if value == "" {
		return words(ctx, "empty")
	}
	if kind == "situation" {
		if q, ok := k.offer.Situations.Question(id); ok {
			if o, ok := q.Option(value); ok {
				return o.Text.In(ctx)
			}
		}
		return value
	}
	for _, f := range k.offer.Form.Fields() {
		if f.ID != id {
			continue
		}
		if t, ok := forms.ParseDate(value); ok && f.Type == forms.Date {
			return i18n.Date(ctx, t)
		}
		if cents, ok := forms.Cents(value); ok && f.Type == forms.Money {
			return i18n.Money(cents)
		}
		return k.lists.Display(f, value, string(i18n.Of(ctx)))
	}
	return value
}
