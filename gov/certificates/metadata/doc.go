// Package metadata says what a certificate says under the names of GB/T 36903,
// which tokens carry and OFD files have as custom data.
//
// # Purpose
//
// Programs of others read certificates by the names of the standard. So that they
// read nothing else than what was issued, the entries follow from the signed data,
// and a check compares them one by one.
//
// # Law
//
// GB/T 36903-2018: names of the metadata. GB/T 36905-2018: the same names as custom
// data of a file. Marked copies (加注件) say who made them, when, what for and until
// when.
//
// # Words
//
// Entry (元数据项): a name and its value. Version (版本): which names are there; it is
// told by the entries themselves.
//
// # Life of an entry
//
// Written by the newest version, compared by any that is known. An entry of the
// standard that this program does not know cannot be compared, whoever signed it:
// the file is refused, and the reason says that it may be newer.
//
// # Tables
//
// None.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Paper: Entries, Compare.
package metadata
