package catalogue

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue/places"
	"tongban/gov/catalogue/rows"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/forms"
	"tongban/platform/id"
)

// Division is one administrative division (行政区划).
type Division struct {
	Code   string `json:"code"` // six digits, nine for townships
	Name   string `json:"name"`
	Level  int    `json:"level"`  // 1 province, 2 prefecture, 3 county, 4 township
	Parent string `json:"parent"` // "" for provinces
	From   string `json:"valid_from,omitempty"`
	Until  string `json:"valid_until,omitempty"` // the day before which it was valid; "" in force
}

var statisticalCode = regexp.MustCompile(`^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$`)

// DivisionCode pads a statistical code of two or four digits to the six that
// are used everywhere: 44 becomes 440000.
func DivisionCode(code string) string {
	if len(code) < 6 {
		return (code + "000000")[:6]
	}
	return code
}

// DivisionOptions says how to import divisions.
type DivisionOptions struct {
	ImportOptions
	Since string // YYYY-MM-DD from which the list holds; "" for the first list
	All   bool   // the list is complete: what it lacks ended on Since
}

// ImportDivisions imports code, name, level and parent, one division a row
// with a header. A division whose name or parent changed gets a new row valid
// from Since, and the old one ends there.
func (s *Service) ImportDivisions(ctx context.Context, r io.Reader, opt DivisionOptions) (Report, error) {
	report := Report{DryRun: opt.DryRun}
	if err := authz.Require(ctx, MayImportItems, authz.Object{}); err != nil {
		return report, err
	}
	list, err := readDivisions(r, &report, opt.ImportOptions)
	if err != nil {
		return report, err
	}
	there, err := loadDivisions(ctx, s.DB)
	if err != nil {
		return report, err
	}
	fresh, ended := compareDivisions(list, there, opt, &report)
	if opt.DryRun {
		return report, nil
	}
	for start := 0; start < len(fresh) || start == 0 && len(ended) > 0; start += divisionChunk {
		part := fresh[min(start, len(fresh)):min(start+divisionChunk, len(fresh))]
		gone := ended
		if start > 0 {
			gone = nil
		}
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			audit.Record(ctx, tx, audit.Entry{Region: "000000", Action: "catalogue.divisions.imported", Object: opt.Name,
				Details: map[string]any{"rows": len(part), "ended": len(gone), "as_of": opt.Since}})
			if err := saveDivisions(ctx, tx, part, gone, opt.Since); err != nil {
				return err
			}
			return saveImportHash(ctx, tx, "000000", "divisions.stamp", id.New("div"), report, s.Clock.Now())
		})
		if err != nil {
			return report, err
		}
		if opt.Progress != nil {
			opt.Progress(min(start+divisionChunk, len(fresh)))
		}
	}
	s.places.forget()
	return report, nil
}

const divisionChunk = 5000

func compareDivisions(list []Division, there map[string]Division, opt DivisionOptions, report *Report) (fresh, ended []Division) {
	listed := map[string]bool{}
	for _, d := range list {
		listed[d.Code] = true
		old, known := there[d.Code]
		switch {
		case !known:
			report.New++
		case old.Name == d.Name && old.Parent == d.Parent && old.Level == d.Level:
			report.Same++
			continue
		default:
			report.Changed++
			if old.From != opt.Since {
				ended = append(ended, old)
			}
		}
		d.From = opt.Since
		fresh = append(fresh, d)
	}
	if opt.All && opt.Since != "" {
		for code, old := range there {
			if !listed[code] {
				ended = append(ended, old)
			}
		}
	}
	return fresh, ended
}

// readDivisions reads the rows; broken ones are reported and left out. A row
// that repeats the one above its level (a city without counties is listed as
// its own county) is the same division and counts as such.
func readDivisions(r io.Reader, report *Report, opt ImportOptions) ([]Division, error) {
	in := rows.NewLines(r)
	if _, err := in.First(); err != nil {
		return nil, ErrFormat.With("problem", "文件是空的")
	}
	header, err := in.Next()
	if err != nil {
		return nil, err
	}
	if names := strings.Split(string(header.Text), ","); !slices.Equal(names, []string{"code", "name", "level", "parent"}) {
		return nil, ErrFormat.With("problem", "第一行要写 code,name,level,parent")
	}
	var out []Division
	at := map[string]int{}
	for {
		l, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(l.Text)) == 0 {
			continue
		}
		report.Read++
		d, p := divisionOf(l)
		if p == nil {
			if i, again := at[d.Code]; again && out[i].Name == d.Name {
				report.Same++
				continue
			} else if again {
				q := rows.Bad("code", "编码 %s 已经是“%s”。核对编码", "the code %s already stands for %s. Check it", d.Code, out[i].Name)
				p = &q
			}
		}
		if p != nil {
			p.Line = l.Number
			opt.report(report, *p)
			continue
		}
		at[d.Code] = len(out)
		out = append(out, d)
	}
	return orphans(out, at, report, opt), nil
}

func divisionOf(l rows.Line) (Division, *Problem) {
	bad := func(field, zh, en string, args ...any) (Division, *Problem) {
		p := rows.Bad(field, zh, en, args...)
		return Division{}, &p
	}
	if l.Long || !utf8.Valid(l.Text) {
		return bad("", "这一行不是 UTF-8 文本。把文件另存为 UTF-8 后再导入", "this line is not UTF-8 text. Save the file as UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(l.Text))
	f, err := r.Read()
	if err != nil || len(f) != 4 {
		return bad("", "要有 4 列：编码、名称、层级、上级编码", "four columns are needed: code, name, level, parent")
	}
	code, name, parent := strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), strings.TrimSpace(f[3])
	if !statisticalCode.MatchString(code) {
		return bad("code", "“%s”不是区划代码。填 2、4、6 或 9 位数字", "%q is not a division code. Give 2, 4, 6 or 9 digits", cut(code))
	}
	if name == "" || utf8.RuneCountInString(name) > 60 {
		return bad("name", "名称要有 1 到 60 个字", "the name needs 1 to 60 characters")
	}
	if len(f[2]) != 1 || f[2][0] < '1' || f[2][0] > '5' {
		return bad("level", "层级“%s”不对。填 1 到 5", "the level %q is wrong. Give 1 to 5", cut(f[2]))
	}
	if parent != "" && !strings.HasPrefix(code, strings.TrimRight(parent, "0")) {
		return bad("parent", "上级“%s”与编码 %s 对不上", "the parent %q does not fit the code %s", cut(parent), code)
	}
	d := Division{Code: DivisionCode(code), Name: name, Level: int(f[2][0] - '0')}
	if parent != "" {
		d.Parent = DivisionCode(parent)
	}
	return d, nil
}

// orphans leaves out rows whose parent is not in the list.
func orphans(list []Division, at map[string]int, report *Report, opt ImportOptions) []Division {
	out := list[:0]
	for _, d := range list {
		if _, ok := at[d.Parent]; d.Parent != "" && !ok {
			p := rows.Bad("parent", "%s（%s）的上级 %s 不在文件里。补上上级", "the parent %[3]s of %[1]s (%[2]s) is not in the file. Add it", d.Code, d.Name, d.Parent)
			opt.report(report, p)
			continue
		}
		out = append(out, d)
	}
	return out
}

// Division returns the division in force with this code.
func (s *Service) Division(ctx context.Context, code string) (Division, error) {
	d, err := loadDivision(ctx, s.DB, code)
	if fault.IsKind(err, fault.KindNotFound) {
		return d, ErrNoDivision.With("code", cut(code))
	}
	return d, err
}

// Divisions lists the divisions right below parent, provinces for "".
func (s *Service) Divisions(ctx context.Context, parent string) ([]Division, error) {
	return loadChildren(ctx, s.DB, parent)
}

// DivisionHistory lists everything a code ever stood for, the newest first.
func (s *Service) DivisionHistory(ctx context.Context, code string) ([]Division, error) {
	return loadHistory(ctx, s.DB, code)
}

// Ancestors returns the division and everything above it, the highest first.
func (s *Service) Ancestors(ctx context.Context, code string) ([]Division, error) {
	var out []Division
	for range 6 {
		d, err := s.Division(ctx, code)
		if err != nil {
			return nil, err
		}
		out = append([]Division{d}, out...)
		if d.Parent == "" {
			return out, nil
		}
		code = d.Parent
	}
	return nil, fault.Internal("catalogue.division_circle").With("code", code)
}

// RegionName is the name of a division with its province or city in front,
// the code itself when it is not known.
func (s *Service) RegionName(ctx context.Context, code string) string {
	l, err := s.Places(ctx)
	if err != nil {
		return code
	}
	return cmp.Or(l.Name(code), code)
}

// FindDivisions lists at most limit divisions within bounds that fit words, the
// best first, and how many there are.
func (s *Service) FindDivisions(ctx context.Context, words string, b forms.Bounds, limit int) ([]Division, int, error) {
	l, err := s.Places(ctx)
	if err != nil {
		return nil, 0, err
	}
	found, n := l.Search(words, b, limit)
	out := make([]Division, 0, len(found))
	for _, e := range found {
		p := l.Place(e.Code)
		out = append(out, Division{Code: p.Code, Name: p.Name, Level: p.Level, Parent: p.Parent})
	}
	return out, n, nil
}

// wholeCountry is the region of what belongs to no province.
const wholeCountry = "000000"

// Region refuses a code that is no division in force, and says in which
// parameter it stood. "" is every region, and while no divisions are there
// none is unknown.
func (s *Service) Region(ctx context.Context, parameter, code string) error {
	if code == "" || code == wholeCountry {
		return nil
	}
	l, err := s.Places(ctx)
	if err == nil && l.Len() > 0 && !l.Has(code) {
		return ErrNoRegion.With("code", cut(code)).With("parameter", parameter)
	}
	return err
}

// shelfOfPlaces keeps all divisions in memory: they are asked for on every
// page and change once a year.
type shelfOfPlaces struct {
	mu     sync.Mutex
	list   *places.List
	stamp  string    // of the import that the list came from
	looked time.Time // when the stamp was last compared
}

// lookEvery is how long another process's import may go unnoticed; staleAfter
// the same where nothing may be read, inside a transaction.
const (
	lookEvery  = 5 * time.Second
	staleAfter = time.Minute
)

// Places are all divisions, found by code and name. Another process may import
// divisions, so the stamp of the last import is compared now and then.
func (s *Service) Places(ctx context.Context) (*places.List, error) {
	h := &s.places
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.list != nil && clock.Elapsed(h.looked) < lookEvery {
		return h.list, nil
	}
	stamp, err := importHash(ctx, s.DB, "000000", "divisions.stamp")
	if err != nil {
		return nil, err
	}
	if h.list == nil || h.stamp != stamp {
		rows, err := loadPlaces(ctx, s.DB)
		if err != nil {
			return nil, err
		}
		h.list, h.stamp = places.New(rows), stamp
	}
	h.looked = clock.Start()
	return h.list, nil
}

func (h *shelfOfPlaces) forget() {
	h.mu.Lock()
	h.looked = time.Time{}
	h.mu.Unlock()
}

// PlaceSource gives forms the divisions to choose from.
func (s *Service) PlaceSource() forms.Source { return placeSource{s} }

type placeSource struct{ s *Service }

// List implements forms.Source.
func (d placeSource) List(ctx context.Context) (forms.List, error) {
	l, err := d.s.Places(ctx)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Last implements forms.Source. One that nobody compared for long is none.
func (d placeSource) Last() forms.List {
	h := &d.s.places
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.list == nil || clock.Elapsed(h.looked) > staleAfter {
		return nil
	}
	return h.list
}

// Related tells whether items of region a matter to somebody who asks for
// region b: the same, above it, or below it.
func Related(a, b string) bool {
	pa, pb := authz.Prefix(a), authz.Prefix(b)
	return strings.HasPrefix(pa, pb) || strings.HasPrefix(pb, pa)
}

// String is code and name.
