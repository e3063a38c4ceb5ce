// Package places finds administrative divisions by code, by name and by part of
// a name, in memory. A List reads nothing and waits for nothing; a Keeper makes a
// new one when the rows of the catalogue change. Read reads the published list.
//
// A name may be written with its province, city and county in front or without,
// in full or the way people say it (广东广州天河区). Only the own name has to be
// whole for an answer to be taken; what is merely near is offered, never guessed.
package places
