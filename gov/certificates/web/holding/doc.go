// Package holding is the pages on which holders use their certificates: the
// wallet, the screen that is shown, copies, permits, uses, objections; and the
// pages of offices that check, read, answer and watch.
//
// # Purpose
//
// Made for a phone held out over a counter: what matters is on the first screen,
// works without scripts, and says for whom and until when before anything is
// handed over.
//
// # Doors
//
// [Routes] is the route table; [Strings] are the words, also of the faults of
// package gov/certificates/holding.
package holding
