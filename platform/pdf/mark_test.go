package pdf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tongban/platform/clock"
	"tongban/platform/pdf/foreign"
	"tongban/platform/pdf/foreign/foreigntest"
)

const note = "可信等级B：此件经示例市𠮷区行政审批局于2026年12月1日与原件核对无误，仅供办理政务服务事项时使用"

// onPages is what poppler reads on every page, in the order of drawing, without
// white space.
func onPages(t *testing.T, file []byte) []string {
	t.Helper()
	out := strings.Split(poppler(t, "pdftotext", file, "-raw", "-enc", "UTF-8", "IN", "-"), "\f")
	for i, s := range out {
		out[i] = strings.Join(strings.Fields(s), "")
	}
	return out[:len(out)-1]
}

// grey is a page, from 1, as poppler draws it, so many points its longer side.
func grey(t *testing.T, file []byte, page, side string) *image.Gray {
	t.Helper()
	out := filepath.Join(t.TempDir(), "page")
	poppler(t, "pdftoppm", file, "-f", page, "-l", page, "-scale-to", side, "-png", "-singlefile", "IN", out)
	b, err := os.ReadFile(out + ".png")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	flat := image.NewGray(img.Bounds())
	draw.Draw(flat, flat.Rect, img, image.Point{}, draw.Src)
	return flat
}

func TestMark_everyPage(t *testing.T) {
	for name, b := range map[string][]byte{"table": foreigntest.Table(foreigntest.Pages()), "streams": foreigntest.Streams(foreigntest.Pages()), "ours": mustBytes(t, sampleNotice(12))} {
		out, err := Mark(b, note)
		if err != nil || !bytes.HasPrefix(out, b) {
			t.Fatalf("%s does not stand whole at the beginning: %v", name, err)
		}
		if again, err := Mark(b, note); err != nil || !bytes.Equal(again, out) {
			t.Errorf("%s is marked differently the second time: %v", name, err)
		}
		before, after := onPages(t, b), onPages(t, out)
		if len(before) != len(after) || len(after) < 2 {
			t.Fatalf("%s: %d pages, then %d", name, len(before), len(after))
		}
		for i := range after {
			if strings.Count(after[i], note) != 1 || !strings.Contains(after[i], before[i]) {
				t.Errorf("%s, page %d: %q", name, i+1, after[i])
			}
			if name != "ours" && !strings.Contains(after[i], strings.ReplaceAll(foreigntest.Texts[i], " ", "")) {
				t.Errorf("%s, page %d has lost its own words: %q", name, i+1, after[i])
			}
		}
	}
}

// The mark is seen from the lower left to the upper right of the page as it is
// shown, however it is turned and whatever its contents do. This note has most of
// its ink where it begins.
func TestMark_isSeen(t *testing.T) {
	out, err := Mark(foreigntest.Table(foreigntest.Pages()), strings.Repeat("国", 9)+strings.Repeat("一", 9))
	if err != nil {
		t.Fatal(err)
	}
	for page := range foreigntest.Texts {
		img := grey(t, out, strconv.Itoa(page+1), "200")
		begins, ends, far := 0, 0, 0
		w, h := img.Rect.Dx(), img.Rect.Dy()
		for y := range h {
			for x := range w {
				if img.GrayAt(x, y).Y > 235 {
					continue
				}
				switch up := float64(x)/float64(w) - (1 - float64(y)/float64(h)); {
				case up > -0.15 && up < 0.15 && x < w/2:
					begins++
				case up > -0.15 && up < 0.15:
					ends++
				case (x < w/3 && y < h/3) || (x > w*2/3 && y > h*2/3):
					far++
				}
			}
		}
		if begins < 120 || begins < ends*3/2 || far > begins {
			t.Errorf("%s: %d points where the note begins, %d where it ends, %d in the other corners", foreigntest.Texts[page], begins, ends, far)
		}
	}
}

func TestMark_refuses(t *testing.T) {
	b := foreigntest.Table(foreigntest.Pages())
	if _, err := Mark(foreigntest.Table(foreigntest.Pages(), "/Encrypt 3 0 R"), note); !errors.Is(err, foreign.ErrLocked) {
		t.Error(err)
	}
	if _, err := Mark(b[:len(b)-200], note); !errors.Is(err, foreign.ErrBroken) {
		t.Error(err)
	}
	var missing *MissingError
	if _, err := Mark(b, "\u0E01"); !errors.As(err, &missing) {
		t.Error(err)
	}
}

// PDF files of one's own can be tried: every one is marked, or refused for a
// reason, and what is marked poppler still reads.
func TestMark_filesOfStrangers(t *testing.T) {
	const variable = "TONGBAN_TEST_PDF"
	folder := os.Getenv(variable)
	if folder == "" {
		t.Skipf("SKIPPED: %s names no folder with PDF files of others", variable)
	}
	marked, refused := 0, 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".pdf" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		out, err := Mark(b, note)
		if err != nil {
			t.Log(path, err)
			refused++
			return nil
		}
		for i, s := range onPages(t, out) {
			if !strings.Contains(s, note) {
				t.Errorf("%s, page %d is not marked", path, i+1)
			}
		}
		marked++
		return nil
	})
	if err != nil || marked == 0 {
		t.Errorf("none of %s was marked: %v", folder, err)
	}
	t.Logf("%d marked, %d refused", marked, refused)
}

// corner is white but for its dark upper left quarter.
func corner(set func(x, y int, c color.Color)) {
	for y := range 60 {
		for x := range 80 {
			c := color.Gray{255}
			if x < 40 && y < 30 {
				c = color.Gray{20}
			}
			set(x, y, c)
		}
	}
}

// scans are the same picture in every way that files keep one.
func scans(t testing.TB) map[string][]byte {
	out := map[string][]byte{}
	box := image.Rect(0, 0, 80, 60)
	put := func(name string, img image.Image, err error, b *bytes.Buffer) {
		if err != nil {
			t.Fatal(name, err)
		}
		out[name] = b.Bytes()
	}
	for name, img := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"grey": image.NewGray(box), "grey of 16 bits": image.NewGray16(box), "colour of 16 bits": image.NewRGBA64(box),
		"palette": image.NewPaletted(box, palette.WebSafe), "two colours": image.NewPaletted(box, color.Palette{color.White, color.Gray{20}}),
		"colour": image.NewRGBA(box), "clear": image.NewNRGBA(box), "clear of 16 bits": image.NewNRGBA64(box),
	} {
		corner(func(x, y int, c color.Color) {
			if v := c.(color.Gray); strings.HasPrefix(name, "clear") && v.Y == 255 {
				c = color.Transparent // white is what lies behind
			}
			img.Set(x, y, c)
		})
		var b bytes.Buffer
		put(name+".png", img, png.Encode(&b, img), &b)
	}
	rgba := image.NewRGBA(box)
	corner(rgba.Set)
	var b, g bytes.Buffer
	put("colour.jpg", rgba, jpeg.Encode(&b, rgba, nil), &b)
	gray := image.NewGray(box)
	corner(gray.Set)
	put("grey.jpg", gray, jpeg.Encode(&g, gray, nil), &g)
	return out
}

func TestMarkScan_kinds(t *testing.T) {
	for name, b := range scans(t) {
		out, err := MarkScan(b, Meta{Title: name, Created: clock.System.Now()}, note)
		if err != nil {
			t.Fatal(name, err)
		}
		if pages := onPages(t, out); len(pages) != 1 || !strings.Contains(pages[0], note) {
			t.Errorf("%s: %q", name, pages)
		}
		img := grey(t, out, "1", "160")
		if at := img.GrayAt(20, 15).Y; img.Rect.Dx() != 160 || img.Rect.Dy()/2 != 60 || at > 40 {
			t.Errorf("%s: %v, %d in the dark quarter", name, img.Rect, at)
		}
		if at := img.GrayAt(150, 110).Y; at < 250 {
			t.Errorf("%s: %d where it is white", name, at)
		}
	}
}

// turned puts into a JPEG how the camera was held.
func turned(b []byte, turn byte) []byte {
	exif := append([]byte("\xFF\xE1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00"), turn, 0, 0, 0, 0, 0, 0, 0)
	return append(append([]byte("\xFF\xD8"), exif...), b[2:]...)
}

// Where the first row and the first column of the pixels lie: Exif 2.3, 4.6.4.
func TestMarkScan_turned(t *testing.T) {
	b := scans(t)["colour.jpg"]
	for turn, dark := range map[byte]string{1: "left above", 2: "right above", 3: "right below", 4: "left below", 5: "left above", 6: "right above", 7: "right below", 8: "left below"} {
		out, err := MarkScan(turned(b, turn), Meta{Title: "photograph", Created: clock.System.Now()}, note)
		if err != nil {
			t.Fatal(turn, err)
		}
		img := grey(t, out, "1", "80")
		if upright := img.Rect.Dy() > img.Rect.Dx(); upright != (turn > 4) {
			t.Errorf("%d is %v", turn, img.Rect)
		}
		for name, at := range map[string]image.Point{"left above": {5, 5}, "right above": {img.Rect.Dx() - 5, 5}, "left below": {5, img.Rect.Dy() - 5}, "right below": {img.Rect.Dx() - 5, img.Rect.Dy() - 5}} {
			if is := img.GrayAt(at.X, at.Y).Y < 130; is != (name == dark) {
				t.Errorf("%d: %s is dark: %v", turn, name, is)
			}
		}
	}
}

// A picture of one point is the same interlaced or not, but for one byte.
func TestMarkScan_interlaced(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	file[8+8+12] = 1
	binary.BigEndian.PutUint32(file[8+8+13:], crc32.ChecksumIEEE(file[8+4:8+8+13]))
	out, err := MarkScan(file, Meta{Title: "point", Created: clock.System.Now()}, note)
	if err != nil {
		t.Fatal(err)
	}
	if img := grey(t, out, "1", "50"); img.GrayAt(5, 5).Y > 20 {
		t.Errorf("%d", img.GrayAt(5, 5).Y)
	}
}

func TestMarkScan_refuses(t *testing.T) {
	good := scans(t)["clear.png"]
	for name, b := range map[string][]byte{"nothing": nil, "PDF": []byte("%PDF-1.7"), "cut off": good[:len(good)/2], "only its head": good[:40]} {
		if _, err := MarkScan(b, Meta{Title: name, Created: clock.System.Now()}, note); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzMarkScan(f *testing.F) {
	for _, b := range scans(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > 1<<20 {
			return // slow, not interesting
		}
		if _, err := MarkScan(b, Meta{Title: "picture", Created: clock.System.Now()}, note); err != nil && !errors.Is(err, ErrPicture) && !errors.Is(err, foreign.ErrBroken) {
			t.Error(err)
		}
	})
}
