package files_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
)

var all = []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}

// aPDF is a whole document of one empty page; note makes its content differ.
func aPDF(note string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n% " + note + "\n")
	var at []int
	for i, body := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := b.Len()
	b.WriteString("xref\n0 4\n0000000000 65535 f \n")
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

func aPicture(kind files.Kind) []byte {
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	img.Set(3, 3, color.White)
	var b bytes.Buffer
	if kind == files.PNG {
		png.Encode(&b, img)
	} else {
		jpeg.Encode(&b, img, nil)
	}
	return b.Bytes()
}

func aZip(entries map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range entries {
		w, _ := z.Create(name)
		io.WriteString(w, body)
	}
	z.Close()
	return b.Bytes()
}

func anOFD() []byte {
	return aZip(map[string]string{"OFD.xml": `<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1"/>`, "Doc_0/Document.xml": "<x/>"})
}

func open(t *testing.T) (*files.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func put(t *testing.T, s *files.Store, b []byte) files.Ref {
	t.Helper()
	ref, err := s.Put(t.Context(), bytes.NewReader(b), 1<<20, all)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestPut_everyKind(t *testing.T) {
	s, dir := open(t)
	for kind, b := range map[files.Kind][]byte{files.PDF: aPDF(""), files.JPEG: aPicture(files.JPEG), files.PNG: aPicture(files.PNG), files.OFD: anOFD()} {
		ref := put(t, s, b)
		if ref.Kind != kind || ref.Size != int64(len(b)) {
			t.Errorf("%s: %+v", kind, ref)
		}
		if _, err := os.Stat(filepath.Join(dir, ref.Hash[:2], ref.Hash[2:4], ref.Hash)); err != nil {
			t.Error(err)
		}
		f, err := s.Open(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(f)
		f.Close()
		if !bytes.Equal(got, b) {
			t.Errorf("%s: other bytes came back", kind)
		}
		if again := put(t, s, b); again != ref {
			t.Errorf("%s: stored twice: %+v", kind, again)
		}
		if err := s.Verify(ref.Hash); err != nil {
			t.Error(err)
		}
	}
	left, _ := os.ReadDir(filepath.Join(dir, "incoming"))
	if len(left) != 0 {
		t.Errorf("%d files left in incoming", len(left))
	}
}

func TestPut_refuses(t *testing.T) {
	pdf, pic := aPDF(""), aPicture(files.PNG)
	cut := func(b []byte, n int) []byte { return b[:len(b)-n] }
	huge := bytes.Clone(pic)
	copy(huge[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 × 65536
	for name, c := range map[string]struct {
		in     []byte
		accept []files.Kind
		want   error
	}{
		"nothing":                {nil, all, files.ErrEmpty},
		"text":                   {[]byte("hello"), all, files.ErrWrongKind},
		"html":                   {[]byte("<html><script>1</script>"), all, files.ErrWrongKind},
		"program":                {[]byte("\x7fELF\x02\x01\x01"), all, files.ErrWrongKind},
		"pdf not accepted":       {pdf, []files.Kind{files.PNG}, files.ErrWrongKind},
		"pdf with a head before": {append([]byte("\n"), pdf...), all, files.ErrWrongKind},
		"pdf in name only":       {[]byte("%PDF-1.7 not really %%EOF"), all, files.ErrBroken},
		"pdf cut off":            {cut(pdf, 20), all, files.ErrBroken},
		"pdf, xref points wrong": {bytes.Replace(pdf, []byte("startxref\n"), []byte("startxref\n1"), 1), all, files.ErrBroken},
		"pdf, xref at the head":  {[]byte("%PDF-1.7\nstartxref\n0\n%%EOF"), all, files.ErrBroken},
		"png cut off":            {cut(pic, 12), all, files.ErrBroken},
		"png head only":          {pic[:8], all, files.ErrBroken},
		"jpeg head only":         {[]byte("\xff\xd8\xff\xe0"), all, files.ErrBroken},
		"zip without OFD.xml":    {aZip(map[string]string{"a.txt": "a"}), all, files.ErrBroken},
		"OFD of another root":    {aZip(map[string]string{"OFD.xml": "<html/>"}), all, files.ErrBroken},
		"OFD leads outside":      {aZip(map[string]string{"OFD.xml": "<OFD/>", "../../etc/x": ""}), all, files.ErrBroken},
		"OFD bomb":               {aZip(map[string]string{"OFD.xml": "<OFD/>", "big": strings.Repeat("0", 8<<20)}), all, files.ErrBomb},
		"too long":               {append(aPDF(""), make([]byte, 1<<20)...), all, files.ErrTooBig},
	} {
		s, dir := open(t)
		_, err := s.Put(t.Context(), bytes.NewReader(c.in), 1<<20, c.accept)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if left := count(t, dir); left != 0 {
			t.Errorf("%s: %d files left behind", name, left)
		}
	}
	s, _ := open(t)
	if _, err := s.Put(t.Context(), bytes.NewReader(huge), 1<<20, all); !fault.IsKind(err, fault.KindInvalid) {
		t.Errorf("picture of four gigapixels: %v", err)
	}
}

func count(t *testing.T, dir string) (n int) {
	t.Helper()
	filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	return n
}

func TestPut_wordsNameFileSizeAndLimit(t *testing.T) {
	s, _ := open(t)
	bundle := i18n.NewBundle()
	if err := bundle.Add(files.Strings); err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), bundle, i18n.Chinese)
	in := io.MultiReader(bytes.NewReader(aPDF("")), io.LimitReader(zeros{}, 34<<20))
	_, err := s.PutNamed(ctx, `C:\文件\房屋合同.pdf`, in, 20<<20, all)
	if got, want := web.Words(ctx, fault.Of(err)), "「房屋合同.pdf」有 34.1 MB\uff0c上限 20 MB。可以改拍照片\uff0c或分成几份再传"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	_, err = s.PutNamed(ctx, "a.exe", strings.NewReader("MZ"), 20<<20, []files.Kind{files.PDF, files.JPEG})
	if got := web.Words(ctx, fault.Of(err)); !strings.Contains(got, "「a.exe」") || !strings.Contains(got, "PDF、JPEG") {
		t.Error(got)
	}
	zh, en := bundle.Words(i18n.Chinese), bundle.Words(i18n.English)
	for k := range zh {
		if en[k] == "" {
			t.Errorf("no English for %s", k)
		}
	}
	if len(zh) != len(en) {
		t.Errorf("%d Chinese texts, %d English", len(zh), len(en))
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestPut_senderStops(t *testing.T) {
	s, dir := open(t)
	half := aPDF("")[:100]
	_, err := s.Put(t.Context(), io.MultiReader(bytes.NewReader(half), iotest.ErrReader(io.ErrUnexpectedEOF)), 1<<20, all)
	if fault.Of(err).Code != "files.upload_cancelled" {
		t.Errorf("connection lost: %v", err)
	}
	body := http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(bytes.NewReader(make([]byte, 1<<20))), 1000)
	if _, err = s.Put(t.Context(), body, 1<<20, all); !errors.Is(err, files.ErrTooBig) {
		t.Errorf("body limit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = s.Put(ctx, bytes.NewReader(aPDF("")), 1<<20, all); err == nil {
		t.Error("a cancelled upload was stored")
	}
	if n := count(t, dir); n != 0 {
		t.Errorf("%d files left behind", n)
	}
}

func TestVerify_oneFlippedBit(t *testing.T) {
	s, dir := open(t)
	b := aPDF("flip")
	ref := put(t, s, b)
	path := filepath.Join(dir, ref.Hash[:2], ref.Hash[2:4], ref.Hash)
	bad := bytes.Clone(b)
	bad[12] ^= 1
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	err := s.Verify(ref.Hash)
	if !errors.Is(err, files.ErrAltered) || fault.Of(err).Details["hash"] != ref.Hash {
		t.Fatalf("got %v", err)
	}
	w := httptest.NewRecorder()
	if err := s.Serve(w, httptest.NewRequest("GET", "/", nil), ref, "x.pdf"); !errors.Is(err, files.ErrAltered) || w.Body.Len() != 0 {
		t.Errorf("served %d bytes, %v", w.Body.Len(), err)
	}
	if again := put(t, s, b); s.Verify(again.Hash) != nil {
		t.Error("putting the right bytes again does not mend the file")
	}
}

func TestOpen_neverLeavesTheStore(t *testing.T) {
	s, _ := open(t)
	ref := put(t, s, aPDF(""))
	for _, h := range []string{"", "..", "../../../etc/passwd", strings.Repeat("a", 63), strings.ToUpper(ref.Hash), ref.Hash + "/", strings.Repeat("/", 64), strings.Repeat("0", 64)} {
		if _, err := s.Open(h); !errors.Is(err, files.ErrMissing) {
			t.Errorf("%q: %v", h, err)
		}
	}
}

func TestServe_headers(t *testing.T) {
	s, _ := open(t)
	ref := put(t, s, aPDF(""))
	w := httptest.NewRecorder()
	if err := s.Serve(w, httptest.NewRequest("GET", "/", nil), ref, "../𠮷的\"合同\"\r\nX-Bad: 1.exe"); err != nil {
		t.Fatal(err)
	}
	h := w.Header()
	for k, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"} {
		if h.Get(k) != want {
			t.Errorf("%s: %q", k, h.Get(k))
		}
	}
	if d := h.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; ") || strings.ContainsAny(d, "\r\n") || !strings.HasSuffix(d, ".exe.pdf") || !strings.Contains(d, "%F0%A0%AE%B7") {
		t.Errorf("disposition %q", d)
	}
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("policy %q", h.Get("Content-Security-Policy"))
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Range", "bytes=0-4")
	w = httptest.NewRecorder()
	if err := s.Serve(w, r, ref, "x"); err != nil || w.Code != http.StatusPartialContent || w.Body.String() != "%PDF-" {
		t.Errorf("range: %d %q %v", w.Code, w.Body, err)
	}
	pic := put(t, s, aPicture(files.PNG))
	w = httptest.NewRecorder()
	if err := s.Preview(w, httptest.NewRequest("GET", "/", nil), pic, "a.png"); err != nil || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "inline") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("preview: %v %v", w.Header(), err)
	}
	ofd := put(t, s, anOFD())
	w = httptest.NewRecorder()
	if err := s.Preview(w, httptest.NewRequest("GET", "/", nil), ofd, "a.ofd"); err != nil || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("OFD is shown: %v %v", w.Header(), err)
	}
}

func TestSweep_orphansOnly(t *testing.T) {
	s, dir := open(t)
	kept, orphan, young := put(t, s, aPDF("kept")), put(t, s, aPDF("orphan")), put(t, s, aPDF("young"))
	old := clock.System.Now().Add(-48 * time.Hour)
	for _, r := range []files.Ref{kept, orphan} {
		os.Chtimes(filepath.Join(dir, r.Hash[:2], r.Hash[2:4], r.Hash), old, old)
	}
	left := filepath.Join(dir, "incoming", "put-123")
	os.WriteFile(left, []byte("half"), 0o600)
	os.Chtimes(left, old, old)
	used := func(_ context.Context, hash string) (bool, error) { return hash == kept.Hash, nil }
	done, err := s.Sweep(t.Context(), clock.System.Now().Add(-24*time.Hour), used)
	if err != nil || done.Files != 1 || done.Bytes != orphan.Size {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, err := s.Open(orphan.Hash); !errors.Is(err, files.ErrMissing) {
		t.Errorf("orphan: %v", err)
	}
	if s.Verify(kept.Hash) != nil || s.Verify(young.Hash) != nil || count(t, dir) != 2 {
		t.Errorf("%d files are left", count(t, dir))
	}
	seen := 0
	if err := s.Each(t.Context(), func(string, int64) error { seen++; return nil }); err != nil || seen != 2 {
		t.Errorf("each saw %d, %v", seen, err)
	}
	failing := func(context.Context, string) (bool, error) { return false, errors.New("database away") }
	if _, err := s.Sweep(t.Context(), clock.System.Now().Add(time.Hour), failing); err == nil || count(t, dir) != 2 {
		t.Errorf("a sweep that cannot ask removed something (%v)", err)
	}
}

// An old orphan that is uploaded again just before the sweep reaches it stays.
func TestSweep_sparesWhatIsPutAgain(t *testing.T) {
	s, dir := open(t)
	ref := put(t, s, aPDF("again"))
	old := clock.System.Now().Add(-48 * time.Hour)
	os.Chtimes(filepath.Join(dir, ref.Hash[:2], ref.Hash[2:4], ref.Hash), old, old)
	_, err := s.Sweep(t.Context(), clock.System.Now().Add(-24*time.Hour), func(context.Context, string) (bool, error) {
		put(t, s, aPDF("again"))
		return false, nil
	})
	if err != nil || s.Verify(ref.Hash) != nil {
		t.Errorf("%v, %v", err, s.Verify(ref.Hash))
	}
}

func TestPut_sameBytesInParallel(t *testing.T) {
	s, dir := open(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := s.Put(context.Background(), bytes.NewReader(aPDF("parallel")), 1<<20, all); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := count(t, dir); n != 1 {
		t.Errorf("%d files", n)
	}
}

func TestBytes_String(t *testing.T) {
	for n, want := range map[files.Bytes]string{1: "0.1 KB", 1024: "1 KB", 1536: "1.5 KB", 20 << 20: "20 MB", 20<<20 + 1: "20.1 MB", 34 << 20: "34 MB"} {
		if n.String() != want {
			t.Errorf("%d: %s, want %s", int64(n), n, want)
		}
	}
}

// What is read is checked like what is served, and bounded.
func TestRead_checked(t *testing.T) {
	dir := t.TempDir()
	s, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := s.Put(t.Context(), strings.NewReader("some words"), 100, []files.Kind{files.Data})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := s.Read(ref.Hash, 10); err != nil || string(b) != "some words" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := s.Read(ref.Hash, 9); !errors.Is(err, files.ErrTooBig) {
		t.Error(err)
	}
	if _, err := s.Read(strings.Repeat("0", 64), 10); !errors.Is(err, files.ErrMissing) {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ref.Hash[:2], ref.Hash[2:4], ref.Hash), []byte("other word"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(ref.Hash, 10); !errors.Is(err, files.ErrAltered) {
		t.Error(err)
	}
}
