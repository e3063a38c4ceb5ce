// Package upgrades moves running cases to another version of their item
// (在办件换版): many at once, each by itself.
//
// # How to use
//
//	desk := upgrades.On(casework, catalogue)
//	counts, err := desk.Versions(ctx, region, item)               // running cases by version
//	plan, err := desk.Plan(ctx, upgrades.Order{…})                // case by case, and what must be mapped
//	done, err := desk.Run(ctx, upgrades.Order{…, Reason: why})    // one commit a case, with the result of each
//
// # What moves
//
// The flow: open steps keep their holders, age and opinions and get the name and
// the limit of the step in the new version; timers go on, are set or are
// cancelled as package platform/bpmn/migrate says. Dates that bind the office
// stay. Versions that differ in form, questions, materials or result are
// refused: an application is read by the form that it was made with.
//
// # Guarantees
//
// A case moves whole, on record and on its timeline with the reason, or stays
// as it is with the reason why. An order goes on where the one
// before ended; running one again moves what can move by then.
package upgrades
