package stock

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/maphash"
	"io"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/certificates/kinds"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/files"
)

// chunk is how many rows share one transaction; tests make it smaller.
var chunk = 2000

// row is one row on its way into the database.
type row struct {
	Record
	found    []Finding
	repeated bool
}

// batch is a chunk of rows, read and looked at.
type batch struct {
	rows  []row
	lines int   // rows of the file, those that were unreadable too
	bytes int64 // of the file
	err   error
}

// intake is one file on its way.
type intake struct {
	s    *Service
	run  *Run
	read reader
	in   annexes
	seed maphash.Seed
	seen map[uint64]first
	skip int
}

// first is the row that has a number first.
type first struct {
	line int32
	sum  uint32
}

// take reads the file of a run and keeps its records; a try keeps none.
// Reading and writing run beside each other.
func (s *Service) take(ctx context.Context, run *Run) error {
	t, err := s.Types.InForce(ctx, run.Type)
	if err != nil {
		return err
	}
	in, err := s.annexesOf(*run)
	if err != nil {
		return err
	}
	defer in.Close()
	x := &intake{s: s, run: run, in: in, read: reader{run: *run, t: t, now: s.Clock.Now()}, seed: maphash.MakeSeed(), seen: map[uint64]first{}, skip: run.at.Rows}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan batch, 1)
	go func() {
		defer close(ready)
		if err := x.readAll(reading, ready); err != nil {
			select {
			case ready <- batch{err: err}:
			case <-reading.Done():
			}
		}
	}()
	defer func() { // let the reader go before its scans are closed
		stop()
		for range ready {
		}
	}()
	beat := time.NewTicker(lease / 4)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if err := s.alive(ctx, run); err != nil {
				return err
			}
		case b, more := <-ready:
			switch {
			case !more:
				return x.ended(ctx)
			case b.err != nil:
				return b.err
			}
			if err := x.write(ctx, t, b); err != nil {
				return err
			}
		}
	}
}

// unnamed is how many scans that no row names are said by name.
const unnamed = 20

// ended notes which scans no row named.
func (x *intake) ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	left := x.in.unused()
	x.run.at.Report.Unused, x.run.at.Report.Unnamed = len(left), left[:min(len(left), unnamed)]
	return nil
}

// readAll goes through the file. Rows that an earlier process took are read
// only to know their numbers.
func (x *intake) readAll(ctx context.Context, out chan<- batch) error {
	src, closer, err := x.s.open(*x.run)
	if err != nil {
		return err
	}
	defer closer.Close()
	t, err := table(src, x.run.Map.Table)
	if err != nil {
		return err
	}
	defer t.Close()
	var b batch
	columns, n := -1, 0
	for {
		r, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return explained(err)
		}
		if len(t.Header()) != columns { // JSON lines may bring more of them
			columns, x.read.plan = len(t.Header()), x.run.Map.compile(t.Header())
		}
		n++
		b.lines++
		b.bytes += int64(len(r.Raw)) + 1
		done, err := x.one(ctx, r, n <= x.skip)
		if err != nil {
			return err
		}
		if n <= x.skip {
			b = batch{}
			continue
		}
		b.rows = append(b.rows, done)
		if len(b.rows) >= chunk {
			select {
			case out <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
			b = batch{}
		}
	}
	if b.lines > 0 {
		select {
		case out <- b:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// one looks at one row; of one that is done already only its number matters.
func (x *intake) one(ctx context.Context, r source.Row, done bool) (row, error) {
	out := row{Record: Record{Line: r.Line, State: RecordHeld}}
	if r.Problem != nil {
		out.found = []Finding{unreadable(r)}
		return out, nil
	}
	out.Draft, out.found = x.read.read(r.Line, r.Raw, r.Cells)
	out.digest = out.Draft.sum()
	x.in.named(out.AnnexName)
	for _, p := range out.photos {
		x.in.named(p.name)
	}
	if refused(out.found) {
		return out, nil
	}
	if out.AnnexName != "" && !done {
		ref, rule, err := x.s.annex(ctx, x.in, out.AnnexName, x.run.Job == Take)
		if err != nil {
			return out, err
		}
		if rule != "" {
			f := finding(r.Line, rule, x.run.Map.Columns[toAnnex], r.Raw, quoted(out.AnnexName))
			if out.found = append(out.found, f); !f.Warning {
				return out, nil
			}
		}
		out.Annex = ref
	}
	if !done {
		if err := x.photographs(ctx, &out, r.Raw); err != nil || refused(out.found) {
			return out, err
		}
	}
	x.twice(&out, r.Raw)
	return out, nil
}

// photographs finds the photographs that a row names; the certificate has them
// by their digest.
func (x *intake) photographs(ctx context.Context, r *row, raw string) error {
	for _, p := range r.photos {
		ref, rule, err := x.s.annex(ctx, x.in, p.name, x.run.Job == Take)
		if err != nil {
			return err
		}
		if rule == "" && ref.Kind != files.JPEG {
			rule = "photo"
		}
		if rule != "" {
			r.found = append(r.found, finding(r.Line, rule, x.run.Map.Columns[fieldPrefix+p.field.Key], raw, quoted(p.name)))
			return nil
		}
		p.field.Value = ref.Hash
		r.Fields = append(r.Fields[:len(r.Fields):len(r.Fields)], p.field)
	}
	return nil
}

// twice finds a row whose number an earlier one has.
func (x *intake) twice(r *row, raw string) {
	key := maphash.String(x.seed, r.Number)
	sum := shortSum(r.digest)
	before, again := x.seen[key]
	switch {
	case !again:
		x.seen[key] = first{int32(r.Line), sum}
	case before.sum == sum:
		r.repeated = true
		r.found = append(r.found, finding(r.Line, "repeated", x.run.Map.Columns[toNumber], raw, lineWord(int(before.line))))
	default:
		r.conflict(x.run, raw, lineWord(int(before.line)))
	}
}

func shortSum(digest string) uint32 {
	b, err := hex.DecodeString(digest[:8])
	if err != nil {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

// conflict keeps a row for a clerk: another one has its number.
func (r *row) conflict(run *Run, raw string, about catalogue.Text) {
	r.State, r.Doubt, r.Note = RecordConflict, DoubtConflict, about.Zh
	r.found = append(r.found, finding(r.Line, "conflict", run.Map.Columns[toNumber], raw, about))
}

// write keeps a chunk and where the run is with it, in one transaction.
func (x *intake) write(ctx context.Context, t kinds.Type, b batch) error {
	before := x.run.at
	err := x.s.DB.Write(ctx, func(tx *db.Tx) error {
		x.run.at = before // the function may run again
		rows, err := x.compared(ctx, tx, b.rows)
		if err != nil {
			return err
		}
		if err := x.joined(ctx, tx, t, rows); err != nil {
			return err
		}
		findings := x.count(rows)
		x.run.at.Rows += b.lines
		x.run.at.Progress.Rows += b.lines
		x.run.at.Progress.Bytes += b.bytes
		if err := saveFindings(ctx, tx, *x.run, before.Report.Findings, findings); err != nil {
			return err
		}
		if x.run.Job == Take {
			if err := loadRecords(ctx, tx, *x.run, rows); err != nil {
				return err
			}
			audit.Record(ctx, tx, audit.Entry{Region: x.run.Region, Action: "certificates.stock.taken", Object: x.run.ID,
				Details: map[string]any{"hash": x.run.File.Hash, "rows": x.run.at.Rows, "records": x.run.at.Report.Taken}})
		} else {
			tx.Unaudited("a dry run keeps nothing")
		}
		return x.s.keep(ctx, tx, x.run)
	})
	if err != nil {
		x.run.at = before
	}
	if errors.Is(err, db.ErrStale) {
		return errLost
	}
	return err
}

// count adds the rows to the report and gives their findings.
func (x *intake) count(rows []row) (list []Finding) {
	r := &x.run.at.Report
	rules := make(map[string]int, len(r.Rules))
	for k, n := range r.Rules {
		rules[k] = n
	}
	r.Rules = rules
	for i := range rows {
		one := &rows[i]
		r.Rows++
		for _, f := range one.found {
			r.Rules[f.Rule]++
			r.Findings++
			list = append(list, f)
		}
		switch {
		case one.repeated:
			r.Repeated++
			continue
		case one.State == RecordConflict:
			r.Conflicts++
			continue
		case refused(one.found):
			r.Rejected++
			continue
		}
		r.Taken++
		if len(one.found) > 0 {
			r.Warnings++
		}
		if one.Annex.Kind != "" {
			r.Annexes++
		}
		switch one.Match {
		case Certain:
			r.Certain++
		case Likely:
			r.Likely++
		default:
			r.Unknown++
		}
	}
	return list
}

// kept tells whether a row becomes a record.
func (r row) kept() bool {
	return !r.repeated && (r.State == RecordConflict || !refused(r.found))
}
