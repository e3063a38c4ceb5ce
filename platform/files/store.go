package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
)

// Strings holds the words of this package's faults.
//
//go:embed strings
var Strings embed.FS

// What can go wrong with a file. Details are name, kind, size and limit where
// they are known.
var (
	ErrTooBig      = fault.Invalid("files.too_big")          // longer than allowed; details size, limit
	ErrEmpty       = fault.Invalid("files.empty")            // no bytes at all
	ErrWrongKind   = fault.Invalid("files.wrong_kind")       // none of the accepted kinds; detail accept
	ErrBroken      = fault.Invalid("files.broken")           // begins like its kind but cannot be opened; detail kind
	ErrBomb        = fault.Invalid("files.bomb")             // unpacks to far more than it weighs
	ErrMissing     = fault.NotFound("files.missing")         // no file with this hash
	ErrAltered     = fault.Internal("files.altered")         // the bytes on disk are not those that were put; detail hash
	ErrUnavailable = fault.Unavailable("files.unavailable")  // the disk is full or does not answer; nothing was kept
	errInterrupted = fault.Invalid("files.upload_cancelled") // the sender stopped half way
)

// Ref is what a record keeps of a file.
type Ref struct {
	Hash string // SHA-256 of the content, 64 hexadecimal digits
	Size int64  // bytes
	Kind Kind
}

// Bytes is a size that prints itself for people, rounded up: "33.8 MB".
type Bytes int64

// String prints KB below 1 MB, and at most one decimal.
func (b Bytes) String() string {
	unit, name := int64(1<<20), " MB"
	if b < 1<<20 {
		unit, name = 1<<10, " KB"
	}
	tenths := (int64(b)*10 + unit - 1) / unit
	if tenths%10 == 0 {
		return fmt.Sprint(tenths/10) + name
	}
	return fmt.Sprintf("%d.%d%s", tenths/10, tenths%10, name)
}

// Store is one folder of files.
type Store struct {
	dir string
	mu  sync.RWMutex // Sweep removes under the write lock, Put places under the read lock
}

const incoming = "incoming"

// Open returns the store in dir, which is made if need be.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, incoming), 0o700); err != nil {
		return nil, fmt.Errorf("open file store: %w", err)
	}
	return &Store{dir: dir}, nil
}

// PutNamed is Put for an upload; its faults carry the sender's name of the file.
func (s *Store) PutNamed(ctx context.Context, name string, r io.Reader, limit int64, accept []Kind) (Ref, error) {
	ref, err := s.Put(ctx, r, limit, accept)
	var f *fault.Fault
	if errors.As(err, &f) {
		return ref, f.With("name", displayName(name))
	}
	return ref, err
}

// Put stores what r yields, if it is one of the accepted kinds and not longer
// than limit bytes. When it returns nil the file is durable.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64, accept []Kind) (ref Ref, err error) {
	tmp, err := os.CreateTemp(filepath.Join(s.dir, incoming), "put-")
	if err != nil {
		return Ref{}, diskFault(err)
	}
	defer func() {
		tmp.Close()
		os.Remove(tmp.Name()) // gone already when it was placed
	}()
	sum := sha256.New()
	size, err := receive(ctx, tmp, sum, r, limit)
	if err != nil {
		return Ref{}, err
	}
	kind, err := Sniff(tmp, size, accept)
	if err != nil {
		return Ref{}, err
	}
	if err := tmp.Sync(); err != nil {
		return Ref{}, diskFault(err)
	}
	ref = Ref{Hash: hex.EncodeToString(sum.Sum(nil)), Size: size, Kind: kind}
	return ref, s.place(tmp.Name(), ref.Hash)
}

// countAhead bounds how many bytes beyond the limit are read, only to tell the
// sender how big the file is.
const countAhead = 256 << 20

// receive copies at most limit bytes to w and the hash.
func receive(ctx context.Context, w io.Writer, sum hash.Hash, r io.Reader, limit int64) (int64, error) {
	in := &source{ctx: ctx, r: r}
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(in, limit))
	if err != nil {
		return 0, in.explain(err, limit)
	}
	more, err := io.Copy(io.Discard, io.LimitReader(in, countAhead))
	switch {
	case more > 0:
		return 0, ErrTooBig.With("size", Bytes(n+more)).With("limit", Bytes(limit))
	case err != nil:
		return 0, in.explain(err, limit)
	case n == 0:
		return 0, ErrEmpty
	}
	return n, nil
}

// source reads from the sender until the context ends, and remembers whether it
// was the sender who failed.
type source struct {
	ctx    context.Context
	r      io.Reader
	failed bool
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.failed = true
		return 0, err
	}
	n, err := s.r.Read(p)
	s.failed = err != nil && !errors.Is(err, io.EOF)
	return n, err
}

func (s *source) explain(err error, limit int64) error {
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return ErrTooBig.With("size", Bytes(tooLong.Limit)).With("limit", Bytes(limit))
	case s.failed:
		return errInterrupted.Because(err)
	}
	return diskFault(err)
}

// diskFault says that the disk cannot take the file now, when that is the cause.
func diskFault(err error) error {
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS} {
		if errors.Is(err, e) {
			return ErrUnavailable.Because(err)
		}
	}
	return fmt.Errorf("file store: %w", err)
}

// place moves a finished file to where its hash says, durably.
func (s *Store) place(tmp, hash string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	final := s.path(hash)
	if s.Verify(hash) == nil {
		now := clock.System.Now()
		return os.Chtimes(final, now, now) // young again, so that Sweep spares it until it is referred to
	}
	low := filepath.Dir(final)
	if err := os.MkdirAll(low, 0o700); err != nil {
		return diskFault(err)
	}
	if err := os.Rename(tmp, final); err != nil {
		return diskFault(err)
	}
	for _, dir := range []string{low, filepath.Dir(low), s.dir} {
		if err := syncDir(dir); err != nil {
			return diskFault(err)
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// path is where the file with this hash lies; the hash is well formed.
func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash[2:4], hash) }

// wellFormed tells whether hash can name a file, so that no path is ever built
// from anything else.
func wellFormed(hash string) bool {
	return len(hash) == 2*sha256.Size && strings.Trim(hash, "0123456789abcdef") == ""
}

// Open opens the file with this hash. Its bytes are not checked; see Verify.
func (s *Store) Open(hash string) (io.ReadSeekCloser, error) {
	f, err := s.open(hash)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *Store) open(hash string) (*os.File, error) {
	if !wellFormed(hash) {
		return nil, ErrMissing
	}
	f, err := os.Open(s.path(hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrMissing.With("hash", hash)
	}
	if err != nil {
		return nil, diskFault(err)
	}
	return f, nil
}

// Read gives a file of at most so many bytes, checked: ErrTooBig, ErrMissing or
// ErrAltered otherwise.
func (s *Store) Read(hash string, most int64) ([]byte, error) {
	f, err := s.open(hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, diskFault(err)
	}
	if info.Size() > most {
		return nil, ErrTooBig.With("size", Bytes(info.Size())).With("limit", Bytes(most))
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, diskFault(err)
	}
	return b, check(bytes.NewReader(b), hash)
}

// Verify recomputes the hash of a stored file; ErrAltered when the bytes are
// no longer those that were put.
func (s *Store) Verify(hash string) error {
	f, err := s.open(hash)
	if err != nil {
		return err
	}
	defer f.Close()
	return check(f, hash)
}

func check(f io.Reader, hash string) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return diskFault(err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != hash {
		return ErrAltered.With("hash", hash)
	}
	return nil
}

// Each calls f with the hash and size of every stored file, in the order of
// the hashes; for verification and backup.
func (s *Store) Each(ctx context.Context, f func(hash string, size int64) error) error {
	return s.walk(ctx, func(hash string, info os.FileInfo) error { return f(hash, info.Size()) })
}

func (s *Store) walk(ctx context.Context, f func(hash string, info os.FileInfo) error) error {
	return filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if d.IsDir() || !wellFormed(d.Name()) || filepath.Base(filepath.Dir(path)) == incoming {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(d.Name(), info)
	})
}

// Swept says what a sweep removed.
type Swept struct {
	Files int
	Bytes int64
}

// Sweep removes files that were put before the given time and that nothing
// refers to any more, as used says; and what broken uploads left behind. before
// MUST lie back further than the longest time between Put and the commit of
// the record that refers to the file.
func (s *Store) Sweep(ctx context.Context, before time.Time, used func(ctx context.Context, hash string) (bool, error)) (Swept, error) {
	var done Swept
	err := s.walk(ctx, func(hash string, info os.FileInfo) error {
		if !info.ModTime().Before(before) {
			return nil
		}
		if keep, err := used(ctx, hash); err != nil || keep {
			return err
		}
		removed, err := s.remove(s.path(hash), before)
		if removed {
			done.Files++
			done.Bytes += info.Size()
		}
		return err
	})
	if err != nil {
		return done, fmt.Errorf("sweep files: %w", err)
	}
	left, err := os.ReadDir(filepath.Join(s.dir, incoming))
	for _, e := range left {
		if _, rerr := s.remove(filepath.Join(s.dir, incoming, e.Name()), before); rerr != nil {
			err = errors.Join(err, rerr)
		}
	}
	return done, err
}

// Drop removes one file that was put before the given time and that the caller
// knows nothing else refers to; it tells whether there was one.
func (s *Store) Drop(hash string, before time.Time) (bool, error) {
	if !wellFormed(hash) {
		return false, nil
	}
	return s.remove(s.path(hash), before)
}

// remove removes the file unless it has become young again meanwhile.
func (s *Store) remove(path string, before time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, os.Remove(path)
}
