// Package audit keeps who did what, when, to what and why: written in the same
// commit as the change, chained into a Merkle tree, sealed by signed
// checkpoints.
//
// # Purpose
//
// Evidence. A capability calls Record inside its transaction; a Sealer gives
// every entry its place in the tree of its region at least once a second and
// signs the new root, so that evidence never blocks work. Nobody,
// administrators included, can alter or drop a sealed entry unseen.
//
// # How to use
//
//	audit.Record(ctx, tx, audit.Entry{Region: c.Region, Action: "casework.case.accepted", Object: string(c.ID), Details: map[string]any{"officer": …}})
//	go (&audit.Sealer{DB: d, Signer: key, Clock: clock.System, Log: log}).Run(ctx)
//	report, err := audit.Verify(ctx, d, key.Verifier())     // rows, tiles, roots, signatures
//	acts, next, err := audit.Page(ctx, d, audit.Filter{Region: r, Object: id})
//
// # Guarantees
//
// An entry is in the same commit as its change. The canonical bytes that are
// hashed hold every column. Places are gapless in each region, whatever number
// of sealers run. Verify names the record of any changed byte and says whether
// the entry or its hash was changed; Export writes a file that VerifyFile checks
// without a database.
//
// What it cannot see alone: a change in the second before an entry is sealed,
// and a record that the holder of the signing key cuts off and signs anew. Against
// the second, give an earlier checkpoint that somebody else kept to Verify.
package audit
