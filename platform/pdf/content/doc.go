// Package content reads back the papers that package pdf writes, and puts data
// beside their pages.
//
// # Purpose
//
// A paper is a picture of data. Whoever makes or checks one has to be sure
// that the picture says what the data say, and a paper that travels alone has
// to carry the data along. So papers are read back, by the same maps from
// codes to characters that a viewer follows, and data is attached as a file
// that any viewer shows.
//
// # How to use
//
//	elements, err := content.Read(file)          // headings, paragraphs, cells, in reading order
//	file, err = content.Attach(file, content.Attachment{Name: "paper.json", Type: "application/json", Data: data, At: now})
//	data, err := content.Attached(file, "paper.json")
//
// # Guarantees
//
//   - Only the way that package pdf writes is read; anything else is ErrForeign.
//   - No input makes it panic or use more than a fixed amount of memory.
//   - The same input gives the same bytes.
//
// Attach is an incremental update and therefore MUST come before signing.
package content
