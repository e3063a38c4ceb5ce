package content

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Common is what every imported guide says alike: its result and the clauses
// that this rests on. Because: it is more than half of what a guide says, and a
// province has hundreds of thousands of them.
type Common struct {
	Result  Result   `json:"result"`
	Clauses []Clause `json:"clauses"`
}

// of is the result for an item: its certificate is of a type of its own office.
func (g *Common) of(it *Item) Result {
	r := g.Result
	r.Certificate.Type, r.Certificate.Issuer = it.Org+"000", it.Org
	return r
}

// Onto adds it to a content.
func (g *Common) Onto(c *Content) {
	c.Result = g.of(&c.Item)
	for _, cl := range g.Clauses {
		if !slices.ContainsFunc(c.Item.Basis, func(b Clause) bool { return b.ID == cl.ID }) {
			c.Item.Basis = append(c.Item.Basis, cl)
		}
	}
}

// Bind takes it out of a content, so that it is kept once; false when the
// content says something else.
func (g *Common) Bind(c *Content) bool {
	own := len(c.Item.Basis) - len(g.Clauses)
	if own < 0 || !slices.Equal(c.Item.Basis[own:], g.Clauses) || !reflect.DeepEqual(c.Result, g.of(&c.Item)) {
		return false
	}
	for _, b := range c.Item.Basis[:own] {
		if slices.ContainsFunc(g.Clauses, func(cl Clause) bool { return cl.ID == b.ID }) {
			return false
		}
	}
	c.Result, c.Item.Basis = Result{}, c.Item.Basis[:own:own]
	return true
}

// IsGeneral tells whether a clause, by its id, belongs to the result that all
// imported guides share: why one may be refused, and what can be done then.
func IsGeneral(clause string) bool {
	return clause == "licence38" || clause == "review20" || clause == "litigation46"
}

// often are digests of texts that many contents share: forms and flows.
var often struct {
	mu   sync.RWMutex
	list [8]struct{ text, digest string }
	next int
}

// digestOften is Digest for a text that is likely to come again; comparing takes
// a fraction of the time.
func digestOften(b []byte) string {
	if len(b) == 0 {
		return Digest(nil) // a place that is still free holds no text either
	}
	often.mu.RLock()
	for i := range often.list {
		if d := &often.list[i]; len(d.text) == len(b) && d.text == string(b) {
			defer often.mu.RUnlock()
			return d.digest
		}
	}
	often.mu.RUnlock()
	digest := Digest(b)
	often.mu.Lock()
	defer often.mu.Unlock()
	often.list[often.next].text, often.list[often.next].digest = strings.Clone(string(b)), digest
	often.next = (often.next + 1) % len(often.list)
	return digest
}
