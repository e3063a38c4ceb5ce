// Package source opens files of many rows as tables: CSV, JSON lines, XLSX, and
// ZIP archives or folders of these.
//
// What strangers send is not believed. The kind of a file is found by looking
// inside; text may be UTF-8, UTF-16 or GB18030, with or without a byte-order
// mark; a row that cannot be read has a problem with its line and what to do,
// and the rows behind it are read all the same. Nothing is unpacked beyond
// Limits, and no row is longer than MaxRow: memory stays bounded, however large
// the file.
package source
