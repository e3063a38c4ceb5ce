package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue/rows"
)

// jsonTable reads one JSON object a line. Lists become lines of a cell, as in
// the CSV form; null is an empty cell.
type jsonTable struct {
	title  string
	in     *lines
	header []string
	column map[string]int
	ahead  []Row
	closer io.Closer
}

// lookAhead is how many rows are read to know the columns.
const lookAhead = 200

func openJSON(title string, in *lines, closer io.Closer) (Table, error) {
	t := &jsonTable{title: title, in: in, column: map[string]int{}, closer: closer}
	for range lookAhead {
		row, err := t.read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		t.ahead = append(t.ahead, row)
	}
	if len(t.ahead) == 0 {
		return nil, errEmpty
	}
	return t, nil
}

func (t *jsonTable) Name() string     { return t.title }
func (t *jsonTable) Header() []string { return t.header }
func (t *jsonTable) Close() error     { return t.closer.Close() }

func (t *jsonTable) Next() (Row, error) {
	if len(t.ahead) > 0 {
		row := t.ahead[0]
		t.ahead = t.ahead[1:]
		return row, nil
	}
	return t.read()
}

func (t *jsonTable) read() (Row, error) {
	for {
		l, err := t.in.next()
		if err != nil {
			return Row{}, err
		}
		text := bytes.TrimSpace(l.text)
		if l.long {
			return Row{Line: l.n, Problem: tooLong()}, nil
		}
		if len(text) == 0 || len(text) == 1 && (text[0] == '[' || text[0] == ']') { // a list with an object a line
			continue
		}
		row := Row{Line: l.n, Raw: strings.ToValidUTF8(string(text), "\ufffd")}
		if l.bad {
			p := rows.Bad("", "这一行不是 %s 编码。把文件另存为 UTF-8 后再导入", "this line is not %s. Save the file as UTF-8", t.in.encodingName())
			row.Problem = &p
			return row, nil
		}
		row.Cells, row.Problem = t.cells(bytes.TrimSuffix(text, []byte{','}))
		return row, nil
	}
}

func (t *jsonTable) cells(text []byte) ([]string, *rows.Problem) {
	p := &parser{s: text}
	cells := make([]string, len(t.header))
	err := p.object(func(key string) error {
		i, known := t.column[key]
		if !known {
			if len(t.header) >= MaxColumns {
				return errColumns
			}
			i = len(t.header)
			t.column[key] = i
			t.header = append(t.header, key)
		}
		for len(cells) <= i {
			cells = append(cells, "")
		}
		var err error
		cells[i], err = p.value()
		if err == nil && len(cells[i]) > MaxCell {
			return errCell
		}
		return err
	})
	if err == nil && p.rest() {
		err = p.fail()
	}
	var at syntaxError
	switch {
	case err == nil:
		return cells, nil
	case errors.Is(err, errColumns):
		b := rows.Bad("", "字段超过 %d 个。只留需要的字段", "there are more than %d fields. Keep those that are needed", MaxColumns)
		return nil, &b
	case errors.Is(err, errCell):
		b := rows.Bad("", "有一个值超过 256 KB。缩短后再导入", "a value is longer than 256 KB. Shorten it")
		return nil, &b
	case errors.As(err, &at):
		b := rows.Bad("", "第 %d 个字节处不是正确的 JSON。一行写一个完整的对象，检查引号、逗号和括号", "not JSON at byte %d. Write one whole object on a line; look at quotes, commas and brackets", int(at))
		return nil, &b
	}
	b := rows.Bad("", "读不懂这一行（%v）。一行写一个完整的 JSON 对象", "this line cannot be read (%v). Write one whole JSON object on a line", err)
	return nil, &b
}

var (
	errColumns = errors.New("source: too many columns")
	errCell    = errors.New("source: a cell is too long")
)

// syntaxError is the byte at which a line stops being JSON.
type syntaxError int

func (e syntaxError) Error() string { return fmt.Sprintf("not JSON at byte %d", int(e)) }

// parser reads one JSON object and gives its values as cells.
type parser struct {
	s  []byte
	at int
}

func (p *parser) fail() error { return syntaxError(p.at + 1) }

func (p *parser) blank() {
	for p.at < len(p.s) && (p.s[p.at] == ' ' || p.s[p.at] == '\t' || p.s[p.at] == '\n' || p.s[p.at] == '\r') {
		p.at++
	}
}

func (p *parser) rest() bool { p.blank(); return p.at < len(p.s) }

func (p *parser) take(c byte) bool {
	p.blank()
	if p.at < len(p.s) && p.s[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) object(member func(key string) error) error {
	if !p.take('{') {
		return p.fail()
	}
	if p.take('}') {
		return nil
	}
	for {
		p.blank()
		key, err := p.text()
		if err != nil {
			return err
		}
		if !p.take(':') {
			return p.fail()
		}
		if err := member(key); err != nil {
			return err
		}
		if p.take('}') {
			return nil
		}
		if !p.take(',') {
			return p.fail()
		}
	}
}

// text reads a string.
func (p *parser) text() (string, error) {
	if p.at >= len(p.s) || p.s[p.at] != '"' {
		return "", p.fail()
	}
	start := p.at
	for i := p.at + 1; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.at = i + 1
			return string(p.s[start+1 : i]), nil
		case c < 0x20:
			p.at = i
			return "", p.fail()
		case c == '\\':
			return p.escaped(start)
		}
	}
	return "", p.fail()
}

// escaped reads a string with backslashes, by the standard library.
func (p *parser) escaped(start int) (string, error) {
	for i := start + 1; i < len(p.s); i++ {
		if p.s[i] == '\\' {
			i++
			continue
		}
		if p.s[i] == '"' {
			var out string
			if err := json.Unmarshal(p.s[start:i+1], &out); err != nil {
				return "", p.fail()
			}
			p.at = i + 1
			return out, nil
		}
	}
	return "", p.fail()
}

// value reads any value as a cell.
func (p *parser) value() (string, error) {
	p.blank()
	if p.at >= len(p.s) {
		return "", p.fail()
	}
	switch p.s[p.at] {
	case '"':
		return p.text()
	case '[', '{':
		return p.nested()
	}
	end := p.at
	for end < len(p.s) && strings.IndexByte(",}] \t\r\n", p.s[end]) < 0 {
		end++
	}
	word := p.s[p.at:end]
	if !json.Valid(word) {
		return "", p.fail()
	}
	p.at = end
	if string(word) == "null" {
		return "", nil
	}
	return string(word), nil
}

// maxDepth bounds how deep a value may be nested.
const maxDepth = 32

// nested reads a list of plain values as lines, anything else as its own JSON.
func (p *parser) nested() (string, error) {
	start, depth, inside := p.at, 0, false
	for i := p.at; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				p.at = i
				return "", p.fail()
			}
		case c == ']' || c == '}':
			if depth--; depth > 0 {
				continue
			}
			raw := p.s[start : i+1]
			if !json.Valid(raw) || !utf8.Valid(raw) {
				return "", p.fail()
			}
			p.at = i + 1
			return flat(raw), nil
		}
	}
	return "", p.fail()
}

func flat(raw []byte) string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		whole := true
		for _, s := range list {
			whole = whole && !strings.ContainsAny(s, "\n")
		}
		if whole {
			return strings.Join(list, "\n")
		}
	}
	return string(raw)
}
