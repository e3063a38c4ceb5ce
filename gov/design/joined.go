package design

import (
	"context"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/onething"
	"tongban/gov/design/parts"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// The refusals of parts of a one thing (一件事).
var (
	ErrNoPart   = fault.NotFound("design.no_part")   // the item that a part names is not there
	ErrNoBundle = fault.Invalid("design.no_bundle")  // the draft is of one item and joins none
	ErrJoined   = fault.Conflict("design.joined")    // the item is a part already
	ErrJoinSelf = fault.Invalid("design.join_thing") // a one thing is no part of another
)

// Joined is a part of a one thing with the item that it is.
type Joined struct {
	content.Part
	Content content.Content
	Form    *forms.Definition
	Found   bool // false: there is no such item, or its form cannot be read
}

// Joined are the parts of a draft of a one thing with their items; none for a
// draft of one item.
func (s *Service) Joined(ctx context.Context, d Draft) ([]Joined, error) {
	if !d.Joins() {
		return nil, nil
	}
	var out []Joined
	for _, p := range d.Parts.Bundle.Parts {
		x := Joined{Part: p, Form: &forms.Definition{}}
		c, _, err := s.Items.Newest(ctx, s.DB, p.In(d.Region), p.Item)
		if err != nil && !fault.IsKind(err, fault.KindNotFound) {
			return nil, err
		}
		if err == nil {
			x.Content = c
			if form, err := forms.Parse(c.Form, c.Situations.IDs()); err == nil {
				x.Form, x.Found = form, true
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// Join adds a published item to the draft of a one thing, over the draft that was
// seen at a version, and gives the path of the part. What others changed
// meanwhile stays: a part is only ever added beside the rest.
func (s *Service) Join(ctx context.Context, region, item string, version int, partRegion, partItem string) (out Draft, path string, err error) {
	c, _, err := s.Items.Newest(ctx, s.DB, partRegion, partItem)
	if fault.IsKind(err, fault.KindNotFound) {
		return out, "", ErrNoPart.With("item", partItem)
	}
	if err != nil {
		return out, "", err
	}
	if c.Bundle != nil {
		return out, "", ErrJoinSelf.With("name", c.Item.Name)
	}
	out, err = s.change(ctx, region, item, version, "parts", "joined", func(d *Draft, t *parts.Tree, _ parts.History) ([]parts.Change, error) {
		if !d.Joins() {
			return nil, ErrNoBundle
		}
		for _, p := range d.Parts.Bundle.Parts {
			if p.Item == partItem && p.In(region) == partRegion {
				return nil, ErrJoined.With("name", p.Name.Zh)
			}
		}
		was := d.Parts.Clone()
		id, err := onething.Join(d.Parts, &c)
		if err != nil {
			return nil, ErrNoPart.With("item", partItem).Because(err)
		}
		path = "bundle/parts/" + id
		*t = *parts.Open(d.Parts)
		return parts.Changes(was, d.Parts), nil
	})
	return out, path, err
}

// Leave takes a part out of a one thing, with what only it was given. A part that
// somebody else worked on meanwhile stays.
func (s *Service) Leave(ctx context.Context, region, item string, version int, part string) (Draft, error) {
	return s.change(ctx, region, item, version, "parts", "left", func(d *Draft, t *parts.Tree, since parts.History) ([]parts.Change, error) {
		if !d.Joins() {
			return nil, ErrNoBundle
		}
		if e, both := since.About("bundle/parts/" + part); both {
			return nil, ErrBoth.With("name", e.Name).With("at", e.At.In(calendar.Zone).Format("2006-01-02 15:04")).With("count", 1)
		}
		was := d.Parts.Clone()
		if !onething.Leave(d.Parts, part) {
			return nil, parts.ErrPath.With("path", "bundle/parts/"+part)
		}
		*t = *parts.Open(d.Parts)
		return parts.Changes(was, d.Parts), nil
	})
}

// Certificates are the lines of the certificate that a part gives, as others take
// them over: the number first.
func (j Joined) Certificates() []content.CertificateField {
	out := []content.CertificateField{{Key: content.Number, Label: content.Text{Zh: "证照编号", En: "Number"}}}
	return append(out, j.Content.Result.Certificate.Fields...)
}
