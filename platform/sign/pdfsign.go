package sign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"tongban/platform/pdf/syntax"
)

// PDFSignature is what a signature says about itself.
type PDFSignature struct {
	Reason   string // why, for the reader
	Location string
	Name     string    // who signs; the name in the certificate when empty
	At       time.Time // MUST be given; the time that the signer states
	Field    *Field    // nil: the signature has no place on a page
	// Vouch, when given, says something of the digest of the file with another
	// key, at most maxVouch bytes; PDFReport.Vouch gives it back. It travels
	// beside the signature and is not covered by it: who finds it MUST check it.
	Vouch func(digest []byte) ([]byte, error)
}

// Field is the place on a page that viewers connect with the signature, such
// as that of a stamp. It adds nothing to the look of the page.
type Field struct {
	Page int        // from 0
	Rect [4]float64 // left, bottom, right, top in points
}

const (
	// cmsRoom is what a signature takes besides its two certificates, with some
	// to spare: the issuer's name once more, the attributes, the signature.
	cmsRoom = 700
	// maxVouch is what PDFSignature.Vouch may return, in bytes.
	maxVouch = 256
	// maxPDF bounds what is signed and checked.
	maxPDF = 256 << 20
	// byteRangeRoom is the width kept for the four numbers.
	byteRangeRoom = 40
	subFilter     = "ETSI.CAdES.detached"
)

// SignPDF appends a signature over the whole file. Files with cross-reference
// streams or encryption are refused with ErrUnsupported.
func (s *Signer) SignPDF(pdf []byte, o PDFSignature) ([]byte, error) {
	if o.At.IsZero() {
		return nil, errors.New("sign: PDFSignature.At is missing")
	}
	if len(pdf) > maxPDF {
		return nil, ErrTooLarge
	}
	f, err := syntax.Open(pdf)
	if err != nil {
		return nil, readFault(err)
	}
	leaf := s.leaf.Load() // the same one to the end, whatever is renewed meanwhile
	if o.Name == "" {
		o.Name = leaf.Subject.CommonName
	}
	u := &update{f: f, offsets: map[int64]int{}, room: len(leaf.Raw) + len(leaf.RawIssuer) + len(s.root.Raw) + cmsRoom}
	if o.Vouch != nil {
		u.room += maxVouch
	}
	u.b = append(make([]byte, 0, len(pdf)+2*u.room+4096), pdf...)
	if pdf[len(pdf)-1] != '\n' {
		u.b = append(u.b, '\n')
	}
	if err := u.addSignature(o); err != nil {
		return nil, readFault(err)
	}
	return u.b, u.fill(s, leaf, o.Vouch)
}

// readFault puts a code on what the reader of the file found.
func readFault(err error) error {
	switch {
	case errors.Is(err, syntax.ErrUnsupported):
		return ErrUnsupported.Because(err)
	case errors.Is(err, syntax.ErrSyntax):
		return ErrNotPDF.Because(err)
	}
	return err
}

// update is an incremental update in the making.
type update struct {
	f       *syntax.File
	b       []byte
	offsets map[int64]int
	next    int64
	// where the numbers of the byte range and the signature itself stand
	rangeAt, contentsAt int
	room                int // bytes kept for the signature
}

func (u *update) object(n int64, v syntax.Value) {
	u.begin(n)
	u.b = append(syntax.Append(u.b, v), "\nendobj\n"...)
}

func (u *update) begin(n int64) {
	u.offsets[n] = len(u.b)
	u.b = fmt.Appendf(u.b, "%d 0 obj\n", n)
}

func (u *update) number() int64 {
	u.next++
	return u.next - 1
}

func (u *update) addSignature(o PDFSignature) error {
	u.next = int64(u.f.Size)
	rootRef := u.f.Trailer.Get("Root")
	catalog, err := u.f.Dict(rootRef)
	if err != nil {
		return err
	}
	if rootRef.Kind != syntax.Ref {
		return fmt.Errorf("%w: catalog", syntax.ErrSyntax)
	}
	index := 0
	if o.Field != nil {
		index = o.Field.Page
	}
	pageRef, page, err := findPage(u.f, catalog.Get("Pages"), index)
	if err != nil {
		return err
	}
	signature, widget := u.number(), u.number()
	u.signature(signature, o)
	if err := u.form(rootRef.Int, catalog, widget, signature, pageRef, o.Field); err != nil {
		return err
	}
	annots, err := u.f.Resolve(page.Get("Annots"))
	if err != nil {
		return err
	}
	page = page.Clone()
	page.Set("Annots", syntax.NewArray(append(append([]syntax.Value(nil), annots.Items...), syntax.NewRef(int(widget)))...))
	u.object(pageRef.Int, page)
	u.trailer()
	return nil
}

// signature writes the signature dictionary with room for what is not known
// yet.
func (u *update) signature(n int64, o PDFSignature) {
	u.begin(n)
	u.b = append(u.b, "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /"+subFilter+" /ByteRange ["...)
	u.rangeAt = len(u.b)
	u.b = append(u.b, bytes.Repeat([]byte{' '}, byteRangeRoom)...)
	u.b = append(u.b, "] /Contents "...)
	u.contentsAt = len(u.b)
	u.b = append(u.b, '<')
	u.b = append(u.b, bytes.Repeat([]byte{'0'}, 2*u.room)...)
	u.b = append(u.b, "> /M "...)
	u.b = append(u.b, pdfDate(o.At)...)
	for _, e := range [][2]string{{"Name", o.Name}, {"Reason", o.Reason}, {"Location", o.Location}} {
		if e[1] != "" {
			u.b = append(append(u.b, " /"+e[0]+" "...), textString(e[1])...)
		}
	}
	u.b = append(u.b, ">>\nendobj\n"...)
}

// form enters the field in the catalog's form and writes its annotation.
func (u *update) form(root int64, catalog syntax.Value, widget, signature int64, pageRef syntax.Value, field *Field) error {
	formRef := catalog.Get("AcroForm")
	form, err := u.f.Resolve(formRef)
	if err != nil {
		return err
	}
	fields, err := u.f.Resolve(form.Get("Fields"))
	if err != nil {
		return err
	}
	if form.Kind == syntax.Null {
		form = syntax.Value{Kind: syntax.Dict}
	}
	form = form.Clone()
	form.Set("Fields", syntax.NewArray(append(append([]syntax.Value(nil), fields.Items...), syntax.NewRef(int(widget)))...))
	form.Set("SigFlags", syntax.NewInt(3)) // signatures exist; append only
	if formRef.Kind == syntax.Ref {
		u.object(formRef.Int, form)
	} else {
		catalog = catalog.Clone()
		catalog.Set("AcroForm", form)
		u.object(root, catalog)
	}
	w := syntax.Value{Kind: syntax.Dict}
	w.Set("Type", syntax.NewName("Annot"))
	w.Set("Subtype", syntax.NewName("Widget"))
	w.Set("FT", syntax.NewName("Sig"))
	w.Set("T", syntax.NewBytes(fmt.Sprintf("Signature%d", len(fields.Items)+1)))
	w.Set("V", syntax.NewRef(int(signature)))
	w.Set("P", pageRef)
	w.Set("F", syntax.NewInt(132)) // print, locked
	rect := [4]float64{}
	if field != nil {
		rect = field.Rect
		appearance := u.number()
		u.begin(appearance)
		u.b = fmt.Appendf(u.b, "<</Type /XObject /Subtype /Form /BBox [0 0 %.2f %.2f] /Length 0>>\nstream\n\nendstream\nendobj\n",
			rect[2]-rect[0], rect[3]-rect[1])
		ap := syntax.Value{Kind: syntax.Dict}
		ap.Set("N", syntax.NewRef(int(appearance)))
		w.Set("AP", ap)
	}
	items := make([]syntax.Value, 4)
	for i, x := range rect {
		items[i] = syntax.NewReal(x)
	}
	w.Set("Rect", syntax.NewArray(items...))
	u.object(widget, w)
	return nil
}

// trailer writes the cross-reference table of the changed objects.
func (u *update) trailer() {
	start := len(u.b)
	u.b = append(u.b, "xref\n"...)
	for n := int64(0); n < u.next; n++ {
		if off, ok := u.offsets[n]; ok {
			u.b = fmt.Appendf(u.b, "%d 1\n%010d 00000 n \n", n, off)
		}
	}
	t := syntax.Value{Kind: syntax.Dict}
	t.Set("Size", syntax.NewInt(int(u.next)))
	t.Set("Prev", syntax.NewInt(u.f.Start))
	for _, k := range []string{"Root", "Info"} {
		if v := u.f.Trailer.Get(k); v.Kind != syntax.Null {
			t.Set(k, v)
		}
	}
	if id := u.f.Trailer.Get("ID"); len(id.Items) == 2 && id.Items[0].Kind == syntax.String {
		sum := sha256.Sum256(u.b)
		t.Set("ID", syntax.NewArray(syntax.NewBytes(id.Items[0].Text), syntax.NewBytes(string(sum[:16]))))
	}
	u.b = append(syntax.Append(append(u.b, "trailer\n"...), t), fmt.Sprintf("\nstartxref\n%d\n%%%%EOF\n", start)...)
}

// fill computes the byte range and the signature and puts both in place.
func (u *update) fill(s *Signer, leaf *x509.Certificate, vouch func([]byte) ([]byte, error)) error {
	gapEnd := u.contentsAt + 2*u.room + 2
	numbers := fmt.Sprintf("0 %d %d %d", u.contentsAt, gapEnd, len(u.b)-gapEnd)
	if len(numbers) > byteRangeRoom {
		return ErrTooLarge
	}
	copy(u.b[u.rangeAt:], numbers)
	suite, err := suiteNamed(s.paper.Algorithm())
	if err != nil {
		return err
	}
	digest := rangeDigest(suite, u.b, u.contentsAt, gapEnd)
	var word []byte
	if vouch != nil {
		if word, err = vouch(digest); err != nil {
			return fmt.Errorf("vouch: %w", err)
		}
	}
	cms, err := buildCMS(digest, word, leaf, s.root, s.paper)
	if err != nil {
		return err
	}
	if len(cms) > u.room {
		return ErrTooLarge
	}
	hex.Encode(u.b[u.contentsAt+1:], cms)
	return nil
}

// pdfDate writes a time as PDF does, with the zone it is in.
func pdfDate(t time.Time) string {
	s := t.Format("20060102150405-0700")
	return "(D:" + s[:17] + "'" + s[17:] + ")"
}

// textString writes a text as UTF-16BE with a byte order mark.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<feff")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04x", u)
	}
	b.WriteByte('>')
	return b.String()
}
