package app

import (
	"context"
	"fmt"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/sign"
)

// RenewKeys issues the next signing certificate when the present one is near
// its end. A node that runs for years does it by itself, long before the end.
func (a *App) RenewKeys(ctx context.Context) error {
	renewed, err := a.Signer.Renew()
	if err != nil {
		return fmt.Errorf("renew the signing certificate: %w", err)
	}
	if !renewed {
		return nil
	}
	return a.noteRenewal(ctx)
}

// noteRenewal puts a renewed certificate on record.
func (a *App) noteRenewal(ctx context.Context) error {
	c := a.Signer.Certificate()
	a.Log.Info("signing certificate renewed", "until", c.NotAfter)
	return a.DB.Write(auth.System(ctx, "keys"), func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: a.Region, Action: "keys.certificate.renewed", Object: c.Subject.CommonName,
			Details: map[string]any{"serial": c.SerialNumber.Text(16), "from": c.NotBefore, "until": c.NotAfter}})
		return nil
	})
}

// authorityNotice is how long before the end of the node's own authority the
// operator is told: papers that others verify by it take time to spread.
const authorityNotice = 365 * 24 * time.Hour

// KeysLast tells what has to be done about the signing certificate soon; nil is
// nothing. Papers can be signed until it ends.
func (a *App) KeysLast(context.Context) error {
	leaf, root := a.Signer.Ends()
	now := a.Clock.Now()
	switch {
	case leaf.Before(now):
		return fmt.Errorf("the signing certificate ended on %s: no paper can be signed so that others verify it", leaf.Format(time.DateOnly))
	case root.Sub(now) < authorityNotice:
		return fmt.Errorf("the node's authority ends on %s, and no certificate lasts longer", root.Format(time.DateOnly))
	case leaf.Sub(now) < sign.WarnBefore:
		return fmt.Errorf("the signing certificate ends on %s and was not renewed by itself", leaf.Format(time.DateOnly))
	}
	return nil
}
