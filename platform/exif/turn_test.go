package exif

import "testing"

// head is a JPEG that says how it was held, in either order of bytes.
func head(order string, entry ...byte) []byte {
	tiff := append([]byte(order), entry...)
	data := append([]byte("Exif\x00\x00"), tiff...)
	return append([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 'J', 'F', 0xFF, 0xE1, 0, byte(len(data) + 2)}, append(data, 0xFF, 0xDA, 0, 2)...)
}

func TestTurn(t *testing.T) {
	intel := []byte{8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0}
	motorola := []byte{0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0}
	for name, c := range map[string]struct {
		file []byte
		want int
	}{
		"little end first": {head("II*\x00", intel...), 6},
		"big end first":    {head("MM\x00*", motorola...), 8},
		"cut off":          {head("II*\x00", intel[:8]...), 1},
		"impossible":       {head("II*\x00", append(append([]byte{}, intel[:14]...), 9, 0, 0, 0)...), 1},
		"nothing":          {nil, 1},
		"no picture":       {[]byte("%PDF-1.7"), 1},
	} {
		if got := Turn(c.file); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func FuzzTurn(f *testing.F) {
	f.Add(head("II*\x00", 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if turn := Turn(b); turn < 1 || turn > 8 {
			t.Error(turn)
		}
	})
}
