package search

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"tongban/platform/auth"
	"tongban/platform/db"
)

// Index is one full-text index. Name is the name of its table.
type Index struct{ Name string }

// Doc is what can be found of one record.
type Doc struct {
	Key   int64    // ascending numbers keep the index small
	Name  string   // counts more, and is found by pinyin
	Alias []string // other names, without pinyin
	Codes []string // found from their beginning on
	Body  []string // everything else
}

// nameTokens and bodyTokens cut a document; codes count as names.
func (d Doc) nameTokens() []string {
	out := tokenize(d.Name)
	for _, a := range d.Alias {
		out = append(out, tokenize(a)...)
	}
	for _, c := range d.Codes {
		out = append(out, tokenize(c)...)
	}
	return append(out, pinyinTokens(d.Name)...)
}

func (d Doc) bodyTokens() []string {
	var out []string
	for _, t := range d.Body {
		out = append(out, tokenize(t)...)
	}
	return out
}

// Entry is a document that is cut already; cutting needs no transaction and
// can be done beside one.
type Entry struct {
	Key        int64
	name, body []string
}

// Cut prepares a document for PutCutTx; the key may be given later.
func Cut(d Doc) Entry { return Entry{d.Key, d.nameTokens(), d.bodyTokens()} }

// The index is the one thing that both engines have and neither has alike.
var (
	create = db.Fork{
		// the larger hash gathers a whole import transaction into one segment
		SQLite: `CREATE VIRTUAL TABLE IF NOT EXISTS %s USING fts5(name, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0');
			INSERT INTO %[1]s (%[1]s, rank) VALUES ('hashsize', 16777216)`,
		// names have a vector of their own: one with weights would be read again for
		// every candidate. Without fastupdate no reader goes through what waits to be
		// sorted in.
		Postgres: `DROP TABLE IF EXISTS %s;
			CREATE TABLE %[1]s (key bigint PRIMARY KEY, names tsvector NOT NULL, words tsvector NOT NULL);
			CREATE INDEX %[1]s_names ON %[1]s USING gin (names) WITH (fastupdate = off);
			CREATE INDEX %[1]s_words ON %[1]s USING gin (words) WITH (fastupdate = off)`,
	}
	exists = db.Fork{
		SQLite: `SELECT count(*) FROM sqlite_master WHERE name = $1`,
		// an older one, without names, counts as none
		Postgres: `SELECT count(*) FROM information_schema.columns WHERE table_name = $1 AND column_name = 'names' AND table_schema = current_schema()`,
	}
	put = db.Fork{
		SQLite:   `INSERT INTO %s (rowid, name, body) VALUES `,
		Postgres: `INSERT INTO %s (key, names, words) VALUES `,
	}
	remove = db.Fork{
		SQLite:   `DELETE FROM %s WHERE rowid IN (%s)`,
		Postgres: `DELETE FROM %s WHERE key IN (%s)`,
	}
	match = db.Fork{
		SQLite:   `SELECT rowid FROM %[1]s WHERE %[1]s MATCH $1 ORDER BY rowid LIMIT $2`,
		Postgres: `SELECT key FROM %s WHERE %s @@ CAST($1 AS tsquery) ORDER BY key LIMIT $2`,
	}
	clear = db.Fork{
		SQLite:   `INSERT INTO %[1]s (%[1]s) VALUES ('delete-all')`,
		Postgres: `DELETE FROM %s`,
	}
)

// Setup creates the index when it is missing; created tells whether it was.
func (x Index) Setup(ctx context.Context, d *db.DB) (created bool, err error) {
	n, err := db.One(ctx, d, db.Value[int64], exists.For(d), x.Name)
	if err != nil || n > 0 {
		return false, err
	}
	err = d.Write(auth.System(ctx, "search"), func(tx *db.Tx) error {
		tx.Unaudited("an index repeats what is recorded elsewhere")
		for part := range strings.SplitSeq(create.For(tx), ";") {
			if _, err := tx.Exec(ctx, fmt.Sprintf(part, x.Name)); err != nil {
				return err
			}
		}
		return nil
	})
	return err == nil, err
}

// PutTx adds documents. A key must not be in the index already.
func (x Index) PutTx(ctx context.Context, tx *db.Tx, docs []Doc) error {
	cut := make([]Entry, len(docs))
	for i, d := range docs {
		cut[i] = Cut(d)
	}
	return x.PutCutTx(ctx, tx, cut)
}

// perStatement bounds the documents of one INSERT; SQLite's cost of binding
// grows with the square of the parameters.
const perStatement = 25

// PutCutTx adds documents that were cut before.
func (x Index) PutCutTx(ctx context.Context, tx *db.Tx, docs []Entry) error {
	for len(docs) > 0 {
		n := min(perStatement, len(docs))
		if err := x.put(ctx, tx, docs[:n]); err != nil {
			return err
		}
		docs = docs[n:]
	}
	return nil
}

func (x Index) put(ctx context.Context, tx *db.Tx, docs []Entry) error {
	var b strings.Builder
	fmt.Fprintf(&b, put.For(tx), x.Name)
	var args []any
	for i, d := range docs {
		if i > 0 {
			b.WriteString(", ")
		}
		n := len(args)
		if tx.Engine() == db.SQLite {
			fmt.Fprintf(&b, "($%d, $%d, $%d)", n+1, n+2, n+3)
			args = append(args, d.Key, strings.Join(d.name, " "), strings.Join(d.body, " "))
		} else {
			fmt.Fprintf(&b, "($%d, CAST($%d AS tsvector), CAST($%d AS tsvector))", n+1, n+2, n+3)
			args = append(args, d.Key, vector(d.name), vector(d.name, d.body))
		}
	}
	_, err := tx.Exec(ctx, b.String(), args...)
	return err
}

// maxPosition is the highest position that PostgreSQL keeps.
const maxPosition = 16383

// vector writes tokens as a tsvector, the parts with a gap between them so that
// no phrase reaches across.
func vector(parts ...[]string) string {
	var b strings.Builder
	at := 0
	for _, tokens := range parts {
		for _, t := range tokens {
			at = min(at+1, maxPosition)
			b.WriteByte('\'')
			b.WriteString(t)
			b.WriteString("':")
			b.WriteString(strconv.Itoa(at))
			b.WriteByte(' ')
		}
		at += 2
	}
	return b.String()
}

// RemoveTx takes documents out; keys that are not there do not matter.
func (x Index) RemoveTx(ctx context.Context, tx *db.Tx, keys []int64) error {
	for len(keys) > 0 {
		n := min(perStatement, len(keys))
		if _, err := tx.Exec(ctx, fmt.Sprintf(remove.For(tx), x.Name, db.In(1, n)), db.Args(keys[:n])...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// ClearTx empties the index, before everything is put in again.
func (x Index) ClearTx(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, fmt.Sprintf(clear.For(tx), x.Name))
	return err
}

// Match returns the keys of the documents that fulfil the condition, the
// lowest keys first, at most limit. No condition matches nothing.
func (x Index) Match(ctx context.Context, r db.Reader, e Expr, s Scope, limit int) ([]int64, error) {
	if e == nil {
		return nil, nil
	}
	if r.Engine() == db.SQLite {
		return db.All(ctx, r, db.Value[int64], fmt.Sprintf(match.For(r), x.Name), forSQLite(e, s), limit)
	}
	column := "words"
	if s == InName {
		column = "names"
	}
	return db.All(ctx, r, db.Value[int64], fmt.Sprintf(match.For(r), x.Name, column), forPostgres(e), limit)
}
