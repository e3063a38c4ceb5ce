// Package grades says how far papers that are kept or handed in can be relied
// on, in the four grades of the national rules.
//
// # Purpose
//
// An officer who decides has to see at once which of the papers before him come
// from the authority, which a colleague compared with the original, and which
// nobody has looked at. So every one has a grade, found from what is on record
// about it, and what is shown or given says its grade.
//
// # Law
//
// 国办函〔2016〕108号: materials are graded A to D by where they come from; A and B are
// used again as they are, C is compared with the original first, D rests on the
// pledge of its maker.
//
// # Words
//
// Trust grade (可信等级), watermark (水印).
//
// # Life of a grade
//
// A certificate signs its grade (Paper.Grade); an uploaded file is B from the
// moment when a clerk notes that the original was seen. Nothing else changes it.
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
// Of, Upload, Grade.Watermark, Grade.Given.
package grades
