package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

// Migrations is one capability's numbered DDL files, *.sql in name order.
type Migrations struct {
	Name string // "casework"
	FS   fs.FS  // the files lie at its root
}

const migrationTable = `CREATE TABLE IF NOT EXISTS db_migration (
	name text NOT NULL, file text NOT NULL, sum text NOT NULL, PRIMARY KEY (name, file))`

// ErrNewer refuses a database in which a newer program has applied steps that
// this one does not know.
var ErrNewer = fault.Internal("db.newer")

// Migrate applies every step that is not applied yet, each in its own
// transaction, in the order given. A step that was applied and has changed
// since, or that is not among all, is refused before anything is changed: we
// only go forward.
func (d *DB) Migrate(ctx context.Context, all ...Migrations) error {
	ctx = auth.System(ctx, "migrate")
	if err := d.ddl(ctx, migrationTable); err != nil {
		return err
	}
	if err := d.known(ctx, all); err != nil {
		return err
	}
	for _, m := range all {
		if err := d.migrate(ctx, m); err != nil {
			return fmt.Errorf("migrate %s: %w", m.Name, err)
		}
	}
	return nil
}

// known refuses steps that were applied and are not among all.
func (d *DB) known(ctx context.Context, all []Migrations) error {
	applied, err := All(ctx, d, Value[string], `SELECT name || '/' || file FROM db_migration ORDER BY name, file LIMIT 10000`)
	if err != nil {
		return err
	}
	for _, m := range all {
		files, err := fs.Glob(m.FS, "*.sql")
		if err != nil {
			return err
		}
		for _, f := range files {
			if i := slices.Index(applied, m.Name+"/"+f); i >= 0 {
				applied = slices.Delete(applied, i, i+1)
			}
		}
	}
	if len(applied) > 0 {
		return ErrNewer.With("steps", strings.Join(applied, ", "))
	}
	return nil
}

func (d *DB) ddl(ctx context.Context, query string, more ...statement) error {
	return d.Write(ctx, func(tx *Tx) error {
		tx.Unaudited("schema change, recorded in db_migration")
		for _, part := range split(query) {
			if _, err := tx.Exec(ctx, part); err != nil {
				return fmt.Errorf("%w in: %s", err, part)
			}
		}
		for _, s := range more {
			if _, err := tx.Exec(ctx, s.query, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *DB) migrate(ctx context.Context, m Migrations) error {
	files, err := fs.Glob(m.FS, "*.sql")
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		body, err := fs.ReadFile(m.FS, file)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(body)
		sum := hex.EncodeToString(digest[:])
		old, err := One(ctx, d, Value[string], `SELECT sum FROM db_migration WHERE name = $1 AND file = $2`, m.Name, file)
		switch {
		case err == nil && old == sum:
			continue
		case err == nil:
			return fault.Internal("db.migration_changed").With("file", m.Name+"/"+file)
		case !fault.IsKind(err, fault.KindNotFound):
			return err
		}
		applied := statement{query: `INSERT INTO db_migration (name, file, sum) VALUES ($1, $2, $3)`, args: []any{m.Name, file, sum}}
		if err := d.ddl(ctx, string(body), applied); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// split cuts a migration into statements at semicolons that end a line, and
// drops comment lines.
func split(body string) []string {
	var out []string
	var b strings.Builder
	for line := range strings.Lines(body) {
		if t := strings.TrimSpace(line); t == "" || strings.HasPrefix(t, "--") {
			continue
		}
		b.WriteString(line)
		if strings.HasSuffix(strings.TrimSpace(line), ";") {
			out = append(out, strings.TrimSuffix(strings.TrimSpace(b.String()), ";"))
			b.Reset()
		}
	}
	if rest := strings.TrimSpace(b.String()); rest != "" {
		out = append(out, rest)
	}
	return out
}
