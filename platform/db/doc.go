// Package db is two engines behind one SQL: an embedded SQLite file and
// PostgreSQL.
//
// # Purpose
//
// Stores write one text per query, PostgreSQL spelling, $1…$n. Reading goes
// through any Reader; writing needs a *Tx, and holding one is permission to
// write. The outermost service opens it with DB.Write; everyone below joins.
//
// # How to use
//
//	err := d.Write(ctx, func(tx *db.Tx) error {
//		n, err := tx.Exec(ctx, `UPDATE casework_case SET state = $3 WHERE region = $1 AND id = $2 AND state = $4`, …)
//		…
//	})
//	cases, err := db.All(ctx, d, scanCase, `SELECT … WHERE region = $1 LIMIT $2`, region, 20)
//
// Inside Write use tx only: calling Write again is ErrNested. Rows that nobody
// reads back in the same transaction go through Tx.Later, guarded updates
// through Tx.Guarded: they travel together with the commit. Many rows at once go
// through Tx.Load. A change that rests
// on nothing but rows that it guards is made by Tidy, which holds nobody up.
//
// # Guarantees
//
// Write refuses a context without an actor. It is serial on both engines: one
// mental model, no FOR UPDATE. In Tidy each query sees what is committed; what
// it must not lose it guards. The function given to Write may run more than
// once and must do nothing but SQL through tx, audit.Record and events.Emit. When
// Write returns nil the change is on disk; when it returns an error nothing of
// it is there, except for ErrOutcomeUnknown, which says so. A statement that
// fails ends its transaction. A panic in the function is an error of that write
// alone. When the disk is full or the server is away, writes are ErrUnavailable
// and work again by themselves afterwards.
//
// # How it is fast
//
// SQLite: one writer; writes that wait share one durable commit; functions have
// a savepoint each, lists are run again without the one that failed. A Tidy
// thinks beside the writer, not in its turn. PostgreSQL: BEGIN
// travels with the first statement, COMMIT with the queued ones, guards included;
// statements are prepared once per connection.
//
// # The subset
//
// Types in migrations: text, bigint, boolean, bytea, jsonb, timestamptz.
// Times cross as Time. Text is UTF-8 without NUL. No ::casts, no now(), no
// ILIKE, no ANY(ARRAY): a lint keeps this true.
package db
