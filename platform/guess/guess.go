// Package guess slows down whoever guesses: numbers, codes, keys.
//
// # Purpose
//
// A door that tells right from wrong asks Open before it looks, and counts a
// Miss afterwards. Only misses cost, so that a hall full of people behind one
// address is not slowed down by what it knows.
//
// # How to use
//
//	keys := []guess.Key{{Name: "case " + number, Limit: perCase}, {Name: "from " + guess.Network(address), Limit: perSender}}
//	if !c.Open(now, keys...) { return errTooMany }
//	if wrong { c.Miss(now, 1, keys...) }
//
// # Guarantees
//
// The memory is bounded: beyond 20,000 names the older half is forgotten. Time
// comes from the caller.
package guess

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is how many misses are free at once and how often one more is.
type Limit struct {
	Burst int
	Every time.Duration
}

// Key is what misses are counted for: a sender, a thing that is guessed at.
type Key struct {
	Name string
	Limit
}

// remembered is how many names one half of the memory holds.
const remembered = 10_000

// Counter counts misses. The zero value is ready for use.
type Counter struct {
	mu        sync.Mutex
	now, last map[string]*rate.Limiter
}

func (c *Counter) of(k Key) *rate.Limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.now[k.Name]
	if l != nil {
		return l
	}
	if l = c.last[k.Name]; l == nil {
		l = rate.NewLimiter(rate.Every(k.Every), k.Burst)
	}
	if c.now == nil || len(c.now) >= remembered {
		c.last, c.now = c.now, map[string]*rate.Limiter{}
	}
	c.now[k.Name] = l
	return l
}

// Open tells whether one more attempt is answered.
func (c *Counter) Open(at time.Time, keys ...Key) bool {
	for _, k := range keys {
		if c.of(k).TokensAt(at) < 1 {
			return false
		}
	}
	return true
}

// Miss counts a vain attempt, cost times.
func (c *Counter) Miss(at time.Time, cost int, keys ...Key) {
	for _, k := range keys {
		l := c.of(k)
		if !l.AllowN(at, cost) {
			l.AllowN(at, int(l.TokensAt(at))) // what is left
		}
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
