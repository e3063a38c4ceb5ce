package drafts

import (
	"maps"
	"slices"
	"sync"
)

// recent keeps the drafts that this process wrote last, so that somebody who
// fills one in field by field does not wait for it to be read each time.
//
// Because: a change is committed only when the draft still has the version that
// it was made from (Update guards it), so a copy that somebody else's change has
// made old cannot do harm; and nobody is refused anything on the word of a copy.
type recent struct {
	mu   sync.Mutex
	list map[key]Draft
}

type key struct {
	region string
	id     DraftID
}

const maxRecent = 1024

// take hands a copy over; who needs it again reads it anew.
func (r *recent) take(region string, id DraftID) (Draft, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.list[key{region, id}]
	delete(r.list, key{region, id})
	return d, ok
}

// keep remembers a draft that is still being filled in.
func (r *recent) keep(d Draft) {
	if d.State != DraftOpen {
		return
	}
	d.Identified = slices.Clone(d.Identified)
	d.Situation, d.Form, d.Materials = maps.Clone(d.Situation), maps.Clone(d.Form), maps.Clone(d.Materials)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil || len(r.list) >= maxRecent {
		r.list = map[key]Draft{}
	}
	r.list[key{d.Region, d.ID}] = d
}
