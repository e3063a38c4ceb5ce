// Package state is the stored form of a running instance: plain data that goes
// to JSON and back without loss.
//
// # Purpose
//
// Everything that package bpmn knows about an instance between two operations
// stands here, so that a caller keeps it in one column beside its own row. The
// fields are for the engine; callers use the methods of Instance.
//
// # Guarantees
//
//   - An Instance read back from JSON goes on exactly like the one written:
//     Canon brings every value into the form it has after the trip.
//   - Slices and maps inside tokens are never changed in place, so snapshots are
//     cheap.
package state
