package sign

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Every byte of a signed file, three different changes each.
func TestVerifyPDF_everyByte(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	signed := signTest(t, s, []byte(small))
	v := NewVerifier(s.Roots())
	if _, err := v.PDF(signed); err != nil {
		t.Fatal(err)
	}
	codes := map[string]int{}
	for i := range signed {
		for _, flip := range []byte{0x20, 1 << (i % 8), byte(i)%255 + 1} {
			signed[i] ^= flip
			_, err := v.PDF(signed)
			if err == nil {
				t.Errorf("byte %d of %d changed by %#x: accepted", i, len(signed), flip)
			} else {
				codes[strings.Fields(err.Error())[0]]++
			}
			signed[i] ^= flip
		}
	}
	t.Log(codes)
	if _, err := v.PDF(signed); err != nil {
		t.Fatal(err)
	}
}

// A real certificate: a change in every kind of place, in text, fonts,
// structure, metadata, table, trailer and signature alike.
func TestVerifyPDF_certificateBytes(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	signed := signTest(t, s, paper(t))
	v := NewVerifier(s.Roots())
	for i := 0; i < len(signed); i += 23 {
		signed[i] ^= 1 << (i % 8)
		if _, err := v.PDF(signed); err == nil {
			t.Errorf("byte %d of %d: accepted", i, len(signed))
		}
		signed[i] ^= 1 << (i % 8)
	}
}

func TestVerifyPDF_everyTruncation(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	signed := signTest(t, s, []byte(small))
	v := NewVerifier(s.Roots())
	for n := range signed {
		_, err := v.PDF(signed[:n])
		if n > 8 && n > len(small)+1 {
			wantCode(t, err, ErrTruncated)
		} else if err == nil {
			t.Fatalf("the first %d bytes are accepted", n)
		}
	}
	_, err := v.PDF(signed[:len(small)])
	wantCode(t, err, ErrNotSigned)
	_, err = v.PDF(signed[:len(small)-20])
	wantCode(t, err, ErrTruncated)
	_, err = v.PDF(nil)
	wantCode(t, err, ErrNotPDF)
}

func TestVerifyPDF_twoSignatures(t *testing.T) {
	dir := t.TempDir()
	first, second := openTest(t, dir, "first", today), openTest(t, dir, "second", today)
	once := signTest(t, first, paper(t))
	twice, err := second.SignPDF(once, PDFSignature{Reason: "会签", Name: "第二签名人", At: today.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := VerifyPDF(twice, first.Roots())
	if err != nil || r.Signatures != 2 || r.Name != "第二签名人" || !r.Certificate.Equal(second.Certificate()) {
		t.Fatalf("%+v, %v", r, err)
	}
	twice[len(once)-100] ^= 1
	_, err = VerifyPDF(twice, first.Roots())
	wantCode(t, err, ErrTampered)
	if r, err := VerifyPDF(once, first.Roots()); err != nil || r.Signatures != 1 {
		t.Error("the file as it was after the first signature must stay valid", err)
	}
}

// Updates appended after the signature, from the harmless to the cunning.
func TestVerifyPDF_shadow(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	signed := signTest(t, s, []byte(small))
	from, to, _ := parts(t, signed)
	start := bytes.LastIndex(signed, []byte("xref\n0 1"))
	if start < 0 {
		start = bytes.LastIndex(signed, []byte("\nxref\n")) + 1
	}
	update := func(number int, body string) []byte {
		b := append([]byte(nil), signed...)
		at := len(b)
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", number, body)
		x := len(b)
		return fmt.Appendf(b, "xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 9 /Root 1 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", number, at, start, x)
	}
	signature := string(signed[from:to])
	old := fmt.Sprintf("<</Type /Sig /SubFilter /ETSI.CAdES.detached /M (D:20261201093000+08'00') /ByteRange [0 %d %d %d] /Contents %s>>",
		from, to, len(signed)-to, signature)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"one more byte":                {append(append([]byte(nil), signed...), '\n'), ErrAppended},
		"a comment":                    {append(append([]byte(nil), signed...), "% hello\n"...), ErrAppended},
		"another page":                 {update(3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 99 99]>>"), ErrAppended},
		"signature dropped":            {update(1, "<</Type /Catalog /Pages 2 0 R>>"), ErrTampered},
		"signature repeated":           {update(4, old), ErrAppended},
		"range stretched over the end": {update(4, strings.Replace(old, "] /Contents", "000] /Contents", 1)), ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := VerifyPDF(c.file, s.Roots())
			wantCode(t, err, c.want)
		})
	}
	// A gap that hides the update: the second range begins behind it.
	tail := len("%%EOF\n")
	wide := strings.Replace(old, fmt.Sprintf("[0 %d %d %d]", from, to, len(signed)-to), fmt.Sprintf("[0 %d 0000000000 %d]", from, tail), 1)
	hidden := update(4, wide)
	hidden = bytes.Replace(hidden, []byte("0000000000 6]"), fmt.Appendf(nil, "%010d 6]", len(hidden)-tail), 1)
	_, err := VerifyPDF(hidden, s.Roots())
	wantCode(t, err, ErrPartial)
}

func TestVerifyPDF_issuerAndTime(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	stranger := openTest(t, t.TempDir(), "node", today)
	signed := signTest(t, s, []byte(small))
	r, err := VerifyPDF(signed, stranger.Roots())
	wantCode(t, err, ErrUnknownIssuer)
	if r.Signer == "" || !r.WholeDocument {
		t.Errorf("the report hides what was read: %+v", r)
	}
	v := NewVerifier(s.Roots())
	for _, at := range []time.Time{today.AddDate(4, 0, 0), today.AddDate(-1, 0, 0)} {
		if _, err := v.PDF(signed); err != nil { // so that the chain is remembered
			t.Fatal(err)
		}
		b, err := s.SignPDF([]byte(small), PDFSignature{At: at})
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.PDF(b)
		wantCode(t, err, ErrCertificateTime)
	}
}

func TestVerifyPDF_notSigned(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	_, err := VerifyPDF(paper(t), s.Roots())
	wantCode(t, err, ErrNotSigned)
	_, err = VerifyPDF([]byte(strings.Repeat("x", 2000)), s.Roots())
	wantCode(t, err, ErrNotPDF)
}
