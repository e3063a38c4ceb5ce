package catalogue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/guides"
	"tongban/gov/catalogue/places"
	"tongban/gov/catalogue/rows"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
)

// chunk is how many rows share one transaction of an import.
const chunk = 1000

// maxCutters bounds how many chunks are made ready beside each other: the
// transactions, one after the other, take no more.
const maxCutters = 8

// ImportOptions says how to import.
type ImportOptions struct {
	DryRun   bool                           // look and report, change nothing
	Name     string                         // of the file, for the audit record
	AsOf     string                         // the state of the source, for rows that do not say
	From     time.Time                      // when new versions take effect; zero: now
	Progress func(done int)                 // called now and then with the rows read so far
	Reject   func(line int, problem string) // called for every row with a problem, warnings included
	Problem  func(Problem)                  // the same, with everything that is known of the problem
}

func (o ImportOptions) report(r *Report, p Problem) {
	if p.Warning {
		r.Warnings++
	} else {
		r.Rejected++
	}
	if o.Reject != nil {
		o.Reject(p.Line, p.String())
	}
	if o.Problem != nil {
		o.Problem(p)
	}
}

func systemContext(ctx context.Context) context.Context { return auth.System(ctx, "catalogue") }

// ImportGuides imports service guides, one JSON object a line or as CSV. Rows
// whose content is there already change nothing; a row that cannot be used is
// reported and does not stop the others. All items must lie in the region or
// below it.
func (s *Service) ImportGuides(ctx context.Context, region string, r io.Reader, opt ImportOptions) (Report, error) {
	report := Report{DryRun: opt.DryRun}
	if err := authz.Require(ctx, MayImportItems, authz.Object{Region: region}); err != nil {
		return report, err
	}
	if err := s.Setup(ctx); err != nil {
		return report, err
	}
	if err := s.Region(ctx, "region", region); err != nil {
		return report, err
	}
	general, err := s.general()
	if err != nil {
		return report, err
	}
	file, err := guideRows(r)
	if err != nil {
		return report, err
	}
	list, err := s.Places(ctx)
	if err != nil {
		return report, err
	}
	im := &guideImport{s: s, places: list, general: general, region: region, opt: opt, seen: map[string]int{}, from: effective(opt.From, s.Clock.Now())}
	prepared := make(chan chan batch, min(runtime.GOMAXPROCS(0), maxCutters)-1)
	stop := make(chan struct{})
	go im.prepare(ctx, file, prepared, stop)
	defer func() { // let the reader go when we leave early
		close(stop)
		for next := range prepared {
			<-next
		}
	}()
	for next := range prepared {
		b := <-next
		if b.err != nil {
			return report, b.err
		}
		im.once(&b)
		if err := im.take(ctx, &report, b); err != nil {
			return report, err
		}
		if opt.Progress != nil {
			opt.Progress(report.Read)
		}
	}
	return report, ctx.Err()
}

// guideImport is one import on its way.
type guideImport struct {
	s       *Service
	general General
	region  string
	opt     ImportOptions
	from    time.Time
	seen    map[string]int // line of every code met
	places  *places.List
}

type batch struct {
	read     int
	list     []*publication
	problems []Problem
	err      error
}

// line is one row of the file, not understood yet.
type line struct {
	number int
	raw    rows.Row
}

// prepare reads chunks of rows and has them checked and cut beside the
// transactions, several at a time; they come out in their order.
func (im *guideImport) prepare(ctx context.Context, file rows.Reader, out chan<- chan batch, stop <-chan struct{}) {
	defer close(out)
	for more := true; more; {
		var lines []line
		var err error
		for len(lines) < chunk && err == nil {
			var l line
			if l.number, l.raw, err = file.Next(); err == nil {
				lines = append(lines, l)
			}
		}
		if more = err == nil; err == io.EOF {
			err = nil
		}
		next := make(chan batch, 1)
		select {
		case out <- next:
			go func() { next <- im.cut(ctx, lines, err) }()
		case <-stop:
			return
		}
	}
}

// cut makes publications of a chunk of rows, ready for the tables.
func (im *guideImport) cut(ctx context.Context, lines []line, err error) batch {
	b := batch{read: len(lines), err: err}
	for _, l := range lines {
		p, problems := im.row(l.number, l.raw)
		b.problems = append(b.problems, problems...)
		if p != nil {
			b.list = append(b.list, p)
		}
	}
	if b.err == nil && !im.opt.DryRun {
		b.err = im.s.foresee(ctx, b.list)
	}
	return b
}

// once leaves out rows whose code an earlier row has.
func (im *guideImport) once(b *batch) {
	b.list = slices.DeleteFunc(b.list, func(p *publication) bool {
		first, again := im.seen[p.content.Item.Code]
		if again {
			bad := rows.Bad("task_code", "与第 %d 行的编码相同。保留一行", "line %d has the same code. Keep one of them", first)
			bad.Line = p.line
			b.problems = append(slices.DeleteFunc(b.problems, func(q Problem) bool { return q.Line == p.line }), bad)
		} else if p.hash != "" { // not a row that a package keeps
			im.seen[p.content.Item.Code] = p.line
		}
		return again
	})
	slices.SortStableFunc(b.problems, func(x, y Problem) int { return x.Line - y.Line })
}

// row turns one row into a publication, nil when it cannot be used.
func (im *guideImport) row(line int, raw rows.Row) (*publication, []Problem) {
	var g guides.Row
	if p := raw.Decode(&g); p != nil {
		p.Line = line
		return nil, []Problem{*p}
	}
	if g.Package != "" {
		return &publication{line: line, content: &Content{Item: Item{Region: g.Region, Code: g.Code, Package: g.Package}}}, nil
	}
	c, problems := g.Content(im.s.CheckOrg)
	if regionCode.MatchString(c.Item.Region) && im.places.Len() > 0 && !im.places.Has(c.Item.Region) {
		problems = append(problems, rows.Bad("area_code", "没有编码为 %s 的区划。核对代码，或者先导入新的区划名单", "there is no division %s. Check the code, or import the newer list of divisions first", c.Item.Region))
	} else if regionCode.MatchString(c.Item.Region) && !strings.HasPrefix(c.Item.Region, authz.Prefix(im.region)) {
		problems = append(problems, rows.Bad("area_code", "区划 %s 不在 %s 之内。换成本地区的文件，或者导入到上级地区", "division %s is not within %s. Use a file of this region, or import into one above", c.Item.Region, im.region))
	}
	usable := true
	for i := range problems {
		problems[i].Line = line
		usable = usable && problems[i].Warning
	}
	if !usable {
		return nil, onlyErrors(problems)
	}
	if c.Item.Source.Empty() {
		c.Item.Source = content.Zh(im.opt.Name)
	}
	if c.Item.AsOf == "" {
		c.Item.AsOf = im.opt.AsOf
	}
	im.general.complete(&c)
	return publish(&c, im.from, im.places.Names(c.Item.Region), line), problems
}

// onlyErrors reports a rejected row once, with the first thing to repair and
// the number of further ones.
func onlyErrors(problems []Problem) []Problem {
	var errs []Problem
	for _, p := range problems {
		if !p.Warning {
			errs = append(errs, p)
		}
	}
	first := errs[0]
	for _, p := range errs[1:] {
		first.Zh += "；" + p.String()
		first.En += "; " + p.English()
	}
	return []Problem{first}
}

// publish prepares content for the tables. names are those of its region and
// of the regions above it.
func publish(c *Content, from time.Time, names []string, line int) *publication {
	normal(&c.Item)
	p := &publication{content: c, from: from, line: line, names: names}
	p.hash = sealed(c)
	return p
}

// take brings one batch into the tables, or only compares it on a dry run.
func (im *guideImport) take(ctx context.Context, report *Report, b batch) error {
	report.Read += b.read
	for _, p := range b.problems {
		im.opt.report(report, p)
	}
	if im.opt.DryRun {
		next, err := compare(ctx, im.s.DB, b.list)
		if err == nil {
			next.count(report)
		}
		return err
	}
	var done Report
	err := im.s.DB.Write(ctx, func(tx *db.Tx) error {
		done = Report{}
		return im.s.takeTx(ctx, tx, b.list, &done, TakeOptions{Name: im.opt.Name})
	})
	if err != nil {
		return err
	}
	report.New, report.Changed, report.Same, report.Kept = report.New+done.New, report.Changed+done.Changed, report.Same+done.Same, report.Kept+done.Kept
	return nil
}

// comparison sorts publications into what is new and what is there.
type comparison struct {
	fresh                    []*publication
	first, next, same, other int
}

func (c comparison) count(r *Report) {
	r.New += c.first
	r.Changed += c.next
	r.Same += c.same
	r.Kept += c.other
}

// byRegion cuts what changes by region, in the order in which regions are met.
func (c comparison) byRegion() []comparison {
	var out []comparison
	at := map[string]int{}
	for _, p := range c.fresh {
		i, ok := at[p.content.Item.Region]
		if !ok {
			i = len(out)
			at[p.content.Item.Region] = i
			out = append(out, comparison{})
		}
		if out[i].fresh = append(out[i].fresh, p); p.what == Added {
			out[i].first++
		} else {
			out[i].next++
		}
	}
	return out
}

func (c comparison) region() string { return c.fresh[0].content.Item.Region }

func (c comparison) details() map[string]any {
	var b strings.Builder
	for i, p := range c.fresh {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s/%d:%s", p.content.Item.Code, p.version, p.hash[:8])
	}
	return map[string]any{"new": c.first, "changed": c.next, "items": b.String()}
}

// compare gives every publication that changes something its version and
// serial. An item that a package keeps is not overwritten by a guide.
func compare(ctx context.Context, r db.Reader, list []*publication) (c comparison, err error) {
	codes := make([]string, len(list))
	for i, p := range list {
		codes[i] = p.content.Item.Code
	}
	there, err := loadPresent(ctx, r, codes)
	if err != nil {
		return c, err
	}
	serial, err := lastSerial(ctx, r)
	if err != nil {
		return c, err
	}
	for _, p := range list {
		old, known := there[Place{Region: p.content.Item.Region, Code: p.content.Item.Code}]
		switch {
		case p.hash == "" || known && old.pkg != "" && p.content.Item.Keeper() == "":
			c.other++
			p.what = Kept
			continue
		case known && old.hash == p.hash:
			c.same++
			p.what = Same
			continue
		case known:
			c.next++
			p.what = Changed
		default:
			c.first++
			p.what = Added
		}
		serial++
		p.version, p.serial, p.number = old.version+1, serial, cmp.Or(old.number, serial)
		c.fresh = append(c.fresh, p)
	}
	return c, nil
}

// guideStart is how a CSV record of guides begins: with the code.
var guideStart = regexp.MustCompile(`^"?[0-9A-Z]{28,33}"?,`)

// guideRows opens a file of guides.
func guideRows(r io.Reader) (rows.Reader, error) {
	reader, err := rows.Open(r, []string{"task_code", "name", "dept_name", "dept_uscc", "area_code", "task_type_code"}, guideStart)
	var header *rows.HeaderError
	switch {
	case errors.Is(err, rows.ErrEmpty):
		return nil, ErrFormat.With("problem", content.Text{Zh: "文件是空的", En: "the file is empty"})
	case errors.As(err, &header):
		return nil, ErrFormat.With("problem", content.Text{Zh: "第一行要写列名，缺少 " + header.Column, En: "the first line has to name the columns; " + header.Column + " is missing"})
	}
	return reader, err
}

// Problem is what is wrong with one row of an import.
type Problem = rows.Problem

// Report says what an import did.
type Report struct {
	DryRun   bool `json:"dry_run"`
	Read     int  `json:"read"`    // rows looked at
	New      int  `json:"new"`     // first versions
	Changed  int  `json:"changed"` // next versions
	Same     int  `json:"same"`    // rows whose content was there already
	Kept     int  `json:"kept"`    // rows of items that a package keeps
	Rejected int  `json:"rejected"`
	Warnings int  `json:"warnings"`
}

// String is the report in one line.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "读取 %d 行，新增 %d，更新 %d，未变 %d", r.Read, r.New, r.Changed, r.Same)
	if r.Kept > 0 {
		fmt.Fprintf(&b, "，由事项包维护 %d", r.Kept)
	}
	fmt.Fprintf(&b, "，未收 %d，提醒 %d", r.Rejected, r.Warnings)
	return b.String()
}

// English is the report in one line, in English.
func (r Report) English() string {
	kept := ""
	if r.Kept > 0 {
		kept = fmt.Sprintf(", kept by packages %d", r.Kept)
	}
	return fmt.Sprintf("read %d rows: new %d, changed %d, unchanged %d%s, rejected %d, warnings %d", r.Read, r.New, r.Changed, r.Same, kept, r.Rejected, r.Warnings)
}
