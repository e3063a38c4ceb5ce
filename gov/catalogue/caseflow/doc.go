// Package caseflow says what a flow needs in order to run as a case, and what
// cases have (docs/adr/0024-calls-messages-signals.md). Whoever publishes a flow,
// checks a file or draws one asks it, so that all of them say the same.
//
// A case runs the first executable process of the file and those that it calls by
// the id; a message goes from one step to another of the same case, or comes from
// outside by an act of its own; a signal reaches everything that waits for it in
// the same case.
package caseflow
