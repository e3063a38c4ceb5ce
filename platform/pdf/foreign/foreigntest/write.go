package foreigntest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// Texts are what stands on the pages of Pages, in their order.
var Texts = []string{"upright", "onthe side", "upside down", "other side", "cropped", "unfinished"}

// Pages is a file of six pages: four turns of an inherited size, one that shows a
// part of itself, and one that leaves the state of drawing as bad as can be.
func Pages() []string {
	out := []string{"<</Type /Catalog /Pages 2 0 R>>", "", "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>", "[5 0 R]",
		"<</Type /Annot /Subtype /Square /Rect [10 10 40 40] /C [0 0 1] /Border [0 0 2]>>"}
	put := func(body string) int { out = append(out, body); return len(out) }
	page := func(more, text, end string) int {
		ops := "q 0.2 g BT /F1 20 Tf 40 60 Td (" + text + ") Tj ET" + end
		c := put(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(ops), ops))
		return put(fmt.Sprintf("<</Type /Page %s /Contents %d 0 R>>", more, c))
	}
	tree := put("")
	var turned []string
	for i, more := range []string{"/Annots 4 0 R", "/Rotate 90 /Annots [5 0 R]", "/Rotate 180", "/Rotate -90"} {
		turned = append(turned, fmt.Sprintf("%d 0 R", page(fmt.Sprintf("/Parent %d 0 R ", tree)+more, Texts[i], " Q")))
	}
	cropped := page("/Parent 2 0 R /CropBox [300 350 20 40]", Texts[4], " Q")
	bad := page("/Parent 2 0 R", Texts[5], " .001 0 0 .001 0 0 cm 0 0 1 1 re W n q q BT 3 Tr")
	out[tree-1] = "<</Type /Pages /Parent 2 0 R /Count 4 /MediaBox [0 0 300.5 400] /Kids [" + strings.Join(turned, " ") + "]>>"
	out[1] = fmt.Sprintf("<</Type /Pages /Count 6 /MediaBox [0 0 600 800] /Resources <</Font <</F1 3 0 R>>>> /Kids [%d 0 R %d 0 R %d 0 R]>>", tree, cropped, bad)
	return out
}

// Table writes the objects with a table of cross-references; more stands in the
// trailer.
func Table(objects []string, more ...string) []byte {
	b := bytes.NewBufferString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(b, "trailer\n<</Size %d /Root 1 0 R /ID [<00112233> <00112233>] %s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, strings.Join(more, " "), start)
	return b.Bytes()
}

// Streams writes the objects with a stream of cross-references (predictor Up), and
// those that are no streams packed into one.
func Streams(objects []string) []byte {
	b := bytes.NewBufferString("%PDF-1.5\n")
	pack, self := len(objects)+1, len(objects)+2
	rows := make([][5]byte, self+1)
	var head, body strings.Builder
	n := 0
	for i, o := range objects {
		if strings.Contains(o, "\nstream\n") {
			rows[i+1] = [5]byte{1, byte(b.Len() >> 16), byte(b.Len() >> 8), byte(b.Len())}
			fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
			continue
		}
		rows[i+1] = [5]byte{2, 0, 0, byte(pack), byte(n)}
		fmt.Fprintf(&head, "%d %d ", i+1, body.Len())
		body.WriteString(o + "\n")
		n++
	}
	stream := func(number int, dict string, data []byte) {
		rows[number] = [5]byte{1, byte(b.Len() >> 16), byte(b.Len() >> 8), byte(b.Len())}
		if dict == "" { // the cross-references themselves, now that all is known
			data = differences(rows)
			dict = fmt.Sprintf("/Type /XRef /Size %d /Root 1 0 R /W [1 3 1] /DecodeParms <</Predictor 12 /Columns 5>>", self+1)
		}
		packed := deflated(data)
		fmt.Fprintf(b, "%d 0 obj\n<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream\nendobj\n", number, dict, len(packed), packed)
	}
	stream(pack, fmt.Sprintf("/Type /ObjStm /N %d /First %d", n, head.Len()), []byte(head.String()+body.String()))
	start := b.Len()
	stream(self, "", nil)
	fmt.Fprintf(b, "startxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

// differences are rows with the filter Up of PNG.
func differences(rows [][5]byte) (out []byte) {
	var above [5]byte
	for _, r := range rows {
		out = append(out, 2)
		for i := range r {
			out = append(out, r[i]-above[i])
		}
		above = r
	}
	return out
}

func deflated(data []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(data) // a bytes.Buffer takes everything
	w.Close()
	return z.Bytes()
}
