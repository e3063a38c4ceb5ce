package catalogue

import (
	"context"
	"slices"
	"sync"
	"time"

	"tongban/platform/search"
)

// shelf keeps what lists show of every item in memory, so that facets and
// order cost no queries. It follows the table by serial.
type shelf struct {
	mu      sync.RWMutex
	last    int64
	entries map[int64]*shelved
	byCode  map[[2]string]*shelved
	sorted  []*shelved // in the order of browsing; nil when it must be made again
}

type shelved struct {
	entry
	folded string // name as search.Fold writes it
	runes  int    // of the name
}

// refresh reads what was published since the last look.
func (s *Service) refresh(ctx context.Context) error {
	last, err := lastSerial(ctx, s.DB)
	if err != nil {
		return err
	}
	sh := &s.shelf
	sh.mu.RLock()
	same := sh.last == last && sh.sorted != nil
	sh.mu.RUnlock()
	if same {
		return nil
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.entries == nil {
		sh.entries, sh.byCode = map[int64]*shelved{}, map[[2]string]*shelved{}
	}
	if err := eachEntry(ctx, s.DB, sh.last, func(e entry) error { sh.put(e); return nil }); err != nil {
		return err
	}
	sh.sort()
	return nil
}

func (sh *shelf) put(e entry) {
	key := [2]string{e.region, e.code}
	if old := sh.byCode[key]; old != nil {
		delete(sh.entries, old.serial)
	}
	x := &shelved{entry: e, folded: search.Fold(e.card.Name), runes: len([]rune(e.card.Name))}
	sh.byCode[key], sh.entries[e.serial] = x, x
	sh.last = max(sh.last, e.serial)
}

func (sh *shelf) sort() {
	sh.sorted = make([]*shelved, 0, len(sh.entries))
	for _, e := range sh.entries {
		sh.sorted = append(sh.sorted, e)
	}
	slices.SortFunc(sh.sorted, func(a, b *shelved) int { return browseKey(a).compare(browseKey(b)) })
}

// inForce tells whether the item can be applied for at this time; a first
// version may be published ahead of its day.
func (e *shelved) inForce(now time.Time) bool { return e.version > 1 || !e.card.From.After(now) }
