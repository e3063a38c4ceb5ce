package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

// writer collects numbered objects and writes them as a file with a
// cross-reference table.
type writer struct {
	objects [][]byte // object number is index + 1 + before
	before  int      // objects of the file that these are added to
}

func (w *writer) reserve() int {
	w.objects = append(w.objects, nil)
	return len(w.objects) + w.before
}

func (w *writer) set(n int, body string) { w.objects[n-1-w.before] = []byte(body) }

func (w *writer) add(body string) int {
	n := w.reserve()
	w.set(n, body)
	return n
}

// compressors are kept because each is many times larger than what it packs.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// stream adds a compressed stream; dict holds further entries.
func (w *writer) stream(dict string, data []byte) int {
	var z bytes.Buffer
	zw := compressors.Get().(*zlib.Writer)
	zw.Reset(&z)
	zw.Write(data) // a bytes.Buffer takes everything
	zw.Close()
	compressors.Put(zw)
	return w.raw(dict+" /Filter /FlateDecode", z.Bytes())
}

func (w *writer) raw(dict string, data []byte) int {
	n := w.reserve()
	b := fmt.Appendf(nil, "<<%s /Length %d>>\nstream\n", dict, len(data))
	b = append(b, data...)
	w.objects[n-1-w.before] = append(b, "\nendstream"...)
	return n
}

// file writes everything. The file identifier is a digest of the content, so
// the same document gives the same bytes.
func (w *writer) file(root, info int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE5\x85\xAC\xE6\x96\x87\n")
	offsets := make([]int, len(w.objects))
	for i, o := range w.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", i+1)
		b.Write(o)
		b.WriteString("\nendobj\n")
	}
	id := sha256.Sum256(b.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(w.objects)+1)
	for _, off := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", off)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.objects)+1, root, info, id[:16], id[:16], start)
	return b.Bytes()
}

// textString writes a text as a PDF string: UTF-16BE with a byte order mark.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}

// pdfDate writes a time as the metadata want it.
func pdfDate(t time.Time) string {
	s := t.Format("20060102150405-0700")
	return "(D:" + s[:17] + "'" + s[17:] + ")"
}

// Bytes finishes the document. It fails with *MissingError when a character
// could not be drawn. The same blocks and Meta give the same bytes.
func (d *Doc) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	if d.meta.Created.IsZero() {
		return nil, errors.New("pdf: Meta.Created is missing")
	}
	d.page().closeMark()
	running := make([][]byte, len(d.pages))
	for i := range d.pages {
		running[i] = d.running(i+1, len(d.pages))
	}
	if err := d.glyphs.problem(); err != nil {
		return nil, err
	}
	w := &writer{}
	root, tree, info := w.reserve(), w.reserve(), w.reserve()
	fonts, err := w.writeFonts(d.glyphs)
	if err != nil {
		return nil, err
	}
	resources := w.add("<</Font <<" + fonts + ">>" + w.writePictures(d.pictures) + ">>")
	var kids strings.Builder
	pages := make([]int, len(d.pages))
	for i, p := range d.pages {
		content := w.stream("", append(append([]byte(nil), p.ops...), running[i]...))
		pages[i] = w.add(fmt.Sprintf("<</Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Resources %d 0 R"+
			" /Contents %d 0 R /StructParents %d /Tabs /S>>", tree, p.wide, p.high, resources, content, i))
		fmt.Fprintf(&kids, "%d 0 R ", pages[i])
	}
	w.set(tree, fmt.Sprintf("<</Type /Pages /Count %d /Kids [%s]>>", len(pages), strings.TrimSpace(kids.String())))
	structure := w.writeStructure(d, pages)
	xmp := w.raw("/Type /Metadata /Subtype /XML", d.xmp())
	lang := d.meta.Lang
	if lang == "" {
		lang = "zh-Hans"
	}
	w.set(root, fmt.Sprintf("<</Type /Catalog /Pages %d 0 R /Metadata %d 0 R /StructTreeRoot %d 0 R"+
		" /MarkInfo <</Marked true>> /Lang %s /ViewerPreferences <</DisplayDocTitle true>>>>",
		tree, xmp, structure, textString(lang)))
	date := pdfDate(d.meta.Created)
	w.set(info, fmt.Sprintf("<</Title %s /Author %s /Subject %s /Producer %s /CreationDate %s /ModDate %s>>",
		textString(d.meta.Title), textString(d.meta.Author), textString(d.meta.Subject), textString(producer), date, date))
	return w.file(root, info), nil
}

const producer = "Tongban"

// xmp writes the metadata a second time, as XML, for archives.
func (d *Doc) xmp() []byte {
	esc := func(s string) string {
		var b strings.Builder
		xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
		return b.String()
	}
	at := d.meta.Created.Format(time.RFC3339)
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate><pdf:Producer>%s</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\uFEFF", esc(d.meta.Title), esc(d.meta.Author), esc(d.meta.Subject), esc(d.meta.Lang), at, at, producer)
}
