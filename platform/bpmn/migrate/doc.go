// Package migrate moves running instances to another version of their process.
//
// # Purpose
//
// A version never changes and an instance stays on its own. When a rule changes
// for matters under way, somebody decides that they go on under the new version;
// this package says beforehand what becomes of each task, timer and branch, and
// refuses what would lose or double work.
//
// # How to use
//
//	plan := migrate.Preview(old, new, in, migrate.Mapping{"review": "examine"})
//	if plan.Possible() { … show plan.Steps to whoever decides … }
//	changes, err := migrate.Apply(engine, old, new, in, mapping, now)
//
// Elements keep their ids unless the mapping says otherwise. Tasks keep their
// ids, holders and age; TimerSet, TimerCancelled and Moved are in the changes for
// the caller to follow.
//
// # What is checked
//
//   - Every place where something stands has a place of the same kind in the new
//     version, inside the same sub-process.
//   - Tokens that belong to a fork stand in different branches of the fork that
//     takes its place, and none comes to stand in a fork it does not belong to:
//     every join will have what it waits for.
//   - Flows that tokens wait on at joins lead to the same join.
//   - An activity under way several times is so in the new version too.
//
// # What becomes of the rest
//
//   - Timers and subscriptions whose event still watches the same place go on,
//     with the time they had; others are cancelled; events that are new are set.
//   - What was done in steps that the new version lacks cannot be gone back to.
//   - What could be taken back or resubmitted before cannot be afterwards.
//   - Called processes that the caller's hook has pinned stay on their version.
//     Those of the same file are those of the new version from then on; where
//     something stands in one, it has to have the same places and ways.
//
// # Guarantees
//
// Apply does exactly what Preview says, or refuses and leaves the instance as it
// was. The package knows no database and no clock.
package migrate
