package node

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"

	"tongban/platform/pdf"
)

// File makes a real file such as people upload, by the ending of its name:
// a PDF of one page, a photograph, a screenshot. A name that ends in
// "broken.pdf" gives something that only calls itself a PDF.
func File(name string) ([]byte, error) {
	switch {
	case strings.HasSuffix(name, "broken.pdf"):
		return []byte("PK\x03\x04 this is not what its name says"), nil
	case strings.HasSuffix(name, ".pdf"):
		d := pdf.New(pdf.Meta{Title: name, Lang: "zh-Hans", Created: Start})
		d.Title(strings.TrimSuffix(name, ".pdf"))
		d.Paragraph("本页为测试用虚构材料，不对应任何真实的人和单位。")
		return d.Bytes()
	case strings.HasSuffix(name, ".jpg"):
		var b bytes.Buffer
		err := jpeg.Encode(&b, picture(), nil)
		return b.Bytes(), err
	case strings.HasSuffix(name, ".png"):
		var b bytes.Buffer
		err := png.Encode(&b, picture())
		return b.Bytes(), err
	}
	return nil, fmt.Errorf("no sample file is called %q: names end in .pdf, .jpg or .png", name)
}

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x ^ y), 255})
		}
	}
	return m
}
