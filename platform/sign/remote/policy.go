package remote

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/platform/fault"
	"tongban/platform/sign"
)

// Why the signer does not sign. Codes are stable and go over the wire.
var (
	// ErrAway: the signer does not answer. Nothing was lost; try again later.
	ErrAway = fault.Unavailable("sign.signer_away")
	// ErrBusy: more signatures were asked for than the signer's limit lets through.
	ErrBusy = fault.Unavailable("sign.signer_busy")
	// ErrPurpose: not something that is signed here.
	ErrPurpose = fault.Internal("sign.signer_purpose")
	// ErrRefused: this key does not sign this.
	ErrRefused = fault.Internal("sign.signer_refused")
	// ErrClosed: work on keys, while nobody has opened the signer for it.
	ErrClosed = fault.Conflict("sign.signer_closed")
	// ErrStranger: the caller, or the signer, is not the one that was agreed.
	ErrStranger = fault.Internal("sign.signer_stranger")
	// ErrLog: the log of signatures cannot be written, or does not follow.
	ErrLog = fault.Internal("sign.signer_log")
	// ErrRequest: one request id with two messages, or a request that is none.
	ErrRequest = fault.Internal("sign.signer_request")
)

// Rule is what the keys of one role sign.
type Rule struct {
	Algorithm string
	Purposes  []string // as Recognise names them
	Work      []string // those that need the signer to be open for work on keys
}

// Policy has the rule of each role.
type Policy map[string]Rule

// The roles of keys, as their names tell them.
const (
	RoleData          = "data"
	RolePaper         = "paper"
	RoleToken         = "token"
	RoleSeal          = "seal"
	RoleAuthority     = "authority"
	RoleSealAuthority = "seal_authority"
)

// roles by the end of the names.
var roles = map[string]string{"data": RoleData, "paper": RolePaper, "token": RoleToken, "sm2": RoleSeal}

// RoleOf tells the role of a key from its name: NAME.data, NAME.sm2-3, ca-1 and
// so on; "" is a name that no key has.
func RoleOf(name string) string {
	stem := name
	if at := strings.LastIndexByte(name, '-'); at > 0 && at+1 < len(name) && strings.Trim(name[at+1:], "0123456789") == "" {
		stem = name[:at]
	}
	switch stem {
	case "ca":
		return RoleAuthority
	case "ca.sm2":
		return RoleSealAuthority
	}
	at := strings.LastIndexByte(stem, '.')
	if at <= 0 {
		return ""
	}
	return roles[stem[at+1:]]
}

// may tells whether the key called name signs for a purpose.
func (p Policy) may(name, purpose string, open bool) error {
	rule := p[RoleOf(name)]
	switch {
	case slices.Contains(rule.Purposes, purpose):
		return nil
	case !slices.Contains(rule.Work, purpose):
		return ErrRefused.With("key", name).With("purpose", purpose)
	case !open:
		return ErrClosed.With("purpose", purpose)
	}
	return nil
}

// openFile says until when the signer does work on keys.
const openFile = "open-until"

// OpenFor opens the signer of a folder for work on keys until a time. It is
// done on the signer's own machine, by whoever may write its folder.
func OpenFor(dir string, until time.Time) error {
	return sign.ReplaceFile(filepath.Join(dir, openFile), []byte(until.UTC().Format(time.RFC3339)+"\n"), 0o600)
}

// openUntil reads what OpenFor wrote; zero is that it is closed.
func openUntil(dir string) (time.Time, error) {
	b, err := os.ReadFile(filepath.Join(dir, openFile))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, strings.TrimSpace(string(b)))
}

// limiter lets so many signatures a second through for each key, and as many
// again at once after a pause.
type limiter struct {
	rate float64
	mu   sync.Mutex
	left map[string]float64
	at   map[string]time.Time
}

func newLimiter(rate float64) *limiter {
	return &limiter{rate: rate, left: map[string]float64{}, at: map[string]time.Time{}}
}

func (l *limiter) take(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	left, there := l.left[name]
	if !there {
		left = 2 * l.rate
	} else if gone := now.Sub(l.at[name]).Seconds(); gone > 0 {
		left = min(2*l.rate, left+gone*l.rate)
	}
	l.at[name] = now
	if left < 1 {
		l.left[name] = left
		return false
	}
	l.left[name] = left - 1
	return true
}
