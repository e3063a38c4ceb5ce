package sign

import (
	"errors"
	"os/exec"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/pdf"
)

var today = time.Date(2026, 12, 1, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))

func openTest(t testing.TB, dir, name string, at time.Time) *Signer {
	t.Helper()
	s, err := Open(Options{Dir: dir, Name: name, CommonName: "示例市签章（虚构）", Organization: "示例市（虚构）", Clock: clock.NewFake(at)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// paper is a certificate as the house issues them.
func paper(t testing.TB) []byte {
	t.Helper()
	d := pdf.New(pdf.Meta{Title: "示例证书", Author: "示例市（虚构）", Lang: "zh-Hans", Created: today})
	d.Sheet(210, 297)
	d.PutText(pdf.Box{X: 30, Y: 40, Wide: 150, High: 20}, "示例经营许可证", pdf.Style{Size: 34, Align: pdf.Center, Tag: "H1"})
	d.PutRows(pdf.Box{X: 30, Y: 80, Wide: 150, High: 60}, []pdf.Row{{Key: "持证主体", Value: "示例·𠮷䶮"}, {Key: "有效期", Value: "2026年12月1日至2031年11月30日"}}, pdf.Rows{Size: 12, Pad: 8})
	d.PutStamp(pdf.Box{X: 127, Y: 214, Wide: 42, High: 42}, "示例机关（虚构）")
	d.PutQR(pdf.Box{X: 30, Y: 219, Wide: 34, High: 34}, pdf.Code{Text: "https://tongban.example/v/1"})
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// small is the smallest file with a page, for tests that sign it very often.
const small = "%PDF-1.7\n" +
	"1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n" +
	"2 0 obj\n<</Type /Pages /Count 1 /Kids [3 0 R]>>\nendobj\n" +
	"3 0 obj\n<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>>\nendobj\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \n0000000111 00000 n \n" +
	"trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n180\n%%EOF\n"

func signTest(t testing.TB, s *Signer, b []byte) []byte {
	t.Helper()
	out, err := s.SignPDF(b, PDFSignature{Reason: "签发", Location: "示例市", At: today})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wantCode(t *testing.T, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Fatalf("%v is no fault", err)
	}
}

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED: %s is not installed (Debian: poppler-utils), so other people's reading of our files is not checked", name)
	}
	return path
}
