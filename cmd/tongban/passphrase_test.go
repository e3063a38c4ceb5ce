package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/app"
	"tongban/platform/db/dbtest"
	"tongban/platform/sign"
)

// A new node seals its keys without being asked, its backups do not hold what
// opens them, and without that they stay closed.
func TestPassphrase_ofItsOwn(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		ownPassphrase(t, func(dir string) string { return "sqlite:" + filepath.Join(dir, "tongban.db") })
	})
	t.Run("postgres", func(t *testing.T) {
		dbtest.Server(t)
		of := map[string]string{}
		ownPassphrase(t, func(dir string) string {
			if of[dir] == "" {
				of[dir] = dbtest.PostgresURL(t, app.Migrations())
			}
			return of[dir]
		})
	})
}

func ownPassphrase(t *testing.T, database func(dir string) string) {
	at := func(dir string, command string, args ...string) (string, int) {
		return tongban(t, append([]string{command, "--data", dir, "--database", database(dir), "--listen", "127.0.0.1:0", "--log-level", "error"}, args...)...)
	}
	says := func(what, text string, code, want int, words ...string) {
		t.Helper()
		for _, w := range words {
			if code != want || !strings.Contains(text, w) {
				t.Errorf("%s: exit status %d, want %d, with %q:\n%s", what, code, want, w, text)
			}
		}
	}
	dir, apart := filepath.Join(t.TempDir(), "node"), filepath.Join(t.TempDir(), "apart")
	here := filepath.Join(dir, sign.PassphraseName)
	text, code := at(dir, "doctor")
	says("first start", text, code, 0, "ok    database and keys open", "note  keys: their passphrase lies beside them ("+here+")")
	secret, sealed := sealedBy(t, dir)
	text, code = at(dir, "verify")
	says("second start", text, code, 0, "0 problems")

	file := filepath.Join(t.TempDir(), "backup")
	text, code = at(dir, "backup", file)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	says("backup", lines[len(lines)-1], code, 0, "open only with "+here, "keep a copy of that file apart")
	if names := withoutSecret(t, file, secret); !strings.Contains(names, "keys/node.data.key") || strings.Contains(names, sign.PassphraseName) {
		t.Errorf("the backup holds %s", names)
	}

	if err := os.Rename(here, apart); err != nil {
		t.Fatal(err)
	}
	text, code = at(dir, "link", "auditor")
	says("a start without it", text, code, 1, "(sign.key_sealed)", here, "--passphrase-file")
	if _, err := os.Stat(here); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a passphrase was made for keys that another one sealed: %v", err)
	}
	text, code = at(dir, "doctor", "--passphrase-file", apart)
	says("given by name", text, code, 0, "ok    database and keys open")
	if strings.Contains(text, "lies beside") {
		t.Errorf("it does not:\n%s", text)
	}

	to := filepath.Join(t.TempDir(), "restored")
	text, code = at(to, "restore", file)
	says("restored", text, code, 0, "restored ", "their passphrase is not here", filepath.Join(to, sign.PassphraseName), "sign.key_sealed")
	text, code = at(to, "verify")
	says("a start of what was restored", text, code, 1, "(sign.key_sealed)")
	put(t, filepath.Join(to, sign.PassphraseName), secret)
	text, code = at(to, "verify")
	says("with its passphrase", text, code, 0, "0 problems")

	again := filepath.Join(t.TempDir(), "again")
	put(t, filepath.Join(again, sign.PassphraseName), secret)
	text, code = at(again, "restore", file)
	says("restored where it lies", text, code, 0, "The keys open with "+filepath.Join(again, sign.PassphraseName))
	if _, n := sealedBy(t, again); n != sealed {
		t.Errorf("%d sealed keys, before %d", n, sealed)
	}
	put(t, filepath.Join(again, sign.PassphraseName), "another")
	if text = (&call{}).at(again).aboutRestored("another"); !strings.Contains(text, "another installation") {
		t.Error(text)
	}
}

// at is a call for that folder.
func (c *call) at(dir string) *call { c.DataDir = dir; return c }

func put(t *testing.T, path, secret string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(secret+"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// sealedBy is the passphrase in the folder and how many keys it seals.
func sealedBy(t *testing.T, dir string) (secret string, keys int) {
	t.Helper()
	path := filepath.Join(dir, sign.PassphraseName)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", st.Mode(), err)
	}
	f := sign.Files{Dir: filepath.Join(dir, "keys")}
	keys = len(f.Locked())
	if open := sign.Unsealed(f.Dir); len(open) > 0 || keys < 6 {
		t.Errorf("not sealed: %v; sealed: %v", open, f.Locked())
	}
	f.Passphrase = strings.TrimSpace(string(b))
	if left := f.Locked(); len(left) > 0 {
		t.Errorf("not opened by the passphrase: %v", left)
	}
	return f.Passphrase, keys
}

// withoutSecret are the names in a backup, none of whose files has the secret.
func withoutSecret(t *testing.T, file, secret string) (names string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			return names
		}
		body, _ := io.ReadAll(r)
		if err != nil || bytes.Contains(body, []byte(secret)) {
			t.Fatalf("%v, or the passphrase in it", err)
		}
		names += " " + h.Name
	}
}

// Keys that were made in the clear stay as they are, and nothing is made for them.
func TestPassphrase_olderFolder(t *testing.T) {
	dir := t.TempDir()
	a, err := app.Open(t.Context(), app.Options{DataDir: dir})
	if err == nil {
		err = a.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	text, code := tongban(t, "doctor", "--data", dir, "--listen", "127.0.0.1:0")
	if code != 0 || !strings.Contains(text, "6 of them are not sealed") || strings.Contains(text, "lies beside") {
		t.Errorf("%d %s", code, text)
	}
	text, code = tongban(t, "backup", "--data", dir, filepath.Join(t.TempDir(), "file"))
	if code != 0 || !strings.Contains(text, "nothing seals it") {
		t.Errorf("%d %s", code, text)
	}
	if _, err := os.Stat(filepath.Join(dir, sign.PassphraseName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a passphrase: %v", err)
	}
}
