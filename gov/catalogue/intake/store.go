package intake

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/assemble"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// loadSeen adds which rows of the exchange were applied to the items of a
// region: time and batch by the mark of the row, by item.
func loadSeen(ctx context.Context, r db.Reader, region string, codes []string, out map[string]map[string]string) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var code string
		var marks db.JSON[map[string]string]
		if err := row.Scan(&code, &marks); err != nil {
			return err
		}
		out[code] = marks.V
		return nil
	}, `SELECT code, marks FROM catalogue_intake_seen WHERE region = $1 AND code IN (`+db.In(2, len(codes))+`)`, append([]any{region}, db.Args(codes)...)...)
}

// rowsPerStatement bounds the rows of one INSERT.
const rowsPerStatement = 25

// saveSeen notes which rows of the exchange are applied with these items.
func saveSeen(ctx context.Context, tx *db.Tx, list []*catalogue.Arrival, built []assemble.Built) error {
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		query := `INSERT INTO catalogue_intake_seen (region, code, marks) VALUES ` + places(len(args)/3, 3) +
			` ON CONFLICT (region, code) DO UPDATE SET marks = excluded.marks`
		_, err := tx.Exec(ctx, query, args...)
		args = args[:0]
		return err
	}
	for i, a := range list {
		raw, err := json.Marshal(built[i].Seen)
		if err != nil {
			return err
		}
		args = append(args, a.Region(), a.Code(), string(raw))
		if len(args) == 3*rowsPerStatement {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// places writes "($1, $2), ($3, $4)" for n rows of width columns.
func places(n, width int) string {
	out := ""
	for i := range n {
		if i > 0 {
			out += ", "
		}
		out += "(" + db.In(1+i*width, width) + ")"
	}
	return out
}

func loadMappings(ctx context.Context, r db.Reader, region string) ([]Saved, error) {
	return db.All(ctx, r, func(row db.Row) (Saved, error) {
		var m db.JSON[mapping.Mapping]
		var s Saved
		err := row.Scan(&m, &s.By)
		s.Mapping = m.V
		return s, err
	}, `SELECT mapping, changed_by FROM catalogue_intake_mapping WHERE region = $1 ORDER BY name LIMIT 500`, region)
}

func saveMapping(ctx context.Context, tx *db.Tx, region string, m mapping.Mapping, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_intake_mapping (region, name, mapping, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (region, name) DO UPDATE SET mapping = excluded.mapping, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		region, m.Name, db.AsJSON(m), db.At(now), tx.Actor().Name)
	return err
}

const runColumns = `region, id, state, dry, file_name, file_hash, file_size, mapping, created_at, created_by, created_name, changed_at, attempt, lease_until, progress, checkpoint, failure`

func scanRun(row db.Row) (r Run, err error) {
	var m db.JSON[mapping.Mapping]
	var p db.JSON[Progress]
	var c db.JSON[checkpoint]
	var f db.JSON[content.Text]
	var created, changed, lease db.Time
	err = row.Scan(&r.Region, &r.ID, &r.State, &r.Dry, &r.FileName, &r.File.Hash, &r.File.Size, &m, &created, &r.by, &r.By, &changed, &r.attempt, &lease, &p, &c, &f)
	r.Mapping, r.Progress, r.at, r.Failure = m.V, p.V, c.V, f.V
	r.Report, r.At, r.Changed, r.leaseEnd = c.V.Report, created.Time, changed.Time, lease.Time
	return r, err
}

func loadRun(ctx context.Context, r db.Reader, region, id string) (Run, error) {
	run, err := db.One(ctx, r, scanRun, `SELECT `+runColumns+` FROM catalogue_intake_run WHERE region = $1 AND id = $2`, region, id)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoRun
	}
	return run, err
}

func loadRuns(ctx context.Context, r db.Reader, region string, limit int) ([]Run, error) {
	return db.All(ctx, r, scanRun, `SELECT `+runColumns+` FROM catalogue_intake_run WHERE region LIKE $1 ORDER BY created_at DESC, id DESC LIMIT $2`, authz.Prefix(region)+"%", limit)
}

// nextRun is the run that waits longest: queued, or left by its process.
func nextRun(ctx context.Context, r db.Reader, now time.Time) (Run, bool, error) {
	run, err := db.One(ctx, r, scanRun, `SELECT `+runColumns+` FROM catalogue_intake_run
		WHERE state = 'queued' OR state = 'running' AND lease_until < $1 ORDER BY changed_at, region, id LIMIT 1`, db.At(now))
	if fault.IsKind(err, fault.KindNotFound) {
		return run, false, nil
	}
	return run, err == nil, err
}

func insertRun(ctx context.Context, tx *db.Tx, r Run) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_intake_run (`+runColumns+`) VALUES (`+db.In(1, 17)+`)`,
		r.Region, r.ID, string(r.State), r.Dry, r.FileName, r.File.Hash, r.File.Size, db.AsJSON(r.Mapping), db.At(r.At), tx.Actor().ID, tx.Actor().Name, db.At(r.At), 0, db.At(r.At),
		db.AsJSON(r.Progress), db.AsJSON(r.at), db.AsJSON(r.Failure))
	return err
}

// saveRun writes what may change of a run before it works.
func saveRun(ctx context.Context, tx *db.Tx, r Run, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE catalogue_intake_run SET state = $3, dry = $4, mapping = $5, changed_at = $6, attempt = $7, lease_until = $8, progress = $9, checkpoint = $10, failure = $11
		WHERE region = $1 AND id = $2`, r.Region, r.ID, string(r.State), r.Dry, db.AsJSON(r.Mapping), db.At(now), r.attempt, db.At(r.leaseEnd), db.AsJSON(r.Progress), db.AsJSON(r.at), db.AsJSON(r.Failure))
	return err
}

// finishRun ends the attempt that is under way.
func finishRun(ctx context.Context, tx *db.Tx, r Run, now time.Time) error {
	r.at.Report = r.Report
	_, err := tx.Exec(ctx, `UPDATE catalogue_intake_run SET state = $4, changed_at = $5, progress = $6, checkpoint = $7, failure = $8
		WHERE region = $1 AND id = $2 AND attempt = $3 AND state = 'running'`, r.Region, r.ID, r.attempt, string(r.State), db.At(now), db.AsJSON(r.Progress), db.AsJSON(r.at), db.AsJSON(r.Failure))
	return err
}

func saveCheckpoint(ctx context.Context, tx *db.Tx, region, id string, attempt int, at checkpoint, until time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE catalogue_intake_run SET checkpoint = $4, lease_until = $5 WHERE region = $1 AND id = $2 AND attempt = $3 AND state = 'running'`,
		region, id, attempt, db.AsJSON(at), db.At(until))
}

func saveProgress(ctx context.Context, tx *db.Tx, region, id string, attempt int, p Progress, until time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE catalogue_intake_run SET progress = $4, lease_until = $5 WHERE region = $1 AND id = $2 AND attempt = $3 AND state = 'running'`,
		region, id, attempt, db.AsJSON(p), db.At(until))
}

func forgetProblems(ctx context.Context, tx *db.Tx, region, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM catalogue_intake_problem WHERE region = $1 AND run = $2`, region, id)
	return err
}

// saveProblems keeps problems from a number on, up to maxKept of a run.
func saveProblems(ctx context.Context, tx *db.Tx, region, id string, number int, list []Problem) error {
	list = list[:max(0, min(len(list), maxKept-number))]
	for len(list) > 0 {
		part := list[:min(len(list), rowsPerStatement)]
		list = list[len(part):]
		var args []any
		for _, p := range part {
			number++
			args = append(args, region, id, number, p.Warning, p.Table, p.Line, p.Field, p.Zh, p.En, cutRaw(p.Raw))
		}
		if _, err := tx.Exec(ctx, `INSERT INTO catalogue_intake_problem (region, run, number, warning, table_name, line, field, zh, en, raw) VALUES `+places(len(part), 10), args...); err != nil {
			return err
		}
	}
	return nil
}

// cutRaw bounds the row that is kept with its problem; NUL is no text for
// PostgreSQL.
func cutRaw(s string) string {
	s = strings.ReplaceAll(s, "\x00", "\ufffd")
	if len(s) > 8<<10 {
		return strings.ToValidUTF8(s[:8<<10], "") + "…"
	}
	return s
}

func loadProblems(ctx context.Context, r db.Reader, region, id string, after, limit int) ([]Problem, error) {
	return db.All(ctx, r, func(row db.Row) (p Problem, err error) {
		err = row.Scan(&p.Warning, &p.Table, &p.Line, &p.Field, &p.Zh, &p.En, &p.Raw)
		return p, err
	}, `SELECT warning, table_name, line, field, zh, en, raw FROM catalogue_intake_problem WHERE region = $1 AND run = $2 AND number > $3 ORDER BY number LIMIT $4`, region, id, after, limit)
}

// oldRuns are runs that nothing happened to since a moment, and that nobody
// works on.
func oldRuns(ctx context.Context, r db.Reader, cut time.Time, limit int) ([]Run, error) {
	return db.All(ctx, r, scanRun, `SELECT `+runColumns+` FROM catalogue_intake_run WHERE changed_at < $1 AND state NOT IN ('queued', 'running') ORDER BY changed_at, region, id LIMIT $2`, db.At(cut), limit)
}

// runsOfFile counts the other runs of a file.
func runsOfFile(ctx context.Context, r db.Reader, hash string, except Run) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM catalogue_intake_run WHERE file_hash = $1 AND (region, id) <> ($2, $3)`, hash, except.Region, except.ID)
}

// deleteRun tells whether the run was still as old as that.
func deleteRun(ctx context.Context, tx *db.Tx, run Run, cut time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM catalogue_intake_run WHERE region = $1 AND id = $2 AND changed_at < $3 AND state NOT IN ('queued', 'running')`, run.Region, run.ID, db.At(cut))
	return n > 0, err
}

// saveDirectorySeen notes which rows of the directory are applied.
func saveDirectorySeen(ctx context.Context, tx *db.Tx, region string, marks map[string]map[string]string) error {
	for _, code := range slices.Sorted(maps.Keys(marks)) {
		_, err := tx.Exec(ctx, `INSERT INTO catalogue_intake_seen (region, code, marks) VALUES ($1, $2, $3) ON CONFLICT (region, code) DO UPDATE SET marks = excluded.marks`,
			region, code, db.AsJSON(marks[code]))
		if err != nil {
			return err
		}
	}
	return nil
}

// marksApplied finds the codes of items by the marks of their rows, among what
// was applied before. It reads all of a region, for marks lie inside.
func marksApplied(ctx context.Context, r db.Reader, prefix string, codes map[string]string) error {
	open := 0
	for _, code := range codes {
		if code == "" {
			open++
		}
	}
	if open == 0 {
		return nil
	}
	return db.Each(ctx, r, func(row db.Row) error {
		var code string
		var marks db.JSON[map[string]string]
		if err := row.Scan(&code, &marks); err != nil {
			return err
		}
		for mark := range marks.V {
			name, ok := strings.CutPrefix(mark, string(mapping.Item)+":")
			if was, wanted := codes[name]; ok && wanted && was == "" {
				codes[name] = code
			}
		}
		return nil
	}, `SELECT code, marks FROM catalogue_intake_seen WHERE region LIKE $1`, prefix+"%")
}
