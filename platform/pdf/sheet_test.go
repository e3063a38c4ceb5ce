package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func photo(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 30, 40))
	for x := range 30 {
		for y := range 40 {
			m.Set(x, y, color.RGBA{uint8(8 * x), uint8(6 * y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A photograph stands in the file byte for byte, and in drawings.
func TestPutPicture_asItIs(t *testing.T) {
	raw := photo(t)
	p, err := NewPicture(raw)
	if err != nil {
		t.Fatal(err)
	}
	d := New(sampleMeta("证"))
	d.Sheet(148, 210)
	d.PutPicture(Box{20, 20, 35, 49}, p, "照片")
	d.PutText(Box{20, 80, 100, 10}, rareName, Style{})
	b := mustBytes(t, d)
	if !bytes.Contains(b, raw) || !bytes.Contains(b, []byte("/MediaBox [0 0 419.53 595.28]")) {
		t.Error("the photograph, or the size of the page, is not in the file")
	}
	drawing, err := d.Drawing()
	if err != nil {
		t.Fatal(err)
	}
	w, h := drawing.Size(0)
	found := false
	for _, o := range drawing.Pages[0] {
		if o.Picture != nil {
			found = bytes.Equal(o.Picture.JPEG, raw) && o.At[2] > 34*MM && o.At[2] < 36*MM && o.At[1] > 0 && o.At[1]+o.At[3] < h
		}
	}
	if !found || w < 419 || w > 420 {
		t.Errorf("drawing of %v × %v without the photograph", w, h)
	}
	var other bytes.Buffer
	if err := png.Encode(&other, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"none": nil, "half": raw[:20], "PNG": other.Bytes()} {
		if _, err := NewPicture(b); err == nil {
			t.Errorf("%s is taken for a JPEG", name)
		}
	}
}

// A note runs across every page, below what stands there.
func TestWatermark_everyPage(t *testing.T) {
	d := sampleNotice(40)
	const note = "仅供示例机关办理示例经营许可使用，有效期至2026年12月31日"
	d.Watermark(note)
	r := readBack(t, mustBytes(t, d))
	if len(r.pages) < 2 {
		t.Fatal("one page only")
	}
	for i, p := range r.pages {
		if !strings.Contains(strings.ReplaceAll(p, "\n", ""), note) {
			t.Errorf("page %d has no note", i+1)
		}
	}
	if first := r.at[0][0].text; !strings.HasPrefix(note, first) {
		t.Errorf("%q is below the note", first)
	}
}

func TestCode_modules(t *testing.T) {
	small, large := Code{Text: "https://tongban.example/verify/ABCDEFGHJKLM"}, Code{Text: "https://tongban.example/verify/ABCDEFGHJKLM#", Upper: strings.Repeat("A1.", 350)}
	if a, b := small.Modules(), large.Modules(); a < 29 || a > 41 || b < 93 || b > 109 {
		t.Errorf("%d and %d modules", a, b)
	}
	if n := (Code{Text: "x", Upper: strings.Repeat("A", 5000)}).Modules(); n != 0 {
		t.Errorf("5000 characters in %d modules", n)
	}
	if n := (Code{Text: "x", Upper: "a#"}).Modules(); n != 0 {
		t.Errorf("small letters in %d modules", n)
	}
}
