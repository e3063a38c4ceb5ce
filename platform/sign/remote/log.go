package remote

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Entry is one line of the log: what was signed, or refused, for whom.
type Entry struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"`
	Request   string    `json:"request"`
	Caller    string    `json:"caller"` // name of the caller's certificate, or "unix"
	Name      string    `json:"name"`   // of the key
	Key       string    `json:"key,omitempty"`
	Purpose   string    `json:"purpose"`
	Message   string    `json:"message,omitempty"`   // SHA-256
	Signature string    `json:"signature,omitempty"` // SHA-256; "" with Refused
	Refused   string    `json:"refused,omitempty"`   // code
	Prev      string    `json:"prev"`                // SHA-256 of the line before
}

// Log is the log of a signer: one file for each month, lines that are only
// added. It is safe for use by several goroutines.
type Log struct {
	dir string

	mu     sync.Mutex // order of lines
	file   *os.File
	month  string
	seq    int64
	head   string
	broken error // after a failure nothing more is signed until somebody looked

	flush  sync.Mutex // one flushes for all that wait
	synced int64
}

const (
	logPrefix = "signatures-"
	logSuffix = ".jsonl"
	maxLine   = 64 << 10
)

// logFiles are the files of a log in their order.
func logFiles(dir string) ([]string, error) {
	all, err := filepath.Glob(filepath.Join(dir, logPrefix+"*"+logSuffix))
	slices.Sort(all)
	return all, err
}

// openLog goes on where the log of a folder ends. A line that a crash cut off
// was never answered, and is taken away.
func openLog(dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	l := &Log{dir: dir}
	files, err := logFiles(dir)
	if err != nil || len(files) == 0 {
		return l, err
	}
	newest := files[len(files)-1]
	b, err := os.ReadFile(newest)
	if err != nil {
		return nil, err
	}
	if whole := bytes.LastIndexByte(b, '\n') + 1; whole < len(b) {
		if err := os.Truncate(newest, int64(whole)); err != nil {
			return nil, err
		}
		b = b[:whole]
	}
	if len(b) == 0 {
		if len(files) == 1 {
			return l, nil
		}
		if b, err = os.ReadFile(files[len(files)-2]); err != nil {
			return nil, err
		}
	}
	lines := bytes.Split(bytes.TrimRight(b, "\n"), []byte("\n"))
	last := lines[len(lines)-1]
	var e Entry
	if err := json.Unmarshal(last, &e); err != nil {
		return nil, ErrLog.Because(err)
	}
	l.seq, l.synced, l.head = e.Seq, e.Seq, hashOf(last)
	return l, nil
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Append puts a line on the disk and gives it its number.
func (l *Log) Append(e Entry) (int64, error) {
	n, err := l.write(e)
	if err != nil {
		return 0, err
	}
	return n, l.sync(n)
}

func (l *Log) write(e Entry) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return 0, l.broken
	}
	e.Seq, e.Prev, e.At = l.seq+1, l.head, e.At.UTC()
	line, err := json.Marshal(e)
	if err != nil || len(line) > maxLine {
		return 0, ErrLog.Because(errors.Join(err, fmt.Errorf("%d bytes", len(line))))
	}
	if err := l.turn(e.At.Format("2006-01")); err != nil {
		return 0, l.fail(err)
	}
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		return 0, l.fail(err)
	}
	l.seq, l.head = e.Seq, hashOf(line)
	return e.Seq, nil
}

// turn begins the file of another month. The clock set back does not lead to
// an older file.
func (l *Log) turn(month string) error {
	if l.file != nil && month <= l.month {
		return nil
	}
	if l.file == nil {
		if files, err := logFiles(l.dir); err == nil && len(files) > 0 {
			newest := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(files[len(files)-1]), logPrefix), logSuffix)
			month = max(month, newest)
		}
	}
	f, err := os.OpenFile(filepath.Join(l.dir, logPrefix+month+logSuffix), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if l.file != nil {
		err = errors.Join(l.file.Sync(), l.file.Close())
	}
	l.file, l.month = f, month
	return err
}

func (l *Log) fail(err error) error {
	l.broken = ErrLog.Because(err)
	return l.broken
}

// sync flushes up to a line, together with what others wrote meanwhile.
func (l *Log) sync(n int64) error {
	l.flush.Lock()
	defer l.flush.Unlock()
	if l.synced >= n {
		return nil
	}
	l.mu.Lock()
	file, upTo, err := l.file, l.seq, l.broken
	l.mu.Unlock()
	if err != nil {
		return err
	}
	if err := flushed(file); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.fail(err)
	}
	l.synced = upTo
	return nil
}

// flushed flushes a file. One that was closed meanwhile was flushed by who closed it.
func flushed(f *os.File) error {
	if err := f.Sync(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// Head is the number and the hash of the last line.
func (l *Log) Head() (int64, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seq, l.head, l.broken
}

// Close closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	return errors.Join(l.file.Sync(), l.file.Close())
}

// VerifyLog reads the whole log of a signer's folder: every line must follow
// from the one before. each, when given, gets every line. It returns how many
// lines there are and the hash of the last.
func VerifyLog(dir string, each func(Entry)) (n int64, head string, err error) {
	files, err := logFiles(filepath.Join(dir, logDir))
	if err != nil {
		return 0, "", err
	}
	for _, name := range files {
		if n, head, err = verifyFile(name, n, head, each); err != nil {
			return n, head, err
		}
	}
	return n, head, nil
}

func verifyFile(name string, n int64, head string, each func(Entry)) (int64, string, error) {
	f, err := os.Open(name)
	if err != nil {
		return n, head, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, maxLine+1)
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return n, head, nil
		}
		if err != nil {
			return n, head, ErrLog.Because(fmt.Errorf("%s after line %d: %w", filepath.Base(name), n, err))
		}
		line = line[:len(line)-1]
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil || e.Seq != n+1 || e.Prev != head {
			return n, head, ErrLog.Because(errors.Join(fmt.Errorf("%s: the line after line %d does not follow", filepath.Base(name), n), err))
		}
		n, head = e.Seq, hashOf(line)
		if each != nil {
			each(e)
		}
	}
}
