// Package foreign adds to PDF files that strangers wrote, without touching what
// stands in them.
//
// # Purpose
//
// A file that somebody sends has to get something onto its pages (a note on how
// far it can be relied on) while every byte of it stays where it is, because
// signatures in it cover those bytes. Strangers use all that the format offers:
// tables and streams of cross-references, objects packed into streams, pages that
// inherit their size and are turned. Package syntax, which signatures are checked
// with, refuses most of that on purpose; this package reads it.
//
// # How to use
//
//	f, err := foreign.Open(data)
//	pages, err := f.Pages()
//	u := f.Update()
//	note := u.Add("<</Type /Annot …>>")
//	err = u.Annotate(pages[0], note)
//	file := u.Bytes()
//
// # Guarantees
//
//   - The file stands whole at the beginning of what Bytes gives, which is an
//     incremental update (ISO 32000-1, 7.5.6) in the style of the file: a table
//     after a table, a stream after a stream.
//   - No input makes it panic or loop. Objects, pages, what is unpacked and what is
//     read are bounded, so that a small file cannot cost much.
//   - Nothing is mended: a file that contradicts itself gives ErrBroken, one that is
//     locked ErrLocked, one beyond the bounds ErrTooMuch.
//
// # Not here
//
// Drawing, reading text, filters other than Flate: what is added is an annotation,
// so the contents of pages need not be understood, and nothing that they do to the
// state of drawing reaches it.
package foreign
