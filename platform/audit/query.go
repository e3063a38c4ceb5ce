package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/platform/db"
	"tongban/platform/id"
)

// Filter says which acts a reader of the record wants. Region is required,
// empty fields do not restrict.
type Filter struct {
	Region string
	Actor  string
	Object string
	Action string // exact, or a prefix that ends in a dot: "casework."
	From   time.Time
	Until  time.Time // exclusive
	After  string    // the Next of the page before
	Limit  int       // 1 to 500; 0 means 50
}

// Page returns one page of acts, newest first, and where the next one starts
// ("" when there is none).
func Page(ctx context.Context, r db.Reader, f Filter) (acts []Act, next string, err error) {
	if err := id.After("aud", f.After); err != nil {
		return nil, "", err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	where := []string{"region = $1"}
	args := []any{f.Region}
	add := func(cond string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	if f.Actor != "" {
		add("actor = $%d", f.Actor)
	}
	if f.Object != "" {
		add("object = $%d", f.Object)
	}
	if strings.HasSuffix(f.Action, ".") {
		add("action >= $%d", f.Action)
		add("action < $%d", strings.TrimSuffix(f.Action, ".")+"/") // the character after the dot
	} else if f.Action != "" {
		add("action = $%d", f.Action)
	}
	if !f.From.IsZero() {
		add("at >= $%d", db.At(f.From))
	}
	if !f.Until.IsZero() {
		add("at < $%d", db.At(f.Until))
	}
	if f.After != "" {
		add("id < $%d", f.After)
	}
	args = append(args, limit+1)
	acts, err = db.All(ctx, r, scanAct, fmt.Sprintf(`SELECT %s FROM audit_entry WHERE %s ORDER BY id DESC LIMIT $%d`,
		columns, strings.Join(where, " AND "), len(args)), args...)
	if err != nil {
		return nil, "", err
	}
	if len(acts) > limit {
		acts = acts[:limit]
		next = acts[limit-1].ID
	}
	return acts, next, nil
}

// ByObject returns the acts on one thing, newest first.
func ByObject(ctx context.Context, r db.Reader, region, object, after string, limit int) ([]Act, string, error) {
	return Page(ctx, r, Filter{Region: region, Object: object, After: after, Limit: limit})
}

// ByActor returns the acts of one actor, newest first.
func ByActor(ctx context.Context, r db.Reader, region, actor, after string, limit int) ([]Act, string, error) {
	return Page(ctx, r, Filter{Region: region, Actor: actor, After: after, Limit: limit})
}

// Get returns one act.
func Get(ctx context.Context, r db.Reader, region, id string) (Act, error) {
	return db.One(ctx, r, scanAct, `SELECT `+columns+` FROM audit_entry WHERE region = $1 AND id = $2`, region, id)
}

// Regions lists the regions that have a record.
func Regions(ctx context.Context, r db.Reader) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT DISTINCT region FROM audit_entry ORDER BY region LIMIT 100000`)
}

// SealedAt tells when an act on an object was covered by a checkpoint for the
// first time, with the act. Without such an act, or when it waits for its seal,
// the error is of kind not found.
func SealedAt(ctx context.Context, r db.Reader, region, action, object string) (Act, time.Time, error) {
	a, err := db.One(ctx, r, scanAct, `SELECT `+columns+` FROM audit_entry
		WHERE region = $1 AND object = $2 AND action = $3 AND position IS NOT NULL ORDER BY id LIMIT 1`, region, object, action)
	if err != nil {
		return a, time.Time{}, err
	}
	at, err := db.One(ctx, r, db.Value[db.Time], `SELECT at FROM audit_checkpoint WHERE region = $1 AND size > $2 ORDER BY size LIMIT 1`, region, a.Position)
	return a, at.Time, err
}
