package workbench

import (
	"context"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/operations"
	"tongban/platform/i18n"
	"tongban/ui"
)

// closedWords say who ended a step, how and when.
func closedWords(ctx context.Context, v taskView) string {
	t := v.Task
	switch t.State {
	case casework.TaskCancelled:
		return i18n.T(ctx, "workbench.closed.cancelled", "at", i18n.DateTime(ctx, t.ClosedAt))
	case casework.TaskReturned:
		return i18n.T(ctx, "workbench.closed.returned", "who", t.OfficerName, "at", i18n.DateTime(ctx, t.ClosedAt), "text", t.Opinion)
	case casework.TaskDone:
		return i18n.T(ctx, "workbench.closed.done", "who", t.OfficerName, "at", i18n.DateTime(ctx, t.ClosedAt), "result", i18n.T(ctx, "casefile.result."+string(t.Result)), "text", t.Opinion)
	}
	return i18n.T(ctx, "workbench.closed.case", "state", i18n.T(ctx, "casefile.state."+string(v.File.State)), "at", i18n.DateTime(ctx, v.File.ClosedAt))
}

func withNone(ctx context.Context, options []ui.Option) []ui.Option {
	return append([]ui.Option{{Text: i18n.T(ctx, "workbench.choose")}}, options...)
}

func stepOptions(_ context.Context, steps []casework.Step) []ui.Option {
	out := make([]ui.Option, len(steps))
	for i, s := range steps {
		out[i] = ui.Option{Value: s.Element, Text: s.Name}
	}
	return out
}

func placeOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, p := range []string{"before", "beside", "after"} {
		out = append(out, ui.Option{Value: p, Text: i18n.T(ctx, "workbench.place."+p)})
	}
	return out
}

func signerOptions(ctx context.Context, list []operations.Signed) []ui.Option {
	var out []ui.Option
	for _, s := range list {
		out = append(out, ui.Option{Value: s.ID, Text: strings.TrimSuffix(s.OrgName+" · "+s.Officer, " · ") + "（" + i18n.T(ctx, "workbench.place."+s.Place) + "）"})
	}
	return out
}

func specialOptions(ctx context.Context, kinds []casework.SpecialKind) []ui.Option {
	out := []ui.Option{{Text: i18n.T(ctx, "workbench.choose")}}
	for _, k := range kinds {
		out = append(out, ui.Option{Value: k.Kind, Text: i18n.Pick(ctx, k.Name, k.NameEn)})
	}
	return append(out, ui.Option{Value: casework.Suspension, Text: i18n.T(ctx, "workbench.suspension")})
}
