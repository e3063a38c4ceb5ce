package once

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations is the table of kept results.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "once", FS: sub}
}

// ErrKeyReused says that the key was used for another command.
var ErrKeyReused = fault.Conflict("once.key_reused")

// ErrBadKey refuses a key that is longer than 200 bytes.
var ErrBadKey = fault.Invalid("once.bad_key")

// maxKey is the longest key in bytes.
const maxKey = 200

type key struct{}

// With returns a context that carries the caller's key for the command.
func With(ctx context.Context, k string) context.Context { return context.WithValue(ctx, key{}, k) }

type operation struct{}

// During returns a context in which the named operation runs: the same key
// with another operation is a conflict.
func During(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, operation{}, name)
}

type kept struct{ command, result string }

func scanKept(r db.Row) (k kept, err error) {
	err = r.Scan(&k.command, &k.result)
	return k, err
}

// Do runs f unless this caller's key has been seen; then it returns what f
// returned the first time. command names what is done and to what. In a Tidy,
// the same key may be under way at the same time: who commits later gets
// db.ErrStale, and finds the result when he runs again.
func Do(ctx context.Context, tx *db.Tx, region, command string, f func() (string, error)) (string, error) {
	k, _ := ctx.Value(key{}).(string)
	if k == "" {
		return f()
	}
	if result, ok, err := seen(ctx, tx, region, tx.Actor().ID, k, command); ok || err != nil {
		return result, err
	}
	result, err := f()
	if err != nil {
		return "", err
	}
	if name, ok := ctx.Value(operation{}).(string); ok {
		command = name + " " + command
	}
	tx.Guarded(`INSERT INTO once_command (region, caller, key, command, result, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		region, tx.Actor().ID, k, command, result, db.At(clock.System.Now()))
	return result, nil
}

// Seen gives what Do kept for this caller's key. A command of several
// transactions asks it first, and keeps its result by Do in the last one.
func Seen(ctx context.Context, r db.Reader, region, command string) (result string, ok bool, err error) {
	k, _ := ctx.Value(key{}).(string)
	if k == "" {
		return "", false, nil
	}
	return seen(ctx, r, region, auth.From(ctx).ID, k, command)
}

func seen(ctx context.Context, r db.Reader, region, caller, k, command string) (string, bool, error) {
	if len(k) > maxKey {
		return "", false, ErrBadKey
	}
	if name, ok := ctx.Value(operation{}).(string); ok {
		command = name + " " + command
	}
	old, err := db.One(ctx, r, scanKept, `SELECT command, result FROM once_command WHERE region = $1 AND caller = $2 AND key = $3`, region, caller, k)
	switch {
	case fault.IsKind(err, fault.KindNotFound):
		return "", false, nil
	case err != nil:
		return "", false, err
	case old.command != command:
		return "", false, ErrKeyReused
	}
	return old.result, true, nil
}

// Forget drops results that are older than before; the callers have long
// stopped asking.
func Forget(ctx context.Context, d *db.DB, before time.Time) error {
	ctx = auth.System(ctx, "once")
	return d.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("kept results have a limited life")
		_, err := tx.Exec(ctx, `DELETE FROM once_command WHERE at < $1`, db.At(before))
		return err
	})
}
