package portraits

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"tongban/platform/files"
)

// half is a picture whose upper half is dark.
func half(wide, high int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			shade := uint8(230)
			if y < high/2 {
				shade = 20
			}
			img.SetRGBA(x, y, color.RGBA{shade, shade, shade, 255})
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// taken puts what a telephone writes into a JPEG: how it was held, and a place.
func taken(b []byte, turn uint16) []byte {
	tiff := append([]byte("II*\x00"), 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0)
	tiff = binary.LittleEndian.AppendUint16(tiff, turn)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	data := append(append([]byte("Exif\x00\x00"), tiff...), "GPS 23.1291 113.2644"...)
	head := binary.BigEndian.AppendUint16([]byte{0xFF, 0xD8, 0xFF, 0xE1}, uint16(len(data)+2))
	return append(append(head, data...), b[2:]...)
}

func shadeAt(t *testing.T, b []byte, x, y float64) uint32 {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r := img.Bounds()
	v, _, _, _ := img.At(int(x*float64(r.Dx()-1)), int(y*float64(r.Dy()-1))).RGBA()
	return v >> 8
}

func TestFit_leavesPixelsOnly(t *testing.T) {
	photo := taken(asJPEG(t, half(1200, 1600)), 1)
	fit, err := Fit(photo)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(fit, []byte("GPS")) || bytes.Contains(fit, []byte("Exif")) || !bare(fit) {
		t.Error("what the telephone wrote is still there")
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(fit))
	if err != nil || c.Width > maxWide || c.Height > maxHigh || c.Width < MinWide || c.Height < MinHigh {
		t.Errorf("%d by %d: %v", c.Width, c.Height, err)
	}
	again, err := Fit(fit)
	if err != nil || !bytes.Equal(again, fit) {
		t.Errorf("what is fit was changed: %v", err)
	}
	if other, _ := Fit(photo); !bytes.Equal(other, fit) {
		t.Error("the same picture gives other bytes")
	}
	small := taken(asJPEG(t, half(300, 420)), 1)
	if fit, err = Fit(small); err != nil || bytes.Contains(fit, []byte("GPS")) {
		t.Errorf("a small one keeps its place: %v", err)
	}
}

// However the camera was held, the dark half is above.
func TestFit_upright(t *testing.T) {
	upright := half(600, 800)
	for turn := uint16(1); turn <= 8; turn++ {
		held := image.NewRGBA(image.Rect(0, 0, 600, 800))
		if turn > 4 {
			held = image.NewRGBA(image.Rect(0, 0, 800, 600))
		}
		w, h := held.Rect.Dx(), held.Rect.Dy()
		for y := range h {
			for x := range w {
				// Where Exif 2.3, 4.6.4 (Orientation) says that row 0 and column 0 lie.
				u, v := x, y
				switch turn {
				case 2:
					u = w - 1 - x
				case 3:
					u, v = w-1-x, h-1-y
				case 4:
					v = h - 1 - y
				case 5:
					u, v = y, x
				case 6:
					u, v = h-1-y, x
				case 7:
					u, v = h-1-y, w-1-x
				case 8:
					u, v = y, w-1-x
				}
				held.Set(x, y, upright.At(u, v))
			}
		}
		fit, err := Fit(taken(asJPEG(t, held), turn))
		if err != nil {
			t.Fatalf("%d: %v", turn, err)
		}
		if above, below := shadeAt(t, fit, 0.5, 0.1), shadeAt(t, fit, 0.5, 0.9); above > 60 || below < 190 {
			t.Errorf("%d: %d above, %d below", turn, above, below)
		}
	}
}

func TestFit_png(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 413, 531))); err != nil { // clear all over
		t.Fatal(err)
	}
	fit, err := Fit(b.Bytes())
	if err != nil || shadeAt(t, fit, 0.5, 0.5) < 250 {
		t.Errorf("behind a clear picture is no white: %v", err)
	}
}

func TestFit_refuses(t *testing.T) {
	for what, c := range map[string]struct {
		file []byte
		want error
	}{
		"small":    {asJPEG(t, half(200, 280)), ErrSmall},
		"lying":    {asJPEG(t, half(800, 600)), ErrShape},
		"square":   {asJPEG(t, half(600, 600)), ErrShape},
		"a strip":  {asJPEG(t, half(300, 900)), ErrShape},
		"held":     {taken(asJPEG(t, half(600, 800)), 6), ErrShape},
		"no image": {[]byte("%PDF-1.7"), ErrUnreadable},
		"cut off":  {asJPEG(t, half(1200, 1600))[:4000], ErrUnreadable},
		"empty":    {nil, ErrUnreadable},
	} {
		if _, err := Fit(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	huge := asJPEG(t, half(300, 420))
	at := bytes.Index(huge, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(huge[at+5:], 60000)
	binary.BigEndian.PutUint16(huge[at+7:], 45000)
	if _, err := Fit(huge); !errors.Is(err, ErrLarge) {
		t.Errorf("a picture that says it is huge: %v", err)
	}
}

// What is hidden elsewhere in a small picture goes as well.
func TestFit_hidden(t *testing.T) {
	small := asJPEG(t, half(300, 420))
	words := []byte("GPS 23.1291 113.2644")
	segment := append([]byte{0xFF, 0xFE, 0, byte(len(words) + 2)}, words...)
	scan := bytes.Index(small, []byte{0xFF, 0xDA})
	end := len(small) - 2
	at := func(i int, what []byte) []byte {
		return append(append(append([]byte{}, small[:i]...), what...), small[i:]...)
	}
	for what, b := range map[string][]byte{
		"behind the end":       append(bytes.Clone(small), words...),
		"behind the pixels":    at(end, segment),
		"behind a filled byte": at(scan, append([]byte{0xFF}, segment...)),
		"in a smaller picture": at(2, append([]byte{0xFF, 0xE0, 0, byte(len(words) + 2)}, words...)),
	} {
		if fit, err := Fit(b); err != nil || bytes.Contains(fit, words) {
			t.Errorf("%s it stays: %v", what, err)
		}
	}
	if fit, err := Fit(small); err != nil || !bytes.Equal(fit, small) {
		t.Errorf("what is fit was changed: %v", err)
	}
}

func TestDesk_Fit(t *testing.T) {
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) files.Ref {
		ref, err := store.Put(t.Context(), bytes.NewReader(b), maxFile, []files.Kind{files.JPEG})
		if err != nil {
			t.Fatal(err)
		}
		return ref
	}
	photo := put(taken(asJPEG(t, half(1200, 1600)), 1))
	fit, err := Desk{store}.Fit(t.Context(), photo.Hash)
	if err != nil || fit.Hash == photo.Hash || fit.Size == 0 || fit.Kind != files.JPEG {
		t.Fatalf("%+v %v", fit, err)
	}
	if again, err := (Desk{store}).Fit(t.Context(), fit.Hash); err != nil || again != fit {
		t.Errorf("%+v %v", again, err)
	}
}

func FuzzFit(f *testing.F) {
	f.Add(taken(asJPEG(f, half(300, 420)), 6))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		bare(b)
		if fit, err := Fit(b); err == nil && !bare(fit) {
			t.Error("what is kept says more than its pixels")
		}
	})
}
