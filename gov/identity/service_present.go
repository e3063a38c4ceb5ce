package identity

import (
	"context"

	"tongban/platform/authz"
	"tongban/platform/db"
)

// RegisterPresent records somebody who stands at a counter and showed a
// document, or brings the record up to what the document shows. It needs the
// right to look people up, which counters have.
func (s *Service) RegisterPresent(ctx context.Context, p Person) (out Person, err error) {
	if err := authz.Door(ctx, MayReadPerson); err != nil {
		return Person{}, err
	}
	p.Level = LevelCounter
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("a person whose record says the same already")
		out, err = s.EnsurePersonTx(ctx, tx, p)
		return err
	})
	return out, err
}
