package counter

import (
	"context"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/i18n"
	"tongban/ui"
)

// takeDelivery keeps how the applicant wants the decision, when the page asked.
func (h pages) takeDelivery(ctx context.Context, d casework.Draft, in sent) (casework.Draft, []ui.Problem, error) {
	want := casework.Delivery{Way: casework.Way(in.Get("delivery"))}
	if want.Way == "" {
		return d, nil, nil
	}
	if want.Way == casework.ByPost {
		want.Name, want.Phone, want.Address = in.Get("delivery.name"), in.Get("delivery.phone"), in.Get("delivery.address")
	}
	if want == d.Delivery {
		return d, nil, nil
	}
	fresh, err := h.Casework.Deliver(ctx, d.Region, d.ID, want)
	if err == nil {
		return fresh, nil, nil
	}
	if p := casefile.Problems(ctx, err, nil); p != nil {
		d.Delivery = want // shown again as it was entered
		return d, p, nil
	}
	return d, nil, err
}

// delivery asks how the decision reaches the applicant.
func (v intakeView) delivery(ctx context.Context) ui.FieldProps {
	f := ui.FieldProps{Name: "delivery", Label: i18n.T(ctx, "counter.delivery"), Type: ui.Select, Plain: true, HideLab: true, Value: string(v.Draft.Delivery.How()), Error: ui.ErrorFor(v.Problems, "delivery")}
	for _, w := range []casework.Way{casework.ByDownload, casework.AtCounter, casework.ByPost} {
		f.Options = append(f.Options, ui.Option{Value: string(w), Text: i18n.T(ctx, "counter.handouts."+string(w))})
	}
	return f
}

// address are the fields of the post, filled in with what is known.
func (v intakeView) address(ctx context.Context) []ui.FieldProps {
	d := v.Draft.Delivery
	if d.Name == "" {
		d.Name = v.Draft.Applicant.Name
	}
	if d.Phone == "" {
		d.Phone = v.Draft.Applicant.Phone
	}
	field := func(name string, kind ui.FieldType, value string) ui.FieldProps {
		return ui.FieldProps{Name: "delivery." + name, Label: i18n.T(ctx, "counter.delivery."+name), Type: kind, Value: value, Auto: "off", Plain: true, Error: ui.ErrorFor(v.Problems, "delivery."+name)}
	}
	return []ui.FieldProps{field("name", ui.Name, d.Name), field("phone", ui.Phone, d.Phone), field("address", ui.Text, d.Address)}
}
