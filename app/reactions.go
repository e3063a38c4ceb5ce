package app

import (
	"context"

	"tongban/gov/casework/reliance"
	"tongban/gov/facts"
	"tongban/gov/participation"
	"tongban/platform/db"
	"tongban/platform/events"
)

// react connects facts to those who may not import each other.
func (a *App) react() {
	events.ReactTidy(a.Bus, "participation.invite", func(ctx context.Context, tx *db.Tx, f facts.CaseDecided) error {
		return a.Participation.InviteTx(ctx, tx, participation.Rating{Region: f.Region, Case: f.Case, CaseNumber: f.Number,
			Item: f.Item, ItemName: f.ItemName, Org: f.Org, Owners: []string{f.Owner}, DecidedAt: f.At})
	})
	a.Bundles.React(a.Bus)
	events.React(a.Bus, "certificates.case_decided", func(ctx context.Context, tx *db.Tx, f facts.CaseDecided) error {
		return a.Holding.CaseOverTx(ctx, tx, f.Region, f.Case)
	})
	events.React(a.Bus, "certificates.case_withdrawn", func(ctx context.Context, tx *db.Tx, f facts.CaseWithdrawn) error {
		return a.Holding.CaseOverTx(ctx, tx, f.Region, f.Case)
	})
	events.React(a.Bus, "certificates.case_voided", func(ctx context.Context, tx *db.Tx, f facts.CaseVoided) error {
		return a.Holding.CaseOverTx(ctx, tx, f.Region, f.Case)
	})
	events.React(a.Bus, "certificates.case_refused", func(ctx context.Context, tx *db.Tx, f facts.AcceptanceRefused) error {
		return a.Holding.CaseOverTx(ctx, tx, f.Region, f.Case)
	})
	events.React(a.Bus, "certificates.objection", a.Holding.FollowTx)
	relied := reliance.New(reliance.Deps{DB: a.DB, Clock: a.Clock, Papers: usable{a.Certificates, a.Nodes}, Copies: a.Casework.Copies, Regions: a.regions()})
	events.React(a.Bus, "casework.certificate", relied.ChangedTx)
}
