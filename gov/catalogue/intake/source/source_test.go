package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// dump reads every table of a file: name[header] then line:cells or line!.
func dump(name string, file []byte) string {
	s, err := Open(name, bytes.NewReader(file), int64(len(file)), DefaultLimits)
	if err != nil {
		return "error " + err.Error()
	}
	var out []string
	for _, e := range s.Tables {
		t, err := e.Open()
		if err != nil {
			out = append(out, "error "+err.Error())
			continue
		}
		var rows []string
		for {
			row, err := t.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				rows = append(rows, "error "+err.Error())
				break
			}
			if row.Problem != nil {
				rows = append(rows, fmt.Sprintf("%d!", row.Line))
				continue
			}
			rows = append(rows, fmt.Sprintf("%d:%s", row.Line, strings.Join(row.Cells, "|")))
		}
		out = append(out, t.Name()+"["+strings.Join(t.Header(), "|")+"] "+strings.Join(rows, " "))
		t.Close()
	}
	return strings.Join(out, " / ")
}

func TestOpen_text(t *testing.T) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("编码,名称\nc1,甲乙丙\nc2,丁\n"))
	wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte("编码,名称\nc1,甲\n"))
	late, _ := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("a,b\n" + strings.Repeat("1,2\n", 70000) + "c,联通\n"))
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "error the file is empty. Choose one with rows"},
		{"blank", " \r\n\n", "error the file is empty. Choose one with rows"},
		{"comma", "编码,名称\nc1,甲\n", "f[编码|名称] 2:c1|甲"},
		{"byte-order mark", "\ufeff编码,名称\r\nc1,甲\r\n", "f[编码|名称] 2:c1|甲"},
		{"tabs", "编码\t名称\nc1\t甲,乙\n", "f[编码|名称] 2:c1|甲,乙"},
		{"semicolons", "a;b;c\n1;2,5;3\n", "f[a|b|c] 2:1|2,5|3"},
		{"GB18030", string(gb), "f[编码|名称] 2:c1|甲乙丙 3:c2|丁"},
		{"UTF-16", string(wide), "f[编码|名称] 2:c1|甲"},
		{"quotes", "a,b\n1,\"x,\"\"y\"\"\n z\"\n2,w\n", "f[a|b] 2:1|x,\"y\"\n z 4:2|w"},
		{"an open quote", "a,b\n1,\"x\n2,y\n3,z\n", "f[a|b] 2! 3:2|y 4:3|z"},
		{"text behind a quote", "a,b\n1,\"x\"y\n2,z\n", "f[a|b] 2! 3:2|z"},
		{"too many cells", "a,b\n1,2,3\n1,2,\n", "f[a|b] 2! 3:1|2"},
		{"one cell of three", "a,b,c\n1\n1,2\n", "f[a|b|c] 2! 3:1|2"},
		{"a line that is not UTF-8", "编码,名称\nc1,甲\nc2,\xff\xfe\xfd\nc3,丙\n", "f[编码|名称] 2:c1|甲 3! 4:c3|丙"},
		{"formulas", "a,b\n'=1+1,'x\n", "f[a|b] 2:=1+1|'x"},
		{"json", "{\"a\":\"1\",\"b\":[\"x\",\"y\"],\"c\":null}\n{\"a\":2,\"d\":true}\n", "f[a|b|c|d] 1:1|x\ny| 2:2|||true"},
		{"json list, an object a line", "[\n{\"a\":\"\\u7532\"},\n{\"a\":{\"b\":[1]}}\n]\n", "f[a] 2:甲 3:{\"b\":[1]}"},
		{"json, broken lines", "{\"a\":1}\n{\"a\":\n{\"a\":1} x\n{a:1}\n{\"a\":\"\n{\"a\":3}\n", "f[a] 1:1 2! 3! 4! 5! 6:3"},
		{"xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "error f: the old XLS format, or it has a password. Save it as XLSX"},
		{"binary", "\x00\x01\x02\n", "error f: the first line is no list of columns. Choose a CSV, JSON, XLSX or ZIP file"},
	} {
		if got := dump("f.csv", []byte(c.file)); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
	if got := dump("late.csv", late); !strings.HasSuffix(got, "70002:c|联通") {
		t.Errorf("GBK that shows late: …%q", got[len(got)-40:])
	}
}

// A line of any length costs no more memory than a row may have, and spoils
// only itself.
func TestOpen_hugeCells(t *testing.T) {
	file := "a,b\n1," + strings.Repeat("x", 100<<20) + "\n2," + strings.Repeat("y", MaxCell+1) + "\n3,z\n"
	if got := dump("f.csv", []byte(file)); got != "f[a|b] 2! 3! 4:3|z" {
		t.Errorf("got %q", got)
	}
	file = "{\"a\":\"" + strings.Repeat("x", 100<<20) + "\"}\n{\"a\":\"" + strings.Repeat("y", MaxCell+1) + "\"}\n{\"a\":\"z\"}\n"
	if got := dump("f.jsonl", []byte(file)); got != "f[a] 1! 2! 3:z" {
		t.Errorf("got %q", got)
	}
}

func archive(t testing.TB, files map[string]string, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, files[n])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpen_archives(t *testing.T) {
	files := map[string]string{"a/up_task_general_basic.csv": "x,y\n1,2\n", "b.jsonl": "{\"x\":1}\n", "__MACOSX/._b": "junk", ".hidden": "junk"}
	z := archive(t, files, "a/up_task_general_basic.csv", "b.jsonl", "__MACOSX/._b", ".hidden")
	if got := dump("f.zip", z); got != "up_task_general_basic[x|y] 2:1|2 / b[x] 1:1" {
		t.Errorf("got %q", got)
	}
	bomb := archive(t, map[string]string{"a.csv": "x,y\n" + strings.Repeat("\x00", 64<<20)}, "a.csv")
	if got := dump("f.zip", bomb); !strings.Contains(got, "unreasonable size") {
		t.Errorf("a bomb of %d bytes was opened: %.200q", len(bomb), got)
	}
	if got := dump("f.zip", z[:len(z)-30]); !strings.Contains(got, "damaged") {
		t.Errorf("a cut archive: %q", got)
	}
	lying := bytes.Replace(archive(t, map[string]string{"a.csv": "x,y\n" + strings.Repeat("1,2\n", 1000)}, "a.csv"), []byte{0xa4, 0x0f, 0, 0}, []byte{0x04, 0, 0, 0}, -1)
	if got := dump("f.zip", lying); strings.Contains(got, "1000:") {
		t.Errorf("an archive that lies about its size was read to its end: %.100q", got)
	}
}

func TestOpen_folder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.csv": "x,y\n1,2\n", "a.jsonl": "{\"x\":1}\n", "empty.csv": "", ".x": "junk"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := OpenPath(dir, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(s.Tables) != 3 || s.Tables[0].Name != "a" || s.Tables[1].Name != "b" || s.Size() != 16 {
		t.Errorf("got %+v", s.Tables)
	}
	if _, err := s.Tables[2].Open(); !Empty(err) {
		t.Errorf("the empty file: %v", err)
	}
}

func workbookOf(t testing.TB, sheets map[string][][]string, order ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, name := range order {
		if i == 0 {
			f.SetSheetName("Sheet1", name)
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r, cells := range sheets[name] {
			for c, v := range cells {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if err := f.SetCellStr(name, at, v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpen_workbooks(t *testing.T) {
	sheets := map[string][][]string{"事项": {{"某省事项表"}, {"编码", "名称"}, {"01", "甲"}, {}, {"02", "乙", ""}}, "空": {}, "材料": {{"编码", "材料名称"}, {"01", "申请书"}}}
	file := workbookOf(t, sheets, "事项", "空", "材料")
	if got := dump("f.xlsx", file); got != "事项[编码|名称] 3:01|甲 5:02|乙 / 材料[编码|材料名称] 2:01|申请书" {
		t.Errorf("got %q", got)
	}
	if got := dump("f.xlsx", file[:len(file)/2]); !strings.HasPrefix(got, "error f: ") {
		t.Errorf("half a workbook: %q", got)
	}
	one := workbookOf(t, map[string][][]string{"Sheet1": {{"a", "b"}, {"1", "2", "3"}}}, "Sheet1")
	if got := dump("表.xlsx", one); got != "表[a|b] 2!" {
		t.Errorf("got %q", got)
	}
}

// repack changes one part of a workbook.
func repack(t testing.TB, file []byte, part string, change func([]byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	files, names := map[string]string{}, []string{}
	for _, f := range z.File {
		r, _ := f.Open()
		body, _ := io.ReadAll(r)
		if f.Name == part {
			body = change(body)
		}
		files[f.Name], names = string(body), append(names, f.Name)
	}
	return archive(t, files, names...)
}

func TestOpen_hostileWorkbooks(t *testing.T) {
	file := workbookOf(t, map[string][][]string{"Sheet1": {{"a", "b"}, {"1", "2"}, {"3", "4"}, {"5", "6"}}}, "Sheet1")
	sheet := "xl/worksheets/sheet1.xml"
	bomb := repack(t, file, sheet, func(b []byte) []byte { return append(b, bytes.Repeat([]byte(" "), 64<<20)...) })
	if got := dump("f.xlsx", bomb); !strings.Contains(got, "unreasonable size") {
		t.Errorf("a bomb was opened: %.200q", got)
	}
	laugh := repack(t, file, sheet, func(b []byte) []byte {
		return bytes.Replace(b, []byte("<worksheet"), []byte(`<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><worksheet`), 1)
	})
	if got := dump("f.xlsx", laugh); strings.Contains(got, "root:") || strings.Contains(got, "haha") {
		t.Errorf("an entity was expanded: %q", got)
	}
	broken := repack(t, file, sheet, func(b []byte) []byte {
		i := bytes.Index(b, []byte(`<row r="3"`))
		return append(b[:i:i], append([]byte(`<row r="3"><c r="A3"><<`), b[i:]...)...)
	})
	if got := dump("f.xlsx", broken); !strings.Contains(got, "!") {
		t.Errorf("rows behind a broken one vanish without a word: %q", got)
	}
	far := repack(t, file, sheet, func(b []byte) []byte {
		return bytes.Replace(b, []byte(`<row r="4"`), []byte(`<row r="1048576"`), 1)
	})
	if got := dump("f.xlsx", far); got == "" {
		t.Error("nothing was read")
	}
}

func TestEscape_comesBack(t *testing.T) {
	for _, s := range []string{"", "x", "=1", "+86 20", "-", "@a", "'", "''", "'=1", "''=1", "'x", "\tx"} {
		if got := unescape(Escape(s)); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
		if e := Escape(s); e != "" && strings.IndexByte(formula, e[0]) >= 0 {
			t.Errorf("%q would be computed", e)
		}
	}
}

// Whatever a file holds, reading it ends, in bounded memory, and every row is
// either read or has a problem with words.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{"", "{}", "a,b\n\"", "[\n{\"a\":\"\\ud800\"}\n]", "\xff\xfea\x00", "PK\x03\x04", "{\"a\":[[[[", "a\tb\n'=1\t2"} {
		f.Add([]byte(s))
	}
	f.Add(archive(f, map[string]string{"a.csv": "x,y\n1,2\n"}, "a.csv"))
	f.Add(workbookOf(f, map[string][][]string{"S": {{"a", "b"}, {"1", "2"}}}, "S"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := Open("f", bytes.NewReader(file), int64(len(file)), Limits{Unpacked: 1 << 20, Ratio: 50})
		if err != nil {
			var bad *FormatError
			if errors.As(err, &bad) && (bad.Zh == "" || bad.En == "") {
				t.Error("an error without words")
			}
			return
		}
		for _, e := range s.Tables {
			table, err := e.Open()
			if err != nil {
				continue
			}
			for n := 0; ; n++ {
				row, err := table.Next()
				if err != nil {
					break
				}
				if row.Problem != nil && (row.Problem.Zh == "" || row.Problem.En == "") {
					t.Errorf("line %d: a problem without words", row.Line)
				}
				if n > 1<<21 {
					t.Fatal("the file never ends")
				}
			}
			table.Close()
		}
	})
}
