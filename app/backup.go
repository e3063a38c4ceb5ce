package app

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/sign"
)

// Names inside a backup: the database first, then what lies beside it.
const databaseEntry = "database.gz"

// beside are the folders and files of the data folder that belong to a backup.
// Without the keys nobody is found by number and no paper verifies. The
// passphrase that opens them (sign.PassphraseName) is none of them.
var beside = []string{"keys", "files", "trust.json", calendarFile}

// ErrNotEmpty refuses to restore over something.
var ErrNotEmpty = errors.New("the data folder is not empty: restore into an empty one")

// Backup writes database, files and keys into w while serving goes on. Files
// are stored before the rows that name them, so a snapshot of the database
// never names a file that is copied after it and missing.
func (a *App) Backup(ctx context.Context, w io.Writer) (db.Manifest, error) {
	tmp, err := os.CreateTemp(a.DataDir, "backup-*")
	if err != nil {
		return db.Manifest{}, err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	m, err := a.DB.Backup(ctx, tmp, db.BackupOptions{At: a.Clock.Now(), Facts: func(ctx context.Context, r db.Reader) (any, error) { return audit.Heads(ctx, r) }})
	if err != nil {
		return m, err
	}
	t := tar.NewWriter(w)
	if err := addFile(t, tmp.Name(), databaseEntry); err != nil {
		return m, err
	}
	for _, name := range beside {
		if err := addTree(ctx, t, a.DataDir, name); err != nil {
			return m, err
		}
	}
	return m, t.Close()
}

func addTree(ctx context.Context, t *tar.Writer, root, name string) error {
	return filepath.WalkDir(filepath.Join(root, name), func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !d.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return addFile(t, path, filepath.ToSlash(rel))
	})
}

func addFile(t *tar.Writer, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime(), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.CopyN(t, f, info.Size())
	return err
}

// Restore fills an empty data folder and an empty database from a backup. The
// passphrase of its keys, which no backup holds, may lie there already.
func Restore(ctx context.Context, o Options, r io.Reader) (db.Manifest, error) {
	o.complete()
	if list, err := os.ReadDir(o.DataDir); err == nil && slices.ContainsFunc(list, func(e os.DirEntry) bool { return e.Name() != sign.PassphraseName }) {
		return db.Manifest{}, ErrNotEmpty
	}
	if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
		return db.Manifest{}, err
	}
	d, err := db.Open(ctx, o.Database)
	if err != nil {
		return db.Manifest{}, err
	}
	defer d.Close()
	var m db.Manifest
	found := false
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return m, fmt.Errorf("backup: %w", err)
		}
		if h.Name == databaseEntry {
			if m, err = d.Restore(ctx, t, Migrations()...); err != nil {
				return m, err
			}
			found = true
			continue
		}
		if err := unpack(o.DataDir, h.Name, t); err != nil {
			return m, err
		}
	}
	if !found {
		return m, db.ErrBadBackup
	}
	return m, nil
}

// unpack writes one file, and only below the folders that a backup may hold.
func unpack(root, name string, r io.Reader) error {
	first, _, _ := strings.Cut(name, "/")
	ok := false
	for _, b := range beside {
		ok = ok || first == b
	}
	if !ok || !filepath.IsLocal(name) {
		return fmt.Errorf("backup holds %q, which does not belong there: %w", name, db.ErrBadBackup)
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}
