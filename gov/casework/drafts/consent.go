package drafts

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/platform/auth"
	"tongban/platform/fault"
)

// Consent is that the applicant agreed to the office looking up what stands in
// for a material, for one purpose. It begins with the choice and ends with the
// draft when it is taken back before submission.
//
// Law: 个人信息保护法 art. 13 ¶1(1), 14 (voluntary, explicit, informed; a new purpose
// needs a new consent), 15 (it can be taken back), 17 (purpose and recipient
// are told beforehand).
type Consent struct {
	Purpose string    `json:"purpose"` // Chinese, as it was shown
	Office  string    `json:"office"`  // names of the offices that may look
	At      time.Time `json:"at"`
	By      string    `json:"by"`      // account that gave it
	Who     string    `json:"by_name"` // for display
	Counter bool      `json:"counter,omitempty"`
}

// purposeOf is what the applicant consents to with this choice.
func purposeOf(d Draft, m catalogue.Material, paper string) string {
	what := "您的电子证照"
	kind, source, _ := strings.Cut(paper, ":")
	for _, s := range m.Instead {
		if s.Kind == kind && s.Source == source {
			what = s.Name.Zh
		}
	}
	return "为办理“" + d.ItemName + "”查验" + what + "，代替“" + m.Name.Zh + "”"
}

// ConsentTo is the consent that the caller gives by choosing a certificate for a
// material of an application; a clerk hears it from the applicant in person.
func (s *Service) ConsentTo(ctx context.Context, d Draft, material, paper string) (Consent, error) {
	o, err := s.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return Consent{}, err
	}
	at := slices.IndexFunc(o.Materials, func(m catalogue.Material) bool { return m.ID == material })
	if at < 0 {
		return Consent{}, ErrNoMaterial.With("material", material)
	}
	office, err := s.Recipients(ctx, d, material)
	by := auth.From(ctx)
	return Consent{Purpose: purposeOf(d, o.Materials[at], paper), Office: office, At: s.Clock.Now(), By: by.ID, Who: by.Name, Counter: by.Kind == auth.KindOfficer}, err
}

// Recipients names the offices that get a material of a draft: the office of
// the item; of a one thing, those of the parts that the answers ask for and
// that take it.
func (s *Service) Recipients(ctx context.Context, d Draft, material string) (string, error) {
	o, err := s.Items.OfferVersion(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil || o.Bundle == nil {
		return d.OrgName, err
	}
	var names []string
	answers := o.Situations.Prune(d.Situation)
	maps.Copy(answers, d.Form)
	for _, p := range o.PartsFor(answers) {
		if !slices.ContainsFunc(p.Materials, func(m content.PaperBinding) bool { return slices.Contains(content.Sources(m.From), material) }) {
			continue
		}
		part, err := s.Items.Offer(ctx, p.In(d.Region), p.Item)
		if fault.IsKind(err, fault.KindNotFound) {
			continue // not offered any more: it gets nothing
		}
		if err != nil {
			return "", err
		}
		if !slices.Contains(names, part.OrgName) {
			names = append(names, part.OrgName)
		}
	}
	if len(names) == 0 {
		return d.OrgName, nil
	}
	return strings.Join(names, "、"), nil
}

// Leftover is something of a draft that is not handed in: files of a way that
// was given up for another, or a material that the answers no longer need.
type Leftover struct {
	Material catalogue.Material
	Files    []Attachment
	Unneeded bool // the answers no longer ask for the material
}

// Leftovers lists what of a draft would not be handed in; needed are the
// materials that its answers ask for.
func (d Draft) Leftovers(all, needed []catalogue.Material) []Leftover {
	wanted := map[string]bool{}
	for _, m := range needed {
		wanted[m.ID] = true
	}
	var out []Leftover
	for _, m := range all {
		c, ok := d.Materials[m.ID]
		switch {
		case !ok:
		case !wanted[m.ID] && (c.Mode != "" || len(c.Files) > 0):
			out = append(out, Leftover{Material: m, Files: c.Files, Unneeded: true})
		case wanted[m.ID] && c.Mode != ByFile && len(c.Files) > 0:
			out = append(out, Leftover{Material: m, Files: c.Files})
		}
	}
	return out
}

// HandIn leaves in the draft what is handed in, and nothing else, and says what
// was taken out. The office never sees what the applicant gave up.
//
// Law: 个人信息保护法 art. 6 (no more than the purpose needs).
func (d *Draft) HandIn(needed []catalogue.Material, situation map[string]string) []FieldChange {
	kept := map[string]Choice{}
	for _, m := range needed {
		c, ok := d.Materials[m.ID]
		if !ok {
			continue
		}
		if c.Mode != ByFile {
			c.Files = nil
		}
		if c.Mode != Electronic {
			c.Paper, c.Consent = "", nil
		}
		kept[m.ID] = c
	}
	var changes []FieldChange
	for _, id := range sortedKeys(d.Materials) {
		if old, fresh := d.Materials[id].Describe(), kept[id].Describe(); old != fresh || len(d.Materials[id].Files) != len(kept[id].Files) {
			changes = append(changes, FieldChange{Field: "material." + id, Old: old, New: fresh})
		}
	}
	for _, q := range sortedKeys(d.Situation) {
		if situation[q] != d.Situation[q] {
			changes = append(changes, FieldChange{Field: "situation." + q, Old: d.Situation[q], New: situation[q]})
		}
	}
	d.Materials, d.Situation = kept, situation
	return changes
}
