package sign

import (
	"crypto"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"tongban/platform/sign/shangmi"
)

// The files of the SM2 keys: NAME.sm2.key with NAME.sm2.pem, issued by an
// authority of their own, ca.sm2.key with ca.sm2.pem, because a chain has one
// algorithm from end to end.
const sm2Suffix = ".sm2"

// sealKeys sign electronic seals and data with SM2.
type sealKeys struct {
	key  KeyHolder
	leaf atomic.Pointer[shangmi.Certificate]
	root atomic.Pointer[shangmi.Certificate]
}

// sm2Key is a KeyHolder whose SM2 key lies in memory.
type sm2Key struct{ k *shangmi.PrivateKey }

func (k sm2Key) Algorithm() string                   { return SM2 }
func (k sm2Key) Public() crypto.PublicKey            { return k.k.Verifier() }
func (k sm2Key) Sign(message []byte) ([]byte, error) { return k.k.Sign(message) }

// openSeal reads the SM2 keys of a directory, and makes what is missing.
func openSeal(o Options) (*sealKeys, error) {
	key, err := o.vault().Key(o.names().SM2, SM2, !o.Existing)
	if err != nil {
		return nil, err
	}
	s := &sealKeys{key: key}
	return s, s.renew(o)
}

// renew reads the certificates, or issues what is missing, near its end or for
// somebody else. The authority's key is unsealed only for that.
func (s *sealKeys) renew(o Options) error {
	if old := s.leaf.Load(); old != nil && o.Clock.Now().Add(renewBefore).Before(old.NotAfter) {
		return nil
	}
	pub := s.key.Public().(*shangmi.PublicKey)
	leafPath, rootPath := filepath.Join(o.Dir, o.names().SM2+".pem"), filepath.Join(o.Dir, o.sealCAName()+".pem")
	root, err := readSM2(rootPath)
	if err == nil {
		leaf, err := readSM2(leafPath)
		if err == nil && leaf.Public.Equal(pub) && leaf.SignedBy(root) && leaf.Name == o.CommonName && o.Clock.Now().Add(renewBefore).Before(leaf.NotAfter) {
			s.root.Store(root)
			s.leaf.Store(leaf)
			return nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.issue(o, pub, rootPath, leafPath)
}

// sealCAName is the name of the authority that issues certificates for seals.
func (o Options) sealCAName() string {
	if o.SealCA == "" {
		return authorityName + sm2Suffix
	}
	return o.SealCA
}

func (s *sealKeys) issue(o Options, pub *shangmi.PublicKey, rootPath, leafPath string) error {
	now := o.Clock.Now()
	root, err := readSM2(rootPath)
	found := errors.Is(err, fs.ErrNotExist) && o.SealCA == ""
	authority, keyErr := o.vault().Key(o.sealCAName(), SM2, found)
	if keyErr != nil {
		return keyErr
	}
	own := authority.Public().(*shangmi.PublicKey)
	if found {
		var der []byte
		der, err = selfSigned(o, o.authority()+" SM2", authority)
		if err == nil {
			err = writeOnce(rootPath, pemOf(der), 0o644)
		}
		if err == nil || errors.Is(err, fs.ErrExist) {
			root, err = readSM2(rootPath)
		}
	}
	if err != nil {
		return err
	}
	if !root.Public.Equal(own) {
		return ErrKeyDamaged.With("file", rootPath).Because(errors.New("certificate and key do not belong together"))
	}
	end := now.AddDate(leafYears, 0, 0)
	if end.After(root.NotAfter) {
		end = root.NotAfter
	}
	leaf, err := shangmi.Issue(shangmi.Template{Name: o.CommonName, Organization: o.Organization, NotBefore: now.Add(-backdate), NotAfter: end}, pub, root, authority)
	if err != nil {
		return err
	}
	if err := replace(leafPath, pemOf(leaf.Raw), 0o644); err != nil {
		return err
	}
	s.root.Store(root)
	s.leaf.Store(leaf)
	return nil
}

func readSM2(path string) (*shangmi.Certificate, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, _ := pem.Decode(b)
	if p == nil || p.Type != certificate {
		return nil, ErrKeyDamaged.With("file", path)
	}
	c, err := shangmi.ParseCertificate(p.Bytes)
	if err != nil {
		return nil, ErrKeyDamaged.With("file", path).Because(err)
	}
	return c, nil
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: certificate, Bytes: der})
}

// SM2 signs electronic seals and data for receivers that want SM2 with SM3;
// nil when New was given no such key.
func (s *Signer) SM2() KeyHolder {
	if s.seal == nil {
		return nil
	}
	return s.seal.key
}

// SealCertificates are the certificate of the SM2 key and its root; nil
// without a key.
func (s *Signer) SealCertificates() (leaf, root *shangmi.Certificate) {
	if s.seal == nil {
		return nil, nil
	}
	return s.seal.leaf.Load(), s.seal.root.Load()
}

// SealRootPEM is the root of the SM2 certificates for others to trust; nil
// without one.
func (s *Signer) SealRootPEM() []byte {
	if s.seal == nil {
		return nil
	}
	return pemOf(s.seal.root.Load().Raw)
}

// SealRoots reads the SM2 certificates among PEM blocks; others are left out.
func SealRoots(blocks ...string) []*shangmi.Certificate {
	var out []*shangmi.Certificate
	for _, b := range blocks {
		p, _ := pem.Decode([]byte(b))
		if p == nil {
			continue
		}
		if c, err := shangmi.ParseCertificate(p.Bytes); err == nil && c.SignedBy(c) {
			out = append(out, c)
		}
	}
	return out
}

// SealIssuer finds the root that issued a certificate, which must have been
// valid at a time.
func SealIssuer(leaf *shangmi.Certificate, roots []*shangmi.Certificate, at time.Time) error {
	for _, r := range roots {
		if leaf.SignedBy(r) {
			if !leaf.ValidAt(at) || !r.ValidAt(at) {
				return ErrCertificateTime
			}
			return nil
		}
	}
	return ErrUnknownIssuer
}
