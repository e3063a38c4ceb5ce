package keys

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
	"tongban/platform/sign/shangmi"
)

// Why a signature of a known key does not count. Codes are stable.
var (
	// ErrUnknownKey: the data inside are signed with a key that is not trusted.
	ErrUnknownKey = fault.Invalid("certificates.unknown_key")
	// ErrNewerKey: the key is not on the list, and the list is older than the paper.
	ErrNewerKey = fault.Invalid("certificates.newer_key")
	// ErrKeyEnded: signed after the key had ended.
	ErrKeyEnded = fault.Invalid("certificates.key_ended")
	// ErrKeyRevoked: signed at a time when others may have had the key.
	ErrKeyRevoked = fault.Invalid("certificates.key_revoked")
	// ErrWitness: the key became known to others later; that the paper is from
	// before, only the record of the issuer can tell.
	ErrWitness = fault.Invalid("certificates.key_witness")
	// ErrOtherOffice: signed with the key of another office, or with that of the
	// node although the office has its own.
	ErrOtherOffice = fault.Invalid("certificates.other_office")
)

// Office is what signs for one office. *sign.Signer with Sign for papers is one.
type Office interface {
	DataSigner
	FileSigner
	FormKeys
}

// DataSigner signs the data of papers.
type DataSigner interface {
	KeyID() string
	Sign(message []byte) ([]byte, error)
}

// FileSigner signs renderings for readers of PDF.
type FileSigner interface {
	SignPDF(pdf []byte, o sign.PDFSignature) ([]byte, error)
	Certificate() *x509.Certificate
}

// FormKeys sign other forms of papers; SM2 may be nil.
type FormKeys interface {
	Data() sign.KeyHolder
	Paper() sign.KeyHolder
	SM2() sign.KeyHolder
	SealCertificates() (leaf, root *shangmi.Certificate)
}

// officeKeys are the keys of one office as papers use them.
type officeKeys struct{ *sign.Signer }

// Sign signs the data of a paper.
func (k officeKeys) Sign(message []byte) ([]byte, error) {
	s, err := k.SignFor(Purpose, message)
	return s.Bytes, err
}

// Ring has the keys of a node and of the offices that sign for themselves.
type Ring struct {
	ring  *ring.Ring
	site  string
	kept  Trust // keys from before there was a register
	clock clock.Clock
	last  atomic.Pointer[ringTrust]
}

type ringTrust struct {
	of    *ring.List
	trust *Trust
}

// NewRing makes a Ring. kept is what was published before.
func NewRing(r *ring.Ring, site string, kept Trust, c clock.Clock) *Ring {
	return &Ring{ring: r, site: site, kept: kept, clock: c}
}

// Keys are those that sign for an office now: its own, or those of the node when
// it never had any.
func (r *Ring) Keys(office string) (Office, error) {
	s, err := r.ring.Signer(office)
	if err != nil {
		return nil, err
	}
	return officeKeys{s}, nil
}

// Trust is the public half; the same pointer as long as nothing changes.
func (r *Ring) Trust() *Trust {
	known := r.ring.Known()
	if last := r.last.Load(); last != nil && last.of == known {
		return last.trust
	}
	t := TrustOfKeys(known, r.ring.Node(), r.site, r.clock.Now()).With(r.kept)
	for i, k := range t.Keys { // the same key under an address that the site had before
		if now, ok := known.Find(k.ID); ok {
			t.Keys[i].State, t.Keys[i].Until, t.Keys[i].Reason, t.Keys[i].Next = now.State, now.Until, now.Reason, now.Next
		}
	}
	r.last.Store(&ringTrust{known, &t})
	return &t
}

// TrustOfKeys is the public half of the keys of a node with their history.
func TrustOfKeys(l *ring.List, node *sign.Signer, site string, at time.Time) Trust {
	t := TrustOfList(*l, site, at)
	t.Roots = TrustOf(node, site).Roots
	for _, a := range l.Authorities { // what a former one issued stays good
		if pem := (sign.Root{Raw: a.Certificate}).PEM(); !slices.Contains(t.Roots, pem) {
			t.Roots = append(t.Roots, pem)
		}
	}
	return t
}

// TrustOfList is what is known about keys, as it is published.
func TrustOfList(l ring.List, site string, at time.Time) Trust {
	t := Trust{Format: trustFormat, Site: site, At: at.UTC(), Holders: l.Holders, Statements: l.Statements}
	for _, k := range l.Keys {
		x := TrustKey{ID: k.ID, Algorithm: k.Algorithm(), Public: k.Public, Role: k.Role, Office: k.Party, OfficeName: k.Name,
			From: k.From, Until: k.Until, State: k.State, Reason: k.Reason, Next: k.Next}
		switch k.Role {
		case ring.Data:
			if pub, err := k.Verifier(); err == nil {
				x.Public = pub.(ed25519.PublicKey)
			}
		case ring.Token:
			if x.Issuer = strings.TrimRight(site, "/"); site == "" {
				continue
			}
		default:
			x.Use = UsePaper
		}
		t.Keys = append(t.Keys, x)
	}
	return t
}

// TokenOf is the key when it signs what wallets of an issuer hold. One that
// others have proves nothing: when a token was signed, nobody witnessed.
func (k TrustKey) TokenOf(issuer string) (crypto.PublicKey, error) {
	switch {
	case k.Algorithm != TokenKey || k.Issuer == "" || k.Issuer != issuer:
		return nil, ErrUnknownKey
	case k.State == ring.Revoked:
		return nil, ErrKeyRevoked
	}
	return k.key()
}

// ringKey is the key as statements name it; lists of older releases do not say
// the role, but their keys do.
func (k TrustKey) ringKey() (ring.Key, error) {
	pub, err := k.key()
	if err != nil {
		return ring.Key{}, err
	}
	der, err := sign.MarshalPublic(pub)
	role := k.Role
	switch {
	case role != "":
	case k.Algorithm == sign.Ed25519:
		role = ring.Data
	case k.Algorithm == sign.SM2:
		role = ring.Seal
	case k.Use == UsePaper:
		role = ring.Paper
	default:
		role = ring.Token
	}
	return ring.Key{ID: k.ID, Public: der, Role: role, Party: k.Office, Name: k.OfficeName, From: k.From, Until: k.Until, State: k.State, Reason: k.Reason, Next: k.Next}, err
}

// First are the keys of the list as statements name them, the present ones
// first, as lists have it.
func (t Trust) First() (out []ring.Key) {
	for _, k := range t.Keys {
		if x, err := k.ringKey(); err == nil {
			out = append(out, x)
		}
	}
	return out
}

// Follow takes in what a newer list says, as far as the keys on this one, or
// the keyholders, signed it. The newer list may come from anywhere.
func (t Trust) Follow(newer Trust) (Trust, error) {
	known := ring.List{Holders: t.Holders, Statements: t.Statements}
	for _, k := range t.Keys {
		if x, err := k.ringKey(); err == nil && !slices.ContainsFunc(known.Keys, func(o ring.Key) bool { return o.ID == x.ID }) {
			known.Keys = append(known.Keys, x)
		}
	}
	next, err := known.Follow(newer.Statements)
	if err != nil {
		return t, err
	}
	out := TrustOfList(next, t.Site, newer.At)
	if out.Roots, err = t.followRoots(next.Statements[len(t.Statements):]); err != nil {
		return t, err
	}
	out = out.With(Trust{Keys: t.Keys})
	for i, k := range out.Keys { // the same key under an address that the site had before ends with it
		if now, ok := next.Find(k.ID); ok {
			out.Keys[i].State, out.Keys[i].Until, out.Keys[i].Reason, out.Keys[i].Next = now.State, now.Until, now.Reason, now.Next
		}
	}
	return out, nil
}

// followRoots goes on from the authorities of the list through successions: each
// begins at one that is trusted already.
func (t Trust) followRoots(newer []ring.Signed) ([]string, error) {
	roots := slices.Clone(t.Roots)
	for _, s := range newer {
		x, err := s.Read()
		if err != nil || x.Roots == nil {
			continue
		}
		trusted := slices.ContainsFunc(sign.RootsOf(roots...), func(r sign.Root) bool { return bytes.Equal(r.Raw, x.Roots.Old) })
		if !trusted {
			return roots, ring.ErrStatement.Because(fmt.Errorf("statement %d begins at an authority that is not on the list", x.Seq))
		}
		roots = append(roots, sign.Root{Raw: x.Roots.New}.PEM())
	}
	return roots, nil
}
