package db

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Admin creates and drops PostgreSQL databases; for tests and for the first
// set-up of a server.
type Admin struct{ pool *sql.DB }

// OpenAdmin connects to the server that url names.
func OpenAdmin(ctx context.Context, url string) (*Admin, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(1)
	return &Admin{pool}, pool.PingContext(ctx)
}

// CreateDatabase creates an empty database.
func (a *Admin) CreateDatabase(ctx context.Context, name string) error {
	_, err := a.pool.ExecContext(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return err
}

// DropDatabase drops a database and ends the connections to it.
func (a *Admin) DropDatabase(ctx context.Context, name string) error {
	_, err := a.pool.ExecContext(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
	return err
}

// Close ends the connection.
func (a *Admin) Close() error { return a.pool.Close() }
