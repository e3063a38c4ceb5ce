// Package once makes a repeated command have one effect.
//
// # Purpose
//
// A caller that does not know whether its command arrived sends it again with
// the same Idempotency-Key. The first time the command runs and its result is
// kept in the same commit; every later time the kept result is returned.
//
// # How to use
//
//	ctx = once.With(ctx, key)                        // at the edge, from the header or a hidden field
//	id, err := once.Do(ctx, tx, region, "casework.submit", func() (string, error) { … })
//
// # Guarantees
//
// Key, effect and result commit together. A key belongs to its caller; the
// same key with another command is a conflict. Without a key Do just runs.
// Callers that race with one key get one effect and the same result. Forget drops
// what is older than anybody would repeat.
package once
