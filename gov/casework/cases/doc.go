// Package cases holds a case as a value: what is kept of it, when it is due,
// and the table of its life. It needs no database, so that notices, copies and
// operations speak of the same case.
package cases
