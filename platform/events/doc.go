// Package events is the outbox and its reactions: the bus inside one node.
//
// # Purpose
//
// A capability that is done announces a fact with Emit, a row in the same
// commit. A dispatcher reads the rows in order per aggregate and runs every
// reaction in a transaction of its own, exactly once in effect.
//
// # How to use
//
//	events.Emit(ctx, tx, region, caseID, facts.CaseDecided{…})
//	bus.React("certificates.issue", func(ctx context.Context, tx *db.Tx, f facts.CaseDecided) error { … })
//	go bus.Run(ctx)
//
// # Guarantees
//
// No fact without its row and no row without its fact. A redelivered fact
// finds its row in the inbox and does nothing. A fact whose reaction keeps
// failing is parked, visibly, and the ones behind it go on.
package events
