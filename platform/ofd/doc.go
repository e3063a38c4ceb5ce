// Package ofd writes, signs, reads and checks fixed-layout documents in the
// Open Fixed-layout Document format (OFD, GB/T 33190-2016).
//
// # Purpose
//
// Offices and archives in China exchange papers as OFD with an electronic seal.
// The pages are those of package pdf: one layout, two formats.
//
// # How to use
//
//	drawing, err := doc.Drawing()                     // of package pdf
//	file, err := ofd.Write(ofd.Document{Drawing: drawing, Entries: …, Attachments: …})
//	signed, err := ofd.Sign(file, ofd.Seal{Key: k, Certificate: c, At: t, …})
//
//	f, err := ofd.Open(bytes)                         // any OFD file
//	report, err := ofd.Verify(bytes, roots)
//
// # Profile of the signature
//
// One signature of the type seal: Signature.xml (GB/T 33190 §18) with the SM3
// digest of every other file of the package, and a SES_Signature of version 4
// (GB/T 38540-2020) over the SM3 of Signature.xml by SM2 with SM3. Its seal
// (SESeal, version 4) is made by the same key that signs: whoever trusts the
// certificate trusts the seal. The picture of the seal is an OFD of its own. There is no time
// stamp; the time is what the signer states. What vouches for the pages with
// another key is a file of the package, covered by the seal like the others; in
// files of before it is an extension of the signed part (extDatas [0]), named by
// oidVouch, and is read there too. The layout of the structures follows files of other makers,
// because the text of GB/T 38540 is not at hand; no approved seal maker has
// issued the seal and no seal registry knows it.
//
// # Schemas and other readers
//
// Every XML file validates against the schemas of GB/T 33190 Annex A (package
// ofdtest, xmllint), and our own reading of them is a test that always runs
// (schema_test.go). One thing differs on purpose: they list MD5 and SHA1 as
// CheckMethod, and seals of today name SM3.
//
// Readers that count text in UTF-16 find characters beyond the basic plane only
// by the numbers of their glyphs (CGTransform), so these are written.
//
// # Guarantees
//
//   - Text is selectable and comes out as it went in, rare characters included;
//     fonts are embedded as the subset that is used, with its character map.
//     Variation selectors are left out: the usual form is drawn and read.
//   - The same document, key and time give the same bytes.
//   - Verify of a file that Sign made accepts no other byte anywhere: the package
//     is stored, not compressed, and is compared with how it would be written.
//   - Open bounds sizes, counts and depth, refuses document types, entities, names
//     that lead out of the package, names twice, and encryption. No input makes it
//     panic.
package ofd
