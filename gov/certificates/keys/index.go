package keys

import (
	"encoding/json"
	"time"

	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// Index finds keys fast.
type Index struct {
	keys map[string]TrustKey
	own  map[string]time.Time // since when offices have a key for data of their own
}

// IndexOf makes an Index.
func IndexOf(t Trust) Index {
	x := Index{map[string]TrustKey{}, map[string]time.Time{}}
	for _, k := range t.Keys {
		if _, there := x.keys[k.ID]; !there || k.Issuer == "" {
			x.keys[k.ID] = k
		}
		if at, there := x.own[k.Office]; k.Office != "" && k.Algorithm == sign.Ed25519 && (!there || k.From.Before(at)) {
			x.own[k.Office] = k.From
		}
	}
	return x
}

// Key is the key with an id.
func (x Index) Key(id string) (TrustKey, bool) { k, ok := x.keys[id]; return k, ok }

// Stands tells whether a key could sign for an office at a time, as far as the
// list knows; ErrWitness leaves the last word to the record.
func (x Index) Stands(id, office string, at time.Time) error {
	k, ok := x.keys[id]
	if !ok {
		return ErrUnknownKey.With("key", id)
	}
	own, has := x.own[office]
	switch {
	case k.Office != "" && k.Office != office:
		return ErrOtherOffice.With("key", id).With("office", k.OfficeName)
	case k.Office == "" && has && at.After(own):
		return ErrOtherOffice.With("key", id)
	case k.State == ring.Retired && at.After(k.Until):
		return ErrKeyEnded.With("key", id).With("until", k.Until)
	case k.State == ring.Revoked && at.After(k.Until):
		return ErrKeyRevoked.With("key", id).With("until", k.Until)
	case k.State == ring.Revoked:
		return ErrWitness.With("key", id)
	}
	return nil
}

// Unknown says why a key is not on the list: the list may be older than what
// was signed. issued is what the paper says of itself, which nobody vouches for.
func (t Trust) Unknown(issued time.Time) error {
	if !t.At.IsZero() && issued.After(t.At) {
		return ErrNewerKey.With("as_of", t.At)
	}
	return ErrUnknownKey
}

// IssuedAt reads when unproved data say that they were issued.
func IssuedAt(data string) time.Time {
	var p struct {
		IssuedAt time.Time `json:"issued_at"`
	}
	_ = json.Unmarshal([]byte(data), &p)
	return p.IssuedAt
}
