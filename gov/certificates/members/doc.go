// Package members reads and writes the members of JSON objects in their order,
// where decoding the whole would cost more than the check that it is for.
//
// # Purpose
//
// A paper is checked thousands of times a second by what few of its members say.
// What was signed is JSON without white space; its members are found by their
// ends, and only those are decoded that somebody wants.
//
// # Law
//
// None: it is about bytes.
//
// # Words
//
// Member: a name and the bytes of its value. Ordered: texts whose order counts,
// because it was signed.
//
// # Life of a member
//
// None: it is looked at and forgotten.
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
// Each and Text for reading; Ordered for objects of texts.
package members
