// Package number checks the numbers and names by which people and organisations are known.
//
// # Purpose
//
// A wrong digit caught while somebody types saves a wrong record later. Every check here says which rule was broken, as a
// stable [Problem] code, so that a page can say in words what to do. Nothing is looked up: a number that passes
// is well formed, it need not belong to anybody.
//
// # Law
//
// Resident number: GB 11643-1999 公民身份号码, check character by ISO/IEC 7064 MOD 11-2 (居民身份证法 art. 3).
// Unified social credit code: GB 32100-2015.
// Names: 姓名登记 uses standard Chinese characters, and U+00B7 between the parts of a translated name.
//
// # Words
//
// Resident number 公民身份号码; unified code 统一社会信用代码.
//
// # Life of a number
//
// Typed by a person → tidied (spaces, full-width characters, small x) → checked → stored in its normal form → shown masked.
//
// # Tables
//
// None: the package keeps nothing.
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
// [ParseResident], [ParseUSCC], [CheckName], [ParsePhone]; [Fictional] and
// [FictionalUSCC] make numbers for seeds and tests that nobody can own, since the region 449901 is not assigned.
package number
