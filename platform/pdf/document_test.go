package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/platform/pdf/syntax"
)

func TestBytes_textComesOutAgain(t *testing.T) {
	r := readBack(t, mustBytes(t, sampleNotice(3)))
	text := r.joined()
	for _, want := range []string{
		"受理通知书", "示受〔2026〕第 123 号", rareName, "您于2026年12月1日提出的“示例经营许可”申请",
		"https://tongban.example/cases/SL-2026-000123 。", "序号", "示例材料第3份：房屋使用证明或者租赁合同复印件",
		"请妥善保存受理编号。", "扫码看进度", "受理编号 SL-2026-000123", "第 1 页 共",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not come out again", want)
		}
	}
	if len(r.fonts) < 2 || !strings.HasSuffix(r.fonts[0], "+NotoSansSC-Regular") || !strings.HasSuffix(r.fonts[1], "+HanaMinB") {
		t.Errorf("fonts %q", r.fonts)
	}
}

// All planes, and characters that share a drawing: the dot in two encodings, a
// radical and the character that looks like it, a variation selector.
func TestBytes_everyCharacterIsItself(t *testing.T) {
	text := "一⼀·・葛葛\U000E0101龥䶮㐀𠀀𪜀𫝀𫠠𬺰𮯠"
	d := New(sampleMeta("字"))
	d.Text(text, Style{})
	if got := strings.Split(readBack(t, mustBytes(t, d)).pages[0], "\n")[0]; got != text {
		t.Errorf("got %+q\nwant %+q", got, text)
	}
}

func TestBytes_refusesWhatCannotBeDrawn(t *testing.T) {
	d := sampleNotice(1)
	d.Paragraph("姓名 \U0003FFFD 和 \U0001F600")
	_, err := d.Bytes()
	var missing *MissingError
	if !errors.As(err, &missing) || string(missing.Runes) != "\U0001F600\U0003FFFD" {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), "U+1F600, U+3FFFD") {
		t.Error(err)
	}
	_, err = New(Meta{Title: "x"}).Bytes()
	if err == nil || !strings.Contains(err.Error(), "Created") {
		t.Errorf("made without a time: %v", err)
	}
}

func TestBytes_sameAgain(t *testing.T) {
	a, b := mustBytes(t, sampleNotice(5)), mustBytes(t, sampleNotice(5))
	if !bytes.Equal(a, b) {
		t.Error("the same paper made twice differs")
	}
	d := sampleCertificate()
	if !bytes.Equal(mustBytes(t, d), mustBytes(t, d)) {
		t.Error("Bytes called twice differs")
	}
	if bytes.Equal(a, mustBytes(t, sampleNotice(6))) {
		t.Error("different papers are the same")
	}
}

func TestBytes_metadata(t *testing.T) {
	m := Meta{Title: "证书 <𠮷> & 其他", Author: "示例机关（虚构）", Subject: "样张", Lang: "zh-Hans", Created: sampleTime}
	d := New(m)
	d.Paragraph("正文")
	b := mustBytes(t, d)
	f, err := syntax.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Dict(f.Trailer.Get("Info"))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Get("CreationDate").Text; got != "D:20261201093000+08'00" {
		t.Errorf("creation date %q", got)
	}
	title := info.Get("Title")
	if !bytes.HasPrefix([]byte(title.Text), []byte("\xFE\xFF\x8B\xC1\x4E\x66")) || !bytes.Contains([]byte(title.Text), []byte("\xD8\x42\xDF\xB7")) {
		t.Errorf("title %x", title.Text)
	}
	for _, want := range []string{"证书 &lt;𠮷&gt; &amp; 其他", "2026-12-01T09:30:00+08:00", "示例机关（虚构）", "/MarkInfo <</Marked true>>", "%PDF-1.7\n"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("%q is not in the file", want)
		}
	}
	if d2 := New(Meta{Title: "t", Created: time.Unix(0, 0).UTC()}); !bytes.Contains(mustBytes(t, d2), []byte("19700101000000+00'00)")) {
		t.Error("a time in UTC is written wrongly")
	}
}

// Nothing may stand outside the page or in the margins.
func TestBytes_staysOnThePage(t *testing.T) {
	long := New(sampleMeta("长"))
	long.Header(strings.Repeat("很长的页眉", 30))
	long.Footer(strings.Repeat("很长的页脚", 30))
	long.Title(strings.Repeat("很长的标题", 12))
	long.Paragraph(strings.Repeat("没有空格的长网址https://tongban.example/"+strings.Repeat("abcdef0123456789", 20), 3))
	long.KeyValues([]Row{{strings.Repeat("很长的名称", 8), strings.Repeat("很长的内容，", 700)}, {"", ""}})
	long.Grid([]Column{{"甲", 1, Left}, {"乙", 1, Left}}, [][]string{{"只有一格"}, {strings.Repeat("x", 3000), "短"}})
	long.Callout(strings.Repeat("必须知道的事项。", 400), Blue)
	long.Heading("末")
	long.SignOff(nil, "甲", "乙")
	for name, d := range map[string]*Doc{"long": long, "notice": sampleNotice(60), "certificate": sampleCertificate()} {
		r := readBack(t, mustBytes(t, d))
		for i, page := range r.at {
			for _, s := range page {
				w := d.glyphs.width(s.text, s.size)
				if s.x < 10*MM || s.y < 10*MM || s.y > pageHeight-10*MM || s.x+w > pageWidth-9*MM && len([]rune(s.text)) > 1 {
					t.Errorf("%s, page %d: %q at %.0f, %.0f, %.0f wide", name, i+1, s.text, s.x, s.y, w)
				}
			}
		}
	}
}

func TestGrid_repeatsHeadAndKeepsRows(t *testing.T) {
	r := readBack(t, mustBytes(t, sampleNotice(40)))
	if len(r.pages) != 4 {
		t.Errorf("%d pages", len(r.pages))
	}
	for i, p := range r.pages {
		if !strings.Contains(p, "材料名称\n") {
			t.Errorf("page %d has no head of the table", i+1)
		}
		if !strings.Contains(p, fmt.Sprintf("第 %d 页 共 %d 页", i+1, len(r.pages))) {
			t.Errorf("page %d has no number", i+1)
		}
	}
	text := r.joined()
	for i := range 40 {
		if n := strings.Count(text, fmt.Sprintf("示例材料第%d份：房屋使用证明或者租赁合同复印件", i+1)); n != 1 {
			t.Errorf("row %d stands there %d times", i+1, n)
		}
	}
}

func TestKeyValues_longCellGoesOn(t *testing.T) {
	d := New(sampleMeta("长"))
	long := ""
	for i := range 900 {
		long += fmt.Sprintf("第%d句。", i)
	}
	d.KeyValues([]Row{{"意见", long}, {"结论", "同意"}})
	r := readBack(t, mustBytes(t, d))
	if len(r.pages) < 3 || !strings.Contains(strings.ReplaceAll(pageText(r), "\n", ""), long) {
		t.Errorf("%d pages; the text is not whole", len(r.pages))
	}
}

// pageText is the text of all pages without their numbers.
func pageText(r reading) string {
	var b strings.Builder
	for _, p := range r.pages {
		lines := strings.Split(strings.TrimSuffix(p, "\n"), "\n")
		b.WriteString(strings.Join(lines[:len(lines)-1], "\n"))
	}
	return b.String()
}

func TestSheet_onePage(t *testing.T) {
	d := sampleCertificate()
	if r := readBack(t, mustBytes(t, d)); len(r.pages) != 1 || strings.Contains(r.pages[0], "共 1 页") {
		t.Errorf("%d pages", len(r.pages))
	}
	if box, ok := d.StampBox(); !ok || box.Page != 0 || box.Rect[2]-box.Rect[0] < 40*MM || box.Rect[2] > pageWidth || box.Rect[1] < 0 {
		t.Errorf("stamp at %+v, %v", box, ok)
	}
	rows := make([]Row, 40)
	for i := range rows {
		rows[i] = Row{"项目", "内容"}
	}
	if n := d.RowsFit(Box{30, 30, 150, 100}, rows, Rows{12, 8}); n < 5 || n > 12 {
		t.Errorf("%d of forty rows in ten centimetres", n)
	}
	if size, ok := d.Fits(Box{30, 30, 60, 8}, "不太长的一行文字一二三四五", Style{Size: 14, Lead: 1.4}); !ok || size >= 14 || size < 9 {
		t.Errorf("made smaller to %v, %v", size, ok)
	}
	if _, ok := d.Fits(Box{30, 30, 60, 8}, strings.Repeat("很长的文字", 20), Style{Size: 14, Lead: 1.4}); ok {
		t.Error("a hundred characters fit on one line of six centimetres")
	}
	code := New(sampleMeta("码"))
	code.QR(strings.Repeat("x", 5000), "", 30, Left)
	if _, err := code.Bytes(); err == nil {
		t.Error("a code that cannot hold its content is accepted")
	}
}

func TestFooter_english(t *testing.T) {
	d := New(Meta{Title: "Receipt", Lang: "en", Created: sampleTime})
	d.Paragraph("We have received your application.")
	text := readBack(t, mustBytes(t, d)).pages[0]
	if !strings.Contains(text, "Page 1 of 1") || strings.Contains(text, "页") {
		t.Error(text)
	}
}

func BenchmarkCertificate(b *testing.B) {
	for b.Loop() {
		mustBytes(b, sampleCertificate())
	}
}

func BenchmarkNotice(b *testing.B) {
	for b.Loop() {
		mustBytes(b, sampleNotice(20))
	}
}
