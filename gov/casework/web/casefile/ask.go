package casefile

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"tongban/gov/casework"
	"tongban/gov/casework/supplements"
	"tongban/platform/calendar"
	"tongban/platform/i18n"
	"tongban/ui"
)

// Target is one thing that may be asked for: a material or a field of the form.
type Target struct {
	Key    string // material.ID or form.ID
	Name   string // Chinese, as the notice prints it
	Label  string // in the reader's language
	Status ui.Status
	Group  string
	Files  []ui.FileRow
	On     bool
	Reason string
	How    string
}

// Asking is a request for supplements as it is being written (一次性告知).
//
// Law: 行政许可法 art. 32 ¶1(4): everything that has to be mended is told at once.
type Asking struct {
	Targets   []Target
	Exception string // why a further request; only the head of the organ may
	Until     string // last day for the answer, as it was entered; "" is the usual one
	Span      supplements.Span
	Further   bool // there was a request before
	Problems  []ui.Problem
}

// Items are what is asked for.
func (a Asking) Items() []casework.SupplementItem {
	var out []casework.SupplementItem
	for _, t := range a.Targets {
		if t.On {
			out = append(out, casework.SupplementItem{Target: t.Key, Name: t.Name, Reason: t.Reason, How: t.How})
		}
	}
	return out
}

// Chosen are the targets that are asked for.
func (a Asking) Chosen() []Target {
	return slices.DeleteFunc(slices.Clone(a.Targets), func(t Target) bool { return !t.On })
}

// Asking lists what may be asked for in this case, with what was written so far.
func (v View) Asking(ctx context.Context, form url.Values) Asking {
	a := Asking{Further: v.File.Case.Supplements > 0, Exception: strings.TrimSpace(form.Get("ask.exception")), Until: strings.TrimSpace(form.Get("ask.until")), Span: v.Answer}
	chosen := form["ask"]
	add := func(t Target) {
		t.On = slices.Contains(chosen, t.Key)
		t.Reason, t.How = strings.TrimSpace(form.Get("ask.reason."+t.Key)), strings.TrimSpace(form.Get("ask.how."+t.Key))
		a.Targets = append(a.Targets, t)
	}
	for _, m := range v.Materials(ctx) {
		name := m.Name
		for _, x := range v.File.Materials {
			if x.ID == m.ID {
				name = x.Name.Zh
			}
		}
		add(Target{Key: "material." + m.ID, Name: name, Label: m.Name, Status: m.Status, Group: i18n.T(ctx, "casefile.materials"), Files: m.Files})
	}
	for _, g := range v.Offer.Form.Shown(v.answers()) {
		for _, f := range g.Fields {
			if _, locked := f.Locked(v.File.Application.Known()); !locked {
				add(Target{Key: "form." + f.ID, Name: f.Label.Zh, Label: i18n.Pick(ctx, f.Label.Zh, f.Label.En), Group: i18n.Pick(ctx, g.Title.Zh, g.Title.En)})
			}
		}
	}
	return a
}

// Check says what is missing in the request.
func (a *Asking) Check(ctx context.Context) bool {
	chosen := a.Chosen()
	if len(chosen) == 0 {
		a.Problems = append(a.Problems, ui.Problem{Field: "ask." + a.first(), Text: i18n.T(ctx, "casefile.ask.none")})
	}
	for _, t := range chosen {
		if t.Reason == "" {
			a.Problems = append(a.Problems, ui.Problem{Field: "ask.reason." + t.Key, Text: i18n.T(ctx, "casefile.ask.no_reason", "name", t.Label)})
		}
		if t.How == "" {
			a.Problems = append(a.Problems, ui.Problem{Field: "ask.how." + t.Key, Text: i18n.T(ctx, "casefile.ask.no_how", "name", t.Label)})
		}
	}
	if day, err := UntilDay(a.Until); err != nil {
		a.Problems = append(a.Problems, ui.Problem{Field: "ask.until", Text: i18n.T(ctx, "casefile.ask.no_day")})
	} else if _, err := a.Span.Choose(day); err != nil {
		a.Problems = append(a.Problems, ui.Problem{Field: "ask.until", Text: i18n.T(ctx, "casework.problem.until", "first", a.Span.First.String(), "last", a.Span.Last.String())})
	}
	if a.Further && a.Exception == "" {
		a.Problems = append(a.Problems, ui.Problem{Field: "ask.exception", Text: i18n.T(ctx, "casefile.ask.no_exception")})
	}
	return len(a.Problems) == 0
}

func (a Asking) first() string {
	if len(a.Targets) == 0 {
		return ""
	}
	return a.Targets[0].Key
}

// place turns the problems of the service, which count items, into problems at
// the controls of this page.
func (a *Asking) place(problems []ui.Problem) {
	chosen := a.Chosen()
	for _, p := range problems {
		parts := strings.Split(p.Field, ".")
		if i, err := strconv.Atoi(at(parts, 1)); err == nil && i < len(chosen) && parts[0] == "items" {
			p.Field = "ask." + at(parts, 2) + "." + chosen[i].Key
		}
		if p.Field == "until" {
			p.Field = "ask.until"
		}
		a.Problems = append(a.Problems, p)
	}
}

// UntilDay reads the last day for an answer; 0 when none was entered.
func UntilDay(text string) (calendar.Date, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	return calendar.ParseDate(text)
}

// usualAnswer is how the usual last day was found.
func (v View) usualAnswer() *calendar.Derivation {
	d := v.Answer.Usual()
	return &d
}

// UntilField asks for the last day for an answer; nothing entered is the usual one.
func (v View) UntilField(ctx context.Context, name, value, wrong string) ui.FieldProps {
	first, last := v.Answer.First, v.Answer.Last
	return ui.FieldProps{Name: name, Label: i18n.T(ctx, "casefile.ask.until"), Type: ui.Date, Value: value, Width: "m", Error: wrong,
		Hint:  i18n.T(ctx, "casefile.ask.until.hint", "first", i18n.Date(ctx, first.Start()), "last", i18n.Date(ctx, last.Start())),
		Attrs: templ.Attributes{"min": first.String(), "max": last.String()}}
}

func at(list []string, i int) string {
	if i >= len(list) {
		return ""
	}
	return list[i]
}

// groups keeps the targets of one group together.
func (a Asking) groups() [][]Target {
	var out [][]Target
	for _, t := range a.Targets {
		n := len(out)
		if n > 0 && out[n-1][0].Group == t.Group {
			out[n-1] = append(out[n-1], t)
		} else {
			out = append(out, []Target{t})
		}
	}
	return out
}

// openGroup tells whether something in the group is asked for already.
func openGroup(i int, g []Target) bool {
	return i == 0 || slices.ContainsFunc(g, func(t Target) bool { return t.On })
}
