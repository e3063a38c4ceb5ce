package counter

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// shownMissing is how many gaps the card lists before it only counts them.
const shownMissing = 8

// optionID makes the first option the target of a link to its question.
func optionID(question string, i int) string {
	id := ui.FieldID("situation." + question)
	if i == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(i)
}

// noteOf is what stands beside a material: the code of its certificate, or the note.
func noteOf(ch casework.Choice) string {
	if ch.Mode == casework.Electronic {
		if strings.Contains(ch.Paper, ":") {
			return ""
		}
		return ch.Paper
	}
	return ch.Note
}

// dataWay is the value of the way in which the office looks data up.
func dataWay(s catalogue.Substitute) string {
	return string(casework.Electronic) + ":" + s.Kind + ":" + s.Source
}

// wayOf writes a choice the way the list of ways does.
func wayOf(ch casework.Choice) string {
	if ch.Mode == casework.Electronic && strings.Contains(ch.Paper, ":") {
		return string(ch.Mode) + ":" + ch.Paper
	}
	return string(ch.Mode)
}

// looksUp tells whether data may stand in for a material.
func looksUp(m catalogue.Material) bool {
	return slices.ContainsFunc(m.Instead, func(s catalogue.Substitute) bool { return s.Kind == "data" })
}

// leadOf names only the ways that the materials of this item have.
func leadOf(o *catalogue.Offer) string {
	if o.Package == "" {
		return "counter.materials.lead_imported"
	}
	return "counter.materials.lead"
}

// describe says what a good copy is and which clause asks for it.
func describe(ctx context.Context, o *catalogue.Offer, m catalogue.Material) string {
	var parts []string
	if m.Kind != "" {
		parts = append(parts, i18n.T(ctx, "counter.kind."+m.Kind, "n", max(m.Count, 1)))
	}
	if m.Later {
		parts = append(parts, i18n.T(ctx, "counter.may_follow"))
	}
	if s := m.Why.In(ctx); s != "" {
		parts = append(parts, s)
	}
	if c, ok := o.Clause(m.Clause); ok {
		parts = append(parts, i18n.T(ctx, "casefile.law", "law", c.Citation()))
	}
	return strings.Join(parts, " · ")
}

func hashOf(href string) string { return path.Base(href) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
