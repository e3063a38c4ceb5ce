package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// DB is one open database.
type DB struct {
	engine Engine
	read   *sql.DB
	write  *sql.DB      // PostgreSQL: the same pool as read
	group  *groupWriter // SQLite only
	url    string
}

// Open opens the database that url names: "postgres://…" or
// "sqlite:PATH" (a bare path is SQLite too). It does not migrate.
func Open(ctx context.Context, url string) (*DB, error) {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return openPostgres(ctx, url)
	}
	d, err := openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", url, err)
	}
	return d, nil
}

// Engine names the engine.
func (d *DB) Engine() Engine { return d.engine }

// Query runs a query outside any transaction.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := d.read.QueryContext(ctx, query, args...)
	return rows, classify(err)
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return classify(d.read.PingContext(ctx)) }

// Close waits for running writes and closes the database.
func (d *DB) Close() error {
	if d.group != nil {
		d.group.stop()
	}
	if d.write != d.read {
		d.write.Close()
	}
	return d.read.Close()
}
