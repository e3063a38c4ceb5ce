package db

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"time"

	"github.com/jackc/pgx/v5"

	"tongban/platform/fault"
)

// What a restore refuses.
var (
	ErrNotEmpty      = fault.Conflict("db.not_empty")       // the database holds rows already
	ErrBadBackup     = fault.Invalid("db.bad_backup")       // damaged, cut short or no backup
	ErrNewerBackup   = fault.Invalid("db.backup_newer")     // made by a newer version of the program
	ErrOtherSequence = fault.Invalid("db.backup_migration") // its migrations differ from ours
)

// Restore fills an empty database from a backup of either engine: it migrates to
// where the backup was made, loads all rows in one transaction, checks counts
// and checksum, and migrates on to the present.
func (d *DB) Restore(ctx context.Context, r io.Reader, all ...Migrations) (Manifest, error) {
	in, m, err := openBackup(r)
	if err != nil {
		return m, err
	}
	then, err := m.replay(all)
	if err != nil {
		return m, err
	}
	if err := d.empty(ctx); err != nil {
		return m, err
	}
	if err := d.Migrate(ctx, then...); err != nil {
		return m, err
	}
	load := d.loadSQLite
	if d.engine == Postgres {
		load = d.loadPostgres
	}
	if err := load(ctx, in, m); err != nil {
		return m, fmt.Errorf("load: %w", err)
	}
	return m, d.Migrate(ctx, all...)
}

// ReadManifest reads what a backup says about itself.
func ReadManifest(r io.Reader) (Manifest, error) {
	_, m, err := openBackup(r)
	return m, err
}

// replay picks the migrations that the backup had applied; all of them must be ours.
func (m Manifest) replay(all []Migrations) ([]Migrations, error) {
	left := map[Step]bool{}
	for _, s := range m.Migrations {
		left[s] = true
	}
	var out []Migrations
	for _, mig := range all {
		files, err := fs.Glob(mig.FS, "*.sql")
		if err != nil {
			return nil, err
		}
		had := only{mig.FS, map[string]bool{}}
		for _, f := range files {
			body, err := fs.ReadFile(mig.FS, f)
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(body)
			s := Step{mig.Name, f, hex.EncodeToString(sum[:])}
			if left[s] {
				had.files[f] = true
				delete(left, s)
			} else if slices.ContainsFunc(m.Migrations, func(o Step) bool { return o.Name == s.Name && o.File == s.File }) {
				return nil, ErrOtherSequence.With("file", s.Name+"/"+s.File)
			}
		}
		out = append(out, Migrations{mig.Name, had})
	}
	for s := range left {
		return nil, ErrNewerBackup.With("file", s.Name+"/"+s.File)
	}
	return out, nil
}

// only is a folder of which some files are hidden.
type only struct {
	fs.FS
	files map[string]bool
}

// Glob implements fs.GlobFS.
func (o only) Glob(pattern string) ([]string, error) {
	all, err := fs.Glob(o.FS, pattern)
	return slices.DeleteFunc(all, func(f string) bool { return !o.files[f] }), err
}

func (d *DB) empty(ctx context.Context) error {
	list, err := tables(ctx, d)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Name == "db_migration" {
			continue
		}
		n, err := t.count(ctx, d)
		if err != nil {
			return err
		}
		if n > 0 {
			return ErrNotEmpty.With("table", t.Name)
		}
	}
	return nil
}

// backupReader reads lines and sums them up.
type backupReader struct {
	in  *bufio.Reader
	sum []byte // of what was read before the last line
	h   interface {
		io.Writer
		Sum([]byte) []byte
	}
}

func openBackup(r io.Reader) (*backupReader, Manifest, error) {
	var m Manifest
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, m, ErrBadBackup.Because(err)
	}
	b := &backupReader{in: bufio.NewReaderSize(zip, 1<<16), h: sha256.New()}
	line, err := b.line()
	if err != nil {
		return nil, m, err
	}
	if err := json.Unmarshal(line, &m); err != nil || m.Format == 0 {
		return nil, m, ErrBadBackup.Because(err)
	}
	if m.Format > backupFormat {
		return nil, m, ErrNewerBackup.With("format", m.Format)
	}
	return b, m, nil
}

func (b *backupReader) line() ([]byte, error) {
	line, err := b.in.ReadBytes('\n')
	if err != nil {
		return nil, ErrBadBackup.Because(err)
	}
	b.sum = b.h.Sum(nil)
	b.h.Write(line)
	return line, nil
}

func (b *backupReader) begin(t Table) error {
	line, err := b.line()
	if err != nil {
		return err
	}
	var head tableLine
	if err := json.Unmarshal(line, &head); err != nil || head.Table != t.Name {
		return ErrBadBackup.Because(fmt.Errorf("table %s does not begin where it should", t.Name))
	}
	return nil
}

func (b *backupReader) end() error {
	line, err := b.line()
	if err != nil {
		return err
	}
	sum := b.sum
	var e endLine
	if err := json.Unmarshal(line, &e); err != nil || e.SHA256 != hex.EncodeToString(sum) {
		return ErrBadBackup.Because(errors.New("the checksum is another one"))
	}
	if _, err := b.in.ReadByte(); err != io.EOF { // also checks the sum of the compressed file
		return ErrBadBackup.Because(fmt.Errorf("something follows the end: %v", err))
	}
	return nil
}

func (b *backupReader) row(t Table) ([]any, error) {
	line, err := b.line()
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var cells []any
	if err := dec.Decode(&cells); err != nil || len(cells) != len(t.Columns) {
		return nil, ErrBadBackup.Because(fmt.Errorf("a row of %s: %v", t.Name, err))
	}
	for i, c := range t.Columns {
		if cells[i], err = readCell(c.Type, cells[i]); err != nil {
			return nil, ErrBadBackup.Because(fmt.Errorf("%s.%s: %w", t.Name, c.Name, err))
		}
	}
	return cells, nil
}

// readCell turns a written cell into an argument: int64, bool, []byte, string
// or time.Time.
func readCell(typ string, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case json.Number:
		return v.Int64()
	case bool:
		return v, nil
	case string:
		if typ == "timestamptz" {
			return time.Parse(layout, v)
		}
		return v, nil
	case map[string]any:
		text, _ := v["b64"].(string)
		b, err := base64.StdEncoding.DecodeString(text)
		if err == nil && typ != "bytea" {
			return string(b), nil
		}
		return b, err
	}
	return nil, fmt.Errorf("%T is no cell", v)
}

func (d *DB) loadSQLite(ctx context.Context, in *backupReader, m Manifest) error {
	pool, err := sql.Open("sqlite", sqliteDSN(d.url, writePragmas)+"&_txlock=immediate")
	if err != nil {
		return err
	}
	defer pool.Close()
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil { // a row may refer to a later one of its table
		return err
	}
	for _, t := range slices.Backward(m.Tables) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+quote(t.Name)); err != nil { // what a migration put there
			return err
		}
	}
	for _, t := range m.Tables {
		if err := in.begin(t); err != nil {
			return err
		}
		marks := make([]string, len(t.Columns))
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		stmt, err := tx.PrepareContext(ctx, "INSERT INTO "+quote(t.Name)+" ("+t.columnList()+") VALUES ("+strings.Join(marks, ", ")+")")
		if err != nil {
			return err
		}
		for range t.Rows {
			cells, err := in.row(t)
			if err != nil {
				return err
			}
			for i, c := range cells {
				if at, ok := c.(time.Time); ok {
					cells[i] = At(at)
				}
			}
			if _, err := stmt.ExecContext(ctx, cells...); err != nil {
				return classify(err)
			}
		}
		stmt.Close()
	}
	if err := in.end(); err != nil {
		return err
	}
	return classify(tx.Commit())
}

func (d *DB) loadPostgres(ctx context.Context, in *backupReader, m Manifest) error {
	err := pgx.BeginFunc(ctx, d.pgWrite, func(tx pgx.Tx) error {
		for _, t := range slices.Backward(m.Tables) {
			if _, err := tx.Exec(ctx, "DELETE FROM "+quote(t.Name)); err != nil {
				return err
			}
		}
		for _, t := range m.Tables {
			if err := in.begin(t); err != nil {
				return err
			}
			var names []string
			for _, c := range t.Columns {
				names = append(names, c.Name)
			}
			left := t.Rows
			n, err := tx.CopyFrom(ctx, pgx.Identifier{t.Name}, names, pgx.CopyFromFunc(func() ([]any, error) {
				if left == 0 {
					return nil, nil
				}
				left--
				return in.row(t)
			}))
			if err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
			if n != t.Rows {
				return ErrBadBackup.Because(fmt.Errorf("%s: %d rows of %d", t.Name, n, t.Rows))
			}
		}
		return in.end()
	})
	return classify(err)
}
