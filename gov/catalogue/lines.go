package catalogue

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxLine is how long a line may be, in bytes.
const maxLine = 1 << 20

// buffer reads lines of any length and never more than maxLine of one.
type buffer struct {
	r    *bufio.Reader
	line int
	back []textLine // lines that were looked at and given back, in order
}

type textLine struct {
	number int
	text   []byte
	long   bool
}

func newBuffer(r io.Reader) *buffer { return &buffer{r: bufio.NewReaderSize(r, 64<<10)} }

// firstByte is the first byte that is not blank; a byte-order mark is dropped.
func (b *buffer) firstByte() (byte, error) {
	if mark, _ := b.r.Peek(3); string(mark) == "\xef\xbb\xbf" {
		b.r.Discard(3)
	}
	for n := 1; n <= b.r.Size(); n++ {
		p, err := b.r.Peek(n)
		if len(p) < n {
			return 0, err
		}
		if c := p[n-1]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, nil
		}
	}
	return 0, io.EOF
}

// next returns the next line without its end.
func (b *buffer) next() (textLine, error) {
	if len(b.back) > 0 {
		l := b.back[0]
		b.back = b.back[1:]
		return l, nil
	}
	l := textLine{number: b.line + 1}
	for {
		part, err := b.r.ReadSlice('\n')
		if len(l.text)+len(part) > maxLine {
			l.long = true
		} else {
			l.text = append(l.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (err != io.EOF || len(part) == 0 && len(l.text) == 0 && !l.long) {
			return l, err
		}
		b.line++
		l.text = bytes.TrimRight(l.text, "\r\n")
		return l, nil
	}
}

func longLine() *Problem {
	p := problem("", "这一行超过 1 MB。拆短后再导入", "this line is longer than 1 MB. Shorten it")
	return &p
}

type jsonLines struct{ in *buffer }

func (j *jsonLines) next() (int, row, error) {
	for {
		l, err := j.in.next()
		if err != nil {
			return 0, nil, err
		}
		if l.long {
			return l.number, jsonRow{problem: longLine()}, nil
		}
		if len(bytes.TrimSpace(l.text)) > 0 {
			return l.number, jsonRow{raw: l.text}, nil
		}
	}
}

// columns of the CSV form, in order. Lists are joined by a line feed.
var columns = []string{"task_code", "catalog_id", "parent_catalog_id", "parent_catalog_name", "name", "sub_name", "task_type_code", "task_type", "dept_name",
	"dept_org_code", "dept_uscc", "area_code", "level", "legal_limit", "legal_limit_unit", "promise_limit", "promise_limit_unit", "on_site_visits", "online",
	"online_url", "platform", "co_departments", "accept_conditions", "materials", "service_objects", "themes", "location", "consult_phone", "complaint_phone",
	"express", "booking", "name_en", "package", "source", "as_of"}

type csvLines struct {
	in     *buffer
	header []string
}

// maxRecord is how many lines one CSV record may take; a quote that is not
// closed within them spoils only the line it stands in.
const maxRecord = 100

func newCSVRows(in *buffer) (rowReader, error) {
	l, err := in.next()
	for err == nil && len(bytes.TrimSpace(l.text)) == 0 {
		l, err = in.next()
	}
	if err != nil {
		return nil, err
	}
	header, err := parseCSV(l.text)
	if err != nil {
		return nil, ErrFormat.With("problem", "第一行要写列名")
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	for _, need := range []string{"task_code", "name", "dept_name", "dept_uscc", "area_code", "task_type_code"} {
		if !slices.Contains(header, need) {
			return nil, ErrFormat.With("problem", "第一行缺少列 "+need)
		}
	}
	return &csvLines{in, header}, nil
}

func parseCSV(text []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	return r.Read()
}

func (c *csvLines) next() (int, row, error) {
	for {
		l, err := c.in.next()
		if err != nil {
			return 0, nil, err
		}
		if l.long {
			return l.number, jsonRow{problem: longLine()}, nil
		}
		if len(bytes.TrimSpace(l.text)) == 0 {
			continue
		}
		text, ok := c.record(l)
		var p Problem
		if ok {
			fields, err := parseCSV(text)
			switch {
			case err != nil:
				p = problem("", "不是正确的 CSV（%v）。字段里有逗号、引号或换行时，整个字段用引号括起来", "not CSV (%v). Put a field with commas, quotes or line breaks in quotes", err)
			case len(fields) != len(c.header):
				p = problem("", "这一行有 %d 列，第一行有 %d 列。补齐或删去多余的列", "this line has %d columns, the first has %d. Make them equal", len(fields), len(c.header))
			default:
				return l.number, csvRow{c.header, fields}, nil
			}
		} else {
			p = problem("", "引号没有成对。字段里的引号写成两个，整个字段用引号括起来", "a quote is not closed. Write a quote inside a field twice and put the field in quotes")
		}
		c.resume()
		return l.number, jsonRow{problem: &p}, nil
	}
}

// recordStart is how a record begins when its first column is the code.
var recordStart = regexp.MustCompile(`^"?[0-9A-Z]{28,33}"?,`)

func (c *csvLines) starts(l textLine) bool {
	return c.header[0] == "task_code" && recordStart.Match(l.text)
}

// resume leaves out what is left of a broken record: the lines before the
// next one that begins with a code.
func (c *csvLines) resume() {
	if c.header[0] != "task_code" {
		return
	}
	for {
		l, err := c.in.next()
		if err != nil {
			return
		}
		if c.starts(l) {
			c.in.back = append([]textLine{l}, c.in.back...)
			return
		}
	}
}

// record joins lines until the quotes are paired. When they are not within
// maxRecord lines, the lines after the first are given back.
func (c *csvLines) record(first textLine) ([]byte, bool) {
	text := first.text
	var taken []textLine
	for bytes.Count(text, []byte{'"'})%2 != 0 {
		l, err := c.in.next()
		if err != nil || l.long || len(taken) == maxRecord || c.starts(l) {
			if err == nil {
				taken = append(taken, l)
			}
			c.in.back = append(taken, c.in.back...)
			return nil, false
		}
		taken = append(taken, l)
		text = append(append(bytes.Clone(text), '\n'), l.text...)
	}
	return text, true
}

type csvRow struct{ header, fields []string }

func (c csvRow) decode(g *guide) *Problem {
	for i, name := range c.header {
		v := c.fields[i]
		if !utf8.ValidString(v) {
			p := problem(name, "不是 UTF-8 编码。把文件另存为 UTF-8 后再导入", "not UTF-8. Save the file as UTF-8")
			return &p
		}
		if p := g.set(name, v); p != nil {
			return p
		}
	}
	return nil
}

// texts are the fields that a CSV cell fills as it is.
func (g *guide) texts() map[string]*string {
	return map[string]*string{"task_code": &g.Code, "catalog_id": &g.Base, "parent_catalog_id": &g.ParentID, "parent_catalog_name": &g.Parent, "name": &g.Name,
		"sub_name": &g.Variant, "task_type_code": &g.TypeCode, "task_type": &g.Type, "dept_name": &g.OrgName, "dept_org_code": &g.OrgID, "dept_uscc": &g.Org,
		"area_code": &g.Region, "level": &g.Level, "legal_limit_unit": &g.LegalUnit, "promise_limit_unit": &g.PromiseUnit, "online_url": &g.OnlineURL,
		"platform": &g.OnlineSystem, "co_departments": &g.Partners, "accept_conditions": &g.Conditions, "location": &g.Location, "consult_phone": &g.Phone,
		"complaint_phone": &g.Complaint, "name_en": &g.NameEn, "package": &g.Package, "source": &g.Source, "as_of": &g.AsOf}
}

func (g *guide) numbers() map[string]**int {
	return map[string]**int{"legal_limit": &g.Legal, "promise_limit": &g.Promise, "on_site_visits": &g.Visits}
}

func (g *guide) flags() map[string]*bool {
	return map[string]*bool{"online": &g.Online, "express": &g.Express, "booking": &g.Booking}
}

func (g *guide) lists() map[string]*[]string {
	return map[string]*[]string{"materials": &g.Materials, "service_objects": &g.Audience, "themes": &g.Themes}
}

// set fills the field of a column; columns that are not known do not matter.
func (g *guide) set(column, v string) *Problem {
	if p, ok := g.texts()[column]; ok {
		*p = v
		return nil
	}
	if p, ok := g.lists()[column]; ok {
		*p = strings.Split(v, "\n")
		return nil
	}
	v = strings.TrimSpace(v)
	if p, ok := g.numbers()[column]; ok && v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			p := problem(column, "“%s”不是整数。填数字，没有就留空", "%q is not a whole number. Give a number or leave it empty", cut(v))
			return &p
		}
		*p = &n
	}
	if p, ok := g.flags()[column]; ok {
		switch strings.ToLower(v) {
		case "true", "1", "是", "yes":
			*p = true
		case "false", "0", "否", "no", "":
		default:
			p := problem(column, "“%s”不是 true 或 false。填 true 或 false", "%q is neither true nor false. Give one of them", cut(v))
			return &p
		}
	}
	return nil
}

// cells are the row of a guide in the order of columns.
func (g *guide) cells() []string {
	texts, numbers, flags, lists := g.texts(), g.numbers(), g.flags(), g.lists()
	out := make([]string, len(columns))
	for i, name := range columns {
		switch {
		case texts[name] != nil:
			out[i] = *texts[name]
		case numbers[name] != nil && *numbers[name] != nil:
			out[i] = strconv.Itoa(**numbers[name])
		case flags[name] != nil:
			out[i] = strconv.FormatBool(*flags[name])
		case lists[name] != nil:
			out[i] = strings.Join(*lists[name], "\n")
		}
	}
	return out
}
