// Package explore finds mistakes in processes that the notation allows: joins
// that can wait for ever, work that is done twice at once, steps that nothing
// reaches, circles without a way out.
//
// # Purpose
//
// A model that can be deployed runs as drawn, and it may be drawn wrongly: a
// choice that ends in a parallel join waits for ever for the branch not chosen.
// Designers should hear of it before an instance stands still.
//
// # How to use
//
//	report := explore.Check(process, 0)
//	for _, w := range report.Warnings { … w.Line, w.Element, w.Reason … }
//
// # How it works
//
// Each scope (the process, every sub-process) is explored by itself: all ways in
// which tokens can move, with every outcome of every condition and event. What
// is found is a possibility; whether conditions exclude it, only their author
// knows. Instances of loops and the inside of sub-processes count as one step.
// CheckAll explores the processes of the file that are called as well.
//
// # Guarantees
//
//   - A report without warnings, and not cut, means that from every state that an
//     instance can reach by completing its tasks it can reach an end.
//   - The same process gives the same warnings in the same order.
//   - At most limit states are looked at in each scope; a report says when that
//     was not enough.
package explore
