package sign

import (
	"bytes"
	"testing"

	"tongban/platform/clock"
)

// Whatever a stranger uploads: a verdict, never a panic, and never "valid"
// for anything but the file that was signed.
func FuzzVerifyPDF(f *testing.F) {
	s, err := Open(Options{Dir: f.TempDir(), Name: "node", Clock: clock.NewFake(today)})
	if err != nil {
		f.Fatal(err)
	}
	signed := signTest(f, s, []byte(small))
	f.Add([]byte(small))
	f.Add(signed)
	f.Add(signTest(f, s, signed))
	f.Add([]byte("%PDF-1.7\nstartxref\n0\n%%EOF"))
	roots := s.Roots()
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := VerifyPDF(b, roots); err == nil && !bytes.HasPrefix(b, []byte(small)) {
			t.Errorf("accepted %d bytes that nobody signed", len(b))
		}
		_, _ = s.SignPDF(b, PDFSignature{At: today})
	})
}

// The parser of signatures takes nothing that it would not write the same way.
func FuzzParseCMS(f *testing.F) {
	s, err := Open(Options{Dir: f.TempDir(), Name: "node", Clock: clock.NewFake(today)})
	if err != nil {
		f.Fatal(err)
	}
	_, _, der := parts(f, signTest(f, s, []byte(small)))
	f.Add(der)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parseCMS(b)
		if err == nil && p.certHash == nil {
			t.Error("parsed without the hash of the certificate")
		}
	})
}
