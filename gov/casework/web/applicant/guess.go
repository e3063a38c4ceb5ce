package applicant

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tongban/platform/fault"
)

// errTooManyGuesses slows down whoever tries numbers.
var errTooManyGuesses = fault.TooMany("applicant.too_many_guesses")

// How often somebody may be wrong: the four characters have about eleven
// thousand values, so a case is guarded more closely than a sender, behind
// whose address a whole office may sit.
const (
	perCaseBurst   = 8
	perCaseEvery   = 10 * time.Minute
	perSenderBurst = 40
	perSenderEvery = 30 * time.Second
	maxRemembered  = 10_000 // cases and senders; the memory holds at most twice as many
)

// guesses counts wrong answers per case and per sender. The older half is
// forgotten when there are too many.
type guesses struct {
	mu        sync.Mutex
	now, last map[string]*rate.Limiter
}

func newGuesses() *guesses { return &guesses{now: map[string]*rate.Limiter{}} }

func (g *guesses) of(key string, every time.Duration, burst int) *rate.Limiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.now[key]
	if l != nil {
		return l
	}
	if l = g.last[key]; l == nil {
		l = rate.NewLimiter(rate.Every(every), burst)
	}
	if len(g.now) >= maxRemembered {
		g.last, g.now = g.now, map[string]*rate.Limiter{}
	}
	g.now[key] = l
	return l
}

// both are the counts that one attempt touches.
func (g *guesses) both(number, from string) [2]*rate.Limiter {
	return [2]*rate.Limiter{g.of("case "+number, perCaseEvery, perCaseBurst), g.of("from "+from, perSenderEvery, perSenderBurst)}
}

// open tells whether one more attempt is answered.
func (g *guesses) open(number, from string, at time.Time) bool {
	for _, l := range g.both(number, from) {
		if l.TokensAt(at) < 1 {
			return false
		}
	}
	return true
}

// miss counts a wrong answer.
func (g *guesses) miss(number, from string, at time.Time) {
	for _, l := range g.both(number, from) {
		l.AllowN(at, 1)
	}
}

// sender is the network address that a request comes from.
func (h pages) sender(r *http.Request) string {
	if h.Address != nil {
		return h.Address(r)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
