package sign

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"tongban/platform/clock"
)

// Options say where keys are and whom they speak for.
type Options struct {
	Dir          string
	Name         string      // of the keys: letters, digits, "-", "_", "."
	CommonName   string      // whom the certificate names; Name when empty
	Organization string      // in the certificate; may be empty
	Authority    string      // name of the issuing authority, on its founding
	Passphrase   string      // seals private keys; empty stores them in the clear
	Clock        clock.Clock // clock.System when nil
	Vault        Vault       // where private keys are; nil: sealed files in Dir
	Files        Names       // of the private keys; zero: NAME.data, NAME.paper, NAME.token, NAME.sm2
	CA, SealCA   string      // names of the authorities that issue; "" are the first, "ca" and "ca.sm2"
	Existing     bool        // a private key that is missing is an error, and not made
}

// Names are the names of the private keys of one Signer. Without a name for
// Token it signs no tokens.
type Names struct{ Data, Paper, Token, SM2 string }

const (
	dataSuffix  = ".data"
	paperSuffix = ".paper"
	tokenSuffix = ".token"
)

// FirstNames are the names that keys have before any is replaced.
func FirstNames(name string) Names {
	return Names{name + dataSuffix, name + paperSuffix, name + tokenSuffix, name + sm2Suffix}
}

func (o Options) names() Names {
	if o.Files == (Names{}) {
		return FirstNames(o.Name)
	}
	return o.Files
}

func (o Options) vault() Vault {
	if o.Vault != nil {
		return o.Vault
	}
	return Files{Dir: o.Dir, Passphrase: o.Passphrase}
}

// PassphraseVariable is the environment variable that LoadOrCreate reads.
const PassphraseVariable = "TONGBAN_KEY_PASSPHRASE"

// Signer signs in one name. It is safe for use by several goroutines.
type Signer struct {
	name  string
	id    string    // of the key for data
	data  KeyHolder // Ed25519
	paper KeyHolder // for PDF files
	token KeyHolder // for tokens in wallets; nil when New was given none
	leaf  atomic.Pointer[x509.Certificate]
	root  *x509.Certificate
	seal  *sealKeys // SM2, for electronic seals; nil when New was given none
	o     *Options  // where the keys lie; nil when New made it
	fresh bool      // Open replaced a certificate
}

// LoadOrCreate opens the keys called name in dir and makes what is missing.
func LoadOrCreate(dir, name string) (*Signer, error) {
	return Open(Options{Dir: dir, Name: name, Passphrase: os.Getenv(PassphraseVariable)})
}

// Open is LoadOrCreate with everything said explicitly.
func Open(o Options) (*Signer, error) {
	if !goodName(o.Name) || o.Name == authorityName {
		return nil, ErrName.With("name", o.Name)
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.CommonName == "" {
		o.CommonName = o.Name
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	k, err := openKeys(o)
	if err != nil {
		return nil, err
	}
	ca, err := openAuthority(o)
	if err != nil {
		return nil, err
	}
	fresh := false
	if k.Leaf, fresh, err = ca.leaf(o, k.Paper.Public()); err != nil {
		return nil, err
	}
	k.Root = ca.cert
	s, err := New(o.Name, k)
	if err != nil {
		return nil, err
	}
	s.o, s.fresh = &o, fresh
	s.seal, err = openSeal(o)
	return s, err
}

// openKeys opens the private keys, but that of the seal.
func openKeys(o Options) (k Keys, err error) {
	n := o.names()
	if k.Data, err = o.vault().Key(n.Data, Ed25519, !o.Existing); err != nil {
		return k, err
	}
	if k.Paper, err = o.vault().Key(n.Paper, ECDSAP256, !o.Existing); err != nil || n.Token == "" {
		return k, err
	}
	k.Token, err = o.vault().Key(n.Token, ECDSAP256, !o.Existing)
	return k, err
}

// Renewed tells whether Open put a new certificate in the place of an old one.
func (s *Signer) Renewed() bool { return s.fresh }

// Renew issues the next certificate when the present one is near its end, and
// tells whether it did. Signing goes on meanwhile. The key stays the same.
func (s *Signer) Renew() (bool, error) {
	if s.o != nil {
		if err := s.seal.renew(*s.o); err != nil {
			return false, err
		}
	}
	if s.o == nil || s.o.Clock.Now().Add(renewBefore).Before(s.leaf.Load().NotAfter) {
		return false, nil // or somebody else renews it
	}
	ca, err := openAuthority(*s.o)
	if err != nil {
		return false, err
	}
	leaf, renewed, err := ca.leaf(*s.o, s.paper.Public())
	if err != nil {
		return false, err
	}
	s.leaf.Store(leaf)
	return renewed, nil // false: another process has renewed it, and this one takes it over
}

// WarnBefore is how long before the end of the certificate somebody should
// look: by then it should have been renewed.
const WarnBefore = renewBefore / 2

// Ends says until when papers can be signed; the certificate renews itself as
// long as the authority that issues it lasts.
func (s *Signer) Ends() (certificate, authority time.Time) {
	return s.leaf.Load().NotAfter, s.root.NotAfter
}

// Keys are what a Signer signs with, wherever they lie. Data signs bytes and
// checkpoints and MUST be Ed25519; Paper signs PDF files and MUST be the key
// of Leaf, which Root issued. Token signs what lies in wallets; it may be nil.
type Keys struct {
	Data, Paper, Token KeyHolder
	Leaf, Root         *x509.Certificate
}

// New makes a Signer from keys that lie elsewhere.
func New(name string, k Keys) (*Signer, error) {
	data, paper, leaf, root := k.Data, k.Paper, k.Leaf, k.Root
	if !goodName(name) {
		return nil, ErrName.With("name", name)
	}
	if _, ok := data.Public().(ed25519.PublicKey); !ok || data.Algorithm() != Ed25519 {
		return nil, ErrUnsupported.With("algorithm", data.Algorithm())
	}
	s, err := suiteNamed(paper.Algorithm())
	if err != nil {
		return nil, err
	}
	if !s.fits(paper.Public()) || !samePublic(leaf, paper.Public()) {
		return nil, ErrKeyDamaged.Because(fmt.Errorf("certificate and key of %s do not belong together", name))
	}
	if err := leaf.CheckSignatureFrom(root); err != nil {
		return nil, ErrKeyDamaged.Because(err)
	}
	out := &Signer{name: name, id: KeyID(data.Public()), data: data, paper: paper, token: k.Token, root: root}
	out.leaf.Store(leaf)
	return out, nil
}

func goodName(s string) bool {
	return s != "" && len(s) <= 100 && s[0] != '.' && strings.Trim(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

// Name is the name of the keys.
func (s *Signer) Name() string { return s.name }

// KeyID names the key that signs bytes and checkpoints.
func (s *Signer) KeyID() string { return s.id }

// PublicKey checks signatures made by Sign.
func (s *Signer) PublicKey() ed25519.PublicKey { return s.data.Public().(ed25519.PublicKey) }

// Token signs tokens that lie in wallets (ECDSA P-256, because that is what
// wallets can check). It is a key of its own: what it signs is chosen by
// formats of others and must never pass for a paper. nil when there is none.
func (s *Signer) Token() KeyHolder { return s.token }

// Paper signs PDF files and, as ES256, signed data for receivers that know no
// Ed25519. What it signs begins with a tag of DER or with the letters of a
// token, so that neither passes for the other.
func (s *Signer) Paper() KeyHolder { return s.paper }

// Data signs bytes and checkpoints. Callers of it MUST sign nothing that
// begins like a framed message (data.go) or ends like a note; a token of
// letters, digits, "-", "_" and "." is neither.
func (s *Signer) Data() KeyHolder { return s.data }

// Certificate is the certificate that PDF signatures carry.
func (s *Signer) Certificate() *x509.Certificate { return s.leaf.Load() }

// Roots is a pool with the one root that issued the certificate.
func (s *Signer) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.root)
	return pool
}

// RootPEM is the root certificate for others to keep and trust.
func (s *Signer) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: certificate, Bytes: s.root.Raw})
}
