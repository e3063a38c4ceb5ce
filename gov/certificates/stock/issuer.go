package stock

import (
	"context"
	"strings"

	"tongban/gov/certificates/kinds"
	"tongban/gov/identity"
	"tongban/platform/fault"
)

// ErrNotIssuer: the type names who issues certificates of it, and the office is
// none of them. Details: type, name, offices.
var ErrNotIssuer = fault.Invalid("certificates.stock.not_issuer")

// office finds an office on the register; a zero one is not there.
func (s *Service) office(ctx context.Context, code string) (identity.Org, error) {
	for _, region := range s.Regions {
		offices, err := s.People.DepartmentsBelow(ctx, region)
		if err != nil {
			return identity.Org{}, err
		}
		for _, o := range offices {
			if o.Code == code {
				return o, nil
			}
		}
	}
	return identity.Org{}, nil
}

// issues refuses a run of an office that does not issue certificates of the type.
// Its name is that of the register; what was typed counts for offices that are not
// on it, as those that are no more. doubt: the definition names nobody, and the
// office is another one than that which defines the type.
func (s *Service) issues(ctx context.Context, run Run, t kinds.Type) (doubt bool, err error) {
	if run.Issuer == t.Authority {
		return false, nil
	}
	o, err := s.office(ctx, run.Issuer)
	if err != nil {
		return false, err
	}
	name := run.IssuerName
	if o.Name != "" {
		name = o.Name
	}
	issues, said := t.IssuedBy(run.Issuer, name)
	switch {
	case !said:
		return true, nil
	case !issues:
		return false, ErrNotIssuer.With("type", t.Name).With("name", name).With("offices", strings.Join(append([]string{t.By.Zh}, t.Issuers...), "、"))
	}
	return false, nil
}

// Doubted tells whether nobody but the office itself says that it issues
// certificates of the type; whoever releases the run looks. It gives the type.
func (s *Service) Doubted(ctx context.Context, run Run) (bool, kinds.Type, error) {
	t, err := s.Types.InForce(ctx, run.Type)
	if err != nil {
		return false, t, err
	}
	doubt, err := s.issues(ctx, run, t)
	if fault.Of(err) != nil && fault.Of(err).Code == ErrNotIssuer.Code {
		return true, t, nil // it will be refused, and says why then
	}
	return doubt, t, err
}
