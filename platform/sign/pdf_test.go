package sign

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smallstep/pkcs7"

	"tongban/platform/pdf/syntax"
)

func TestSignPDF_roundTrip(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	signed := signTest(t, s, paper(t))
	r, err := VerifyPDF(signed, s.Roots())
	if err != nil {
		t.Fatal(err)
	}
	if r.Signer != "示例市签章（虚构）" || r.Organization != "示例市（虚构）" || r.Issuer != "Tongban Signing Authority" ||
		r.Reason != "签发" || r.Location != "示例市" || r.Name != r.Signer || !r.At.Equal(today) || !r.WholeDocument || r.Signatures != 1 {
		t.Errorf("report %+v", r)
	}
	if !bytes.HasPrefix(signed, paper(t)) {
		t.Error("signing changed bytes that were there before")
	}
	if again := signTest(t, s, paper(t)); !bytes.Equal(again, signed) {
		t.Error("the same file, key and time gave another signature")
	}
}

func TestSignPDF_pdfsig(t *testing.T) {
	pdfsig := tool(t, "pdfsig")
	s := openTest(t, t.TempDir(), "node", today)
	for name, field := range map[string]*Field{"invisible": nil, "on the stamp": {Page: 0, Rect: [4]float64{300, 100, 420, 220}}} {
		signed, err := s.SignPDF(paper(t), PDFSignature{Reason: "签发", At: today, Field: field})
		if err != nil {
			t.Fatal(err)
		}
		twice := signTest(t, s, signed)
		for n, b := range [][]byte{signed, twice} {
			path := filepath.Join(t.TempDir(), "signed.pdf")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			out, _ := exec.Command(pdfsig, path).CombinedOutput() // exit status 1: the root is not in its store
			text := string(out)
			if got := strings.Count(text, "Signature is Valid."); got != n+1 {
				t.Errorf("%s: pdfsig finds %d valid signatures of %d:\n%s", name, got, n+1, text)
			}
			for _, want := range []string{"ETSI.CAdES.detached", "Total document signed", "SHA-256"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: pdfsig does not say %q:\n%s", name, want, text)
				}
			}
		}
	}
}

// A library that had no part in writing the signature must agree with it.
func TestSignPDF_independentCMS(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	signed := signTest(t, s, []byte(small))
	from, to, der := parts(t, signed)
	p, err := pkcs7.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	p.Content = append(append([]byte(nil), signed[:from]...), signed[to:]...)
	if err := p.VerifyWithChainAtTime(s.Roots(), today); err != nil {
		t.Error(err)
	}
	p.Content[20] ^= 1
	if p.Verify() == nil {
		t.Error("the library does not see a changed byte, so it proves nothing")
	}
}

// parts finds the gap and the signature of a file with one signature.
func parts(t testing.TB, b []byte) (from, to int, der []byte) {
	t.Helper()
	f, err := syntax.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	all, err := findSignatures(f)
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	last := all[len(all)-1]
	der, err = coverage(b, last)
	if err != nil {
		t.Fatal(err)
	}
	return last.ranges[1], last.ranges[2], der
}

func TestSignPDF_refuses(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	o := PDFSignature{At: today}
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"nothing":       {"", ErrNotPDF},
		"not a PDF":     {strings.Repeat("hello ", 100), ErrNotPDF},
		"encrypted":     {strings.Replace(small, "/Root 1 0 R", "/Root 1 0 R /Encrypt 3 0 R", 1), ErrUnsupported},
		"xref stream":   {strings.Replace(small, "startxref\n180", "startxref\n9", 1), ErrUnsupported},
		"no page":       {strings.Replace(small, "/Kids [3 0 R]", "/Kids [     ]", 1), ErrNotPDF},
		"page loop":     {strings.Replace(small, "/Kids [3 0 R]", "/Kids [2 0 R]", 1), ErrNotPDF},
		"cut":           {small[:200], ErrNotPDF},
		"catalog gone":  {strings.Replace(small, "/Root 1 0 R", "/Root 9 0 R", 1), ErrNotPDF},
		"loop of xrefs": {strings.Replace(small, "/Root 1 0 R", "/Root 1 0 R /Prev 180", 1), ErrNotPDF},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.SignPDF([]byte(c.in), o)
			wantCode(t, err, c.want)
		})
	}
	if _, err := s.SignPDF([]byte(small), PDFSignature{}); err == nil {
		t.Error("signed without a time")
	}
	if _, err := s.SignPDF([]byte(small), PDFSignature{At: today, Field: &Field{Page: 1}}); err == nil {
		t.Error("signed on a page that does not exist")
	}
}
