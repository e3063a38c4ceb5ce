package layout

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongban/platform/pdf/content"
)

const typ = "114499019000000222001"

var fields = []Spec{{Key: "operator_name", Label: "经营者名称", Required: true, Kind: "text"}, {Key: "place", Label: "经营场所", Required: true, Kind: "text"}, {Key: "kind", Label: "主体业态", Choices: []string{"餐饮服务", "食品销售"}},
	{Key: "seats", Label: "座位数", Kind: "number"}, {Key: "photo", Label: "照片", Photo: true, Kind: "photo"}}

func codes(list []Problem) (out []string) {
	for _, p := range list {
		out = append(out, p.Code)
	}
	return out
}

// The layouts that ship have nothing wrong with them.
func TestStandard_isSound(t *testing.T) {
	for name, l := range map[string]Template{"standard": Standard(typ), "lying": Lying(typ), "photo": WithPhoto(typ, "photo")} {
		list := l.Lint("示例经营许可证", fields)
		if name == "photo" && len(list) > 0 || !Sound(list) {
			t.Errorf("%s: %+v", name, list)
		}
		for _, long := range []bool{false, true} {
			d := l.Draw(l.Sample("示例经营许可证", fields, long))
			b, err := d.Doc.Bytes()
			if err != nil || len(d.Over) > 0 || d.Annex {
				t.Errorf("%s, long %v: %v, over %v, annex %v", name, long, err, d.Over, d.Annex)
			}
			if again, _ := l.Draw(l.Sample("示例经营许可证", fields, long)).Doc.Bytes(); !bytes.Equal(b, again) {
				t.Errorf("%s: the same content gives other bytes", name)
			}
			if dir := os.Getenv("TONGBAN_SHOW"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+map[bool]string{true: "-long"}[long]+".pdf"), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// A particular that happens to have the value of the day of issue, or of the
// office, stands on the page: only what means the same is not said twice.
func TestDraw_sameValueOtherMeaning(t *testing.T) {
	l := Standard(typ)
	c := l.Sample("示例健康证明", nil, false)
	c.Fields = []Datum{{"issued", "发证日期", Day(c.Issued)}, {"office", "发证机关", c.Issuer}, {"examined", "体检日期", Day(c.Issued)}, {"hospital", "体检机构", c.Issuer}}
	var said []string
	for _, r := range l.unplaced(c, l.placed()) {
		said = append(said, r.Key)
	}
	if s := strings.Join(said, " "); !strings.Contains(s, "体检日期") || !strings.Contains(s, "体检机构") || strings.Contains(s, "发证") {
		t.Errorf("rows: %s", s)
	}
}

// Each thing that is wrong is found, by its own words.
func TestCheck_findsEachProblem(t *testing.T) {
	at := func(sort string) func(l *Template) *Part {
		return func(l *Template) *Part {
			return &l.Parts[slices.IndexFunc(l.Parts, func(p Part) bool { return p.Sort == sort })]
		}
	}
	for code, change := range map[string]func(l *Template){
		"page": func(l *Template) { l.Page.Wide = 20 }, "too_many": func(l *Template) { l.Parts = append(l.Parts, make([]Part, MaxParts)...) },
		"no_seal": func(l *Template) { at(Seal)(l).Sort = Line }, "no_qr": func(l *Template) { at(Code)(l).Sort = Line }, "no_issued": func(l *Template) { l.Parts[7].Text = "{issuer}" },
		"no_title": func(l *Template) { l.Parts[2].Text = "证" }, "no_number": func(l *Template) { l.Parts[3].Text = "号" }, "no_code": func(l *Template) { l.Parts[9].Text = "{check}" },
		"rows_twice": func(l *Template) { l.Parts = append(l.Parts, *at(Rows)(l)) }, "outside": func(l *Template) { at(Seal)(l).X = 190 }, "size": func(l *Template) { l.Parts[3].Size = 5 },
		"thick": func(l *Template) { at(Frame)(l).Size = 11 }, "small": func(l *Template) { at(Rows)(l).Wide = 4 }, "small_qr": func(l *Template) { at(Code)(l).Wide = 19 }, "small_seal": func(l *Template) { at(Seal)(l).High = 20 },
		"choose": func(l *Template) { l.Parts[3].Align = "inside" }, "no_field": func(l *Template) {
			l.Parts = append(l.Parts, Part{Sort: Field, X: 30, Y: 30, Wide: 20, High: 5, Field: "none"})
		},
		"twice": func(l *Template) {
			l.Parts = append(l.Parts, Part{Sort: Field, X: 30, Y: 30, Wide: 20, High: 5, Field: "seats"}, Part{Sort: Field, X: 30, Y: 30, Wide: 20, High: 5, Field: "seats"})
		},
		"label": func(l *Template) {
			l.Parts = append(l.Parts, Part{Sort: Field, X: 30, Y: 30, Wide: 20, High: 5, Field: "seats", Label: 18})
		},
		"text": func(l *Template) { l.Parts[10].Text = " " }, "no_name": func(l *Template) { l.Parts[10].Text = "{unknown}" }, "unprintable": func(l *Template) { l.Parts[10].Text = "说明\U0001F600" },
		"covers_qr": func(l *Template) { at(Seal)(l).X = 40 }, "no_photo": func(l *Template) { l.Parts = l.Parts[:len(l.Parts)-1] }, "no_sentences": func(l *Template) { at(Sentences)(l).Sort = Line },
		"unplaced": func(l *Template) { at(Rows)(l).Sort = Line },
	} {
		l := WithPhoto(typ, "photo")
		change(&l)
		if list := l.Check(fields); !slices.Contains(codes(list), code) {
			t.Errorf("%s: found %v", code, codes(list))
		}
	}
	if list := WithPhoto(typ, "photo").Check(fields); len(list) > 0 {
		t.Errorf("nothing is wrong, found %v", codes(list))
	}
}

// What has no room is warned of before anything is published, and stands in the
// annex when it comes to it.
func TestLint_overflow(t *testing.T) {
	l := WithPhoto(typ, "photo")
	l.Parts = append(l.Parts, Part{Sort: Field, X: 150, Y: 140, Wide: 25, High: 6, Field: "place"})
	n := len(l.Parts) - 1
	list := l.Lint("示例经营许可证", fields)
	if !Sound(list) || !slices.ContainsFunc(list, func(p Problem) bool { return p.Part == n && p.Code == "over_long" && p.Warn }) {
		t.Errorf("%+v", list)
	}
	c := l.Sample("示例经营许可证", fields, true)
	d := l.Draw(c)
	b, err := d.Doc.Bytes()
	if err != nil || !d.Annex || !slices.Equal(d.Over, []int{n}) {
		t.Fatalf("annex %v, over %v, %v", d.Annex, d.Over, err)
	}
	elements, err := content.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, e := range elements {
		text += e.Text
	}
	for _, want := range []string{c.Fields[1].Value, inAnnex, annexTitle, c.Holder} {
		if !strings.Contains(strings.ReplaceAll(text, "\n", ""), want) {
			t.Errorf("%q is not on the pages", want)
		}
	}
	tight := WithPhoto(typ, "photo")
	tight.Parts[2].Wide = 20 // the title cannot stand in two centimetres
	if list := tight.Lint("示例经营许可证", fields); Sound(list) {
		t.Errorf("a title without room may be published: %+v", list)
	}
}

// A code that a printer cannot draw is not drawn: less stands in it, and the
// page says so.
func TestDraw_codeThatFits(t *testing.T) {
	l := Standard(typ)
	c := l.Sample("示例经营许可证", fields, false)
	for size, says := range map[float64]string{40: SaysAll, 30: SaysMain, 22: SaysDigest} {
		for i := range l.Parts {
			if l.Parts[i].Sort == Code {
				l.Parts[i].Wide, l.Parts[i].High = size, size
			}
		}
		d := l.Draw(c)
		b, err := d.Doc.Bytes()
		if err != nil || d.Claim.Says != says {
			t.Errorf("%v mm: %q, %v", size, d.Claim.Says, err)
		}
		elements, _ := content.Read(b)
		if !slices.ContainsFunc(elements, func(e content.Element) bool { return strings.Contains(strings.ReplaceAll(e.Text, "\n", ""), says) }) {
			t.Errorf("%v mm: the page does not say so", size)
		}
	}
}

func TestMark_everyChange(t *testing.T) {
	a := Standard(typ)
	seen := map[string]bool{a.Mark(1): true, a.Mark(2): true}
	for i := range a.Parts {
		b := Standard(typ)
		b.Parts[i].X++
		seen[b.Mark(1)] = true
	}
	if len(seen) != 2+len(a.Parts) || len(a.Digest()) != 32 {
		t.Errorf("%d marks", len(seen))
	}
}

// What goes on a screen is markup, whatever stands on the page.
func TestSVG_isMarkup(t *testing.T) {
	l := WithPhoto(typ, "photo")
	c := l.Sample(`<script>alert("1")</script>&`, fields, true)
	drawing, err := l.Draw(c).Doc.Drawing()
	if err != nil {
		t.Fatal(err)
	}
	s := SVG(drawing, 0, `"样张" <>`, l.Handles())
	if strings.Contains(s, "<script") || !strings.Contains(s, `data-part="3"`) || !strings.Contains(s, "<image") || strings.Contains(s, "style=") {
		t.Errorf("%.200s", s)
	}
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzTemplate: no template that passes Check makes drawing fail.
func FuzzTemplate(f *testing.F) {
	f.Add(30.0, 48.0, 150.0, 17.0, 34.0, 0.0, "{title}", "place", uint8(0))
	f.Add(0.0, 0.0, 5.0, 3.0, 72.0, 0.0, "{holder}\n{x", "operator_name", uint8(1))
	f.Fuzz(func(t *testing.T, x, y, w, h, size, label float64, text, field string, sort uint8) {
		l := WithPhoto(typ, "photo")
		l.Parts = append(l.Parts, Part{Sort: Sorts[int(sort)%len(Sorts)], X: x, Y: y, Wide: w, High: h, Size: size, Label: label, Text: text, Field: field, After: sort&16 > 0})
		if !Sound(l.Check(fields)) {
			return
		}
		if _, err := l.Draw(l.Sample("示例", fields, true)).Doc.Bytes(); err != nil {
			t.Errorf("%+v: %v", l.Parts[len(l.Parts)-1], err)
		}
	})
}
