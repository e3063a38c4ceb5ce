// Package id makes identifiers: typed by a prefix, sortable by time, made by
// the application and never by a sequence, so that a record can move between
// databases and regions without renumbering.
//
// # Guarantees
//
// New never returns the same id twice in one process and ids of one process
// sort in the order of creation. 48 bits are milliseconds, 80 bits are random.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"sync"

	"tongban/platform/clock"
	"tongban/platform/fault"
)

var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

var last struct {
	sync.Mutex
	ms   uint64
	tail [10]byte
}

// New returns prefix_ followed by 26 characters, for example case_06ew…; the
// prefix is lower-case letters that name the kind of record.
func New(prefix string) string {
	var raw [16]byte
	ms := uint64(clock.System.Now().UnixMilli())
	last.Lock()
	if ms <= last.ms {
		ms = last.ms
		increment(&last.tail)
	} else {
		last.ms = ms
		rand.Read(last.tail[:])
		last.tail[0] &= 0x7f // room to count up within one millisecond
	}
	binary.BigEndian.PutUint64(raw[:8], ms<<16)
	copy(raw[6:], last.tail[:])
	last.Unlock()
	return prefix + "_" + encoding.EncodeToString(raw[:])
}

func increment(b *[10]byte) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i]++
		if b[i] != 0 {
			return
		}
	}
}

// Secret returns n random bytes as text; for tokens and one-time links.
func Secret(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return encoding.EncodeToString(b)
}

// ErrCursor refuses a place in a list that this program did not give out.
var ErrCursor = fault.Invalid("id.cursor").With("parameter", "after")

// After checks the id behind which the next page of a list begins; "" is the
// first page. Because: a cursor that is not understood must not quietly show
// some other page.
func After(prefix, s string) error {
	if s == "" || Valid(prefix, s) {
		return nil
	}
	return ErrCursor
}

// Valid tells whether s looks like an id with the given prefix.
func Valid(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != 26 {
		return false
	}
	_, err := encoding.DecodeString(rest)
	return err == nil
}
