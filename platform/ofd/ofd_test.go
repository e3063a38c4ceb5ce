package ofd

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/pdf"
	"tongban/platform/sign"
	"tongban/platform/sign/shangmi"
)

var today = time.Date(2026, 12, 1, 1, 30, 0, 0, time.UTC)

const rareName = "示例·𠮷𪚥䶮"

// jpegOf is a small photograph.
func jpegOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 40)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func document(t testing.TB) (Document, *pdf.StampBox) {
	t.Helper()
	d := pdf.New(pdf.Meta{Title: "示例证书", Author: "示例市（虚构）", Lang: "zh-Hans", Created: today})
	d.Sheet(297, 210)
	d.PutFrame(pdf.Box{X: 12, Y: 12, Wide: 273, High: 186}, 2.4, pdf.Red, true)
	d.PutText(pdf.Box{X: 30, Y: 30, Wide: 150, High: 20}, "示例经营许可证", pdf.Style{Size: 34, Align: pdf.Center, Bold: true, Tag: "H1"})
	d.PutText(pdf.Box{X: 30, Y: 60, Wide: 150, High: 10}, "准予许可 <a&b>。", pdf.Style{})
	d.PutRows(pdf.Box{X: 30, Y: 80, Wide: 150, High: 60}, []pdf.Row{{Key: "持证主体", Value: rareName}, {Key: "有效期", Value: "2026年12月1日至2031年11月30日"}}, pdf.Rows{Size: 12, Pad: 8})
	photo, err := pdf.NewPicture(jpegOf(t))
	if err != nil {
		t.Fatal(err)
	}
	d.PutPicture(pdf.Box{X: 230, Y: 40, Wide: 35, High: 49}, photo, "照片")
	d.PutStamp(pdf.Box{X: 207, Y: 134, Wide: 42, High: 42}, "示例机关（虚构）")
	d.PutQR(pdf.Box{X: 30, Y: 150, Wide: 34, High: 34}, pdf.Code{Text: "https://tongban.example/v/1"})
	d.PageBreak() // an annex, of another size
	d.Paragraph("附页")
	drawing, err := d.Drawing()
	if err != nil {
		t.Fatal(err)
	}
	box, _ := d.StampBox()
	return Document{Drawing: drawing, Entries: []Entry{{"ZZMC", "示例经营许可证"}, {"CZZT", rareName}}, Attachments: []Attachment{{"paper.json", "JSON", []byte(`{"a":"<>"}`)}}}, &box
}

func signer(t testing.TB) (*sign.Signer, []*shangmi.Certificate) {
	t.Helper()
	s, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例签章（虚构）", Clock: clock.NewFake(today)})
	if err != nil {
		t.Fatal(err)
	}
	return s, sign.SealRoots(string(s.SealRootPEM()))
}

func sealed(t testing.TB, s *sign.Signer) []byte {
	t.Helper()
	d, box := document(t)
	leaf, _ := s.SealCertificates()
	b, err := Sign(d, Seal{ID: "44990100000001", Name: "示例机关（虚构）", Key: s.SM2(), Certificate: leaf, At: today, Box: box,
		Vouch: func(digest []byte) ([]byte, error) { return append([]byte("k:"), digest[:4]...), nil }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSign_roundTrip(t *testing.T) {
	s, roots := signer(t)
	b := sealed(t, s)
	if out := os.Getenv("TONGBAN_OFD_OUT"); out != "" { // for looking at it with other programs
		if err := os.WriteFile(out, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Verify(b, roots)
	if err != nil || !r.WholeDocument || r.Signer != "示例签章（虚构）" || r.Seal != "示例机关（虚构）" || !r.At.Equal(today) || string(r.Vouch) != "k:"+string(r.Digest[:4]) {
		t.Fatalf("%+v %v", r, err)
	}
	if !bytes.Equal(b, sealed(t, s)) {
		t.Error("the same document gives other bytes")
	}
	f, err := Open(b)
	if err != nil || f.Title != "示例证书" || f.Pages != 2 || f.Signatures != 1 || len(f.Entries) != 2 || f.Entries[1] != (Entry{"CZZT", rareName}) {
		t.Fatalf("%+v %v", f, err)
	}
	text, err := f.Text()
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(text, "\n", "")
	for _, want := range []string{rareName, "准予许可 <a&b>。", "2026年12月1日至2031年11月30日", "示例经营许可证"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text %q", want, text)
		}
	}
	if a, err := f.Attachment("paper.json"); err != nil || string(a) != `{"a":"<>"}` {
		t.Errorf("attachment %q %v", a, err)
	}
	other, others := signer(t)
	if _, err := Verify(b, others); !errors.Is(err, sign.ErrUnknownIssuer) {
		t.Errorf("by other roots: %v", err)
	}
	_ = other
}

func TestVerify_everyByteCounts(t *testing.T) {
	s, roots := signer(t)
	b := sealed(t, s)
	step := 1 + len(b)/3000 // the rest is fonts
	for i := 0; i < len(b); i++ {
		if i > 4000 && i < len(b)-12000 && i%step != 0 {
			continue
		}
		bad := bytes.Clone(b)
		bad[i] ^= 1 << (i % 8)
		if _, err := Verify(bad, roots); err == nil {
			t.Fatalf("byte %d of %d may be changed", i, len(b))
		} else if fault.Of(err).Kind != fault.KindInvalid {
			t.Fatalf("byte %d: %v is no refusal", i, err)
		}
	}
	for n := 0; n < len(b); n += 997 {
		if _, err := Verify(b[:n], roots); err == nil {
			t.Fatalf("the first %d bytes alone are accepted", n)
		}
	}
	if _, err := Verify(append(bytes.Clone(b), 'x'), roots); err == nil {
		t.Error("a byte more is accepted")
	}
}

// Files that people have are compared with how a package is written, and with
// the list of signatures: both have to stay as they are for ever.
func TestPack_staysAsItIs(t *testing.T) {
	b, err := pack([]part{{"OFD.xml", []byte("示例")}, {signaturesFile, []byte(signatures)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(shangmi.Sum(b)); got != "4a8a471801e4c8d42bab9e5496e7d9a1af1906774d7aac9c6aa31b61be91deb3" {
		t.Errorf("packages are written in another way: %s", got)
	}
}

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpen_hostile(t *testing.T) {
	many := []string{}
	for i := range maxEntries + 1 {
		many = append(many, fmt.Sprint(i), "")
	}
	const document = `<Document><Pages/></Document>`
	const entrance = `<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>`
	for what, c := range map[string]struct {
		file []byte
		want error
	}{
		"no package":         {[]byte("%PDF-1.7"), ErrNotOFD},
		"an empty package":   {zipped(t), ErrNotOFD},
		"bomb":               {zipped(t, "OFD.xml", strings.Repeat("0", 8<<20)), ErrHostile},
		"many entries":       {zipped(t, many...), ErrHostile},
		"path outside":       {zipped(t, "../OFD.xml", entrance), ErrHostile},
		"absolute path":      {zipped(t, "/OFD.xml", entrance), ErrHostile},
		"backslash":          {zipped(t, `Doc_0\x.xml`, entrance), ErrHostile},
		"a name twice":       {zipped(t, "OFD.xml", entrance, "ofd.XML", entrance), ErrHostile},
		"document type":      {zipped(t, "OFD.xml", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><OFD>&b;</OFD>`), ErrHostile},
		"entity":             {zipped(t, "OFD.xml", `<OFD>&b;</OFD>`), ErrNotOFD},
		"deep":               {zipped(t, "OFD.xml", strings.Repeat("<a>", 5000)), ErrHostile},
		"instruction":        {zipped(t, "OFD.xml", `<?php x?><OFD/>`), ErrHostile},
		"does not nest":      {zipped(t, "OFD.xml", `<OFD><a></b></OFD>`), ErrNotOFD},
		"package in package": {zipped(t, "a.ofd", string(zipped(t, "OFD.xml", entrance))), ErrNotOFD},
		"no document":        {zipped(t, "OFD.xml", entrance), ErrNotOFD},
	} {
		if _, err := Open(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	plain := zipped(t, "OFD.xml", entrance, "Doc_0/Document.xml", document)
	if _, err := Open(plain); err != nil {
		t.Errorf("a small document: %v", err)
	}
	if _, err := Verify(plain, nil); !errors.Is(err, sign.ErrNotSigned) {
		t.Errorf("not signed: %v", err)
	}
}

// FolderVariable names the folder with OFD files of other makers.
const FolderVariable = "TONGBAN_TEST_OFD"

func foreign(t testing.TB) []string {
	dir := os.Getenv(FolderVariable)
	if dir == "" {
		t.Skip("SKIPPED: " + FolderVariable + " is not set, so files of other makers are not read")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.ofd"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no OFD files in %s: %v", dir, err)
	}
	return files
}

func TestOpen_otherMakers(t *testing.T) {
	read, signed, verified := 0, 0, 0
	for _, name := range foreign(t) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(b)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(name), err)
			continue
		}
		read++
		if _, err := f.Text(); err != nil {
			t.Errorf("%s: text: %v", filepath.Base(name), err)
		}
		if f.Signatures == 0 {
			continue
		}
		signed++
		_, _, err = verify(f.parts)
		if err == nil {
			verified++
		}
		t.Logf("%s: %d pages, %d signatures: %v", filepath.Base(name), f.Pages, f.Signatures, err)
		if _, err := Verify(b, nil); err == nil {
			t.Errorf("%s: trusted without a root", filepath.Base(name))
		}
	}
	t.Logf("%d files read, %d of them signed, of which %d verify by the certificate that they carry", read, signed, verified)
	if read < len(foreign(t))-1 || verified == 0 {
		t.Errorf("only %d of %d files are read, %d of %d signatures verify", read, len(foreign(t)), verified, signed)
	}
}

func FuzzVerify(f *testing.F) {
	s, roots := signer(f)
	b := sealed(f, s)
	f.Add(zipped(f, "OFD.xml", `<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot><Signatures>s.xml</Signatures></DocBody></OFD>`, "Doc_0/Document.xml", `<Document><Pages><Page BaseLoc="p.xml"/></Pages></Document>`,
		"Doc_0/p.xml", `<Page><TextCode>x</TextCode></Page>`, "s.xml", `<Signatures><Signature BaseLoc="g.xml"/></Signatures>`, "g.xml", `<Signature><SignedValue>v</SignedValue></Signature>`, "v", "0"))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if _, err := Verify(in, roots); err == nil && !bytes.Equal(in, b) {
			t.Error("accepted something that was never signed")
		}
		if file, err := Open(in); err == nil {
			file.Text()
			file.Attachment("paper.json")
		}
	})
}
