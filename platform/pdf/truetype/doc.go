// Package truetype reads TrueType outlines and cuts the few glyphs that a
// document uses out of a font of tens of thousands.
//
// # Purpose
//
// A certificate shows perhaps a hundred different characters; the fonts that
// can show every character of GB 18030-2022 weigh 40 MB. This package answers
// three questions about a font: which glyph draws this character, how wide is
// it, and what is the smallest font that still draws these glyphs.
//
// # How to use
//
// Parse reads a font file. Pack writes it into a packed form from which single
// glyphs can be read without unpacking the rest; Open reads that form. Both
// give a Font:
//
//	f, err := truetype.Open(packed)
//	glyph, ok := f.Glyph('𠮷')
//	width := f.Advance(glyph)
//	file, err := f.Subset([]uint16{glyph})
//
// # Guarantees
//
//   - Character maps of format 4 and format 12 are read, so characters beyond
//     U+FFFF are found. A character that the font lacks is reported, never
//     replaced.
//   - Composite glyphs bring their components along and are renumbered.
//   - A damaged font gives an error, never a panic.
//   - The same glyphs give the same bytes.
//   - A Font is safe for use by several goroutines. It remembers the outlines
//     that were asked for, at most the size of the outline table.
//
// # How it is small
//
// The packed form is a ZIP archive with the outlines in blocks. Inside a block
// an arithmetic coder (coder.go) writes step after step of the outlines at the
// price of how unexpected it is (block.go). Unpacking takes some 50 µs of
// processor time a glyph, once; a font keeps what was unpacked last.
//
// Not here: PostScript (CFF) outlines, hinting instructions (dropped, print
// and screens of today do not need them), shaping of Arabic or Indic scripts.
package truetype
