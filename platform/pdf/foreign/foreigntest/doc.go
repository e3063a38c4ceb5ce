// Package foreigntest writes small PDF files the way that strangers do, for tests.
//
// # Purpose
//
// A reader of foreign files is tested with what our own writer never makes:
// cross-references and objects in streams, pages that inherit and are turned,
// contents that are left unfinished.
//
// # How to use
//
//	file := foreigntest.Table(foreigntest.Pages())
//	file = foreigntest.Streams(foreigntest.Pages())
//
// # Guarantees
//
// Poppler reads the files without complaint. Both writers take the bodies of the
// objects 1, 2, …; object 1 is the catalogue.
package foreigntest
