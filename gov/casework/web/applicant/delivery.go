package applicant

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/certificates"
	"tongban/platform/i18n"
	"tongban/ui"
)

// deliveryOf reads how the applicant wants the decision; an address belongs to
// the post only.
func deliveryOf(r *http.Request, before casework.Delivery) casework.Delivery {
	f := r.PostForm
	if !f.Has("delivery") {
		return before
	}
	d := casework.Delivery{Way: casework.Way(f.Get("delivery"))}
	if d.Way == casework.ByPost {
		d.Name, d.Phone, d.Address = f.Get("delivery.name"), f.Get("delivery.phone"), f.Get("delivery.address")
	}
	return d
}

// deliver keeps the choice, and says under which version the draft goes on: the
// one that the reader saw, unless only this act has changed it since.
func (h pages) deliver(ctx context.Context, k desk, want casework.Delivery, seen int) (int, error) {
	if want == k.Delivery || want.Way == casework.ByDownload && k.Delivery.Way == "" {
		return seen, nil
	}
	d, err := h.Casework.Deliver(ctx, k.Region, k.ID, want)
	if err == nil && d.Version == seen+1 {
		seen++
	}
	return seen, err
}

// wanted is the choice as the page shows it: the applicant is the receiver
// unless another was named.
func (v checkView) wanted() casework.Delivery {
	d := v.k.Wanted(v.k.offer.Form)
	way := d.How()
	if v.Want != (casework.Delivery{}) {
		d = v.Want
		if !v.asked() {
			way = d.How()
		}
	}
	d.Way = way
	if d.Name == "" {
		d.Name = v.k.Applicant.Name
	}
	if d.Phone == "" {
		d.Phone = v.k.Applicant.Phone
	}
	return d
}

// asked tells whether the form of the item has asked the same already.
func (v checkView) asked() bool { return casework.FormAsks(v.k.offer.Form) }

// delivery asks how the decision reaches the applicant.
func (v checkView) delivery(ctx context.Context) ui.FieldProps {
	f := ui.FieldProps{Name: "delivery", Label: words(ctx, "delivery.ask"), Type: ui.Choice, Required: true, Value: string(v.wanted().Way), Error: ui.ErrorFor(v.Problems, "delivery")}
	for _, w := range []casework.Way{casework.ByDownload, casework.AtCounter, casework.ByPost} {
		f.Options = append(f.Options, ui.Option{Value: string(w), Text: words(ctx, "delivery."+string(w)), Hint: words(ctx, "delivery."+string(w)+"_hint")})
	}
	return f
}

// address are the fields of the post.
func (v checkView) address(ctx context.Context) []ui.FieldProps {
	d := v.wanted()
	field := func(name string, kind ui.FieldType, value, auto string) ui.FieldProps {
		return ui.FieldProps{Name: "delivery." + name, Label: words(ctx, "delivery."+name), Type: kind, Value: value, Auto: auto, Plain: true, Error: ui.ErrorFor(v.Problems, "delivery."+name)}
	}
	return []ui.FieldProps{field("name", ui.Name, d.Name, "name"), field("phone", ui.Phone, d.Phone, "tel"), field("address", ui.Text, d.Address, "street-address")}
}

// fetchable leaves out the papers that the reader, an agent of the company, may not fetch.
func (h pages) fetchable(ctx context.Context, papers []certificates.Found) []certificates.Found {
	var out []certificates.Found
	for _, p := range papers {
		if h.Certificates.Holds(ctx, p) {
			out = append(out, p)
		}
	}
	return out
}

// handoutTitle says how a paper stands on its way.
func handoutTitle(ctx context.Context, h casework.LitHandout) string {
	switch {
	case h.State == casework.HandoutHanded:
		return words(ctx, "handout.handed", "date", i18n.DateTime(ctx, h.DoneAt))
	case h.State == casework.HandoutPosted:
		return words(ctx, "handout.posted", "date", i18n.DateTime(ctx, h.DoneAt))
	case h.Way == casework.ByPost:
		return words(ctx, "handout.to_post")
	}
	return words(ctx, "handout.to_collect")
}

// handoutText says what the reader does, or can look up.
func handoutText(ctx context.Context, h casework.LitHandout) string {
	switch {
	case h.State == casework.HandoutHanded && h.Collector != nil && h.Collector.Agent:
		return words(ctx, "handout.handed_agent", "name", h.Collector.Name, "clerk", h.DoneName)
	case h.State == casework.HandoutHanded:
		return words(ctx, "handout.handed_self", "clerk", h.DoneName)
	case h.State == casework.HandoutPosted:
		return words(ctx, "handout.posted_text", "carrier", h.Carrier, "tracking", h.Tracking)
	case h.Way == casework.ByPost:
		return words(ctx, "handout.to_post_text", "name", h.Address.Name, "address", h.Address.Address)
	}
	return words(ctx, "handout.to_collect_text")
}

func handoutTone(h casework.LitHandout) ui.Tone {
	if h.State == casework.HandoutReady {
		return ui.Info
	}
	return ui.OK
}

// readRows list who of the offices looked at a draft.
func readRows(ctx context.Context, list []casework.Reading) ui.TableProps {
	t := ui.TableProps{Caption: words(ctx, "code.readers"), HideTitle: true, Cols: []ui.Col{{Title: words(ctx, "case.reader_when"), NoWrap: true}, {Title: words(ctx, "case.reader_who")}, {Title: words(ctx, "case.reader_why")}}}
	for _, r := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: i18n.DateTime(ctx, r.At)}, {Text: r.Name}, {Text: r.Purpose}}})
	}
	return t
}
