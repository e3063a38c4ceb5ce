// Package data carries the reference data that ships inside the binary.
//
// # Purpose
//
// A machine without a network must start as a working service: with the divisions of the country, the
// calendar of working days, and real service guides. The files are embedded, so the binary is all there is to copy.
// PROVENANCE.md names the source, licence and cautions of each.
//
// # How to use
//
// Open a file by its name, read it as a stream, and close it:
//
//	f, err := data.Files.Open(data.Calendar)
//
// The importers that read these files also read a newer file of the same layout given on the command line;
// nothing depends on the data being the embedded one.
//
// # Guarantees
//
// The files are plain UTF-8 text without a byte-order mark, and at most five megabytes together; the long ones lie
// packed by gzip and open by their own names. The laws alone, four times as much, are an archive of at most four.
// They equal the checksums in PROVENANCE.md; a test compares them.
package data
