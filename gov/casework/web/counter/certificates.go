package counter

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/reuse"
	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Buttons of the checklist: look for certificates of the person present, and take
// one of them.
const (
	actLook = "certificates"
	actUse  = "use:"
)

// fitting puts on the page what the person present let the clerk look for.
func (h pages) fitting(ctx context.Context, v *intakeView) (err error) {
	if h.Reuse == nil || v.Open != nil {
		return nil
	}
	v.Binds = slices.ContainsFunc(v.materials(), func(m catalogue.Material) bool { return reuse.Binds(v.Offer.Package == "", m) })
	if !v.Binds {
		return nil
	}
	v.Fits, v.Looked, err = h.looked(ctx, v.Draft.Region, v.Draft.ID)
	return err
}

// looked are the certificates that the clerk may see of the person present, by the
// material for which they stand in; ok is false while nobody let him look.
func (h pages) looked(ctx context.Context, region string, draft casework.DraftID) (fits map[string][]reuse.Fit, ok bool, err error) {
	list, err := h.Reuse.Fits(ctx, region, draft)
	if err != nil {
		if errors.Is(err, reuse.ErrNoLook) {
			err = nil
		}
		return nil, false, err
	}
	fits = map[string][]reuse.Fit{}
	for _, f := range list {
		fits[f.Material] = append(fits[f.Material], f)
	}
	return fits, true, nil
}

// look finds the certificates of the person present, who agreed to it.
func (h pages) look(w http.ResponseWriter, r *http.Request, v intakeView) error {
	ctx := r.Context()
	_, err := h.Reuse.AskPresent(ctx, v.Draft.Region, v.Draft.ID, shown(r))
	if errors.Is(err, reuse.ErrNoLook) {
		v.Problems = []ui.Problem{{Text: i18n.T(ctx, "fault.reuse.no_look")}}
		return h.showIntake(w, r, http.StatusForbidden, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, v.path()+"?saved=1#materials")
}

// take uses one of the certificates that were found: pressing its button is the
// consent that the applicant gives in person, and is kept with who heard it.
func (h pages) take(ctx context.Context, d casework.Draft, what string) (casework.Draft, error) {
	material, code, _ := strings.Cut(what, "/")
	return h.choose(ctx, d, material, casework.Electronic, code, "")
}

// fitWords say what a certificate is, and until when it counts.
func fitWords(ctx context.Context, f reuse.Fit) string {
	s := i18n.T(ctx, "counter.fit.words", "title", f.Title, "number", f.ShownNumber(), "issuer", f.IssuerName)
	if !f.ValidUntil.IsZero() {
		s += i18n.T(ctx, "counter.fit.until", "date", i18n.Date(ctx, f.ValidUntil))
	}
	return s
}

// taken tells whether this certificate stands in for its material already.
func (v intakeView) taken(f reuse.Fit) bool {
	ch := v.Draft.Materials[f.Material]
	return ch.Mode == casework.Electronic && ch.Paper == f.Code
}
