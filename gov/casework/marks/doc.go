// Package marks prints the trust grade of uploaded files (水印) across their pages
// for whoever reads them and did not hand them in.
//
// # Purpose
//
// A file that leaves the screen of a case (on paper, in an e-mail, in a folder)
// leaves its grade behind when the grade only stands beside it. So everybody who
// handles a case gets the pages with the grade on them; the file itself stays as it
// came, and can be had too, because signatures in it cover its bytes.
//
// # Law
//
// 国办函〔2016〕108号: materials are graded A to D; what was compared with the original
// says by whom, what was uploaded says that the original has to be looked at, what
// rests on a pledge says so.
//
// # Words
//
// Mark (水印), trust grade (可信等级), file as uploaded (上传的原文件).
//
// # Life of a mark
//
// Made when the file is asked for, kept nowhere: it costs some milliseconds, and a
// file that is compared with the original later is marked as such from then on.
// PDF files get the note on every page; JPEG and PNG become a page with the note on
// it. OFD files, and PDF files that are locked, damaged or beyond the bounds, are
// given as they came, by a page that says why.
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
// Grade, Note, Able, Make.
package marks
