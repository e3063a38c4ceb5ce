package db

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Snapshot runs f on a Reader that sees one state of the database throughout,
// while others go on writing. Keep it short on SQLite, whose log grows meanwhile.
func (d *DB) Snapshot(ctx context.Context, f func(r Reader) error) error {
	if d.engine == Postgres {
		return classify(d.snapshotPostgres(ctx, f))
	}
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return classify(err)
	}
	defer tx.Rollback()
	return f(&liteSnapshot{tx})
}

type liteSnapshot struct{ tx *sql.Tx }

// Engine implements Reader.
func (s *liteSnapshot) Engine() Engine { return SQLite }

// Query implements Reader.
func (s *liteSnapshot) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	r, err := s.tx.QueryContext(ctx, query, args...)
	return sqlRowsOrError(r, err)
}

func (d *DB) snapshotPostgres(ctx context.Context, f func(r Reader) error) error {
	return d.pgRead.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return err
		}
		defer tx.Rollback(context.WithoutCancel(ctx))
		return f(&pgSnapshot{tx})
	})
}

type pgSnapshot struct{ tx pgx.Tx }

// Engine implements Reader.
func (s *pgSnapshot) Engine() Engine { return Postgres }

// Query implements Reader.
func (s *pgSnapshot) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	r, err := s.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, classify(err)
	}
	return pgRows{r}, nil
}
