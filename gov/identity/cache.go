package identity

import (
	"sync"
	"time"

	"tongban/platform/auth"
)

// cacheLife is how long a caller is believed without asking the database. A
// change made by another process takes effect after it; a change made by this
// process takes effect at once.
const cacheLife = 900 * time.Millisecond

// cacheSize bounds the callers that are remembered; beyond it all are forgotten.
const cacheSize = 20000

// known is one remembered caller.
type known struct {
	principal auth.Principal
	bearer    bearer
	at        time.Time
}

// principals remembers callers by the hash of their secret.
type principals struct {
	mu         sync.Mutex
	generation uint64 // counts forget; an answer that was asked for earlier is not kept
	byHash     map[string]known
}

func newPrincipals() *principals { return &principals{byHash: map[string]known{}} }

// find returns a caller that is fresh enough, and the generation to hand to keep.
func (c *principals) find(hash string, now time.Time) (known, uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.byHash[hash]
	age := now.Sub(k.at)
	return k, c.generation, ok && age >= 0 && age < cacheLife
}

// keep remembers a caller unless something was forgotten since the question was asked.
func (c *principals) keep(hash string, k known, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return
	}
	if len(c.byHash) >= cacheSize {
		clear(c.byHash)
	}
	c.byHash[hash] = k
}

// forget drops every remembered caller; called after each change to rights.
func (c *principals) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.byHash)
}
