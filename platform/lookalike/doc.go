// Package lookalike finds names that people take for other names.
//
// # Purpose
//
// Whoever wants to pass for somebody else takes a name that looks the same: a
// Cyrillic letter among Latin ones, 巿 for 市, a character that is not seen at
// all. A reader does not notice; a program does.
//
// # How to use
//
//	lookalike.Odd(name)          // why a name is suspicious by itself, or ""
//	lookalike.Strangers(name)    // letters of another alphabet than the word they stand in
//	lookalike.Alike(name, known) // looks like known and is not
//	lookalike.Hidden(name)       // has characters that are not seen
//	lookalike.AlikeHost(a, b)    // for names of hosts, slips of the pen too
//
// # Guarantees
//
// Two spellings that Unicode holds to be the same (full width, compatibility
// characters) are the same name and not alike. The tables are short on purpose:
// letters of Latin, Greek and Cyrillic that have one shape, pairs of hanzi that
// differ by a stroke and occur in names of offices and places, and the traditional
// forms of characters. What is not
// in them is not found.
package lookalike
