package counter

import (
	"context"
	"path"
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

// lookWay is the value of the way in which the office looks data up, or
// retrieves a certificate.
func lookWay(s catalogue.Substitute) string {
	return string(casework.Electronic) + ":" + s.Kind + ":" + s.Source
}

// sent is what was entered for a material and refused, else what is kept.
func (v intakeView) sent(control, material, kept string) string {
	for _, c := range []string{"material", "note", "consent"} {
		if name := control + "." + material; v.Sent.Has(name) && ui.ErrorFor(v.Problems, c+"."+material) != "" {
			return v.Sent.Get(name)
		}
	}
	return kept
}

// wayOf writes a choice the way the list of ways does.
func wayOf(ch casework.Choice) string {
	if ch.Mode == casework.Electronic && strings.Contains(ch.Paper, ":") {
		return string(ch.Mode) + ":" + ch.Paper
	}
	return string(ch.Mode)
}

// lookUps is how many things the office may look up in place of a material.
func lookUps(m catalogue.Material) int {
	n := 0
	for _, s := range m.Instead {
		if s.Kind == "data" || s.Kind == "certificate" {
			n++
		}
	}
	return n
}

// consented says that the applicant has agreed to what was chosen, and who
// heard it; "" when nothing is to be looked up.
func consented(ctx context.Context, ch casework.Choice) string {
	c := ch.Consent
	switch {
	case c == nil || ch.Mode != casework.Electronic:
		return ""
	case c.Counter:
		return i18n.T(ctx, "counter.consent.heard", "who", c.Who, "at", i18n.DateTime(ctx, c.At))
	}
	return i18n.T(ctx, "counter.consent.given", "at", i18n.DateTime(ctx, c.At))
}

// consentLabel asks for consent to what is chosen, or to another choice than the
// one that was agreed to.
func consentLabel(ch casework.Choice) string {
	if ch.Mode == casework.Electronic && ch.Consent != nil {
		return "counter.consent.other"
	}
	return "counter.consent"
}

// asksConsent tells whether there is something to look up that the applicant
// has not agreed to yet.
func asksConsent(m catalogue.Material, ch casework.Choice) bool {
	return lookUps(m) > 1 || lookUps(m) == 1 && (ch.Mode != casework.Electronic || ch.Consent == nil || !strings.Contains(ch.Paper, ":"))
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
