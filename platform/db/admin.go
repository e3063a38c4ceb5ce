package db

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Admin creates and drops PostgreSQL databases; for tests and for the first
// set-up of a server. It is one connection and not safe for concurrent use.
type Admin struct {
	conn *pgx.Conn
	url  string
}

// OpenAdmin connects to the server that url names.
func OpenAdmin(ctx context.Context, url string) (*Admin, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, classify(err)
	}
	return &Admin{conn, url}, nil
}

// URL is the address of a database of the same server.
func (a *Admin) URL(name string) (string, error) {
	u, err := url.Parse(a.url)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// CreateDatabase creates an empty database.
func (a *Admin) CreateDatabase(ctx context.Context, name string) error {
	_, err := a.conn.Exec(ctx, "CREATE DATABASE "+quote(name))
	return err
}

// CloneDatabase creates a database that equals template, to which nobody is connected.
func (a *Admin) CloneDatabase(ctx context.Context, name, template string) error {
	_, err := a.conn.Exec(ctx, "CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(template))
	return err
}

// DropDatabase drops a database and ends the connections to it.
func (a *Admin) DropDatabase(ctx context.Context, name string) error {
	_, err := a.conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)")
	return err
}

// HasDatabase tells whether the database exists.
func (a *Admin) HasDatabase(ctx context.Context, name string) (bool, error) {
	var n int
	err := a.conn.QueryRow(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&n)
	return n > 0, err
}

// Template makes sure that a database of this name exists, built once by
// build, however many processes ask at the same time. A half-built one never
// carries the name.
func (a *Admin) Template(ctx context.Context, name string, build func(url string) error) error {
	h := fnv.New64a()
	h.Write([]byte(name))
	key := int64(h.Sum64())
	if _, err := a.conn.Exec(ctx, "SELECT pg_advisory_lock($1)", key); err != nil {
		return err
	}
	defer a.conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", key)
	if ok, err := a.HasDatabase(ctx, name); err != nil || ok {
		return err
	}
	raw := name + "_raw"
	if err := a.DropDatabase(ctx, raw); err != nil {
		return err
	}
	if err := a.CreateDatabase(ctx, raw); err != nil {
		return err
	}
	address, err := a.URL(raw)
	if err != nil {
		return err
	}
	if err := build(address); err != nil {
		return fmt.Errorf("build template %s: %w", name, err)
	}
	_, err = a.conn.Exec(ctx, "ALTER DATABASE "+quote(raw)+" RENAME TO "+quote(name))
	return err
}

// Trim drops the oldest databases whose name begins with prefix until at most
// keep are left. One that somebody is cloning at the moment stays.
func (a *Admin) Trim(ctx context.Context, prefix string, keep int) error {
	rows, err := a.conn.Query(ctx, "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY oid DESC OFFSET $2", prefix, keep)
	if err != nil {
		return err
	}
	old, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range old {
		_, err := a.conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name))
		var busy *pgconn.PgError
		if err != nil && !errors.As(err, &busy) {
			return err
		}
	}
	return nil
}

// Close ends the connection.
func (a *Admin) Close() error { return a.conn.Close(context.Background()) }
