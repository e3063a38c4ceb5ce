package db_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/sumdb/note"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
)

var withAudit = append([]db.Migrations{audit.Migrations()}, schema...)

// fill writes rows of every kind, odd ones included, and seals the record.
func fill(t *testing.T, d *db.DB, s *audit.Sealer, from, n int) {
	t.Helper()
	ctx := auth.System(context.Background(), "test")
	for i := from; i < from+n; i++ {
		err := d.Write(ctx, func(tx *db.Tx) error {
			id := fmt.Sprintf("%06d", i)
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "probe.thing.made", Object: id, Details: map[string]any{"名": "𠮷\u0001 \"quoted\"\n"}})
			if err := put(tx, ctx, id); err != nil {
				return err
			}
			tx.Later(`INSERT INTO probe_part (region, id, whole) VALUES ($1, $2, $2)`, region, id)
			var body []byte
			var note any
			if i%3 > 0 {
				body, note = []byte{0, byte(i), 255}, "line\nend\u2028"
			}
			tx.Later(`INSERT INTO probe_kind (region, id, amount, ok, body, doc, at, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				region, id, int64(i)<<40, i%2 == 0, body, db.AsJSON(map[string]any{"n": i, "e": ""}), db.At(clock.System.Now()), note)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Seal(ctx); err != nil {
		t.Fatal(err)
	}
}

func heads(ctx context.Context, r db.Reader) (any, error) { return audit.Heads(ctx, r) }

// A backup made under load goes to either engine, with equal counts, equal audit
// roots, and evidence that verifies.
func TestBackup_toEitherEngine(t *testing.T) {
	secret, public, err := note.GenerateKey(rand.Reader, "town.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, _ := note.NewSigner(secret)
	v, _ := note.NewVerifier(public)
	plainWith(t, withAudit, func(t *testing.T, d *db.DB) {
		ctx := auth.System(context.Background(), "test")
		s := &audit.Sealer{DB: d, Signer: signer, Clock: clock.System, Log: slog.New(slog.DiscardHandler)}
		fill(t, d, s, 0, 300)
		stop := make(chan bool)
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 1000; ; i += 10 {
				select {
				case <-stop:
					return
				default:
					fill(t, d, s, i, 10)
				}
			}
		})
		var file bytes.Buffer
		m, err := d.Backup(ctx, &file, db.BackupOptions{At: clock.System.Now(), Facts: heads})
		close(stop)
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		again, err := db.ReadManifest(bytes.NewReader(file.Bytes()))
		if err != nil || again.Rows() != m.Rows() || len(m.Tables) != 6 || len(again.Migrations) != 2 {
			t.Fatalf("%+v %v", again, err)
		}
		t.Logf("%d rows in %d bytes", m.Rows(), file.Len())
		for _, to := range empties(t) {
			got, err := to.Restore(ctx, bytes.NewReader(file.Bytes()), withAudit...)
			if err != nil {
				t.Fatalf("to %s: %v", to.Engine(), err)
			}
			for _, table := range got.Tables {
				n, err := db.One(ctx, to, db.Value[int64], `SELECT count(*) FROM `+table.Name)
				if err != nil || n != table.Rows || n == 0 {
					t.Errorf("%s: %d rows, the manifest says %d (%v)", table.Name, n, table.Rows, err)
				}
			}
			var back bytes.Buffer
			b, err := to.Backup(ctx, &back, db.BackupOptions{Facts: heads})
			if err != nil || string(b.Facts) != string(m.Facts) {
				t.Errorf("audit heads differ (%v):\n%s\n%s", err, m.Facts, b.Facts)
			}
			report, err := audit.Verify(ctx, to, v)
			if err != nil || !report.OK() || report.Sealed == 0 {
				t.Errorf("%+v %v", report, err)
			}
			if _, err := to.Restore(ctx, bytes.NewReader(file.Bytes()), withAudit...); !errors.Is(err, db.ErrNotEmpty) {
				t.Errorf("a second restore: %v", err)
			}
		}
	})
}

// plainWith runs f on both engines without rehearsal.
func plainWith(t *testing.T, all []db.Migrations, f func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); f(t, dbtest.SQLite(t, all)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); f(t, dbtest.Postgres(t, all)) })
}

// empties are databases without tables: a file, and a PostgreSQL database when
// there is a server.
func empties(t *testing.T) []*db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	out := []*db.DB{d}
	if dbtest.HasPostgres() {
		out = append(out, dbtest.Postgres(t, nil))
	}
	return out
}

func TestRestore_refusals(t *testing.T) {
	ctx := auth.System(context.Background(), "test")
	d := dbtest.SQLite(t, schema)
	if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "a") }); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := d.Backup(ctx, &file, db.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	fresh := func() *db.DB {
		x, err := db.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() })
		return x
	}
	if _, err := fresh().Restore(ctx, bytes.NewReader(file.Bytes())); !errors.Is(err, db.ErrNewerBackup) {
		t.Errorf("migrations that we do not know: %v", err)
	}
	other := []db.Migrations{{Name: "probe", FS: fstest.MapFS{"0001_probe.sql": {Data: []byte("CREATE TABLE probe_x (region text, PRIMARY KEY (region));")}}}}
	if _, err := fresh().Restore(ctx, bytes.NewReader(file.Bytes()), other...); !errors.Is(err, db.ErrOtherSequence) {
		t.Errorf("a migration that has changed: %v", err)
	}
	for cut := range file.Len() {
		if cut%17 != 0 {
			continue
		}
		if _, err := fresh().Restore(ctx, bytes.NewReader(file.Bytes()[:cut]), schema...); !errors.Is(err, db.ErrBadBackup) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	for i := range file.Len() {
		if i < 10 || i%11 != 0 { // the header of gzip holds things that mean nothing
			continue
		}
		bad := bytes.Clone(file.Bytes())
		bad[i] ^= 4
		x := fresh()
		if _, err := x.Restore(ctx, bytes.NewReader(bad), schema...); !fault.IsKind(err, fault.KindInvalid) {
			t.Fatalf("byte %d flipped: %v", i, err)
		}
		if n, err := db.One(ctx, x, db.Value[int64], `SELECT count(*) FROM probe_count`); err == nil && n != 0 {
			t.Fatalf("byte %d flipped: %d rows were loaded", i, n)
		}
	}
}

// A backup of an older version is loaded as it was and then migrated on.
func TestRestore_migratesOn(t *testing.T) {
	ctx := auth.System(context.Background(), "test")
	d := dbtest.SQLite(t, schema)
	if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "a") }); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := d.Backup(ctx, &file, db.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	later := fstest.MapFS{"0001_probe.sql": schema[0].FS.(fstest.MapFS)["0001_probe.sql"],
		"0002_more.sql": {Data: []byte("ALTER TABLE probe_count ADD COLUMN more text NOT NULL DEFAULT 'yes';")}}
	for _, to := range empties(t) {
		if _, err := to.Restore(ctx, bytes.NewReader(file.Bytes()), db.Migrations{Name: "probe", FS: later}); err != nil {
			t.Fatal(err)
		}
		if more, err := db.One(ctx, to, db.Value[string], `SELECT more FROM probe_count WHERE region = $1`, region); err != nil || more != "yes" {
			t.Errorf("%s: %q %v", to.Engine(), more, err)
		}
	}
}
