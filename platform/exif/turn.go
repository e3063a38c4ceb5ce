package exif

import "encoding/binary"

// segments gives the marker segments of a JPEG before its pixels, until f
// returns false.
func segments(b []byte, f func(marker byte, data []byte) bool) {
	for i := 2; i+4 <= len(b) && b[i] == 0xFF; {
		marker, size := b[i+1], int(binary.BigEndian.Uint16(b[i+2:]))
		if size < 2 || i+2+size > len(b) || marker == 0xDA || !f(marker, b[i+4:i+2+size]) {
			return
		}
		i += 2 + size
	}
}

// Turn is how a camera was held (Exif tag 0x0112) when it took a JPEG: 1 upright, 3
// on its head, 6 and 8 on a side, the other four mirrored; 1 when it does not say.
func Turn(b []byte) (turn int) {
	turn = 1
	segments(b, func(marker byte, data []byte) bool {
		if marker != 0xE1 || len(data) < 14 || string(data[:6]) != "Exif\x00\x00" {
			return true
		}
		data = data[6:]
		var order binary.ByteOrder = binary.BigEndian
		if string(data[:2]) == "II" {
			order = binary.LittleEndian
		}
		at := int(order.Uint32(data[4:]))
		if at < 8 || at+2 > len(data) {
			return false
		}
		n := int(order.Uint16(data[at:]))
		for i, p := 0, at+2; i < n && p+12 <= len(data); i, p = i+1, p+12 {
			if order.Uint16(data[p:]) == 0x0112 {
				if v := int(order.Uint16(data[p+8:])); v >= 1 && v <= 8 {
					turn = v
				}
			}
		}
		return false
	})
	return turn
}
