package shelf

import (
	"context"
	"sync"
)

// recalled are keys of wordings and profiles that were committed when they were
// read. Because: an import asks for the same few thousand again and again.
type recalled struct {
	mu    sync.Mutex
	stamp string
	keys  map[string]map[string]int64 // by query
}

// maxRecalled bounds how many keys of one sort are kept.
const maxRecalled = 200_000

// of returns what is recalled for a query, nil when it was of another stamp. It
// is not changed any more.
func (r *recalled) of(stamp, query string) map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if stamp == "" || r.stamp != stamp {
		return nil
	}
	return r.keys[query]
}

// add puts what was read beside what was recalled before.
func (r *recalled) add(stamp, query string, more map[string]int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stamp != stamp {
		r.stamp, r.keys = stamp, map[string]map[string]int64{}
	}
	all := make(map[string]int64, len(r.keys[query])+len(more))
	if len(r.keys[query]) < maxRecalled {
		for k, v := range r.keys[query] {
			all[k] = v
		}
	}
	for k, v := range more {
		all[k] = v
	}
	r.keys[query] = all
}

// Recall reads the keys that entries will need as far as they are there, so that
// KeysTx need not ask for them inside its transaction. stamp changes when keys
// are given anew.
func (s *Shelf) Recall(ctx context.Context, entries []*Entry, stamp string) error {
	rows := make([]Row, len(entries))
	for i, e := range entries {
		rows[i].Entry = e
	}
	for query, value := range map[string]func(Row) string{byWording: func(r Row) string { return r.wording }, byProfile: func(r Row) string { return r.profile }} {
		before := s.recalled.of(stamp, query)
		values, _ := distinct(rows, value)
		var ask []string
		for _, v := range values {
			if before[v] == 0 {
				ask = append(ask, v)
			}
		}
		more, err := known(ctx, s.DB, query, ask, nil)
		if err != nil {
			return err
		}
		if len(more) > 0 {
			s.recalled.add(stamp, query, more)
		}
	}
	return nil
}
