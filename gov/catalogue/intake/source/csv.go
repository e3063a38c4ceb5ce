package source

import (
	"bytes"
	"io"
	"strings"

	"tongban/gov/catalogue/rows"
)

// csvTable reads CSV with commas, semicolons or tabs.
type csvTable struct {
	title  string
	in     *lines
	comma  byte
	header []string
	closer io.Closer
}

// maxRecord is how many lines one record may take; a quote that is not closed
// within them spoils only the line it stands in.
const maxRecord = 100

func openCSV(title string, in *lines, closer io.Closer) (Table, error) {
	t := &csvTable{title: title, in: in, closer: closer}
	l, err := in.next()
	for err == nil && len(bytes.TrimSpace(l.text)) == 0 {
		l, err = in.next()
	}
	if err == io.EOF {
		return nil, errEmpty
	}
	if err != nil {
		return nil, err
	}
	if l.long || l.bad || bytes.IndexByte(l.text, 0) >= 0 {
		return nil, bad("%s：第一行不是列名。换成 CSV、JSON、XLSX 或 ZIP 文件", "%s: the first line is no list of columns. Choose a CSV, JSON, XLSX or ZIP file", title)
	}
	t.comma = delimiter(l.text)
	text, _, ok := t.record(l)
	cells, good := split(text, t.comma)
	if !ok || !good || len(cells) > MaxColumns {
		return nil, bad("%s：第一行不是列名，引号没有成对或者列太多。第一行写列名", "%s: the first line is no list of columns; a quote is open or there are too many. Write the names of the columns there", title)
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(strings.TrimPrefix(cells[i], "\ufeff"))
	}
	t.header = cells
	return t, nil
}

// delimiter is what parts the columns of the first line.
func delimiter(text []byte) byte {
	best, most := byte(','), bytes.Count(text, []byte{','})
	for _, c := range []byte{'\t', ';'} {
		if n := bytes.Count(text, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// Titled tells whether a table has the names of its columns in its first line.
func Titled(t Table) bool {
	_, csv := t.(*csvTable)
	return csv
}

func (t *csvTable) Name() string     { return t.title }
func (t *csvTable) Header() []string { return t.header }
func (t *csvTable) Close() error     { return t.closer.Close() }

func (t *csvTable) Next() (Row, error) {
	for {
		l, err := t.in.next()
		if err != nil {
			return Row{}, err
		}
		if len(bytes.TrimSpace(l.text)) == 0 && !l.long {
			continue
		}
		return t.row(l), nil
	}
}

func (t *csvTable) row(l line) Row {
	row := Row{Line: l.n}
	fail := func(zh, en string, args ...any) Row {
		p := rows.Bad("", zh, en, args...)
		row.Problem = &p
		return row
	}
	if l.long {
		row.Problem = tooLong()
		return row
	}
	text, sound, ok := t.record(l)
	row.Raw = strings.ToValidUTF8(string(text), "\ufffd")
	if !sound {
		return fail("这一行不是 %s 编码。把文件另存为 UTF-8 后再导入", "this line is not %s. Save the file as UTF-8", t.in.encodingName())
	}
	cells, good := split(text, t.comma)
	switch {
	case !ok:
		return fail("引号没有成对。字段里的引号写成两个，整个字段用引号括起来", "a quote is not closed. Write a quote inside a field twice and put the field in quotes")
	case !good:
		return fail("引号后面还有字。字段里的引号写成两个，整个字段用引号括起来", "there is text behind a closing quote. Write a quote inside a field twice and put the field in quotes")
	case len(cells) > len(t.header) && strings.Join(cells[len(t.header):], "") != "":
		return fail("这一行有 %d 列，第一行有 %d 列。字段里有逗号时用引号括起来", "this row has %d columns, the first has %d. Put a field with commas in quotes", len(cells), len(t.header))
	case len(cells) < len(t.header) && len(cells) == 1 && len(t.header) > 2:
		return fail("这一行只有 1 列，第一行有 %d 列。补齐或删去这一行", "this row has 1 column, the first has %d. Complete it or take it out", len(t.header))
	}
	for i, c := range cells {
		if len(c) > MaxCell {
			p := rows.Bad(t.header[min(i, len(t.header)-1)], "单元格超过 256 KB。缩短后再导入", "the cell is longer than 256 KB. Shorten it")
			row.Problem = &p
			return row
		}
		cells[i] = unescape(c)
	}
	if len(cells) < len(t.header) {
		row.Short = len(cells)
	}
	row.Cells = cells[:min(len(cells), len(t.header))]
	return row
}

// record joins lines until the quotes are paired. When they are not within
// maxRecord lines, the lines after the first are given back.
func (t *csvTable) record(first line) (text []byte, sound, ok bool) {
	text, sound = first.text, !first.bad
	quotes := bytes.Count(text, []byte{'"'})
	var taken []line
	for quotes%2 != 0 {
		l, err := t.in.next()
		if err != nil || l.long || len(taken) == maxRecord || len(text)+len(l.text) > MaxRow {
			if err == nil {
				taken = append(taken, l)
			}
			t.in.giveBack(taken)
			return first.text, !first.bad, false
		}
		taken = append(taken, l)
		sound = sound && !l.bad
		if len(taken) == 1 {
			text = bytes.Clone(text)
		}
		text = append(append(text, '\n'), l.text...)
		quotes += bytes.Count(l.text, []byte{'"'})
	}
	return text, sound, true
}

// split cuts a record into its cells; false when a closing quote is followed by
// more text.
func split(text []byte, comma byte) ([]string, bool) {
	var out []string
	s := string(text)
	for {
		if !strings.HasPrefix(s, `"`) {
			i := strings.IndexByte(s, comma)
			if i < 0 {
				return append(out, s), true
			}
			out = append(out, s[:i])
			s = s[i+1:]
			continue
		}
		cell, rest, ok := quoted(s[1:])
		if !ok {
			return out, false
		}
		out = append(out, cell)
		if rest == "" {
			return out, true
		}
		if rest[0] != comma {
			return out, false
		}
		s = rest[1:]
	}
}

// quoted reads up to the closing quote.
func quoted(s string) (cell, rest string, ok bool) {
	i := strings.IndexByte(s, '"')
	if i < 0 {
		return "", "", false
	}
	if i+1 == len(s) || s[i+1] != '"' {
		return s[:i], s[i+1:], true
	}
	var b strings.Builder
	for {
		b.WriteString(s[:i])
		s = s[i+1:]
		if !strings.HasPrefix(s, `"`) {
			return b.String(), s, true
		}
		b.WriteByte('"')
		s = s[1:]
		if i = strings.IndexByte(s, '"'); i < 0 {
			return "", "", false
		}
	}
}
