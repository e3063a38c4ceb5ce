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
//	events.React(bus, "certificates.issue", func(ctx context.Context, tx *db.Tx, f facts.CaseDecided) error { … })
//	go bus.Run(ctx)
//
// # Guarantees
//
// No fact without its row and no row without its fact. Facts of one aggregate
// are delivered in the order of their ids: a fact that failed, waits for its
// next attempt or is parked holds back the later ones of its aggregate, and
// nobody else's. A fact that keeps failing is parked, visibly (Parked), until
// somebody retries or discards it, which is recorded. An outage of the
// database is nobody's failure and counts as no attempt.
//
// A redelivered fact has no second effect: every reaction's transaction takes
// the fact's row or its own inbox row, which can be done once. ReactTidy takes
// them with everything else at the commit, when the reaction has run. Therefore several
// dispatchers (replicas) may run at once; they cost each other some idle work
// and keep the order, as each goes on to the next fact of an aggregate only when
// the one before is done. Ids of different machines are in the order of their
// clocks.
//
// A reaction starts some milliseconds after the commit, because commits of this
// process wake the dispatcher; facts of other processes are found within half a
// second.
package events
