// Package dbtest gives every test its own migrated database and runs it on
// both engines.
//
// # Purpose
//
// What holds must hold on both engines: SQLite always, PostgreSQL when
// TONGBAN_TEST_POSTGRES holds the URL of a server on which databases may be
// created.
//
// # How to use
//
//	dbtest.Run(t, []db.Migrations{audit.Migrations(), …}, func(t *testing.T, d *db.DB) { … })
//
// # Guarantees
//
// Each test has a database of its own, copied from one that was migrated once.
// Every Write runs its function once in vain and then for real, as if the
// first commit had collided; a change without an audit entry panics.
package dbtest
