package content_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/platform/pdf"
	"tongban/platform/pdf/content"
)

var at = time.Date(2026, 12, 1, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))

const rare = "示例·𠮷䶮㛃𫖯𪚥𬀩𰻞"

func sample(t testing.TB, rows int) []byte {
	t.Helper()
	d := pdf.New(pdf.Meta{Title: "样张", Author: "示例办（虚构）", Lang: "zh-Hans", Created: at})
	d.Header("页眉不是内容")
	d.Footer("页脚也不是")
	d.Title("受理通知书")
	d.Paragraph(rare + "，您好。A long English sentence that has to be broken somewhere between its words, and then goes on and on until it fills two lines.")
	var list [][]string
	for i := range rows {
		list = append(list, []string{strings.Repeat("一", i%5+1), strings.Repeat("需要说明的内容很长，", 12)})
	}
	d.Grid([]pdf.Column{{Head: "甲", Wide: 1}, {Head: "乙", Wide: 3}}, list)
	d.KeyValues([]pdf.Row{{Key: "姓名", Value: rare}})
	d.QR("https://tongban.example/verify/ABCD", "扫码", 30, pdf.Left)
	d.SignOff(&pdf.Stamp{Name: "示例办"}, "示例办（虚构）", "2026年12月1日")
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func flat(s string) string { return strings.Join(strings.Fields(s), "") }

func TestRead_readingOrder(t *testing.T) {
	elements, err := content.Read(sample(t, 60))
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	cells := map[string]int{}
	for _, e := range elements {
		if len(tags) == 0 || tags[len(tags)-1] != e.Tag {
			tags = append(tags, e.Tag)
		}
		if e.Tag == "TD" {
			cells[flat(e.Text)]++
		}
		if strings.Contains(e.Text, "页眉") || strings.Contains(e.Text, "页脚") {
			t.Errorf("decoration is read: %q", e.Text)
		}
	}
	if got := strings.Join(tags, " "); !strings.HasPrefix(got, "H1 P TH TD") || !strings.HasSuffix(got, "Figure Caption Figure P") {
		t.Errorf("order: %s", got)
	}
	if elements[0].Text != "受理通知书" || !strings.HasPrefix(elements[1].Text, rare+"，您好。") {
		t.Errorf("texts: %q, %q", elements[0].Text, elements[1].Text)
	}
	// Cells that were broken over lines and pages come out whole.
	if n := cells[strings.Repeat("需要说明的内容很长，", 12)]; n != 60 {
		t.Errorf("%d whole cells", n)
	}
	if cells[rare] != 1 {
		t.Errorf("the name: %v", cells[rare])
	}
	found := false
	for _, e := range elements {
		found = found || e.Alt == "https://tongban.example/verify/ABCD"
	}
	if !found {
		t.Error("the content of the QR code is missing")
	}
}

func TestAttach_comesOutAgain(t *testing.T) {
	plain := sample(t, 1)
	data := []byte(`{"name":"` + rare + `","endstream":"endobj"}`)
	b, err := content.Attach(plain, content.Attachment{Name: "paper.json", Type: "application/json", Description: "数据", Data: data, At: at})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := content.Attach(plain, content.Attachment{Name: "paper.json", Type: "application/json", Description: "数据", Data: data, At: at})
	if !bytes.HasPrefix(b, plain) || !bytes.Equal(b, again) {
		t.Error("not an update, or not the same twice")
	}
	got, err := content.Attached(b, "paper.json")
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := content.Attached(b, "other"); !errors.Is(err, content.ErrNoAttachment) {
		t.Errorf("other name: %v", err)
	}
	if _, err := content.Attached(plain, "paper.json"); !errors.Is(err, content.ErrNoAttachment) {
		t.Errorf("without: %v", err)
	}
	if _, err := content.Attach(b, content.Attachment{Name: "x", Data: data, At: at}); !errors.Is(err, content.ErrForeign) {
		t.Errorf("second attachment: %v", err)
	}
	before, _ := content.Read(plain)
	after, err := content.Read(b)
	if err != nil || len(before) != len(after) {
		t.Errorf("the pages changed: %d, %d, %v", len(before), len(after), err)
	}
	if tool, err := exec.LookPath("pdfdetach"); err == nil {
		path := filepath.Join(t.TempDir(), "a.pdf")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, "-save", "1", "-o", path+".json", path).CombinedOutput()
		saved, _ := os.ReadFile(path + ".json")
		if err != nil || !bytes.Equal(saved, data) {
			t.Errorf("pdfdetach: %v %s", err, out)
		}
	}
}

// FuzzRead looks for files that make reading fall over.
func FuzzRead(f *testing.F) {
	b, err := content.Attach(sample(f, 2), content.Attachment{Name: "a", Type: "text/plain", Data: []byte("x"), At: at})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[len(b)-3000:], 0)
	f.Add([]byte("/Kids"), 2000)
	f.Fuzz(func(t *testing.T, patch []byte, place int) {
		c := bytes.Clone(b)
		if place < 0 || place > len(c) {
			place = 0
		}
		copy(c[place:], patch)
		content.Read(c)
		content.Attached(c, "a")
		content.Read(patch)
		content.Attached(patch, "a")
	})
}
