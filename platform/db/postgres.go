package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tongban/platform/fault"
)

// pageCost is the cost of a page out of turn, that of one in turn being 1.
const pageCost = "1.1"

// Parameters of the connections. Serializable transactions watch what they
// read: a sequential scan watches the whole table and makes neighbours
// collide, so writing connections prefer indexes even on tables that are
// still small. Pages of a database lie on a disk without moving parts, or in
// memory: one page costs what another does, so that an index that gives the rows
// in order wins against gathering them first and sorting.
var (
	pgWriteParams = map[string]string{"enable_seqscan": "off", "random_page_cost": pageCost, "idle_in_transaction_session_timeout": "60000"}
	pgReadParams  = map[string]string{"default_transaction_read_only": "on", "random_page_cost": pageCost}
)

func openPostgres(ctx context.Context, url string) (*DB, error) {
	write, err := pgPool(ctx, url, max(16, 8*runtime.NumCPU()), pgWriteParams)
	if err != nil {
		return nil, err
	}
	read, err := pgPool(ctx, url, max(16, 8*runtime.NumCPU()), pgReadParams)
	if err != nil {
		write.Close()
		return nil, err
	}
	d := &DB{engine: Postgres, url: url, pgWrite: write, pgRead: read}
	if err := d.Ping(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func pgPool(ctx context.Context, url string, conns int, params map[string]string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns=") {
		cfg.MaxConns = int32(conns)
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "tongban"
	}
	maps.Copy(cfg.ConnConfig.RuntimeParams, params)
	cfg.AfterConnect = packFast
	return pgxpool.NewWithConfig(ctx, cfg)
}

// packFast has documents packed by lz4, which takes a tenth of the server's time
// that its own way takes. A server that was built without it keeps to its own.
func packFast(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET default_toast_compression = lz4")
	if e := new(pgconn.PgError); errors.As(err, &e) {
		return nil
	}
	return err
}

// native turns times and documents into what the driver sends fastest: it tries
// several ways before it asks a Valuer.
func native(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		switch v := a.(type) {
		case Time:
			if out[i] = v.Time; v.IsZero() {
				out[i] = nil
			}
		case interface{ marshal() ([]byte, error) }:
			if b, err := v.marshal(); err == nil { // otherwise the driver says what is wrong
				out[i] = string(b)
			}
		}
	}
	return out
}

func classifyPostgres(err error) *fault.Fault {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch {
		case e.Code == "23505":
			return ErrDuplicate
		case e.Code == "22012":
			return ErrStale
		case e.Code == "22021", e.Code == "22P05":
			return ErrBadText
		case e.Code == "25006", e.Code == "55P03", strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57P"),
			strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "58"), retryable(err):
			return ErrUnavailable
		}
		return nil
	}
	if lostConnection(err) {
		return ErrUnavailable
	}
	return nil
}

// lostConnection tells whether the server went away, or was not there.
func lostConnection(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false // the caller's time was up
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return strings.HasPrefix(e.Code, "57P") || strings.HasPrefix(e.Code, "08")
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		strings.Contains(err.Error(), "conn closed")
}

// retryable tells whether the server asks to run the transaction again:
// serialization failure or deadlock.
func retryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}
