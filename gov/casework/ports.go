package casework

import (
	"context"

	"tongban/gov/certificates"
	"tongban/platform/db"
)

// Papers issues official papers in the transaction of the act.
type Papers interface {
	IssueTx(ctx context.Context, tx *db.Tx, p certificates.Paper) (certificates.Paper, error)
}
