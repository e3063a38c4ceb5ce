package stock

import (
	"context"
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/files"
)

const runColumns = `region, id, state, job, type, type_name, issuer, issuer_name, grade, file_name, file_hash, file_size, annex_name, annex_hash, annex_size,
	mapping, created_at, created_by, created_name, changed_at, released_at, released_by, released_name, attempt, lease_until, checkpoint, failure`

func scanRun(row db.Row) (r Run, err error) {
	var m db.JSON[Map]
	var at db.JSON[checkpoint]
	var failure db.JSON[catalogue.Text]
	var created, changed, released, lease db.Time
	err = row.Scan(&r.Region, &r.ID, &r.State, &r.Job, &r.Type, &r.TypeName, &r.Issuer, &r.IssuerName, &r.Grade, &r.FileName, &r.File.Hash, &r.File.Size, &r.AnnexName, &r.Annexes.Hash, &r.Annexes.Size,
		&m, &created, &r.By, &r.ByName, &changed, &released, &r.ReleasedBy, &r.Releaser, &r.attempt, &lease, &at, &failure)
	r.File.Kind, r.Annexes.Kind = files.Data, files.Data
	r.Map, r.at, r.Failure = m.V, at.V, failure.V
	r.At, r.Changed, r.Released = created.Time, changed.Time, released.Time
	r.Report, r.Progress, r.folder = r.at.Report, r.at.Progress, r.at.Folder
	return r, err
}

func loadRun(ctx context.Context, r db.Reader, region, id string) (Run, error) {
	run, err := db.One(ctx, r, scanRun, `SELECT `+runColumns+` FROM certificates_stock_run WHERE region = $1 AND id = $2`, region, id)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoRun
	}
	return run, err
}

func loadRuns(ctx context.Context, r db.Reader, region string, limit int) ([]Run, error) {
	return db.All(ctx, r, scanRun, `SELECT `+runColumns+` FROM certificates_stock_run WHERE region = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, region, limit)
}

// nextRun is the run that waits longest: queued, or left by its process.
func nextRun(ctx context.Context, r db.Reader, now time.Time) (Run, bool, error) {
	run, err := db.One(ctx, r, scanRun, `SELECT `+runColumns+` FROM certificates_stock_run
		WHERE state = 'queued' OR state = 'running' AND lease_until < $1 ORDER BY changed_at, region, id LIMIT 1`, db.At(now))
	if fault.IsKind(err, fault.KindNotFound) {
		return run, false, nil
	}
	return run, err == nil, err
}

func insertRun(ctx context.Context, tx *db.Tx, r Run) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_stock_run (`+runColumns+`) VALUES (`+db.In(1, 27)+`)`,
		r.Region, r.ID, string(r.State), string(r.Job), r.Type, r.TypeName, r.Issuer, r.IssuerName, r.Grade, r.FileName, r.File.Hash, r.File.Size, r.AnnexName, r.Annexes.Hash, r.Annexes.Size,
		db.AsJSON(r.Map), db.At(r.At), r.By, r.ByName, db.At(r.At), db.Time{}, "", "", 0, db.At(r.At), db.AsJSON(r.at), db.AsJSON(r.Failure))
	return err
}

// saveRun writes what may change of a run that no process works on; one that
// does finds out by its number.
func saveRun(ctx context.Context, tx *db.Tx, r Run, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE certificates_stock_run SET state = $3, job = $4, mapping = $5, changed_at = $6, checkpoint = $7, failure = $8, released_at = $9, released_by = $10, released_name = $11, annex_name = $12, annex_hash = $13, annex_size = $14
		WHERE region = $1 AND id = $2`, r.Region, r.ID, string(r.State), string(r.Job), db.AsJSON(r.Map), db.At(now), db.AsJSON(r.at), db.AsJSON(r.Failure), db.At(r.Released), r.ReleasedBy, r.Releaser, r.AnnexName, r.Annexes.Hash, r.Annexes.Size)
	return err
}

func takeRun(ctx context.Context, tx *db.Tx, r Run, now, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE certificates_stock_run SET state = 'running', attempt = $3, changed_at = $4, lease_until = $5, checkpoint = $6 WHERE region = $1 AND id = $2`,
		r.Region, r.ID, r.attempt, db.At(now), db.At(until), db.AsJSON(r.at))
	return err
}

// endRun ends the attempt that is under way.
func endRun(ctx context.Context, tx *db.Tx, r Run, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE certificates_stock_run SET state = $4, changed_at = $5, checkpoint = $6, failure = $7 WHERE region = $1 AND id = $2 AND attempt = $3 AND state = 'running'`,
		r.Region, r.ID, r.attempt, string(r.State), db.At(now), db.AsJSON(r.at), db.AsJSON(r.Failure))
	return err
}

func saveCheckpoint(ctx context.Context, tx *db.Tx, r Run, until time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE certificates_stock_run SET checkpoint = $4, lease_until = $5 WHERE region = $1 AND id = $2 AND attempt = $3 AND state = 'running'`,
		r.Region, r.ID, r.attempt, db.AsJSON(r.at), db.At(until))
}

func loadMaps(ctx context.Context, r db.Reader, region, typ string) ([]Map, error) {
	return db.All(ctx, r, func(row db.Row) (Map, error) {
		var m db.JSON[Map]
		err := row.Scan(&m)
		return m.V, err
	}, `SELECT mapping FROM certificates_stock_mapping WHERE region = $1 AND type = $2 ORDER BY changed_at DESC LIMIT 100`, region, typ)
}

func saveMap(ctx context.Context, tx *db.Tx, r Run, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_stock_mapping (region, type, name, mapping, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (region, type, name) DO UPDATE SET mapping = excluded.mapping, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		r.Region, r.Type, r.Map.Name, db.AsJSON(r.Map), db.At(now), tx.Actor().Name)
	return err
}

func forgetFindings(ctx context.Context, tx *db.Tx, region, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM certificates_stock_finding WHERE region = $1 AND run = $2`, region, id)
	return err
}

// maxKept is how many findings of a run are kept; all are counted.
const maxKept = 100_000

// saveFindings keeps findings from a number on, up to maxKept of a run.
func saveFindings(ctx context.Context, tx *db.Tx, run Run, number int, list []Finding) error {
	var rows [][]any
	for _, f := range list[:max(0, min(len(list), maxKept-number))] {
		number++
		rows = append(rows, []any{run.Region, run.ID, number, f.Line, f.Rule, f.Field, f.Warning, f.Text.Zh, f.Text.En, cut(f.Raw)})
	}
	return tx.Load(ctx, "certificates_stock_finding", []string{"region", "run", "seq", "line", "rule", "field", "warning", "zh", "en", "raw"}, rows)
}

func loadFindings(ctx context.Context, r db.Reader, region, id, rule string, after, limit int) ([]Finding, int, error) {
	last := after
	list, err := db.All(ctx, r, func(row db.Row) (f Finding, err error) {
		err = row.Scan(&last, &f.Line, &f.Rule, &f.Field, &f.Warning, &f.Text.Zh, &f.Text.En, &f.Raw)
		return f, err
	}, `SELECT seq, line, rule, field, warning, zh, en, raw FROM certificates_stock_finding WHERE region = $1 AND run = $2 AND seq > $3 AND ($4 = '' OR rule = $4) ORDER BY seq LIMIT $5`, region, id, after, rule, limit)
	return list, last, err
}

// oldRuns are runs that nothing happened to since a moment, and that still have
// their files. Those that are signed little by little keep theirs.
func oldRuns(ctx context.Context, r db.Reader, region string, cut time.Time, limit int) ([]Run, error) {
	return db.All(ctx, r, scanRun, `SELECT `+runColumns+` FROM certificates_stock_run WHERE region = $1 AND changed_at < $2 AND state NOT IN ('queued', 'running') AND swept_at IS NULL ORDER BY changed_at LIMIT $3`,
		region, db.At(cut), limit)
}

// sweepRun tells whether the run was still as old as that.
func sweepRun(ctx context.Context, tx *db.Tx, run Run, cut, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE certificates_stock_run SET swept_at = $4 WHERE region = $1 AND id = $2 AND changed_at < $3 AND state NOT IN ('queued', 'running')`, run.Region, run.ID, db.At(cut), db.At(now))
	return n > 0, err
}

// runsOfFile counts the other runs that still have a file.
func runsOfFile(ctx context.Context, r db.Reader, hash string, except Run) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM certificates_stock_run WHERE (file_hash = $1 OR annex_hash = $1) AND swept_at IS NULL AND (region, id) <> ($2, $3)`, hash, except.Region, except.ID)
}
