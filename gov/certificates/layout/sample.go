package layout

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"time"

	"tongban/platform/i18n"
	"tongban/platform/pdf"
)

// Names of nobody: a long one of a minority, and one with characters beyond the
// first plane.
const (
	sampleName   = "示例·阿卜杜热西提·买买提明江（虚构）"
	sampleRare   = "示例·𠮷䶮𫖯𬀩𰻞（虚构）"
	sampleOffice = "示例市政务服务和数据管理局（虚构）"
	sampleLong   = "示例市虚构区样张街道第一大道一百二十三弄四十五号六楼（自编A-07单元），与虚构广场相邻的二层商业裙楼；"
)

// sampleDay is the date of samples: fixed, so that a preview is the same
// whenever it is made.
var sampleDay = time.Date(2026, 12, 1, 9, 30, 0, 0, i18n.Zone)

// Sample is content for previews. A long one has the longest values that the
// fields take, up to 120 characters each, and rare characters in names.
func (t Template) Sample(title string, fields []Spec, long bool) Content {
	c := Content{Title: title, Number: "样证〔2026〕第000001号", Issuer: sampleOffice, Item: title, Holder: sampleName, HolderNumber: "000000200001010000", HolderWord: "证件号码",
		Identifier: "1.2.156.3005.2." + t.Type + ".000000000000000000.SAMPLE.001.0", Code: "SAMP-LE00-0001", Link: "https://tongban.example/verify/SAMPLE000001",
		Claims: []Claim{{"T1" + strings.Repeat("SAMPLE.", 130), SaysAll}, {"T1" + strings.Repeat("SAMPLE.", 70), SaysMain}, {"D1" + strings.Repeat("SAMPLE.", 4), SaysDigest}},
		Issued: sampleDay, From: sampleDay, Until: sampleDay.AddDate(5, 0, -1), Photos: map[string]pdf.Picture{},
		Sentences: []string{"经审查，符合规定条件，准予许可。持证人应当在许可范围内从事活动，并接受监督检查。"}}
	if long {
		c.Holder = sampleRare
		c.Claims = c.Claims[2:]
		c.Sentences = append(c.Sentences, "有效期届满需要延续的，应当在届满三十日前提出申请。")
	}
	for _, f := range fields {
		d := Datum{f.Key, f.Label, f.sample(long)}
		if f.Photo {
			c.Photos[f.Key], d.Value = samplePhoto(), ""
		}
		c.Fields = append(c.Fields, d)
	}
	return c
}

func (f Spec) sample(long bool) string {
	switch {
	case len(f.Choices) > 0:
		longest := f.Choices[0]
		for _, c := range f.Choices {
			if long && len(c) > len(longest) {
				longest = c
			}
		}
		return longest
	case f.Kind == "date":
		return Day(sampleDay)
	case f.Kind == "number":
		return "12345.67"
	case f.Kind == "identity":
		return "000000200001010000"
	case f.Kind == "unified":
		return "000000000000000000"
	}
	most := f.Max
	if most == 0 || most > 120 {
		most = 120
	}
	switch {
	case strings.HasSuffix(f.Key, "name") && long:
		return first(sampleRare, most)
	case strings.HasSuffix(f.Key, "name"):
		return first(sampleName, most)
	case long:
		return first(strings.Repeat(sampleLong, 3), most)
	}
	return first("示例"+f.Label, most)
}

func first(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}

// samplePhoto is a head and shoulders in grey.
func samplePhoto() pdf.Picture {
	m := image.NewGray(image.Rect(0, 0, 70, 98))
	for y := range 98 {
		for x := range 70 {
			shade := uint8(225)
			dx, dy := float64(x-35), float64(y-38)
			sx, sy := float64(x-35)/30, float64(y-98)/36
			if dx*dx/256+dy*dy/400 < 1 || sx*sx+sy*sy < 1 {
				shade = 150
			}
			m.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	p, err := pdf.NewPicture(b.Bytes())
	if err != nil {
		panic(err)
	}
	return p
}
