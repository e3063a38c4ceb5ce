package offers

import (
	"context"
	"strings"

	"tongban/gov/catalogue/caseflow"
)

// Warm fetches an item in one version, and the offices that its flow names, for
// whoever cannot run again when something is Missing.
func (h *Shelf) Warm(ctx context.Context, region, code string, version int) error {
	o, err := h.Fetch(ctx, region, code, version)
	if err != nil {
		return err
	}
	names := o.PartnerNames()
	for _, t := range caseflow.UserTasks(o.Process) {
		if v := t.Attrs["org"]; v != "" && !strings.Contains(v, "{") {
			names = append(names, v)
		}
	}
	for _, n := range names {
		if _, _, err := h.Office(region, n); err != nil {
			if m, ok := err.(*Missing); ok {
				err = m.Fetch(ctx)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// PartnersOf are the offices that a general flow asks for an opinion, as its
// variable partners holds them; the office in charge is none of them.
func (h *Shelf) PartnersOf(o *Ready, region, charge string) ([]any, error) {
	out := []any{}
	for _, p := range o.PartnerNames() {
		office, known, err := h.Office(region, p)
		switch {
		case err != nil:
			return nil, err
		case !known:
			out = append(out, map[string]any{"org": "", "name": p})
		case office.Code != charge:
			out = append(out, map[string]any{"org": office.Code, "name": office.Name})
		}
	}
	return out, nil
}
