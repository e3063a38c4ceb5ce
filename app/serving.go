package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"tongban/platform/db"
	"tongban/platform/lock"
)

// servingFile is locked while a server uses the folder.
const servingFile = "serving.lock"

// ErrServed refuses a second server over one data folder or one SQLite file.
var ErrServed = errors.New("another server uses this")

// locks are the files that a server keeps to itself: one in the data folder
// and, when the SQLite file lies elsewhere, one beside it.
func (o Options) locks() []string {
	out := []string{filepath.Join(o.DataDir, servingFile)}
	if path, ok := strings.CutPrefix(o.Database, "sqlite:"); ok {
		if path, _, _ = strings.Cut(path, "?"); filepath.Clean(filepath.Dir(path)) != filepath.Clean(o.DataDir) {
			out = append(out, path+".lock")
		}
	}
	return out
}

// keep takes the locks of a server; commands beside it take none.
func (a *App) keep() error {
	if !a.Serving {
		return nil
	}
	for _, path := range a.locks() {
		l, err := lock.Take(path, "serves "+a.BaseURL)
		var held *lock.Held
		if errors.As(err, &held) {
			return fmt.Errorf("%w: %w. Stop it first; one data folder and one database are for one server. Commands such as import and backup may run beside it", ErrServed, held)
		}
		if err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		a.held = append(a.held, l)
	}
	return nil
}

// letGo gives the locks back.
func (a *App) letGo() (err error) {
	for _, l := range a.held {
		err = errors.Join(err, l.Release())
	}
	a.held = nil
	return err
}

// Served tells which server uses the folder at the moment; "" is none.
func (o Options) Served() (string, error) {
	o.complete()
	for _, path := range o.locks() {
		if held, err := lock.Holder(path); err != nil || held != nil {
			if held != nil {
				return held.By, nil
			}
			return "", err
		}
	}
	return "", nil
}

// ErrNewer refuses tables that a newer release has made.
var ErrNewer = db.ErrNewer

// opened words why a database did not open, for who has to mend it.
func opened(err error) error {
	if errors.Is(err, db.ErrNewer) {
		return fmt.Errorf("the tables were made by a newer release than this one (%s): start that release or a newer one, or restore the backup that was made before the upgrade into an empty folder (docs/runbooks/upgrade.md): %w", Version, err)
	}
	return err
}
