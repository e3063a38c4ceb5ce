package source

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"tongban/gov/catalogue/rows"
)

// Bounds of what is read.
const (
	MaxRow     = 1 << 20 // bytes of one row
	MaxCell    = 256 << 10
	MaxColumns = 1000
	MaxTables  = 500
)

// Limits bound what an archive may unpack to.
type Limits struct {
	Unpacked int64 // bytes of all files together
	Ratio    int64 // unpacked to packed bytes of one file, beyond a few megabytes
}

// DefaultLimits hold a province: 780,000 items are about 2 GB of JSON lines.
var DefaultLimits = Limits{Unpacked: 8 << 30, Ratio: 200}

// Row is one row of a table.
type Row struct {
	Line    int      // where it begins; the number of the row in a spreadsheet
	Cells   []string // in the order of the header; may be shorter
	Raw     string   // the row as it came, for the report of errors
	Short   int      // columns of a line of CSV that ends before its last one; 0: it does not
	Problem *rows.Problem
}

// Table is one table of a source, read once from the front.
type Table interface {
	// Name is the file's or sheet's name without its ending.
	Name() string
	// Header are the names of the columns; a table of JSON lines may learn more
	// of them while it is read.
	Header() []string
	// Next returns the next row, or io.EOF.
	Next() (Row, error)
	// Close lets the table go.
	Close() error
}

// Reader is a file that can be read from any place.
type Reader interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// FormatError says that a source as a whole cannot be read, and what to do.
type FormatError struct{ Zh, En string }

// Error implements error.
func (e *FormatError) Error() string { return e.En }

func bad(zh, en string, args ...any) error {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	return &FormatError{zh, en}
}

var errEmpty = bad("文件是空的。换一个有内容的文件", "the file is empty. Choose one with rows")

// Empty tells whether an error says that there is nothing in a file.
func Empty(err error) bool { return errors.Is(err, errEmpty) }

// tooLong is the problem of a row beyond MaxRow.
func tooLong() *rows.Problem {
	p := rows.Bad("", "这一行超过 1 MB。拆短后再导入", "this row is longer than 1 MB. Shorten it")
	return &p
}

// unescape takes away the apostrophe that an export puts before cells which a
// spreadsheet would run as a formula.
func unescape(cell string) string {
	rest := strings.TrimLeft(cell, "'")
	if len(rest) < len(cell) && rest != "" && strings.IndexByte(formula, rest[0]) >= 0 {
		return cell[1:]
	}
	return cell
}

// formula are the characters with which a spreadsheet begins to compute.
const formula = "=+-@\t\r"

// Escape puts an apostrophe before a cell that a spreadsheet would run as a
// formula; reading the cell takes it away.
func Escape(cell string) string {
	rest := strings.TrimLeft(cell, "'")
	if rest != "" && strings.IndexByte(formula, rest[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

// name is a path without folders and ending.
func name(path string) string {
	path = path[strings.LastIndexAny(path, `/\`)+1:]
	for _, end := range []string{".csv", ".jsonl", ".ndjson", ".json", ".txt", ".tsv", ".xlsx", ".xlsm", ".zip"} {
		if len(path) > len(end) && strings.EqualFold(path[len(path)-len(end):], end) {
			return path[:len(path)-len(end)]
		}
	}
	return path
}
