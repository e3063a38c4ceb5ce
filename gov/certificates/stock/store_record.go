package stock

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/db"
	"tongban/platform/fault"
)

var recordFields = []string{"region", "run", "line", "state", "type", "issuer", "number", "holder_number", "holder", "match", "known", "doubt", "note", "data", "digest", "annex_hash", "annex_kind", "annex_size", "paper", "settled"}

const recordColumns = `r.region, r.run, r.line, r.state, r.holder, r.match, r.known, r.doubt, r.note, r.data, r.digest, r.annex_hash, r.annex_kind, r.annex_size, r.paper, r.settled`

func scanRecord(row db.Row) (r Record, err error) {
	var data string
	if err = row.Scan(&r.Region, &r.Run, &r.Line, &r.State, &r.Holder, &r.Match, &r.Known, &r.Doubt, &r.Note, &data, &r.digest, &r.Annex.Hash, &r.Annex.Kind, &r.Annex.Size, &r.Paper, &r.Settled); err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(data), &r.Draft)
}

// cut bounds the row that is kept with its finding; NUL is no text for
// PostgreSQL.
func cut(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
	if len(s) > 4<<10 {
		return strings.ToValidUTF8(s[:4<<10], "") + "…"
	}
	return s
}

// loadRecords brings rows in as records.
func loadRecords(ctx context.Context, tx *db.Tx, run Run, rows []row) error {
	list := make([][]any, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if !r.kept() {
			continue
		}
		data, err := json.Marshal(r.Draft)
		if err != nil {
			return err
		}
		list = append(list, []any{run.Region, run.ID, r.Line, string(r.State), run.Type, run.Issuer, r.Number, r.HolderNumber, r.Holder, string(r.Match), r.Known, string(r.Doubt), r.Note, string(data), r.digest,
			r.Annex.Hash, string(r.Annex.Kind), r.Annex.Size, "", ""})
	}
	return tx.Load(ctx, "certificates_stock_record", recordFields, list)
}

// there is what has a number already.
type there struct {
	digest string
	what   catalogue.Text
}

// perQuery is how many numbers one query asks for.
const perQuery = 500

// loadNumbers finds numbers that are there: as records that count, and as
// certificates of the same type and issuer that were issued in a case.
func loadNumbers(ctx context.Context, r db.Reader, run Run, numbers []string) (map[string]there, error) {
	out := map[string]there{}
	for part := range slices.Chunk(numbers, perQuery) {
		in := db.In(4, len(part))
		err := db.Each(ctx, r, func(row db.Row) error {
			var number, digest, file string
			var line int
			err := row.Scan(&number, &digest, &file, &line)
			out[number] = there{digest, catalogue.Text{Zh: file + " " + lineWord(line).Zh, En: file + ", " + lineWord(line).En}}
			return err
		}, `SELECT r.number, r.digest, u.file_name, r.line FROM certificates_stock_record r JOIN certificates_stock_run u ON u.region = r.region AND u.id = r.run
			WHERE r.region = $1 AND r.type = $2 AND r.issuer = $3 AND r.number IN (`+in+`) AND r.state IN ('held', 'issued')`,
			append([]any{run.Region, run.Type, run.Issuer}, db.Args(part)...)...)
		if err != nil {
			return nil, err
		}
		err = issued(ctx, r, run, part, func(p certificates.Paper) {
			if _, of := out[p.Number]; !of {
				out[p.Number] = there{said(p).sum(), catalogue.Text{Zh: "已签发的证照", En: "a certificate that was issued"}}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// issued finds certificates of a run's type and issuer by their numbers.
func issued(ctx context.Context, r db.Reader, run Run, numbers []string, found func(certificates.Paper)) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var data string
		if err := row.Scan(&data); err != nil {
			return err
		}
		var p certificates.Paper
		if err := json.Unmarshal([]byte(data), &p); err == nil && p.Type == run.Type && p.Issuer == run.Issuer {
			found(p) // what is not of ours, or damaged, is told to whoever opens it
		}
		return nil
	}, `SELECT data FROM certificates_paper WHERE region = $1 AND kind = 'certificate' AND number IN (`+db.In(2, len(numbers))+`)`, append([]any{run.Region}, db.Args(numbers)...)...)
}

// loadFrom gives records of a run that count, from a line on.
func loadFrom(ctx context.Context, r db.Reader, region, run string, from, limit int) ([]Record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r WHERE r.region = $1 AND r.run = $2 AND r.line >= $3 AND r.state IN ('held', 'issued') ORDER BY r.line LIMIT $4`, region, run, from, limit)
}

// loadReady gives the next records of a run that can be signed.
func loadReady(ctx context.Context, r db.Reader, region, run string, after, limit int) ([]Record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r
		WHERE r.region = $1 AND r.run = $2 AND r.line > $3 AND r.state = 'held' AND r.doubt = '' ORDER BY r.line LIMIT $4`, region, run, after, limit)
}

func countReady(ctx context.Context, r db.Reader, region, run string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM certificates_stock_record WHERE region = $1 AND run = $2 AND state = 'held' AND doubt = ''`, region, run)
}

func loadRecord(ctx context.Context, r db.Reader, region, run string, line int) (Record, error) {
	rec, err := db.One(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r WHERE r.region = $1 AND r.run = $2 AND r.line = $3`, region, run, line)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoRecord
	}
	return rec, err
}

// loadDoubts gives the records of a run that a clerk has to look at.
func loadDoubts(ctx context.Context, r db.Reader, region, run string, after, limit int) ([]Record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r WHERE r.region = $1 AND r.run = $2 AND r.line > $3 AND r.doubt <> '' ORDER BY r.line LIMIT $4`, region, run, after, limit)
}

func countDoubts(ctx context.Context, r db.Reader, region, run string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM certificates_stock_record WHERE region = $1 AND run = $2 AND doubt <> ''`, region, run)
}

// rival is the record that counts under the number of another one.
func rival(ctx context.Context, r db.Reader, run Run, number string) (Record, error) {
	rec, err := db.One(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r WHERE r.region = $1 AND r.number = $2 AND r.type = $3 AND r.issuer = $4 AND r.state IN ('held', 'issued')`,
		run.Region, number, run.Type, run.Issuer)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoRecord
	}
	return rec, err
}

// signed notes that a record became a paper; another process may have been
// quicker, then nothing of the transaction counts.
func signed(tx *db.Tx, r Record, paper, holder string) {
	tx.Guarded(`UPDATE certificates_stock_record SET state = 'issued', paper = $4, holder = $5 WHERE region = $1 AND run = $2 AND line = $3 AND state = 'held' AND doubt = ''`, r.Region, r.Run, r.Line, paper, holder)
}

// settle writes what a clerk decided, if nobody decided before.
func settle(ctx context.Context, tx *db.Tx, r Record, was Doubt) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_stock_record SET state = $4, holder = $5, match = $6, doubt = $7, note = $8, settled = $9 WHERE region = $1 AND run = $2 AND line = $3 AND doubt = $10`,
		r.Region, r.Run, r.Line, string(r.State), r.Holder, string(r.Match), string(r.Doubt), r.Note, r.Settled, string(was)))
}

// discard takes a record out that has not been signed.
func discard(ctx context.Context, tx *db.Tx, r Record, note string) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_stock_record SET state = 'discarded', doubt = '', note = $4, settled = $5 WHERE region = $1 AND run = $2 AND line = $3 AND state = 'held'`,
		r.Region, r.Run, r.Line, note, tx.Actor().Name))
}

// refuse notes why a record could not be signed.
func refuse(ctx context.Context, tx *db.Tx, r Record, why string) error {
	_, err := tx.Exec(ctx, `UPDATE certificates_stock_record SET doubt = 'refused', note = $4 WHERE region = $1 AND run = $2 AND line = $3 AND state = 'held'`, r.Region, r.Run, r.Line, why)
	return err
}

// ofPaper is the record that a certificate was made of.
func ofPaper(ctx context.Context, r db.Reader, region, paper string) (Record, error) {
	rec, err := db.One(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r WHERE r.region = $1 AND r.paper = $2 AND r.paper <> ''`, region, paper)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoRecord
	}
	return rec, err
}

// waiting are records under released runs that nobody is joined to, by the
// number of their holder.
func waiting(ctx context.Context, r db.Reader, regions []string, number string) ([]Record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r JOIN certificates_stock_run u ON u.region = r.region AND u.id = r.run
		WHERE r.region IN (`+db.In(2, len(regions))+`) AND r.holder_number = $1 AND r.holder = '' AND r.state IN ('held', 'issued') AND r.doubt = '' AND u.released_at IS NOT NULL LIMIT 200`, append([]any{number}, db.Args(regions)...)...)
}

// wanted are records under released runs that are not signed yet, by number.
func wanted(ctx context.Context, r db.Reader, regions []string, number string) ([]Record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+recordColumns+` FROM certificates_stock_record r JOIN certificates_stock_run u ON u.region = r.region AND u.id = r.run
		WHERE r.region IN (`+db.In(2, len(regions))+`) AND r.number = $1 AND r.state IN ('held', 'issued') AND r.state = 'held' AND r.doubt = '' AND u.released_at IS NOT NULL LIMIT 20`, append([]any{number}, db.Args(regions)...)...)
}

// join notes who holds a certificate that was signed before he was known here.
func join(ctx context.Context, tx *db.Tx, r Record, holder string) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_stock_record SET holder = $4, match = 'certain' WHERE region = $1 AND run = $2 AND line = $3 AND holder = ''`, r.Region, r.Run, r.Line, holder))
}

func doubtful(ctx context.Context, tx *db.Tx, r Record, known string) error {
	_, err := tx.Exec(ctx, `UPDATE certificates_stock_record SET doubt = 'holder', match = 'likely', known = $4 WHERE region = $1 AND run = $2 AND line = $3 AND holder = '' AND state = 'held'`, r.Region, r.Run, r.Line, known)
	return err
}

// deleteRecords takes records of a run away that were never released.
func deleteRecords(ctx context.Context, tx *db.Tx, region, run string, limit int) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM certificates_stock_record WHERE region = $1 AND run = $2 AND paper = '' AND line IN (SELECT line FROM certificates_stock_record WHERE region = $1 AND run = $2 ORDER BY line LIMIT $3)`, region, run, limit)
}

// annexInUse tells whether a record has this file as its scan, or a run as its
// source.
func annexInUse(ctx context.Context, r db.Reader, hash string) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int], `SELECT (SELECT count(*) FROM (SELECT 1 FROM certificates_stock_record WHERE annex_hash = $1 AND region <> '' LIMIT 1) a)
		+ (SELECT count(*) FROM (SELECT 1 FROM certificates_stock_run WHERE (file_hash = $1 OR annex_hash = $1) AND region <> '' LIMIT 1) b)`, hash)
	return n > 0, err
}
