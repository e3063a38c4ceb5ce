package files

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/jpeg" // the decoders that image.DecodeConfig finds
	_ "image/png"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Kind is what sort of document a file is, as found in its content.
type Kind string

// The kinds that can be told apart.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	OFD  Kind = "ofd" // GB/T 33190, a ZIP file with OFD.xml

	// Data is any file at all, for those whose reader finds out what it is and
	// believes nothing; it is served as bytes.
	Data Kind = "data"
)

// MediaType is the Content-Type under which the kind is served.
func (k Kind) MediaType() string {
	switch k {
	case PDF:
		return "application/pdf"
	case JPEG:
		return "image/jpeg"
	case PNG:
		return "image/png"
	case OFD:
		return "application/ofd"
	}
	return "application/octet-stream"
}

// Extension is the ending of a file name of this kind, with the dot.
func (k Kind) Extension() string {
	switch k {
	case JPEG:
		return ".jpg"
	case PDF, PNG, OFD:
		return "." + string(k)
	}
	return ".bin"
}

// String names the kind for people: "PDF".
func (k Kind) String() string { return strings.ToUpper(string(k)) }

// list names several kinds for people.
func list(kinds []Kind) []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.String())
	}
	return names
}

// Sniff finds out what kind of document r holds by its content alone. It
// refuses a kind that is not accepted and a document that cannot be opened.
func Sniff(r io.ReaderAt, size int64, accept []Kind) (Kind, error) {
	if slices.Contains(accept, Data) {
		return Data, nil
	}
	head := make([]byte, 16)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", diskFault(err)
	}
	head = head[:n]
	kind, open := Kind(""), func(io.ReaderAt, int64) error { return nil }
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		kind, open = PDF, openPDF
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		kind, open = JPEG, openImage
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		kind, open = PNG, openImage
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		kind, open = OFD, openOFD
	}
	if !slices.Contains(accept, kind) {
		return "", ErrWrongKind.With("accept", list(accept))
	}
	if err := open(r, size); err != nil {
		return "", err
	}
	return kind, nil
}

// tail is how much of the end of a PDF is searched for its end mark; writers
// may put a few lines after it.
const tail = 2048

// openPDF asks for what a reader needs to begin: the end mark, and the place
// of the cross-reference table with a table or stream at that place.
func openPDF(r io.ReaderAt, size int64) error {
	end, err := section(r, max(0, size-tail), tail)
	if err != nil {
		return err
	}
	broken := ErrBroken.With("kind", PDF.String())
	eof := bytes.LastIndex(end, []byte("%%EOF"))
	if eof < 0 {
		return broken.Because(fmt.Errorf("no end mark: the file is cut off"))
	}
	at := bytes.LastIndex(end[:eof], []byte("startxref"))
	if at < 0 {
		return broken.Because(fmt.Errorf("no startxref"))
	}
	fields := strings.Fields(string(end[at+len("startxref") : eof]))
	if len(fields) != 1 {
		return broken.Because(fmt.Errorf("startxref without a number"))
	}
	offset, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil || offset <= 0 || offset >= size {
		return broken.Because(fmt.Errorf("startxref points outside: %q", fields[0]))
	}
	table, err := section(r, offset, 64)
	if err != nil {
		return err
	}
	if !isXref(table) {
		return broken.Because(fmt.Errorf("no cross-reference table at %d", offset))
	}
	return nil
}

// isXref tells whether b begins with a cross-reference table ("xref") or with
// the object that holds a cross-reference stream ("12 0 obj").
func isXref(b []byte) bool {
	f := strings.Fields(string(b))
	if len(f) > 0 && f[0] == "xref" {
		return true
	}
	if len(f) < 3 || !strings.HasPrefix(f[2], "obj") {
		return false
	}
	_, err1 := strconv.ParseUint(f[0], 10, 32)
	_, err2 := strconv.ParseUint(f[1], 10, 32)
	return err1 == nil && err2 == nil
}

// section reads up to n bytes from offset.
func section(r io.ReaderAt, offset, n int64) ([]byte, error) {
	b := make([]byte, n)
	got, err := r.ReadAt(b, offset)
	if err != nil && err != io.EOF {
		return nil, diskFault(err)
	}
	return b[:got], nil
}

// maxPixels bounds a picture; a small file may otherwise claim to fill the
// memory of whoever opens it.
const maxPixels = 200_000_000

func openImage(r io.ReaderAt, size int64) error {
	c, format, err := image.DecodeConfig(io.NewSectionReader(r, 0, size))
	if err != nil {
		return ErrBroken.With("kind", "JPEG/PNG").Because(err)
	}
	broken := ErrBroken.With("kind", strings.ToUpper(format))
	if c.Width <= 0 || c.Height <= 0 {
		return broken.Because(fmt.Errorf("picture without extent"))
	}
	if int64(c.Width)*int64(c.Height) > maxPixels {
		return ErrBomb.With("kind", strings.ToUpper(format))
	}
	if format == "png" {
		end, err := section(r, max(0, size-tail), tail)
		if err != nil {
			return err
		}
		if !bytes.Contains(end, []byte("IEND\xaeB`\x82")) {
			return broken.Because(fmt.Errorf("no end mark: the file is cut off"))
		}
	}
	return nil
}

// Guards against archives that unpack to far more than they weigh.
const (
	maxEntries  = 10_000
	maxUnpacked = 1 << 30 // bytes
	maxRatio    = 200     // unpacked to packed, for the archive as a whole
	maxOFDRoot  = 1 << 20 // bytes of OFD.xml
)

// openOFD asks for a ZIP file whose OFD.xml has the root element OFD. Nothing
// but OFD.xml is unpacked.
func openOFD(r io.ReaderAt, size int64) error {
	broken := ErrBroken.With("kind", OFD.String())
	z, err := zip.NewReader(r, size)
	if err != nil {
		return broken.Because(err)
	}
	if len(z.File) > maxEntries {
		return ErrBomb.With("kind", OFD.String())
	}
	var root *zip.File
	var unpacked uint64
	for _, f := range z.File {
		if f.UncompressedSize64 > maxUnpacked || unpacked+f.UncompressedSize64 > maxUnpacked {
			return ErrBomb.With("kind", OFD.String())
		}
		unpacked += f.UncompressedSize64
		name := strings.ReplaceAll(f.Name, `\`, "/")
		if path.IsAbs(name) || slices.Contains(strings.Split(name, "/"), "..") {
			return broken.Because(fmt.Errorf("entry leads outside: %q", f.Name))
		}
		if f.Name == "OFD.xml" {
			root = f
		}
	}
	if unpacked > uint64(size)*maxRatio {
		return ErrBomb.With("kind", OFD.String())
	}
	if root == nil {
		return broken.Because(fmt.Errorf("no OFD.xml"))
	}
	if err := checkOFDRoot(root); err != nil {
		return broken.Because(err)
	}
	return nil
}

func checkOFDRoot(root *zip.File) error {
	if root.Flags&1 != 0 {
		return fmt.Errorf("OFD.xml is encrypted")
	}
	f, err := root.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	d := xml.NewDecoder(io.LimitReader(f, maxOFDRoot))
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if e.Name.Local != "OFD" {
				return fmt.Errorf("root element is %q", e.Name.Local)
			}
			return nil
		}
	}
}
