package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// DB is one open database.
type DB struct {
	engine   Engine
	url      string
	read     *sql.DB      // SQLite
	group    *groupWriter // SQLite
	cache    readCache    // SQLite
	pgWrite  *pgxpool.Pool
	pgRead   *pgxpool.Pool
	topics   topics
	rehearse bool
	trace    func(awaited int, writes []Statement)
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

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	if d.engine == Postgres {
		return classify(d.pgRead.Ping(ctx))
	}
	return classify(d.read.PingContext(ctx))
}

// Close waits for running writes and closes the database.
func (d *DB) Close() error {
	if d.engine == Postgres {
		d.pgWrite.Close()
		d.pgRead.Close()
		return nil
	}
	d.group.stop()
	return d.read.Close()
}
