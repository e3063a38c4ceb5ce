package portraits

import (
	"encoding/binary"
	"image"
)

// bare tells whether a JPEG holds nothing besides its pixels and what is needed
// to draw them: no place, no time, no device, no words, no smaller picture, and
// nothing behind its end. What it cannot follow to the end is not bare.
func bare(b []byte) bool {
	i := 2
	for i+4 <= len(b) && b[i] == 0xFF {
		marker, size := b[i+1], int(binary.BigEndian.Uint16(b[i+2:]))
		if size < 2 || i+2+size > len(b) || !draws(marker, size) {
			return false
		}
		if i += 2 + size; marker == 0xDA { // pixels, up to the next marker
			for i+2 <= len(b) && (b[i] != 0xFF || b[i+1] == 0 || b[i+1] >= 0xD0 && b[i+1] <= 0xD7) {
				i++
			}
		}
	}
	return i+2 == len(b) && b[i] == 0xFF && b[i+1] == 0xD9
}

// draws tells whether a segment is needed to draw: tables, frames, scans, restarts,
// and the head of JFIF without a smaller picture (16 bytes).
func draws(marker byte, size int) bool {
	return marker >= 0xC0 && marker <= 0xCF || marker >= 0xDA && marker <= 0xDD || marker == 0xE0 && size == 16
}

// turned puts a picture upright that was taken with the camera turned.
func turned(from *image.RGBA, turn int) *image.RGBA {
	w, h := from.Rect.Dx(), from.Rect.Dy()
	wide, high := w, h
	if turn > 4 {
		wide, high = h, w
	}
	if turn <= 1 {
		return from
	}
	to := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
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
				u, v = y, h-1-x
			case 7:
				u, v = w-1-y, h-1-x
			case 8:
				u, v = w-1-y, x
			}
			to.SetRGBA(x, y, from.RGBAAt(u, v))
		}
	}
	return to
}
