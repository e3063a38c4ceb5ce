package catalogue

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"
)

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
