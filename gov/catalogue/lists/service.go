package lists

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/i18n"
)

// The refusals of lists.
var (
	ErrNoList = fault.NotFound("lists.no_list")
	ErrCursor = fault.Invalid("lists.cursor").With("parameter", "after")
	// ErrTooLong says that a sheet cannot hold the list: take the CSV, or a region.
	ErrTooLong = fault.Invalid("lists.too_long")
)

// Deps is what lists need.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Catalogue *catalogue.Service
	Region    string // top region of the node: it keeps the lists that ship
}

// Service is the door to the lists. Reading them is public.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// Query narrows a list down.
type Query struct {
	Region string // and what lies in it; "" the whole country
	Org    string // unified code of the office
	Type   string // one of the list's kinds
	After  string // Next of the page before
	Limit  int    // items, 1 to 200
}

// Page is one page of a list.
type Page struct {
	List    List
	Columns []Column
	Rows    []Row
	Next    string
	Total   int       // items in the list, on the first page
	At      time.Time // the state that the list is of
}

// Page reads one page of a list.
func (s *Service) Page(ctx context.Context, id string, q Query) (Page, error) {
	l, err := s.Of(ctx, id)
	if err != nil {
		return Page{}, err
	}
	if err := s.Catalogue.Region(ctx, "region", q.Region); err != nil {
		return Page{}, err
	}
	fields, err := s.Catalogue.Fields(ctx, cmp.Or(q.Region, l.Region))
	if err != nil {
		return Page{}, err
	}
	p := Page{List: l, Columns: l.Heads(fields), At: s.Clock.Now()}
	region, code, err := cursor(q.After)
	if err != nil {
		return Page{}, err
	}
	w := l.where(q)
	if q.After == "" {
		if p.Total, err = countListed(ctx, s.DB, w); err != nil {
			return Page{}, err
		}
	}
	limit := min(max(q.Limit, 1), 200)
	keys, err := listed(ctx, s.DB, w, region, code, limit+1)
	if err != nil {
		return Page{}, err
	}
	if len(keys) > limit {
		keys = keys[:limit]
		p.Next = keys[limit-1].region + "/" + keys[limit-1].code
	}
	err = s.each(ctx, keys, func(c *content.Content, version int) error {
		p.Rows = append(p.Rows, l.rows(c, version, fields)...)
		return nil
	})
	return p, err
}

// where is the question that a list puts to the items.
func (l List) where(q Query) filter {
	f := filter{prefix: authz.Prefix(q.Region) + "%", org: q.Org, types: l.Types, visits: -2, shares: l.Shares}
	if q.Region == "" {
		f.prefix = "%"
	}
	if own := authz.Prefix(l.Region); l.Region != "" {
		switch asked := strings.TrimSuffix(f.prefix, "%"); {
		case strings.HasPrefix(own, asked):
			f.prefix = own + "%"
		case !strings.HasPrefix(asked, own):
			f.prefix = "-" // elsewhere: nothing stands in the list
		}
	}
	if q.Type != "" {
		f.types = []string{q.Type}
	}
	if l.Visits != nil {
		f.visits = *l.Visits
	}
	return f
}

// CheckCursor refuses a place that no list gave out.
func CheckCursor(after string) error {
	_, _, err := cursor(after)
	return err
}

func cursor(after string) (region, code string, err error) {
	if after == "" {
		return "", "", nil
	}
	region, code, ok := strings.Cut(after, "/")
	if !ok || len(region) > 12 || len(code) > 40 {
		return "", "", ErrCursor
	}
	return region, code, nil
}

// each reads the contents of items, in their order.
func (s *Service) each(ctx context.Context, keys []key, f func(*content.Content, int) error) error {
	for start := 0; start < len(keys); {
		end := start + 1
		for end < len(keys) && keys[end].region == keys[start].region {
			end++
		}
		var names []string
		for _, k := range keys[start:end] {
			names = append(names, k.code)
		}
		there, err := s.Catalogue.Present(ctx, keys[start].region, names)
		if err != nil {
			return err
		}
		for _, k := range keys[start:end] {
			if c, ok := there[k.code]; ok {
				if err := f(&c, k.version); err != nil {
					return err
				}
			}
		}
		start = end
	}
	return nil
}

// portion is how many items a download reads at a time.
const portion = 500

// CSV writes the whole list, in the reader's language, with the state that it is
// of in the first row. It begins with a byte order mark, for spreadsheets.
func (s *Service) CSV(ctx context.Context, id string, q Query, out io.Writer) error {
	bw := bufio.NewWriterSize(out, 64<<10)
	_, _ = bw.WriteString("\ufeff") // the writer keeps its error for Flush
	w := csv.NewWriter(bw)
	err := s.whole(ctx, id, q, func(cells []string) error {
		for i := range cells {
			cells[i] = plain(cells[i])
		}
		return w.Write(cells)
	})
	w.Flush()
	return firstError(err, w.Error(), bw.Flush())
}

// XLSX writes the same as a workbook. Every cell is text: none is computed, and
// no code loses its zeros.
func (s *Service) XLSX(ctx context.Context, id string, q Query, out io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	n := 0
	err = s.whole(ctx, id, q, func(cells []string) error {
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = c
		}
		if n++; n > maxSheetRows {
			return ErrTooLong.With("rows", maxSheetRows)
		}
		return w.SetRow("A"+strconv.Itoa(n), row)
	})
	if err := firstError(err, w.Flush()); err != nil {
		return err
	}
	return f.Write(out)
}

// maxSheetRows is what a sheet holds.
const maxSheetRows = 1 << 20

// whole gives the rows of a list: what it is and of when, the heads, the items.
func (s *Service) whole(ctx context.Context, id string, q Query, write func([]string) error) error {
	l, err := s.Of(ctx, id)
	if err != nil {
		return err
	}
	fields, err := s.Catalogue.Fields(ctx, cmp.Or(q.Region, l.Region))
	if err != nil {
		return err
	}
	head := []string{i18n.Pick(ctx, "行政区划", "Division"), i18n.Pick(ctx, "版本", "Version")}
	for _, c := range l.Heads(fields) {
		head = append(head, i18n.Pick(ctx, c.Zh, c.En))
	}
	if err := firstError(write([]string{i18n.Pick(ctx, l.Zh, l.En), s.Clock.Now().UTC().Format(time.RFC3339)}), write(head)); err != nil {
		return err
	}
	where := l.where(q)
	region, code := "", ""
	for {
		keys, err := listed(ctx, s.DB, where, region, code, portion)
		if err != nil {
			return err
		}
		err = s.each(ctx, keys, func(c *content.Content, version int) error {
			for _, r := range l.rows(c, version, fields) {
				cells := []string{r.Region, strconv.Itoa(r.Version)}
				for _, t := range r.Cells {
					cells = append(cells, t.In(ctx))
				}
				if err := write(cells); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(keys) < portion {
			return err
		}
		region, code = keys[len(keys)-1].region, keys[len(keys)-1].code
	}
}

// plain keeps a cell from being taken for a formula by a spreadsheet.
func plain(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}
