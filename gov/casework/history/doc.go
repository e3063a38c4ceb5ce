// Package history keeps the timeline of a case: who did what in which office,
// and how long it took. Lines are only ever added.
package history
