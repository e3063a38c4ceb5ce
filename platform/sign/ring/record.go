package ring

import (
	"crypto/ed25519"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tongban/platform/fault"
	"tongban/platform/sign"
)

// ErrCheckpointKey refuses a checkpoint by a key that had ended before.
var ErrCheckpointKey = fault.Invalid("sign.checkpoint_key")

// Record checks the checkpoints of this node's record, whichever of its keys
// signed them. audit.Verify asks it for all of them (Now).
func (r *Ring) Record() note.Verifier { return recordVerifier{r} }

// recordVerifier asks the ring each time, so that a server need not be told.
type recordVerifier struct{ r *Ring }

func (v recordVerifier) present() note.Verifier { return v.r.Node().NoteVerifier() }

// Name implements note.Verifier.
func (v recordVerifier) Name() string { return v.r.o.Name }

// KeyHash implements note.Verifier.
func (v recordVerifier) KeyHash() uint32 { return v.present().KeyHash() }

// Verify implements note.Verifier.
func (v recordVerifier) Verify(msg, sig []byte) bool { return v.present().Verify(msg, sig) }

// Now gives all keys as they are known now, former ones too.
func (v recordVerifier) Now() note.Verifiers {
	list := v.r.Known()
	out := recordKeys{name: v.r.o.Name, keys: map[uint32]recordKey{}}
	ends := map[string]Statement{}
	for _, s := range list.Statements {
		x, err := s.Read()
		if err != nil {
			continue
		}
		out.notes = append(out.notes, x.Record...)
		if x.Kind == Handover {
			ends[x.Old] = x
		}
	}
	for _, k := range list.Keys {
		if pub, err := k.Verifier(); err == nil && k.Role == Data && k.Party == "" {
			n := sign.NoteVerifierOf(out.name, pub.(ed25519.PublicKey))
			out.keys[n.KeyHash()] = recordKey{n, k.ID, ends[k.ID]}
		}
	}
	return out
}

// recordKeys are the keys that may have signed checkpoints, by their hash.
type recordKeys struct {
	name  string
	keys  map[uint32]recordKey
	notes []string
}

type recordKey struct {
	verifier note.Verifier
	id       string
	end      Statement // by which it gave its place to the next; zero: in force
}

// Verifier implements note.Verifiers.
func (c recordKeys) Verifier(name string, hash uint32) (note.Verifier, error) {
	if k, ok := c.keys[hash]; ok && name == c.name {
		return k.verifier, nil
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// May tells whether the key with a hash may have signed a checkpoint of a
// region over so many acts at that time. A key that others had does not say
// itself when it signed: what counts is what the keyholders found in the record.
func (c recordKeys) May(hash uint32, region string, size int64, at time.Time) error {
	k := c.keys[hash]
	switch x := k.end; {
	case x.State == Revoked && size > sizeOf(x.Record, region):
		return ErrCheckpointKey.Because(fmt.Errorf("key %s was known to others, and the keyholders vouch for %d acts only", k.id, sizeOf(x.Record, region)))
	case x.State == Retired && at.After(x.Until):
		return ErrCheckpointKey.Because(fmt.Errorf("key %s had ended on %s", k.id, x.Until.Format(time.RFC3339)))
	}
	return nil
}

// Notes are the checkpoints that statements about keys have kept: whoever cuts
// the record off before one of them and signs anew is found out.
func (c recordKeys) Notes() []string { return c.notes }

// sizeOf finds how many acts of a region the checkpoints cover.
func sizeOf(notes []string, region string) int64 {
	for _, text := range notes {
		lines := strings.SplitN(text, "\n", 3)
		if _, r, ok := strings.Cut(lines[0], "/audit/"); ok && r == region && len(lines) == 3 {
			if n, err := strconv.ParseInt(lines[1], 10, 64); err == nil {
				return n
			}
		}
	}
	return 0
}
