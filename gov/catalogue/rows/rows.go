package rows

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Target is what a row is read into: a struct with JSON tags whose fields can
// also be set by the name of a column.
type Target interface {
	// Set fills the field of a column; columns that are not known do not matter.
	Set(column, value string) *Problem
}

// Row is one row that is not understood yet.
type Row interface {
	// Decode reads the row into t, which is a pointer.
	Decode(t Target) *Problem
}

// Reader goes through a file.
type Reader interface {
	// Next returns the next row and the line it begins on, or io.EOF.
	Next() (int, Row, error)
}

// ErrEmpty says that a file holds nothing.
var ErrEmpty = errors.New("rows: the file is empty")

// HeaderError says what the first line of a CSV file lacks.
type HeaderError struct{ Column string } // "": it is no list of columns

// Error implements error.
func (e *HeaderError) Error() string { return "rows: the first line lacks the column " + e.Column }

// Open finds out from the first character whether the file is JSON, one object
// a line, or CSV with the columns of need. start is how a CSV record begins,
// so that a broken one does not spoil those behind it.
func Open(r io.Reader, need []string, start *regexp.Regexp) (Reader, error) {
	in := NewLines(r)
	first, err := in.First()
	if err == io.EOF {
		return nil, ErrEmpty
	}
	if err != nil {
		return nil, err
	}
	if first == '"' || len(need) > 0 && first == need[0][0] {
		return openCSV(in, need, start)
	}
	return &jsonLines{in: in}, nil
}

func longLine() *Problem {
	p := Bad("", "这一行超过 1 MB。拆短后再导入", "this line is longer than 1 MB. Shorten it")
	return &p
}

type jsonRow struct {
	raw     []byte
	problem *Problem
}

func (j jsonRow) Decode(t Target) *Problem {
	if j.problem != nil {
		return j.problem
	}
	if !utf8.Valid(j.raw) {
		p := Bad("", "这一行不是 UTF-8 编码。把文件另存为 UTF-8 后再导入", "this line is not UTF-8. Save the file as UTF-8")
		return &p
	}
	err := json.Unmarshal(j.raw, t)
	if err == nil {
		return nil
	}
	var p Problem
	switch e := err.(type) {
	case *json.UnmarshalTypeError:
		p = Bad(e.Field, "值的类型不对：这里是 %s。按格式说明改正", "the value is of the wrong type, %s. Correct it as the format says", e.Value)
	case *json.SyntaxError:
		p = Bad("", "第 %d 个字节处不是正确的 JSON。一行写一个完整的对象，检查引号、逗号和括号", "not JSON at byte %d. Write one whole object on a line; look at quotes, commas and brackets", e.Offset)
	default:
		p = Bad("", "读不懂这一行（%v）。一行写一个完整的 JSON 对象", "this line cannot be read (%v). Write one whole JSON object on a line", err)
	}
	return &p
}

type jsonLines struct{ in *Lines }

func (j *jsonLines) Next() (int, Row, error) {
	for {
		l, err := j.in.Next()
		if err != nil {
			return 0, nil, err
		}
		if l.Long {
			return l.Number, jsonRow{problem: longLine()}, nil
		}
		if len(bytes.TrimSpace(l.Text)) > 0 {
			return l.Number, jsonRow{raw: l.Text}, nil
		}
	}
}

type csvLines struct {
	in     *Lines
	header []string
	start  *regexp.Regexp // how a record begins; nil: unknown
}

// maxRecord is how many lines one CSV record may take; a quote that is not
// closed within them spoils only the line it stands in.
const maxRecord = 100

func openCSV(in *Lines, need []string, start *regexp.Regexp) (Reader, error) {
	l, err := in.Next()
	for err == nil && len(bytes.TrimSpace(l.Text)) == 0 {
		l, err = in.Next()
	}
	if err != nil {
		return nil, err
	}
	header, err := parseCSV(l.Text)
	if err != nil {
		return nil, &HeaderError{}
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	for _, name := range need {
		if !slices.Contains(header, name) {
			return nil, &HeaderError{name}
		}
	}
	return &csvLines{in, header, start}, nil
}

func parseCSV(text []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	return r.Read()
}

func (c *csvLines) Next() (int, Row, error) {
	for {
		l, err := c.in.Next()
		if err != nil {
			return 0, nil, err
		}
		if l.Long {
			return l.Number, jsonRow{problem: longLine()}, nil
		}
		if len(bytes.TrimSpace(l.Text)) == 0 {
			continue
		}
		text, ok := c.record(l)
		var p Problem
		if ok {
			fields, err := parseCSV(text)
			switch {
			case err != nil:
				p = Bad("", "不是正确的 CSV（%v）。字段里有逗号、引号或换行时，整个字段用引号括起来", "not CSV (%v). Put a field with commas, quotes or line breaks in quotes", err)
			case len(fields) != len(c.header):
				p = Bad("", "这一行有 %d 列，第一行有 %d 列。补齐或删去多余的列", "this line has %d columns, the first has %d. Make them equal", len(fields), len(c.header))
			default:
				return l.Number, csvRow{c.header, fields}, nil
			}
		} else {
			p = Bad("", "引号没有成对。字段里的引号写成两个，整个字段用引号括起来", "a quote is not closed. Write a quote inside a field twice and put the field in quotes")
		}
		c.resume()
		return l.Number, jsonRow{problem: &p}, nil
	}
}

func (c *csvLines) starts(l Line) bool { return c.start != nil && c.start.Match(l.Text) }

// resume leaves out what is left of a broken record: the lines before the
// next one that begins a record.
func (c *csvLines) resume() {
	if c.start == nil {
		return
	}
	for {
		l, err := c.in.Next()
		if err != nil {
			return
		}
		if c.starts(l) {
			c.in.back = append([]Line{l}, c.in.back...)
			return
		}
	}
}

// record joins lines until the quotes are paired. When they are not within
// maxRecord lines, the lines after the first are given back.
func (c *csvLines) record(first Line) ([]byte, bool) {
	text := first.Text
	var taken []Line
	for bytes.Count(text, []byte{'"'})%2 != 0 {
		l, err := c.in.Next()
		if err != nil || l.Long || len(taken) == maxRecord || c.starts(l) {
			if err == nil {
				taken = append(taken, l)
			}
			c.in.back = append(taken, c.in.back...)
			return nil, false
		}
		taken = append(taken, l)
		text = append(append(bytes.Clone(text), '\n'), l.Text...)
	}
	return text, true
}

type csvRow struct{ header, fields []string }

func (c csvRow) Decode(t Target) *Problem {
	for i, name := range c.header {
		v := c.fields[i]
		if !utf8.ValidString(v) {
			p := Bad(name, "不是 UTF-8 编码。把文件另存为 UTF-8 后再导入", "not UTF-8. Save the file as UTF-8")
			return &p
		}
		if p := t.Set(name, v); p != nil {
			return p
		}
	}
	return nil
}
