package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"tongban/gov/catalogue/rows"
)

// Bounds of a workbook: it is unpacked as a whole before its rows are read.
const (
	maxWorkbook   = 512 << 20
	inMemory      = 16 << 20 // a longer part is read from a temporary file
	maxBlankRows  = 1000     // so many blank rows end a sheet
	workbookRatio = 400      // sheets repeat themselves more than other files
)

// openXLSX opens every sheet of a workbook that has rows.
func openXLSX(title string, r Reader, size int64) ([]Table, error) {
	damaged := bad("%s：不是完好的 XLSX 文件。用表格软件另存一份", "%s: not a sound XLSX file. Save it anew with a spreadsheet program", title)
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damaged
	}
	rowsOf, err := inspect(title, z)
	if err != nil {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(r, excelize.Options{RawCellValue: false, UnzipSizeLimit: maxWorkbook, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, damaged
	}
	book := &workbook{f: f}
	var out []Table
	for i, sheet := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(sheet); err == nil && !visible {
			continue
		}
		t, err := openSheet(title, book, sheet, rowsOf[i+1])
		if Empty(err) {
			continue
		}
		if err != nil {
			book.close()
			return nil, err
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		book.close()
		return nil, errEmpty
	}
	if len(out) == 1 {
		out[0].(*sheetTable).title = title
	}
	return out, nil
}

// inspect reads every part of a workbook to its end, so that a part that
// unpacks to far more than it weighs, or is cut off, is found before anything is
// kept. It returns the number of rows of the sheets by their number.
func inspect(title string, z *zip.Reader) (map[int]int, error) {
	total := int64(0)
	out := map[int]int{}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			return nil, bad("%s：文件损坏或者有密码。去掉密码，另存一份", "%s: the file is damaged or has a password. Save it without one", title)
		}
		c := &counter{limit: min(maxWorkbook-total, max(inMemory, int64(part.CompressedSize64)*workbookRatio))}
		_, err = io.Copy(c, r)
		r.Close()
		total += c.n
		if errors.Is(err, errBomb) {
			return nil, bomb(title)
		}
		if err != nil {
			return nil, bad("%s：%s 损坏。另存一份后再导入", "%s: %s is damaged. Save it anew", title, part.Name)
		}
		if n, ok := sheetNumber(part.Name); ok {
			out[n] = c.rows
		}
	}
	return out, nil
}

func bomb(title string) error {
	return bad("%s：解开后大得不合理，没有读。拆成几个文件", "%s: it unpacks to an unreasonable size and was not read. Split it", title)
}

func sheetNumber(part string) (int, bool) {
	rest, ok := strings.CutPrefix(part, "xl/worksheets/sheet")
	n, err := strconv.Atoi(strings.TrimSuffix(rest, ".xml"))
	return n, ok && err == nil
}

var errBomb = errors.New("source: unpacks to too much")

// counter counts bytes and rows of a sheet.
type counter struct {
	n, limit int64
	rows     int
	tail     []byte
}

func (c *counter) Write(p []byte) (int, error) {
	if c.n += int64(len(p)); c.n > c.limit {
		return 0, errBomb
	}
	both := append(c.tail, p...)
	for _, start := range []string{"<row ", "<row>"} {
		c.rows += bytes.Count(both, []byte(start))
	}
	c.tail = bytes.Clone(both[max(0, len(both)-4):])
	return len(p), nil
}

// workbook is closed when its last sheet is.
type workbook struct {
	f    *excelize.File
	open int
}

func (b *workbook) close() error { return b.f.Close() }

// sheetTable reads one sheet row by row.
type sheetTable struct {
	title  string
	book   *workbook
	rows   *excelize.Rows
	header []string
	line   int
	want   int // rows that the sheet has
	got    int
	blank  int
	told   bool
}

func openSheet(title string, book *workbook, sheet string, want int) (Table, error) {
	r, err := book.f.Rows(sheet)
	if err != nil {
		return nil, bad("%s：工作表“%s”读不出。另存一份后再导入", "%s: the sheet %q cannot be read. Save the file anew", title, sheet)
	}
	t := &sheetTable{title: sheet, book: book, rows: r, want: want}
	for range 20 { // a title may stand above the names of the columns
		cells, err := t.cells()
		if err == io.EOF {
			r.Close()
			return nil, errEmpty
		}
		if err != nil {
			r.Close()
			return nil, err
		}
		if len(cells) > MaxColumns {
			r.Close()
			return nil, bad("%s：工作表“%s”的列超过 %d 个。只留需要的列", "%s: the sheet %q has more than %d columns. Keep those that are needed", title, sheet, MaxColumns)
		}
		if filled(cells) >= 2 {
			for _, c := range cells {
				t.header = append(t.header, strings.TrimSpace(c))
			}
			book.open++
			return t, nil
		}
	}
	r.Close()
	return nil, errEmpty
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

func (t *sheetTable) Name() string     { return t.title }
func (t *sheetTable) Header() []string { return t.header }

func (t *sheetTable) Close() error {
	err := t.rows.Close()
	if t.book.open--; t.book.open == 0 {
		err = errors.Join(err, t.book.close())
	}
	return err
}

// cells are those of the next row.
func (t *sheetTable) cells() ([]string, error) {
	if !t.rows.Next() {
		return nil, io.EOF
	}
	t.line++
	cells, err := t.rows.Columns()
	if err != nil {
		return nil, err
	}
	if len(cells) > 0 {
		t.got++
	}
	return cells, nil
}

func (t *sheetTable) Next() (Row, error) {
	for t.blank <= maxBlankRows {
		cells, err := t.cells()
		if err == io.EOF {
			break
		}
		row := Row{Line: t.line, Cells: cells}
		if err != nil {
			t.blank = maxBlankRows + 1
			p := rows.Bad("", "从这一行起读不出（%v）。用表格软件另存一份", "the sheet cannot be read from here on (%v). Save it anew with a spreadsheet program", err)
			row.Problem = &p
			return row, nil
		}
		if filled(cells) == 0 {
			t.blank++
			continue
		}
		t.blank = 0
		return t.checked(row), nil
	}
	if t.want > t.line && t.blank <= maxBlankRows && !t.told {
		t.told = true
		p := rows.Bad("", "工作表有 %d 行，只读出 %d 行，后面的损坏。用表格软件另存一份", "the sheet has %d rows, %d could be read, the rest is damaged. Save it anew with a spreadsheet program", t.want, t.line)
		return Row{Line: t.line + 1, Problem: &p}, nil
	}
	return Row{}, io.EOF
}

func (t *sheetTable) checked(row Row) Row {
	row.Raw = strings.Join(row.Cells, "\t")
	if len(row.Cells) > len(t.header) {
		if filled(row.Cells[len(t.header):]) > 0 {
			p := rows.Bad("", "这一行有 %d 列，第一行有 %d 列。给多出的列写上列名", "this row has %d columns, the first has %d. Name the further ones", len(row.Cells), len(t.header))
			row.Problem = &p
			return row
		}
		row.Cells = row.Cells[:len(t.header)]
	}
	for i, c := range row.Cells {
		if len(c) > MaxCell {
			p := rows.Bad(t.header[i], "单元格超过 256 KB。缩短后再导入", "the cell is longer than 256 KB. Shorten it")
			row.Problem, row.Raw = &p, ""
			return row
		}
	}
	return row
}
