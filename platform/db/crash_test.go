package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// childVariable holds the database URL in the process that gets killed.
const childVariable = "TONGBAN_TEST_CRASH_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(childVariable); url != "" {
		writeUntilKilled(url, os.Args[len(os.Args)-1])
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes two rows at a time that belong together, from 16
// clients, and says so after each acknowledgement.
func writeUntilKilled(url, round string) {
	ctx := auth.System(context.Background(), "crash")
	d, err := db.Open(ctx, url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	for c := range 16 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%s-%02d-%06d", round, c, i)
				err := d.Write(ctx, func(tx *db.Tx) error {
					tx.Later(`INSERT INTO probe_part (region, id, whole) VALUES ($1, $2, $2)`, region, id)
					return put(tx, ctx, id)
				})
				if err == nil {
					os.Stdout.WriteString(id + "\n")
				}
			}
		}()
	}
	time.Sleep(time.Minute)
}

// Killing the process loses nothing acknowledged and leaves no half of a write.
func TestWrite_killed(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a process several times")
	}
	urls := map[string]func(t *testing.T) string{
		"sqlite": func(t *testing.T) string {
			url := "sqlite:" + filepath.Join(t.TempDir(), "crash.db")
			d, err := db.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if err := d.Migrate(t.Context(), schema...); err != nil {
				t.Fatal(err)
			}
			return url
		},
		"postgres": func(t *testing.T) string { return dbtest.PostgresURL(t, schema) },
	}
	for name, open := range urls {
		t.Run(name, func(t *testing.T) {
			url := open(t)
			var acknowledged []string
			for round := range 6 {
				acknowledged = append(acknowledged, killOne(t, url, fmt.Sprint(round), 150*time.Millisecond+time.Duration(round)*37*time.Millisecond)...)
			}
			check(t, url, acknowledged)
		})
	}
}

func killOne(t *testing.T, url, round string, after time.Duration) (acknowledged []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$", round)
	cmd.Env = append(os.Environ(), childVariable+"="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		acknowledged = append(acknowledged, lines.Text())
		once.Do(func() { time.AfterFunc(after, func() { cmd.Process.Kill() }) })
	}
	cmd.Wait()
	if len(acknowledged) == 0 {
		t.Fatalf("round %s: nothing was written", round)
	}
	return acknowledged
}

func check(t *testing.T, url string, acknowledged []string) {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	there := map[string]int{}
	// One snapshot: a server may still be committing what the last process sent.
	err = d.Snapshot(t.Context(), func(r db.Reader) error {
		for i, table := range []string{"probe_count", "probe_part"} {
			ids, err := db.All(t.Context(), r, db.Value[string], `SELECT id FROM `+table+` WHERE region = $1`, region)
			if err != nil {
				return err
			}
			for _, id := range ids {
				there[id] |= 1 << i
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, id := range acknowledged {
		if len(id) == len("0-00-000000") && there[id] != 3 {
			lost++
		}
	}
	halves := 0
	for _, parts := range there {
		if parts != 3 {
			halves++
		}
	}
	t.Logf("%d acknowledged, %d there", len(acknowledged), len(there))
	if lost > 0 || halves > 0 {
		t.Errorf("%d acknowledged writes are lost, %d are there by half", lost, halves)
	}
}
