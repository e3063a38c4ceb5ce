package drafts

import (
	"context"
	"strings"

	"tongban/platform/db"
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
