package places

import (
	"bytes"
	"encoding/csv"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue/rows"
)

// FormatError says that a file is no list of divisions.
type FormatError struct{ Zh, En string }

// Error says what to do, in Chinese as all reports of imports.
func (e FormatError) Error() string { return e.En }

// Table is what a file of divisions holds.
type Table struct {
	List []Place
	Rows int // that were read
	Same int // that repeat an earlier one
}

var codeShape = regexp.MustCompile(`^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$`)

// IsCode tells whether s has the shape of a code of the statistical list.
func IsCode(s string) bool { return codeShape.MatchString(s) }

// Pad fills a statistical code of two or four digits to the six that are used
// everywhere: 44 becomes 440000.
func Pad(code string) string {
	if len(code) < 6 {
		return (code + "000000")[:6]
	}
	return code
}

// Read reads code, name, level and parent, one division a row with a header.
// Broken rows go to bad and are left out. A row that repeats the one above its
// level (a city without counties is listed as its own county) is the same
// division and counts as such.
func Read(r io.Reader, bad func(rows.Problem)) (t Table, err error) {
	in := rows.NewLines(r)
	if _, err := in.First(); err != nil {
		return t, FormatError{"文件是空的", "the file is empty"}
	}
	header, err := in.Next()
	if err != nil {
		return t, err
	}
	if string(header.Text) != "code,name,level,parent" {
		return t, FormatError{"第一行要写 code,name,level,parent", "the first line has to be code,name,level,parent"}
	}
	at := map[string]int{}
	for {
		l, err := in.Next()
		if err == io.EOF {
			return t.orphans(at, bad), nil
		}
		if err != nil {
			return t, err
		}
		if len(bytes.TrimSpace(l.Text)) == 0 {
			continue
		}
		t.Rows++
		d, p := rowOf(l)
		if i, again := at[d.Code]; p == nil && again {
			if t.List[i].Name == d.Name {
				t.Same++
				continue
			}
			q := rows.Bad("code", "编码 %s 已经是“%s”。核对编码", "the code %s already stands for %s. Check it", d.Code, t.List[i].Name)
			p = &q
		}
		if p != nil {
			p.Line = l.Number
			bad(*p)
			continue
		}
		at[d.Code] = len(t.List)
		t.List = append(t.List, d)
	}
}

// fields cuts a row at its commas. Nearly none is quoted, and a reader of its
// own for each would weigh more than all rows together.
func fields(line []byte) ([]string, error) {
	if bytes.IndexByte(line, '"') < 0 {
		return strings.Split(string(line), ","), nil
	}
	return csv.NewReader(bytes.NewReader(line)).Read()
}

func rowOf(l rows.Line) (Place, *rows.Problem) {
	bad := func(field, zh, en string, args ...any) (Place, *rows.Problem) {
		p := rows.Bad(field, zh, en, args...)
		return Place{}, &p
	}
	if l.Long || !utf8.Valid(l.Text) {
		return bad("", "这一行不是 UTF-8 文本。把文件另存为 UTF-8 后再导入", "this line is not UTF-8 text. Save the file as UTF-8")
	}
	f, err := fields(l.Text)
	if err != nil || len(f) != 4 {
		return bad("", "要有 4 列：编码、名称、层级、上级编码", "four columns are needed: code, name, level, parent")
	}
	code, name, parent := strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), strings.TrimSpace(f[3])
	if !IsCode(code) {
		return bad("code", "“%s”不是区划代码。填 2、4、6 或 9 位数字", "%q is not a division code. Give 2, 4, 6 or 9 digits", short60(code))
	}
	if name == "" || utf8.RuneCountInString(name) > 60 {
		return bad("name", "名称要有 1 到 60 个字", "the name needs 1 to 60 characters")
	}
	if len(f[2]) != 1 || f[2][0] < '1' || f[2][0] > '5' {
		return bad("level", "层级“%s”不对。填 1 到 5", "the level %q is wrong. Give 1 to 5", short60(f[2]))
	}
	if parent != "" && !strings.HasPrefix(code, strings.TrimRight(parent, "0")) {
		return bad("parent", "上级“%s”与编码 %s 对不上", "the parent %q does not fit the code %s", short60(parent), code)
	}
	d := Place{Code: Pad(code), Name: name, Level: int(f[2][0] - '0')}
	if parent != "" {
		d.Parent = Pad(parent)
	}
	return d, nil
}

// short60 is the beginning of what was entered, for a message.
func short60(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// orphans leaves out rows whose parent is not in the list.
func (t Table) orphans(at map[string]int, bad func(rows.Problem)) Table {
	out := t.List[:0]
	for _, d := range t.List {
		if _, ok := at[d.Parent]; d.Parent != "" && !ok {
			bad(rows.Bad("parent", "%s（%s）的上级 %s 不在文件里。补上上级", "the parent %[3]s of %[1]s (%[2]s) is not in the file. Add it", d.Code, d.Name, d.Parent))
			continue
		}
		out = append(out, d)
	}
	t.List = out
	return t
}
