package stock

import (
	"archive/zip"
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tongban/gov/identity"
	"tongban/platform/auth"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// packed is an archive of files by name, in turns of name and content.
func packed(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Scans are found by name, looked into, and kept with their records.
func TestTake_scans(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		with := func(no, scan string, n int) string {
			return strings.TrimSuffix(line(no, "李虚构", n), "\n") + scan + "\n"
		}
		run, err := w.Begin(wang, Intake{Region: district, Type: health, Grade: "B", FileName: "h.csv", File: strings.NewReader(header + with("1", "一.png", 2) + with("2", "两.png", 3) + with("3", "假.jpg", 4) + with("4", "", 5)),
			AnnexName: "scans.zip", Annexes: bytes.NewReader(packed(t, "扫描/一.png", string(picture(t)), "假.jpg", "<html>"))})
		if err != nil {
			t.Fatal(err)
		}
		w.ok(w.Start(wang, run.Region, run.ID, true))
		if run = w.worked(run); run.Report.Annexes != 1 || run.Report.Taken != 2 || run.Report.Rules["annex_missing"] != 1 || run.Report.Rules["annex_kind"] != 1 {
			t.Fatalf("tried: %+v", run.Report)
		}
		w.ok(w.Start(wang, run.Region, run.ID, false))
		run = w.worked(run)
		ref, err := w.Scan(wang, run.Region, run.ID, 2)
		if err != nil || w.Files.Verify(ref.Hash) != nil {
			t.Fatalf("scan: %+v %v", ref, err)
		}
		if used, err := w.certs.UsesFile(t.Context(), ref.Hash); err != nil || !used {
			t.Errorf("a sweep would take the scan away: %v", err)
		}
		if _, err := w.Scan(zhao, run.Region, run.ID, 2); !errors.Is(err, ErrNoRun) {
			t.Errorf("another office reads the scan: %v", err)
		}
	})
}

// A scan is kept with a certificate when it is certain which one is meant, and
// what no row names is said.
func TestTake_scansOfOneName(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		pic := string(picture(t))
		with := func(no, scan string, n int) string {
			return strings.TrimSuffix(line(no, "李虚构", n), "\n") + scan + "\n"
		}
		zip := packed(t, "2020/一.png", pic, "2021/一.png", pic, "三.png", pic, "甲/三.png", pic, "四.png", pic, "../五.png", pic)
		file := header + with("1", "一.png", 2) + with("2", "2021/一.png", 3) + with("3", "三.png", 4) + with("4", "甲/三.png", 5) + with("5", "五.png", 6)
		run, err := w.Begin(wang, Intake{Region: district, Type: health, Grade: "A", FileName: "h.csv", File: strings.NewReader(file), AnnexName: "s.zip", Annexes: bytes.NewReader(zip)})
		if err != nil {
			t.Fatal(err)
		}
		w.ok(w.Start(wang, run.Region, run.ID, true))
		run = w.worked(run)
		if r := run.Report; r.Taken != 4 || r.Annexes != 4 || r.Rules["annex_twice"] != 1 || r.Unused != 1 || r.Unnamed[0] != "四.png" {
			t.Errorf("%+v", r)
		}
	})
}

// A photograph among the scans is drawn on the certificate.
func TestTake_photographs(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 100, 140)), nil); err != nil {
			t.Fatal(err)
		}
		with := func(no, photo string, n int) string {
			return strings.TrimSuffix(line(no, "李虚构", n), "\n") + "," + photo + "\n"
		}
		file := strings.TrimSuffix(header, "\n") + ",照片\n" + with("1", "一.jpg", 2) + with("2", "二.png", 3) + with("3", "没有.jpg", 4) + with("4", "", 5)
		run, err := w.Begin(wang, Intake{Region: district, Type: health, Grade: "A", FileName: "h.csv", File: strings.NewReader(file), AnnexName: "s.zip", Annexes: bytes.NewReader(packed(t, "一.jpg", b.String(), "二.png", string(picture(t))))})
		if err != nil {
			t.Fatal(err)
		}
		w.ok(w.Start(wang, run.Region, run.ID, true))
		if run = w.worked(run); run.Report.Taken != 2 || run.Report.Rules["photo"] != 1 || run.Report.Rules["annex_missing"] != 1 {
			t.Fatalf("%+v", run.Report)
		}
		w.ok(w.Start(wang, run.Region, run.ID, false))
		run = w.worked(run)
		if run = w.issued(run); run.Report.Signed != 2 {
			t.Fatalf("%+v", run.Report)
		}
		r := must(w.Record(wang, run.Region, run.ID, 2))
		f := must(w.certs.Paper(auth.System(t.Context(), "test"), district, r.Paper))
		if hash := field(f.Paper, "photo"); len(hash) != 64 || w.Files.Verify(hash) != nil {
			t.Errorf("photograph %q", hash)
		}
	})
}

// An archive that unpacks to far more than it weighs is not unpacked.
func TestBegin_hostileArchives(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for name, raw := range map[string][]byte{
			"bomb":   packed(t, "a.png", strings.Repeat("\x00", 4<<20)),
			"no ZIP": []byte("%PDF-1.7"),
			"cut":    packed(t, "a.png", string(picture(t)))[:60],
		} {
			_, err := w.Begin(wang, Intake{Region: district, Type: health, Grade: "A", FileName: "h.csv", File: strings.NewReader(header + line("1", "李虚构", 2)), AnnexName: "s.zip", Annexes: bytes.NewReader(raw)})
			if !errors.Is(err, ErrAnnexes) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// The same rows come in from a workbook and from JSON lines.
func TestTake_formats(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		f := excelize.NewFile()
		rows := []string{header, line("X1", "李虚构", 2), line("X2", "陈示例", 3)}
		for i, r := range rows {
			for k, cell := range strings.Split(strings.TrimSuffix(r, "\n"), ",") {
				at, err := excelize.CoordinatesToCellName(k+1, i+1)
				if err == nil {
					err = f.SetCellStr("Sheet1", at, cell)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		var book bytes.Buffer
		if err := f.Write(&book); err != nil {
			t.Fatal(err)
		}
		jsonl := `{"证照编号":"J1","姓名":"李虚构","公民身份号码":"` + num(2) + `","性别":"女","体检机构":"示例区虚构医院","体检日期":"2026年6月1日","颁发日期":"20260602","有效期至":"2027/6/1"}` + "\n"
		for name, raw := range map[string]string{"b.xlsx": book.String(), "b.jsonl": jsonl} {
			run, err := w.Begin(wang, Intake{Region: district, Type: health, Grade: "C", FileName: name, File: strings.NewReader(raw)})
			if err != nil {
				t.Fatal(name, err)
			}
			w.ok(w.Start(wang, run.Region, run.ID, true))
			if run = w.worked(run); run.Report.Taken == 0 || run.Report.Rejected > 0 {
				t.Errorf("%s: %+v", name, run.Report)
			}
		}
	})
}

// Every rule finds what it is for.
func TestRead_rules(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.person("王示例", 1, identity.LevelCounter)
		good := line("1", "李虚构", 2)
		swap := func(old, new string) string { return strings.Replace(good, old, new, 1) }
		old15 := num(7)[:6] + num(7)[8:17]
		for rule, row := range map[string]string{
			"number":         swap("1,", ","),
			"holder_name":    swap("李虚构", ""),
			"holder_number":  swap(num(2), num(2)[:17]+"?"),
			"holder_kind":    swap(num(2), identity.SampleCompany),
			"other_document": swap(num(2), "E12345678"),
			"old_number":     swap(num(2), old15),
			"date":           swap("2026-06-02", "六月二日"),
			"future":         swap("2026-06-02", "2027-01-02"),
			"over":           swap("2027-06-01", "2026-07-01"),
			"term":           swap("2027-06-01", "2030-06-01"),
			"missing":        swap("示例区虚构医院", ""),
			"choice":         swap("女", "未知"),
			"kind":           swap("2026-06-01", "某日"),
			"unseen":         swap("李虚构", "李虚\u200b构"),
			"mixed":          swap("李虚构", "李А虚构"),
			"unprintable":    swap("李虚构", "李\U000F0000构"),
			"name_differs":   line("1", "王旧名", 1),
			"unreadable":     "1,\"李虚构\n",
		} {
			run := w.begin(header + row)
			w.ok(w.Start(wang, run.Region, run.ID, true))
			run = w.worked(run)
			if n := run.Report.Rules[rule]; n == 0 || rule == "date" && n > 1 { // two targets have that column: said once
				t.Errorf("%s: %v", rule, run.Report.Rules)
			}
			if takes := Rules[rule].warning; takes != (run.Report.Taken == 1) && rule != "other_document" { // the type itself wants an ID number
				t.Errorf("%s: taken %d", rule, run.Report.Taken)
			}
		}
		var b bytes.Buffer
		run := w.begin(header + strings.Replace(swap("1,", "=1,"), "女", "未知", 1))
		w.ok(w.Start(wang, run.Region, run.ID, true))
		run = w.worked(run)
		if err := w.WriteFindings(wang, run.Region, run.ID, false, &b); err != nil || !strings.Contains(b.String(), "不在可选值里") || !strings.Contains(b.String(), "'=1,") {
			t.Errorf("%v %s", err, b.String())
		}
	})
}
