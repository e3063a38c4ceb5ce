package db

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"
	"unicode/utf8"
)

// backupFormat is the version of the file format: gzipped JSON lines. The first
// is the manifest; then for each table its name and its rows, one array a
// line; the last holds the SHA-256 of everything before it.
const backupFormat = 1

// Manifest is what a backup says about itself.
type Manifest struct {
	Format     int             `json:"tongban_backup"`
	At         time.Time       `json:"at"`
	Engine     Engine          `json:"engine"` // it came from; it can go to either
	Migrations []Step          `json:"migrations"`
	Tables     []Table         `json:"tables"`
	Facts      json.RawMessage `json:"facts,omitempty"` // what the caller found worth noting, such as audit roots
}

// Step is one applied migration.
type Step struct {
	Name string `json:"name"`
	File string `json:"file"`
	Sum  string `json:"sum"`
}

// Rows is the number of rows in all tables.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// BackupOptions say what else goes into the manifest.
type BackupOptions struct {
	At    time.Time
	Facts func(ctx context.Context, r Reader) (any, error) // read in the snapshot of the backup
}

// Backup writes everything that one snapshot of the database holds, while
// others go on writing. Indexes over other tables (search) are left out; they
// are built anew.
func (d *DB) Backup(ctx context.Context, w io.Writer, o BackupOptions) (Manifest, error) {
	m := Manifest{Format: backupFormat, At: o.At.UTC(), Engine: d.engine}
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return m, err
	}
	out := &lineWriter{w: bufio.NewWriterSize(zip, 1<<16), sum: sha256.New()}
	err = d.Snapshot(ctx, func(r Reader) error {
		if err := m.describe(ctx, r, o); err != nil {
			return err
		}
		if err := out.put(m); err != nil {
			return err
		}
		for _, t := range m.Tables {
			if err := out.table(ctx, r, t); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
		return out.put(endLine{SHA256: hex.EncodeToString(out.sum.Sum(nil))})
	})
	if err != nil {
		return m, err
	}
	if err := out.w.Flush(); err != nil {
		return m, err
	}
	return m, zip.Close()
}

func (m *Manifest) describe(ctx context.Context, r Reader, o BackupOptions) (err error) {
	m.Migrations, err = All(ctx, r, func(row Row) (s Step, err error) {
		err = row.Scan(&s.Name, &s.File, &s.Sum)
		return s, err
	}, `SELECT name, file, sum FROM db_migration ORDER BY name, file`)
	if err != nil {
		return err
	}
	all, err := tables(ctx, r)
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.Name == "db_migration" {
			continue // the manifest has it
		}
		if t.Rows, err = t.count(ctx, r); err != nil {
			return err
		}
		m.Tables = append(m.Tables, t)
	}
	if o.Facts != nil {
		facts, err := o.Facts(ctx, r)
		if err != nil {
			return err
		}
		if m.Facts, err = json.Marshal(facts); err != nil {
			return err
		}
	}
	return nil
}

// Lines beside the rows.
type (
	tableLine struct {
		Table string `json:"table"`
	}
	endLine struct {
		SHA256 string `json:"sha256"`
	}
	// bytesCell carries bytes, and text that is not UTF-8.
	bytesCell struct {
		B64 string `json:"b64"`
	}
)

type lineWriter struct {
	w   *bufio.Writer
	sum hash.Hash
}

func (l *lineWriter) put(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	l.sum.Write(b)
	_, err = l.w.Write(b)
	return err
}

func (l *lineWriter) table(ctx context.Context, r Reader, t Table) error {
	if err := l.put(tableLine{t.Name}); err != nil {
		return err
	}
	dest := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		dest[i] = newCell(c.Type)
	}
	line := make([]any, len(dest))
	return Each(ctx, r, func(row Row) error {
		if err := row.Scan(dest...); err != nil {
			return err
		}
		for i := range dest {
			line[i] = cellValue(dest[i])
		}
		return l.put(line)
	}, t.selectAll())
}

// newCell returns what a column of the type is scanned into.
func newCell(typ string) any {
	switch typ {
	case "bigint":
		return new(sql.NullInt64)
	case "boolean":
		return new(sql.NullBool)
	case "bytea":
		return new([]byte)
	case "timestamptz":
		return new(Time)
	}
	return new(sql.NullString)
}

// cellValue is how a scanned cell is written.
func cellValue(cell any) any {
	switch c := cell.(type) {
	case *sql.NullInt64:
		if c.Valid {
			return c.Int64
		}
	case *sql.NullBool:
		if c.Valid {
			return c.Bool
		}
	case *[]byte:
		if *c != nil {
			return bytesCell{base64.StdEncoding.EncodeToString(*c)}
		}
	case *Time:
		if !c.IsZero() {
			return c.UTC().Format(layout)
		}
	case *sql.NullString:
		if c.Valid && !utf8.ValidString(c.String) {
			return bytesCell{base64.StdEncoding.EncodeToString([]byte(c.String))}
		}
		if c.Valid {
			return c.String
		}
	}
	return nil
}
