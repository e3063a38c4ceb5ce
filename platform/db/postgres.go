package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

func openPostgres(ctx context.Context, url string) (*DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(8 * runtime.NumCPU())
	pool.SetMaxIdleConns(8 * runtime.NumCPU())
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, classify(err)
	}
	return &DB{engine: Postgres, read: pool, write: pool, url: url}, nil
}

func classifyPostgres(err error) *fault.Fault {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		var c *pgconn.ConnectError
		if errors.As(err, &c) {
			return ErrUnavailable
		}
		return nil
	}
	switch {
	case e.Code == "23505":
		return ErrDuplicate
	case strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57"), strings.HasPrefix(e.Code, "08"):
		return ErrUnavailable
	}
	return nil
}

// retries bounds how often a serialization failure is tried again.
const retries = 12

func (d *DB) writePostgres(ctx context.Context, p auth.Principal, f func(*Tx) error) error {
	for try := 0; ; try++ {
		err := d.tryPostgres(ctx, p, f)
		if !retryable(err) || try == retries {
			return classify(err)
		}
		pause := time.Duration(1<<min(try, 6)) * time.Millisecond
		select {
		case <-time.After(rand.N(pause) + time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func retryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

func (d *DB) tryPostgres(ctx context.Context, p auth.Principal, f func(*Tx) error) error {
	sqltx, err := d.write.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer sqltx.Rollback()
	if err := runTx(ctx, &Tx{engine: Postgres, exec: sqltx, actor: p}, f); err != nil {
		return err
	}
	return sqltx.Commit()
}
