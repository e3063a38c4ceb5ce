package outlet

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"archive/zip"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/guides"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// Format is the form of an export.
type Format string

// The forms.
const (
	Guides      Format = "guides"       // one JSON object a line, as the guides come
	National    Format = "national"     // a ZIP of JSON lines, one file per exchange table
	NationalCSV Format = "national-csv" // the same as CSV
	GuidesCSV   Format = "guides-csv"   // the same as CSV
	CSV         Format = "csv"          // a ZIP of CSV files for spreadsheets
	XLSX        Format = "xlsx"         // a workbook
)

// Formats are those that the page offers.
var Formats = []Format{XLSX, CSV, Guides, National, NationalCSV}

// Name is the name of the file of an export.
func (f Format) Name(region string, at time.Time) string {
	name := "items-" + region + "-" + at.In(calendar.Zone).Format("20060102T150405")
	switch f {
	case XLSX:
		return name + ".xlsx"
	case Guides:
		return name + ".jsonl"
	case GuidesCSV:
		return name + ".csv"
	}
	return name + "-" + string(f) + ".zip"
}

// MediaType is the Content-Type of an export.
func (f Format) MediaType() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case Guides:
		return "application/x-ndjson"
	case GuidesCSV:
		return "text/csv; charset=utf-8"
	}
	return "application/zip"
}

// Faults of exports.
var (
	ErrForm   = fault.Invalid("catalogue.outlet.format")   // no such form
	ErrTooBig = fault.Invalid("catalogue.outlet.too_many") // more than a workbook holds
)

// Deps is what the outlet needs.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Catalogue *catalogue.Service
	BaseURL   string // how people reach the site, without the last slash
}

// Service gives items away.
type Service struct{ Deps }

// New returns the outlet of a catalogue.
func New(d Deps) *Service { return &Service{d} }

// Options say what to export.
type Options struct {
	Region string // and those below it
	Format Format
	Since  time.Time // only what was published after it; zero: everything
}

// Summary says what was exported.
type Summary struct {
	Items int            `json:"items"`
	Rows  map[string]int `json:"rows"` // by table
	Batch string         `json:"batch,omitempty"`
	// Beside are elements that the tables of the exchange have no column for, with
	// how many items have them: they stand in a table of the platform's own, which
	// other systems need not read.
	Beside map[string]int `json:"beside,omitempty"`
	// Left is what was left out, with of how many items: a flow, a form, situations
	// or a result of their own travel as a package and in no table.
	Left map[string]int `json:"left_out,omitempty"`

	own func(*content.Content) []string
}

// left counts what a form does not carry of an item, true when that is all of it:
// what a package keeps travels as the package.
func (s *Summary) left(c *content.Content) (all bool) {
	if s.Left == nil {
		s.Left = map[string]int{}
	}
	if c.Item.Package != "" {
		s.Left["package"]++
		return true
	}
	for _, name := range s.own(c) {
		s.Left[name]++
	}
	return false
}

// Export writes the items of a region to w. Who took what since when is
// recorded: a receiver that asks why it lacks an item finds out.
func (s *Service) Export(ctx context.Context, opt Options, w io.Writer) (Summary, error) {
	if err := authz.Require(ctx, catalogue.MayExportItems, authz.Object{Region: opt.Region}); err != nil {
		return Summary{}, err
	}
	if opt.Format != GuidesCSV && !slices.Contains(Formats, opt.Format) {
		return Summary{}, ErrForm.With("format", string(opt.Format))
	}
	if err := s.Catalogue.Region(ctx, "region", opt.Region); err != nil {
		return Summary{}, err
	}
	now := s.Clock.Now()
	sum, err := s.write(ctx, opt, now, w)
	if err != nil {
		return sum, err
	}
	return sum, s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: opt.Region, Action: "catalogue.items.exported", Object: string(opt.Format),
			Details: map[string]any{"items": sum.Items, "since": opt.Since, "batch": sum.Batch, "left_out": sum.Left}})
		return nil
	})
}

// beside counts the elements of an item that stand in no table of the exchange.
func (s *Summary) beside(list []change) {
	if s.Beside == nil {
		s.Beside = map[string]int{}
	}
	seen := map[string]bool{}
	for _, c := range list {
		if name := c.cells["field"]; c.table == mapping.ExtraTable && c.op != "D" && !seen[name] {
			seen[name] = true
			s.Beside[name]++
		}
	}
}

func (s *Service) write(ctx context.Context, opt Options, now time.Time, w io.Writer) (Summary, error) {
	sum := Summary{Rows: map[string]int{}}
	var err error
	if sum.own, err = s.Catalogue.OwnParts(); err != nil {
		return sum, err
	}
	switch opt.Format {
	case Guides, GuidesCSV:
		bw := bufio.NewWriterSize(w, 64<<10)
		return sum, errors.Join(s.guides(ctx, opt, bw, &sum), bw.Flush())
	case XLSX:
		return sum, s.workbook(ctx, opt, w, &sum)
	}
	dir, err := os.MkdirTemp("", "tongban-outlet-")
	if err != nil {
		return sum, err
	}
	defer os.RemoveAll(dir)
	t := &tables{dir: dir, csv: opt.Format != National, mark: opt.Format == CSV, files: map[string]*table{}, sum: &sum}
	if opt.Format == CSV {
		err = s.sheets(ctx, opt, &sum, t.row)
	} else {
		err = s.national(ctx, opt, now, t, &sum)
	}
	if err = errors.Join(err, t.close()); err != nil {
		return sum, err
	}
	return sum, t.pack(w)
}

// guides writes a row of the guides' form for every item.
func (s *Service) guides(ctx context.Context, opt Options, w io.Writer, sum *Summary) error {
	form := guides.JSONL
	if opt.Format == GuidesCSV {
		form = guides.CSV
	}
	write, finish, err := guides.Writer(form, w)
	if err != nil {
		return err
	}
	err = s.Catalogue.EachItem(ctx, opt.Region, opt.Since, func(p catalogue.PublishedItem) error {
		sum.left(&p.Content)
		sum.Items++
		row := guides.Of(p.Content)
		return write(&row)
	})
	return errors.Join(err, finish())
}

// national writes the tables of the exchange: all rows as inserts, or since a
// time those that differ.
func (s *Service) national(ctx context.Context, opt Options, now time.Time, t *tables, sum *Summary) error {
	local := now.In(calendar.Zone)
	sum.Batch = batchID(opt.Region, local.Format("20060102150405"))
	at := local.Format(time.DateTime)
	write := func(table, op string, values map[string]string) error {
		columns := columnsOf(table)
		cells := make([]string, len(columns))
		for i, name := range columns {
			cells[i] = values[name]
		}
		n := len(cells) // the envelope stands at the end
		cells[n-4], cells[n-3], cells[n-2] = op, at, sum.Batch
		return t.row(table, columns, cells)
	}
	used := map[string]bool{}
	err := s.Catalogue.EachItem(ctx, opt.Region, opt.Since, func(p catalogue.PublishedItem) error {
		if sum.left(&p.Content) {
			return nil
		}
		var old *content.Content
		if !opt.Since.IsZero() {
			was, there, err := s.Catalogue.Before(ctx, p.Item.Region, p.Item.Code, opt.Since)
			if err != nil {
				return err
			}
			if there {
				old = &was
			}
		}
		if len(p.Item.Base) == codes.BasicLength {
			used[p.Item.Base] = true
		}
		list := changes(&p.Content, old)
		if len(list) > 0 {
			sum.Items++
		}
		sum.beside(list)
		for _, c := range list {
			if err := write(c.table, c.op, c.cells); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.directory(ctx, opt, used, write)
}

// tables are the files of an export on their way, each in its own temporary
// file: items of all kinds come in one stream.
type tables struct {
	dir   string
	csv   bool
	mark  bool // begin with a byte-order mark, for spreadsheets
	files map[string]*table
	sum   *Summary
}

type table struct {
	f    *os.File
	w    *bufio.Writer
	csv  *csv.Writer
	name string
}

func (t *tables) row(name string, columns, cells []string) error {
	f := t.files[name]
	if f == nil {
		var err error
		if f, err = t.begin(name, columns); err != nil {
			return err
		}
		t.files[name] = f
	}
	t.sum.Rows[name]++
	if f.csv != nil {
		safe := make([]string, len(cells))
		for i, c := range cells {
			safe[i] = source.Escape(c)
		}
		return f.csv.Write(safe)
	}
	return writeObject(f.w, columns, cells)
}

func (t *tables) begin(name string, columns []string) (*table, error) {
	end := ".jsonl"
	if t.csv {
		end = ".csv"
	}
	file, err := os.Create(filepath.Join(t.dir, strconv.Itoa(len(t.files))))
	if err != nil {
		return nil, err
	}
	f := &table{f: file, w: bufio.NewWriterSize(file, 64<<10), name: name + end}
	if t.csv {
		if t.mark {
			f.w.WriteString("\ufeff")
		}
		f.csv = csv.NewWriter(f.w)
		return f, f.csv.Write(columns)
	}
	return f, nil
}

// writeObject writes the cells that say something as one JSON object.
func writeObject(w *bufio.Writer, columns, cells []string) error {
	first := true
	w.WriteByte('{')
	for i, c := range cells {
		if c == "" {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		key, _ := json.Marshal(columns[i]) // plain text
		value, _ := json.Marshal(c)
		w.Write(key)
		w.WriteByte(':')
		w.Write(value)
	}
	_, err := w.WriteString("}\n")
	return err
}

func (t *tables) close() (err error) {
	for _, f := range t.files {
		if f.csv != nil {
			f.csv.Flush()
			err = errors.Join(err, f.csv.Error())
		}
		err = errors.Join(err, f.w.Flush())
	}
	return err
}

// pack puts the files into an archive, in the order of their names.
func (t *tables) pack(w io.Writer) error {
	z := zip.NewWriter(w)
	list := make([]*table, 0, len(t.files))
	for _, f := range t.files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *table) int { return strings.Compare(a.name, b.name) })
	for _, f := range list {
		if _, err := f.f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		to, err := z.Create(f.name)
		if err != nil {
			return err
		}
		if _, err := io.Copy(to, f.f); err != nil {
			return err
		}
		if err := f.f.Close(); err != nil {
			return err
		}
	}
	return errors.Join(t.sum.note(z), z.Close())
}
