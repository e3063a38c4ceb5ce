package lock

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"tongban/platform/clock"
)

// Lock is held until Release or until the process ends.
type Lock struct{ f *os.File }

// Held says that another process has the lock.
type Held struct {
	Path string
	By   string // what the holder wrote about itself; "" when it has not yet
}

// Error implements error.
func (h *Held) Error() string {
	if h.By == "" {
		return h.Path + " is held by another process"
	}
	return fmt.Sprintf("%s is held by %s", h.Path, h.By)
}

// Take locks the file at path, creating it when it is missing, and writes into
// it who holds it and what for. The error is *Held when somebody else does.
func Take(path, purpose string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := try(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	line := fmt.Sprintf("process %d on %s, which %s since %s\n", os.Getpid(), host, purpose, clock.System.Now().Format("2006-01-02 15:04:05 MST"))
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(line), 0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Lock{f}, nil
}

func try(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return err
	}
	by := make([]byte, 500)
	n, _ := f.ReadAt(by, 0) // what can be read is shown, and nothing depends on it
	by, _, _ = bytes.Cut(by[:n], []byte("\n"))
	return &Held{f.Name(), strings.ToValidUTF8(string(by), "?")}
}

// Release lets the next one have it. The file stays: removing it could take
// the lock from under somebody who has just opened it.
func (l *Lock) Release() error { return l.f.Close() }

// Holder tells who holds the lock at path: nil when nobody does. It disturbs
// nobody.
func Holder(path string) (*Held, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var held *Held
	if err = try(f); errors.As(err, &held) {
		return held, nil
	}
	return nil, err
}
