package catalogue

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
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
	sorted  []ranked // in the order of browsing; nil when it must be made again
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
	sh.sorted = make([]ranked, 0, len(sh.entries))
	for _, e := range sh.entries {
		sh.sorted = append(sh.sorted, ranked{e, browseKey(e)})
	}
	slices.SortFunc(sh.sorted, func(a, b ranked) int { return a.key.compare(b.key) })
}

// inForce tells whether the item can be applied for at this time; a first
// version may be published ahead of its day.
func (e *shelved) inForce(now time.Time) bool { return e.version > 1 || !e.card.From.After(now) }

type ranked struct {
	e   *shelved
	key sortKey
}

// sortKey is the place of an item in a list. It is whole, so that a page can
// go on after an item even when items were added meanwhile.
type sortKey struct {
	Fit    int    `json:"f"`
	Plain  int    `json:"p"` // 0 for items with a package, which lead
	Length int    `json:"l"` // of the name: the shorter fits better
	Sort   string `json:"s"`
	Region string `json:"r"`
	Code   string `json:"c"`
}

func (k sortKey) set() bool { return k.Code != "" }

func (k sortKey) compare(o sortKey) int {
	return cmp.Or(cmp.Compare(k.Fit, o.Fit), cmp.Compare(k.Plain, o.Plain), cmp.Compare(k.Length, o.Length),
		strings.Compare(k.Sort, o.Sort), strings.Compare(k.Region, o.Region), strings.Compare(k.Code, o.Code))
}

// keyOf is the place of an item that fits so well.
func keyOf(e *shelved, fit int) sortKey {
	k := sortKey{Fit: fit, Plain: 1, Length: e.runes, Sort: e.card.Sort, Region: e.region, Code: e.code}
	if e.card.Package != "" {
		k.Plain = 0
	}
	return k
}

// browseKey is the place of an item when nothing was asked: by pinyin.
func browseKey(e *shelved) sortKey {
	k := keyOf(e, fitBrowse)
	k.Length = 0
	return k
}

// String is the key as a page address carries it.
func (k sortKey) String() string {
	raw, _ := json.Marshal(k) // plain text and numbers
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseKey(s string) (k sortKey, err error) {
	if s == "" {
		return k, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(raw, &k)
	}
	if err != nil || k.Code == "" {
		return sortKey{}, ErrCursor
	}
	return k, nil
}
