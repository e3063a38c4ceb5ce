// Package audit keeps who did what, when, to what and why: written in the same
// commit as the change, chained into a Merkle tree, sealed by signed
// checkpoints.
//
// # Purpose
//
// Evidence. A capability calls Record inside its transaction; a sealer gives
// every entry its place in the tree at least once a second and signs the new
// root, so that evidence never blocks work. Nobody, administrators included,
// can alter or drop an entry unseen.
//
// # How to use
//
//	audit.Record(ctx, tx, audit.Entry{Region: c.Region, Action: "casework.case.accepted", Object: string(c.ID), Details: map[string]any{"officer": …}})
//
// # Guarantees
//
// An entry is in the same commit as its change. The canonical bytes that are
// hashed hold every column. Verify recomputes leaves, tree and signatures.
package audit
