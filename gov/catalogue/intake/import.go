package intake

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/assemble"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/rows"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/files"
)

// chunk is how many items share one transaction; tests make it smaller.
var chunk = 1000

// Faults of imports.
var (
	ErrFormat  = fault.Invalid("catalogue.intake.format")  // the source cannot be read at all; detail problem
	ErrMissing = fault.Invalid("catalogue.intake.missing") // fields without which no item can be read have no column; detail fields
)

// Cases tells of cases under way; they are of a higher tier.
type Cases interface {
	// OpenCases counts the cases of an item that are not closed.
	OpenCases(ctx context.Context, region, code string) (int, error)
}

// Deps is what the intake needs.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Catalogue *catalogue.Service
	Cases     Cases // nil: none are known
	CheckOrg  func(code string) bool
	Log       *slog.Logger  // nil: nothing is logged
	Files     *files.Store  // keeps the files of runs; nil: none can be begun
	Keep      time.Duration // how long runs stay; 0: DefaultKeep
}

// Service takes items in.
type Service struct{ Deps }

// New returns the intake of a catalogue.
func New(d Deps) *Service { return &Service{d} }

// run is one import on its way.
type run struct {
	s       *Service
	opt     Options
	src     *source.Source
	m       mapping.Mapping
	b       *assemble.Builder
	tables  []string
	offset  int // tables of the directory come first
	report  Report
	now     Progress
	skipped int // chunks that an earlier process took in
	chunks  int
	seen    map[uint64]int32
	rest    map[string][]entry // what base items say beyond the columns of the directory, by code; nil: there is no such table
	telling sync.Mutex
}

// batch is a chunk of items, ready for the door.
type batch struct {
	arrivals []*catalogue.Arrival
	built    []assemble.Built
	problems []Problem
	items    int
	part     Report // what reading found since the chunk before
	now      Progress
	err      error
}

// Import takes a source in, or only compares it on a dry run. Rows that cannot
// be used are reported and do not stop the others.
func (s *Service) Import(ctx context.Context, src *source.Source, opt Options) (Report, error) {
	r, err := s.begin(ctx, src, opt)
	if err != nil {
		return Report{DryRun: opt.DryRun}, err
	}
	ready := make(chan batch, 1)
	stop := make(chan struct{})
	c := &collector{r: r, ctx: ctx, out: ready, stop: stop}
	if err := r.titled(); err != nil {
		return r.report, explained(err)
	}
	if err := r.directory(ctx, c); err != nil {
		return r.report, explained(err)
	}
	r.offset = len(r.tables)
	go func() {
		defer close(ready)
		if err := r.read(c); err != nil && !errors.Is(err, errStopped) {
			select {
			case ready <- batch{err: err}:
			case <-stop:
			}
		}
	}()
	defer func() { // let the reader go when we leave early
		close(stop)
		for range ready {
		}
	}()
	for b := range ready {
		if b.err != nil {
			return r.report, explained(b.err)
		}
		if ctx.Err() != nil {
			return r.report, ctx.Err()
		}
		if err := r.take(ctx, b); err != nil {
			return r.report, err
		}
	}
	return r.report, ctx.Err()
}

// explained makes a fault of what is wrong with a source as a whole.
func explained(err error) error {
	var f *source.FormatError
	var m *mapping.Error
	switch {
	case errors.As(err, &f):
		return ErrFormat.With("problem", content.Text{Zh: f.Zh, En: f.En})
	case errors.As(err, &m):
		return ErrFormat.With("problem", content.Text{Zh: strings.Join(m.Zh, "；"), En: strings.Join(m.En, "; ")})
	}
	return err
}

// Explained makes a fault with words of an error of a source or a mapping.
func Explained(err error) error { return explained(err) }

func (s *Service) begin(ctx context.Context, src *source.Source, opt Options) (*run, error) {
	if err := authz.Require(ctx, catalogue.MayImportItems, authz.Object{Region: opt.Region}); err != nil {
		return nil, err
	}
	if err := s.Catalogue.Region(ctx, "region", opt.Region); err != nil {
		return nil, err
	}
	if err := opt.Mapping.Check(); err != nil {
		return nil, explained(err)
	}
	list, err := s.Catalogue.Places(ctx)
	if err != nil {
		return nil, err
	}
	m := mapping.Default(opt.Mapping.Format).Overlay(opt.Mapping)
	b := &assemble.Builder{Format: m.Format, Region: opt.Region, Source: opt.Name, AsOf: opt.AsOf, CheckOrg: s.CheckOrg}
	if list.Len() > 0 {
		b.Known = list.Has
	}
	r := &run{s: s, opt: opt, src: src, m: m, b: b, seen: map[uint64]int32{}, report: Report{DryRun: opt.DryRun}}
	r.now = Progress{Size: src.Size(), Started: s.Clock.Now(), Phase: Taking}
	if opt.resume != nil {
		r.report, r.skipped, r.chunks = opt.resume.Report, opt.resume.Chunks, opt.resume.Chunks
	}
	return r, nil
}

var errStopped = errors.New("intake: stopped")

// read goes through the source and hands over chunks.
func (r *run) read(c *collector) error {
	var entries []source.Entry
	for _, e := range r.src.Tables {
		role := r.m.RoleOf(e.Name)
		if role == mapping.Nothing || role == mapping.Directory || role == mapping.DirectoryExtra {
			continue
		}
		entries = append(entries, e)
		r.tables = append(r.tables, e.Name)
		if role != mapping.Item && role != mapping.Extend {
			if r.b.Children == nil {
				r.b.Children = map[mapping.Role]bool{}
			}
			r.b.Children[role] = true
		}
	}
	if len(entries) == 0 && r.report.Bases.Rows > 0 {
		return c.flush()
	}
	if len(entries) == 0 {
		return &source.FormatError{Zh: "没有一张表可以用。国家交换表的文件名是表名，例如 up_task_general_basic.jsonl；其他文件要有对照",
			En: "no table can be used. Files of the national exchange are named after their table, such as up_task_general_basic.jsonl; others need a mapping"}
	}
	var err error
	if len(entries) == 1 && r.m.Format != mapping.National {
		err = r.readOne(entries[0], c)
	} else {
		err = r.readAll(entries, c)
	}
	if err != nil {
		return err
	}
	return c.flush()
}

// readOne streams a table whose rows are items.
func (r *run) readOne(e source.Entry, c *collector) error {
	return r.each(0, e, c, func(p mapping.Part) error {
		if p.Broken {
			return nil
		}
		if first, again := r.duplicate(p); again {
			c.problem(0, p.Raw, lineOf(rows.Bad("task_code", "与第 %d 行的编码相同。保留一行", "line %d has the same code. Keep one of them", first), p.Line))
			return nil
		}
		return c.group(assemble.Group{Code: p.Code, Parts: []mapping.Part{p}})
	})
}

func lineOf(p rows.Problem, line int) rows.Problem {
	p.Line = line
	return p
}

// duplicate tells whether an earlier row has the code, and which.
func (r *run) duplicate(p mapping.Part) (int, bool) {
	key := hash(p.Code)
	first, again := r.seen[key]
	if !again {
		r.seen[key] = int32(p.Line)
	}
	return int(first), again
}

func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// readAll collects the rows of several tables by item first.
func (r *run) readAll(entries []source.Entry, c *collector) error {
	r.now.Phase = Reading
	var orphans []mapping.Part
	groups, err := assemble.NewGroups(r.src.Size())
	if err != nil {
		return err
	}
	defer groups.Close()
	items := map[uint64]bool{}
	for i, e := range entries {
		err := r.each(r.offset+i, e, c, func(p mapping.Part) error {
			if p.Code == "" && p.Above != "" && len(orphans) < maxOrphans {
				orphans = append(orphans, p)
				return nil
			}
			items[hash(p.Code)] = true
			return groups.Add(p)
		})
		if err != nil {
			return err
		}
	}
	if err := r.adopt(c.ctx, orphans, entries, groups, c, items); err != nil {
		return err
	}
	r.now.Phase, r.now.Items = Taking, len(items)
	return groups.Each(func(g assemble.Group) error {
		if r.m.Format == mapping.National {
			g = r.onlyOne(g, c)
		}
		if len(g.Parts) == 0 {
			return nil
		}
		return c.group(g)
	})
}

// onlyOne refuses a second row of the same item under another mark.
func (r *run) onlyOne(g assemble.Group, c *collector) assemble.Group {
	first := -1
	kept := g.Parts[:0]
	for i, p := range g.Parts {
		if p.Role == mapping.Item && !p.Broken && p.Op != "D" {
			if first >= 0 && g.Parts[first].Mark != p.Mark && g.Parts[first].Time == p.Time {
				c.problem(p.Table, p.Raw, lineOf(rows.Bad("task_code", "与第 %d 行的编码相同，标识不同。保留一行", "line %d has the same code under another mark. Keep one of them", g.Parts[first].Line), p.Line))
				continue
			}
			first = i
		}
		kept = append(kept, p)
	}
	g.Parts = kept
	return g
}

// each reads the rows of one table.
func (r *run) each(number int, e source.Entry, c *collector, f func(mapping.Part) error) (err error) {
	t, err := e.Open()
	if source.Empty(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	plan := r.m.Compile(number, t.Name(), t.Header())
	if missing := plan.Missing(); len(missing) > 0 && len(r.b.Children) == 0 && r.m.Format != mapping.National {
		return missingFields(missing, e.Name)
	}
	for {
		row, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.now.Rows++
		r.now.Bytes += int64(len(row.Raw)) + 1
		part, problems := plan.Read(r.complete(row, len(t.Header())), t.Header())
		for _, p := range problems {
			part.Broken = part.Broken || !p.Warning
			c.problem(number, row.Raw, p)
		}
		for _, o := range part.Open {
			c.part.undecided(o.List, o.Value, 1)
		}
		c.part.batch(part.Batch, part.Time, 1)
		c.part.Rows++
		if r.now.Phase == Reading && r.now.Rows%told == 0 {
			r.tell(r.now)
		}
		if len(c.problems) >= maxWaiting {
			if err := c.flush(); err != nil {
				return err
			}
		}
		if part.Broken && part.Code == "" {
			continue
		}
		if err := f(part); err != nil {
			return err
		}
	}
}

// told is after how many rows progress is told while tables are collected.
const told = 5000

// tell says how far the import is; reading and writing both do.
func (r *run) tell(p Progress) {
	if r.opt.Progress == nil {
		return
	}
	r.telling.Lock()
	defer r.telling.Unlock()
	p.Now = r.s.Clock.Now()
	r.opt.Progress(p)
}

// present looks up what is there of the items of a chunk.
func (r *run) present(ctx context.Context, list []assemble.Group) (old map[string]content.Content, seen map[string]map[string]string, err error) {
	old, seen = map[string]content.Content{}, map[string]map[string]string{}
	codes := map[string][]string{}
	for _, g := range list {
		region := r.regionOf(g)
		codes[region] = append(codes[region], g.Code)
		if region != r.opt.Region && r.m.Format == mapping.National {
			codes[r.opt.Region] = append(codes[r.opt.Region], g.Code)
		}
	}
	for region, part := range codes {
		there, err := r.s.Catalogue.Present(ctx, region, part)
		if err != nil {
			return nil, nil, err
		}
		for code, c := range there {
			old[code] = c
		}
		if r.m.Format == mapping.National {
			if err := loadSeen(ctx, r.s.DB, region, part, seen); err != nil {
				return nil, nil, err
			}
		}
	}
	return old, seen, nil
}

// regionOf is where an item seems to lie.
func (r *run) regionOf(g assemble.Group) string {
	for i := range g.Parts {
		if v := g.Parts[i].Region(); v != "" {
			return v
		}
	}
	return r.b.Guess(g.Code)
}
