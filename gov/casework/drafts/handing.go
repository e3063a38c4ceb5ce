package drafts

import (
	"context"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/db"
)

// Handing hands over what the applicant agreed to use instead of materials, and
// counts what was not asked for. Package reuse is one.
type Handing interface {
	HandInTx(ctx context.Context, tx *db.Tx, d *Draft, h Handed) error
	Copies(ctx context.Context, region, caseID string) ([]holding.Received, error)
}

// Handed is the case that an application becomes, with what it needs.
type Handed struct {
	Case, Number, Org, OrgName string
	Needed                     []catalogue.Material
	Accepts                    func(catalogue.Material, certificates.Paper) bool
}

// HandOver hands the certificates of an application over to the case that it
// becomes, in the same commit.
func (s *Service) HandOver(ctx context.Context, tx *db.Tx, d *Draft, imported bool, h Handed) error {
	if s.Handing == nil {
		return nil
	}
	h.Accepts = func(m catalogue.Material, p certificates.Paper) bool { return s.Accepts(imported, m, p) }
	return s.Handing.HandInTx(ctx, tx, d, h)
}

// CopiesOf are the certificates that were handed over with a case: data and what
// they are worth now, for officers who handle it.
func (s *Service) CopiesOf(ctx context.Context, region, caseID string) ([]holding.Received, error) {
	if s.Handing == nil {
		return nil, nil
	}
	return s.Handing.Copies(ctx, region, caseID)
}
