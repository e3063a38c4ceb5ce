// Package pdf writes official papers: receipts, notices, decisions and
// certificates, in Chinese and English, as PDF 1.7.
//
// # Purpose
//
// A paper that an office issues has to show the name of every citizen in full,
// also with characters that most fonts lack; to print the same everywhere; to
// be searched, copied and read aloud; and to come out the same, byte for byte,
// when it is made again. General libraries fail at the first of these: they
// drop or garble characters beyond U+FFFF.
//
// # How to use
//
//	d := pdf.New(pdf.Meta{Title: "受理通知书", Author: office, Lang: "zh-Hans", Created: now})
//	d.Header(office)
//	d.Title("受理通知书")
//	d.Paragraph("您于2026年12月1日提出的申请，现予受理。")
//	d.KeyValues([]pdf.Row{{Key: "申请人", Value: name}})
//	d.Grid(columns, rows)              // head repeated on every page
//	d.Callout("……", pdf.Amber)
//	d.QR(address, "扫码看进度", 32, pdf.Left)
//	d.SignOff(&pdf.Stamp{Name: office}, office, "2026年12月1日")
//	file, err := d.Bytes()
//
// Sheet begins a page of any size on which PutText, PutRows, PutStamp, PutQR,
// PutPicture, PutFrame and PutLine put things at places in millimetres; Fits and
// RowsFit say beforehand whether they have room. Watermark prints a note slanting
// across all pages; Mark and MarkScan print one across PDF files and pictures that
// somebody else made. StampBox tells where the stamp stands, so
// that a signature (package sign) can be tied to it. Before a paper is
// promised, Covers tells which characters of a name could not be drawn.
//
// # Fonts
//
// Noto Sans SC Regular for everyday text, HanaMinB for rare characters, chosen
// character by character; both are in the binary (23.5 MB, see
// fonts/PROVENANCE.md for origin and licences). Together they draw 87,887 of
// the 87,887 Han characters of GB 18030-2022: 27,570 of plane 0 and 60,317 of
// plane 2. TestFonts_coverGB18030 counts them. Fonts are parsed when first
// needed and only once; outlines are unpacked in blocks of 128.
//
// # Guarantees
//
//   - No character is lost in silence: Bytes fails with *MissingError when one
//     cannot be drawn.
//   - Text comes out again exactly as it went in, with surrogates and variation
//     selectors, in reading order; stamps come out as one phrase.
//   - Lines do not begin with closing punctuation nor end with an opening
//     bracket (避头尾); words and numbers stay whole.
//   - Papers are tagged (headings, tables with their heads, pictures with a
//     text) and name their language.
//   - The same calls and Meta give the same bytes. Nothing here asks for the
//     time or for randomness.
//   - A certificate is made in well under 20 ms.
//   - Mark keeps the file that it is given whole at the beginning of what it gives;
//     what strangers sent costs a bounded amount (package foreign).
//
// # Not here
//
// Pictures other than JPEG on papers, scripts that need shaping (Arabic, Mongolian, Tibetan), vertical
// writing, PDF/A conformance (not claimed: no colour profile is embedded),
// and drawing the variant that a variation selector asks for (the usual form
// is drawn; the selector is kept in the text).
package pdf
