package stock

import (
	"context"

	"tongban/gov/identity"
	"tongban/platform/db"
)

// People knows who is who. *identity.Service is one.
type People interface {
	// MatchNumbers finds people by identity number.
	MatchNumbers(ctx context.Context, r db.Reader, numbers []string) (map[string]identity.Match, error)
	// MatchOrgs finds organisations by unified code.
	MatchOrgs(ctx context.Context, r db.Reader, codes []string) (map[string]identity.Match, error)
	// DepartmentsBelow lists the offices of a region and of every region in it.
	DepartmentsBelow(ctx context.Context, region string) ([]identity.Org, error)
	// WhoIs gives number, name and level of a person or an organisation.
	WhoIs(ctx context.Context, r db.Reader, holder string) (number string, m identity.Match, err error)
}
