// Package facts lists every event that a capability announces: read it to see
// how the capabilities talk.
//
// # Purpose
//
// A fact is what happened, never an order. It is a row in the outbox, in the
// same commit as the change; reactions run afterwards, each exactly once in
// effect (platform/events).
//
// # Guarantees
//
// The type is tongban.<capability>.<noun>.<past participle>.v<n>. A version only
// adds fields; a new meaning is a new version. Each fact has a golden file in
// docs/specs/facts, and a test fails when one has none.
package facts
