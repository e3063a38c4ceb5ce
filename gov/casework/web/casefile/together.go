package casefile

import (
	"context"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/platform/i18n"
	"tongban/ui"
)

// SisterStatus is where a part of a one thing stands.
func SisterStatus(ctx context.Context, s bundles.Sister) ui.Status {
	if s.Case != "" {
		return StateStatus(ctx, casework.Case{State: s.Case, Outcome: s.Outcome})
	}
	out := ui.Status{Text: i18n.T(ctx, "casefile.part."+string(s.State)), Tone: ui.Plain}
	if s.State == bundles.Held {
		out.Tone = ui.Warn
	}
	return out
}

// sisterLine says whose a part is and until when.
func sisterLine(ctx context.Context, s bundles.Sister) string {
	sep := " · "
	out := s.OrgName
	switch {
	case s.Self:
		out += sep + i18n.T(ctx, "casefile.together.self")
	case !s.ClosedAt.IsZero():
		out += sep + i18n.T(ctx, "casefile.together.closed", "date", i18n.Date(ctx, s.ClosedAt))
	case !s.Due.IsZero():
		out += sep + i18n.T(ctx, "casefile.together.until", "date", i18n.Date(ctx, s.Due))
	}
	return out
}
