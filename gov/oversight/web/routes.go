package web

import (
	"context"
	"embed"
	"strconv"

	"tongban/gov/casework"
	"tongban/gov/oversight"
	"tongban/platform/calendar"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Oversight *oversight.Service
	// Region refuses a code that is no division, by the name of its parameter.
	Region func(ctx context.Context, parameter, code string) error
}

type pages struct {
	*oversight.Service
	known func(ctx context.Context, parameter, code string) error
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Oversight, d.Region}
	return []web.Route{
		{Pattern: "GET /oversight", Do: h.overview, May: casework.MaySupervise},
		{Pattern: "GET /oversight/cards", Do: h.cards, May: casework.MaySupervise},
		{Pattern: "GET /oversight/cases/{region}/{id}", Do: h.file, May: casework.MaySupervise},
		{Pattern: "GET /oversight/cases/{region}/{id}/clock", Do: h.clock, May: casework.MaySupervise},
		{Pattern: "GET /oversight/handouts", Do: h.handouts, May: casework.MaySupervise},
		{Pattern: "GET /oversight/record", Do: h.record, May: oversight.MayReadRecord},
		{Pattern: "POST /oversight/record/verification", Do: h.verify, May: oversight.MayReadRecord},
		{Pattern: "GET /oversight/parked", Do: h.parked, May: oversight.MaySeeMachine},
		{Pattern: "POST /oversight/parked/{region}/{id}/discard", Do: h.discard, May: oversight.MayDiscard},
		{Pattern: "POST /oversight/parked/{region}/{id}/retry", Do: h.retry, May: oversight.MaySeeMachine},
	}
}

// light shows a card as shape, word and colour.
func light(ctx context.Context, l casework.Light, left int, unit calendar.Unit) ui.Status {
	amount := func(n int) string { return ui.Amount(ctx, n, ui.UnitName(unit)) }
	switch l {
	case casework.Red:
		return ui.Status{Text: i18n.T(ctx, "oversight.light.red", "amount", amount(-left)), Tone: ui.Bad}
	case casework.Early:
		return ui.Status{Text: i18n.T(ctx, "oversight.light.early", "amount", amount(left)), Tone: ui.Info}
	case casework.Yellow:
		if left < 0 { // over, and red comes later
			return ui.Status{Text: i18n.T(ctx, "oversight.light.yellow_over", "amount", amount(-left)), Tone: ui.Warn}
		}
		return ui.Status{Text: i18n.T(ctx, "oversight.light.yellow", "amount", amount(left)), Tone: ui.Warn}
	case casework.Still:
		return ui.Status{Text: i18n.T(ctx, "oversight.light.still"), Tone: ui.Plain, Shape: "pause"}
	}
	return ui.Status{Text: i18n.T(ctx, "oversight.light.green", "amount", amount(left)), Tone: ui.OK, Shape: "dot"}
}

func number(n int) string { return strconv.Itoa(n) }
