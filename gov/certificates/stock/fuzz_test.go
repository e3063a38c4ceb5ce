package stock

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// Archives of scans come from anybody who imports: they are read or refused, and
// no scan is longer than a scan may be.
func FuzzArchive(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"扫描/一.png", "../outside", `a\b.pdf`} {
		e, err := w.Create(name)
		if err == nil {
			_, err = e.Write(bytes.Repeat([]byte("x"), 300))
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), "一.png")
	f.Add([]byte("PK\x05\x06"), "..")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		a, err := openArchive(bytes.NewReader(b), int64(len(b)), io.NopCloser(nil))
		if err != nil {
			return
		}
		for _, n := range []string{name, "一.png", "outside"} {
			r, err := a.open(n)
			if err != nil {
				continue
			}
			if got, _ := io.Copy(io.Discard, r); got > maxAnnex+1 {
				t.Errorf("%q unpacks to %d bytes", n, got)
			}
			r.Close()
		}
	})
}
