package intake

import (
	"context"
	"slices"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/assemble"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/rows"
	"tongban/platform/db"
)

// collector gathers groups until there is a chunk of them.
type collector struct {
	r        *run
	ctx      context.Context
	out      chan<- batch
	stop     <-chan struct{}
	groups   []assemble.Group
	problems []Problem
	part     Report
	bad      [2]int // table and line of the last row with an error
}

// maxWaiting bounds how many problems wait for the next chunk.
const maxWaiting = 5000

func (c *collector) problem(table int, raw string, p rows.Problem) {
	c.part.Problems++
	here := [2]int{table, p.Line}
	switch {
	case p.Warning:
		c.part.Warnings++
	case here != c.bad || c.part.Rejected == 0: // a row counts once, however much is wrong with it
		c.part.Rejected++
		c.bad = here
	}
	c.problems = append(c.problems, Problem{p, c.r.tables[table], raw})
}

func (c *collector) group(g assemble.Group) error {
	c.groups = append(c.groups, g)
	if len(c.groups) < chunk && len(c.problems) < maxWaiting {
		return nil
	}
	return c.flush()
}

// flush makes items of the groups and hands them over.
func (c *collector) flush() error {
	b := batch{items: len(c.groups), now: c.r.now}
	if len(c.groups) == 0 && len(c.problems) == 0 && c.part.Rows == 0 {
		return nil
	}
	if c.r.skipped > 0 { // an earlier process took these in and reported them
		c.r.skipped--
		c.groups, c.problems, c.part = nil, nil, Report{}
		return nil
	}
	if err := c.build(&b); err != nil {
		return err
	}
	b.problems, b.part = c.problems, c.part
	c.groups, c.problems, c.part = nil, nil, Report{}
	select {
	case c.out <- b:
		return nil
	case <-c.stop:
		return errStopped
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

func (c *collector) build(b *batch) error {
	r := c.r
	var old map[string]content.Content
	var seen map[string]map[string]string
	if r.m.Format != mapping.Guides {
		var err error
		if old, seen, err = r.present(c.ctx, c.groups); err != nil {
			return err
		}
	}
	for _, g := range c.groups {
		var there *content.Content
		if was, ok := old[g.Code]; ok {
			there = &was
		}
		built, problems, ok := r.b.Build(g, there, seen[g.Code])
		for _, p := range problems {
			c.problem(p.Table, p.Raw, p.Problem)
		}
		c.part.Repeated += built.Repeated
		if !ok {
			if built.Repeated > 0 && built.Repeated == built.Read { // nothing of it is new
				c.part.Same++
			}
			continue
		}
		a, err := r.s.Catalogue.Arrive(built.Content, r.opt.From)
		if err != nil {
			return err
		}
		built.Content = content.Content{} // the arrival keeps it
		b.arrivals, b.built = append(b.arrivals, a), append(b.built, built)
	}
	return nil
}

// undecided counts the values of code lists that the mapping does not decide on.
func (r *Report) undecided(list, met string, n int) {
	if r.Undecided == nil {
		r.Undecided = map[string]map[string]int{}
	}
	if r.Undecided[list] == nil {
		r.Undecided[list] = map[string]int{}
	}
	if _, known := r.Undecided[list][met]; known || len(r.Undecided[list]) < maxUndecided {
		r.Undecided[list][met] += n
	}
}

// maxUndecided bounds how many values of one list are named.
const maxUndecided = 200

// batch counts a row of a batch.
func (r *Report) batch(id, time string, n int) {
	if id == "" {
		return
	}
	i := slices.IndexFunc(r.Batches, func(b Batch) bool { return b.ID == id })
	switch {
	case i >= 0:
		r.Batches[i].Rows += n
		r.Batches[i].Time = min(r.Batches[i].Time, time)
	case len(r.Batches) < maxBatches:
		r.Batches = append(r.Batches, Batch{id, time, n})
	}
}

// maxBatches bounds how many batches a report names.
const maxBatches = 500

// take brings a chunk through the door and counts it.
func (r *run) take(ctx context.Context, b batch) error {
	next := r.report.plus(b.part)
	next.Items += b.items
	r.chunks++
	taken, err := r.s.Catalogue.TakeIn(ctx, b.arrivals, catalogue.TakeOptions{DryRun: r.opt.DryRun, Name: r.opt.Name, With: r.with(b, &next)})
	if err != nil {
		return err
	}
	next.count(taken, b.arrivals)
	if r.opt.DryRun && r.opt.keep != nil {
		err := r.s.DB.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("where a dry run is")
			return r.opt.keep(ctx, tx, checkpoint{Chunks: r.chunks, Report: next}, b)
		})
		if err != nil {
			return err
		}
	}
	outcomes, err := r.outcomes(ctx, b, &next)
	if err != nil {
		return err
	}
	r.report = next
	for _, p := range b.problems {
		if r.opt.Problem != nil {
			r.opt.Problem(p)
		}
	}
	if r.opt.Outcome != nil && len(outcomes) > 0 {
		r.opt.Outcome(outcomes)
	}
	b.now.Done = next.Items
	r.tell(b.now)
	return nil
}

// with is what commits together with the items: which rows of the exchange were
// applied, and where a run is.
func (r *run) with(b batch, next *Report) func(context.Context, *db.Tx, catalogue.Report) error {
	return func(ctx context.Context, tx *db.Tx, part catalogue.Report) error {
		if r.m.Format == mapping.National {
			if err := saveSeen(ctx, tx, b.arrivals, b.built); err != nil {
				return err
			}
		}
		if r.opt.keep == nil {
			return nil
		}
		done := *next
		done.count(part, b.arrivals)
		return r.opt.keep(ctx, tx, checkpoint{Chunks: r.chunks, Report: done}, b)
	}
}

// keeper notes where a run is, in the transaction of its items.
type keeper func(ctx context.Context, tx *db.Tx, at checkpoint, b batch) error

// checkpoint is where a run is.
type checkpoint struct {
	Chunks int    `json:"chunks"`
	Report Report `json:"report"`
}

// plus is the report with what reading found further. The maps of the report
// are not shared: it may be written down while the next is made.
func (r Report) plus(part Report) Report {
	r.Rows += part.Rows
	r.Rejected += part.Rejected
	r.Warnings += part.Warnings
	r.Problems += part.Problems
	r.Repeated += part.Repeated
	r.Same += part.Same
	batches := r.Batches
	r.Batches = nil
	for _, list := range [][]Batch{batches, part.Batches} {
		for _, b := range list {
			r.batch(b.ID, b.Time, b.Rows)
		}
	}
	old := r.Undecided
	r.Undecided = nil
	for _, all := range []map[string]map[string]int{old, part.Undecided} {
		for list, values := range all {
			for met, n := range values {
				r.undecided(list, met, n)
			}
		}
	}
	return r
}

// count adds what became of a chunk.
func (r *Report) count(part catalogue.Report, list []*catalogue.Arrival) {
	r.New += part.New
	r.Changed += part.Changed
	r.Same += part.Same
	r.Kept += part.Kept
	examples := slices.Clone(r.Examples)
	for _, a := range list {
		what := a.Becomes()
		if what == catalogue.Paused {
			r.Changed--
			r.Suspended++
		}
		if n := r.shown(examples, string(what)); n {
			examples = append(examples, Outcome{Region: a.Region(), Code: a.Code(), Name: a.Name(), What: string(what), Version: a.Version()})
		}
	}
	r.Examples = examples
}

// maxExamples is how many items of each kind a report names.
const maxExamples = 50

// shown tells whether one more item of its kind is named.
func (r *Report) shown(list []Outcome, what string) bool {
	if what == string(catalogue.Same) || what == string(catalogue.Kept) {
		return false
	}
	n := 0
	for _, o := range list {
		if o.What == what {
			n++
		}
	}
	return n < maxExamples
}

// outcomes says what became of every item, and how many cases are under way of
// those that go out of service.
func (r *run) outcomes(ctx context.Context, b batch, next *Report) ([]Outcome, error) {
	var out []Outcome
	for i, a := range b.arrivals {
		o := Outcome{Line: b.built[i].Line, Region: a.Region(), Code: a.Code(), Name: a.Name(), What: string(a.What), Version: a.Version()}
		if a.What == catalogue.Paused && r.s.Cases != nil {
			n, err := r.s.Cases.OpenCases(ctx, o.Region, o.Code)
			if err != nil {
				return nil, err
			}
			o.OpenCases = n
			next.OpenCases += n
		}
		if r.opt.Outcome != nil {
			out = append(out, o)
		}
	}
	return out, nil
}

func missingFields(list []*fields.Field, table string) error {
	var zh, en []string
	for _, f := range list {
		zh, en = append(zh, f.Zh), append(en, f.En)
	}
	return ErrMissing.With("fields", content.Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}).With("table", table)
}
