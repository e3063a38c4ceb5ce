package workbench_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"unicode/utf16"

	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/platform/pdf/foreign/foreigntest"
)

// asPDF is a text as it stands in an annotation.
func asPDF(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// Whoever handles a case gets uploaded files with their grade on every page, and as
// they came when he asks for that, both on record; what is kept does not change.
func TestFile_carriesItsGrade(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		var photo bytes.Buffer
		w.Must(jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 60, 40)), nil))
		scans := [][]byte{foreigntest.Streams(foreigntest.Pages()), photo.Bytes(), foreigntest.Table(foreigntest.Pages(), "/Encrypt <</Filter /Standard>>")}
		o.c = w.Apply(o.me, scans...)
		var names, hashes []string
		for _, m := range o.File(o.c).Materials {
			a := o.File(o.c).Application.Materials[m.ID].Files[0]
			names, hashes = append(names, a.Name), append(hashes, a.Hash)
		}
		b := w.Browser("lead")
		page := b.Get("/work/cases/449901/"+string(o.c.ID)+"?purpose=x").Want(200, "上传的原文件", "C级 未核对原件")
		if links := page.Links(`^/work/files/.*\?original=1$`); len(links) != len(names) {
			t.Errorf("%d links to files as they came, for %d files", len(links), len(names))
		}
		path := func(i int) string { return "/work/files/449901/" + string(o.c.ID) + "/" + hashes[i] }
		note := asPDF("可信等级C：此件由当事人提供，使用前请核对原件")
		for i, want := range map[int]int{0: len(foreigntest.Texts), 1: 1} {
			got := b.Get(path(i)).Want(200)
			if got.Header.Get("Content-Type") != "application/pdf" || strings.Count(got.Raw, note) != want || i == 0 && !strings.HasPrefix(got.Raw, string(scans[0])) {
				t.Errorf("%s: %s, %d marks", names[i], got.Header.Get("Content-Type"), strings.Count(got.Raw, note))
			}
			if d := b.Get(path(i) + "?download=1").Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, ".pdf") {
				t.Errorf("download as %q", d)
			}
		}
		b.Get(path(2)).Want(200, names[2], "这个文件加了密，页面上没能加水印", "可信等级C").Link(`\?original=1$`)
		for i, s := range scans {
			if got := b.Get(path(i) + "?original=1").Want(200); got.Raw != string(s) {
				t.Errorf("%s is not what was uploaded", names[i])
			}
			w.Must(w.Files.Verify(hashes[i]))
		}
		for _, who := range []string{"other", ""} {
			for _, p := range []string{path(0), path(0) + "?original=1"} {
				if got := w.Browser(who).Get(p).Status; got < 400 {
					t.Errorf("%q gets %d at %s", who, got, p)
				}
			}
		}
		list, err := w.Casework.ReadersOf(o.me, o.c.Region, o.c.ID, "", 30)
		w.Must(err)
		seen := map[string]int{}
		for _, r := range list {
			seen[r.Purpose]++
		}
		if seen["查看材料"] != 5 || seen["查看材料（上传的原文件）"] != 3 {
			t.Errorf("on record: %v", seen)
		}
	})
}
