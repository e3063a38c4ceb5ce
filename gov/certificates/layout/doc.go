// Package layout says what stands where on the page of a certificate, draws it
// and finds what is wrong with it. It keeps nothing.
//
// # Purpose
//
// Every kind of certificate looks its own way, and offices change the look
// without a programmer. So a layout is data: a page and what is put on it. Pages
// for holders, previews for designers and OFD are drawn by the same code.
//
// # Law
//
// 行政许可法 art. 39: a certificate bears the seal of the organ. GB/T 36905-2018:
// the file of a certificate shows its metadata.
//
// # Words
//
// Template (模板): a page with its parts. Part: one thing on the page. Annex (附页):
// the page after it, with everything that had no room.
//
// # Life of a drawing
//
// Content goes in, pages come out. Whatever a template leaves out or has no room
// for stands in the annex, so that every certificate that was issued can be drawn
// in full. The same template and content give the same bytes.
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
// Template: Check, Lint, Draw, Digest; Standard and Sample.
package layout
