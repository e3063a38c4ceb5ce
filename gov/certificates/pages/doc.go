// Package pages sets receipts, notices and decisions on pages, and compares the
// pages of any paper with what it says.
//
// # Purpose
//
// What an office signs is data; what people read are pages. So that both say the
// same, every file is read back before it is signed, and looked through for
// everything that the paper promises, as often as it is promised: a name that
// stands in one field does not answer for another.
//
// # Law
//
// 行政许可法 art. 32, 38: what a receipt, a notice to supplement and a refusal say.
//
// # Words
//
// Sheet (页面), promise (应载内容): one text that the pages must show.
//
// # Life of a sheet
//
// Drawn, read back, compared. The same paper gives the same bytes.
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
// Draw, Copy, NewSheet, Compare, Paper.Promises.
package pages
