package certificates

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How fast somebody may try codes that do not exist: a few at once, then one
// every few seconds. A code has about 59 bits, so this is against load and
// against lists of stolen codes rather than against luck.
const (
	guessBurst  = 30
	guessEvery  = 4 * time.Second
	maxGuessers = 10_000 // addresses remembered; the memory is bounded by twice as many
)

// guesses counts vain attempts per sender. The older half of the senders is
// forgotten when there are too many.
type guesses struct {
	mu        sync.Mutex
	now, last map[string]*rate.Limiter
}

func newGuesses() *guesses { return &guesses{now: map[string]*rate.Limiter{}} }

func (g *guesses) of(from string) *rate.Limiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.now[from]
	if l == nil {
		if l = g.last[from]; l == nil {
			l = rate.NewLimiter(rate.Every(guessEvery), guessBurst)
		}
		if len(g.now) >= maxGuessers {
			g.last, g.now = g.now, map[string]*rate.Limiter{}
		}
		g.now[from] = l
	}
	return l
}

// open tells whether the sender may try once more.
func (g *guesses) open(from string, at time.Time) bool { return g.of(from).TokensAt(at) >= 1 }

// miss counts a vain attempt.
func (g *guesses) miss(from string, at time.Time, cost int) {
	l := g.of(from)
	if !l.AllowN(at, cost) {
		l.AllowN(at, int(l.TokensAt(at))) // what is left
	}
}

// Network is the part of a network address that counts as one sender: one line
// of IPv6 has 2^64 addresses.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
