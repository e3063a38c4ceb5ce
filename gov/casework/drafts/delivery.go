package drafts

import (
	"context"
	"slices"
	"strings"

	"tongban/platform/db"
	"tongban/platform/forms"
)

// Way is how the decision reaches the applicant (送达方式).
type Way string

// The ways.
const (
	ByDownload Way = "online"  // the signed file, on the page of the case
	AtCounter  Way = "counter" // collected at a counter, by the applicant or an agent
	ByPost     Way = "post"
)

// Delivery is how the applicant wants the decision. The address is only for the post.
//
// Law: 行政许可法 art. 44: the certificate is issued and delivered; art. 33: by
// electronic means where the applicant chose them.
type Delivery struct {
	Way     Way    `json:"way,omitempty"`
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// How is the way, download when nothing was chosen.
func (d Delivery) How() Way {
	if d.Way == "" {
		return ByDownload
	}
	return d.Way
}

const maxAddress = 200 // characters

// asking are the fields of forms that ask how the result is received, and
// answers what their options mean here. Because: nobody is asked twice; where
// the form of an item asks, its answer decides, and only an address is added.
var (
	asking  = []string{"delivery", "receive"}
	answers = map[string]Way{"online": ByDownload, "electronic": ByDownload, "window": AtCounter, "mail": ByPost}
)

// FormAsks tells whether the form of an item asks how the result is received.
func FormAsks(def *forms.Definition) bool {
	return def != nil && slices.ContainsFunc(def.Fields(), func(f forms.Field) bool {
		return slices.Contains(asking, f.ID) && slices.ContainsFunc(f.Options, func(o forms.Option) bool { return answers[o.Value] == AtCounter })
	})
}

// Wanted is how the applicant wants the decision: as the form says where it
// asks, else as it was chosen.
func (d Draft) Wanted(def *forms.Definition) Delivery {
	out := d.Delivery
	if !FormAsks(def) {
		return out
	}
	out.Way = ""
	for _, id := range asking {
		if w := answers[d.Form[id]]; w != "" {
			out.Way = w
		}
	}
	if out.Way != ByPost {
		return Delivery{Way: out.Way}
	}
	if a := d.Form[addressField]; a != "" {
		out.Address, out.Name, out.Phone = a, firstOf(d.Form[nameField], out.Name, d.Applicant.Name), firstOf(out.Phone, d.Applicant.Phone)
	}
	return out
}

// The fields of a form that ask to whom and where to send the result.
const (
	nameField    = "mail_name"
	addressField = "mail_address"
)

// FormAsksWhere tells whether the form of an item asks for the address, too.
func FormAsksWhere(def *forms.Definition) bool {
	return slices.ContainsFunc(def.Fields(), func(f forms.Field) bool { return f.ID == addressField })
}

// Reachable refuses to send by post without an address.
func (d Delivery) Reachable() Problems {
	if d.Way == ByPost && d.Address == "" {
		return Problems{{Field: "delivery.address", Code: "casework.problem.post_address"}}
	}
	return nil
}

// check brings a choice to its normal form and finds what is wrong with it.
func (d *Delivery) check() Problems {
	d.Name, d.Phone, d.Address = strings.TrimSpace(d.Name), strings.ReplaceAll(strings.TrimSpace(d.Phone), " ", ""), strings.TrimSpace(d.Address)
	switch d.Way {
	case ByDownload, AtCounter:
		*d = Delivery{Way: d.Way}
		return nil
	case ByPost:
	default:
		return Problems{{Field: "delivery", Code: "casework.problem.delivery"}}
	}
	p := append(NeedText("delivery.name", d.Name, 50), NeedText("delivery.address", d.Address, maxAddress)...)
	if len(d.Phone) < 5 || len(d.Phone) > 20 || strings.Trim(d.Phone, "0123456789-+") != "" {
		p = append(p, Problem{Field: "delivery.phone", Code: "casework.problem.phone"})
	}
	return p
}

// Deliver chooses how the decision of an application reaches the applicant.
func (s *Service) Deliver(ctx context.Context, region string, id DraftID, want Delivery) (Draft, error) {
	if p := want.check(); len(p) > 0 {
		return Draft{}, p
	}
	return s.change(ctx, region, id, 0, func(tx *db.Tx, d *Draft) ([]FieldChange, error) {
		if err := MayWork(ctx, *d); err != nil {
			return nil, err
		}
		old := d.Delivery
		d.Delivery = want
		s.recordDraft(ctx, tx, *d, "draft.delivery_chosen", map[string]any{"way": want.Way})
		if old == want {
			return nil, nil
		}
		return []FieldChange{{Field: "delivery", Old: string(old.How()), New: string(want.How())}}, nil
	})
}
