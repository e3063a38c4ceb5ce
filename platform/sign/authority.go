package sign

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// How long certificates live. The leaf is renewed by itself renewBefore its
// end; files signed with the old one stay valid, because a certificate is
// judged at the time of signing.
const (
	authorityYears = 30
	leafYears      = 3
	renewBefore    = 60 * 24 * time.Hour
	backdate       = time.Hour // for machines whose clocks are a little behind
)

const (
	authorityName = "ca"
	certificate   = "CERTIFICATE"
)

// leafPath is where the certificate of the key for PDF lies.
func (o Options) leafPath() string {
	if name := o.names().Paper; name != o.Name+paperSuffix {
		return filepath.Join(o.Dir, name+".pem")
	}
	return filepath.Join(o.Dir, o.Name+".pem")
}

// authority issues the certificates of one directory. Its key is opened only
// for that.
type authority struct {
	cert *x509.Certificate
	o    Options
}

// key opens the key of the authority.
func (a *authority) key() (KeyHolder, error) {
	key, err := a.o.vault().Key(a.o.caName(), ECDSAP256, false)
	if err == nil && !samePublic(a.cert, key.Public()) {
		err = ErrKeyDamaged.With("file", a.o.caName()+".pem").Because(errors.New("certificate and key do not belong together"))
	}
	return key, err
}

// caName is the name of the authority that issues certificates for PDF.
func (o Options) caName() string {
	if o.CA == "" {
		return authorityName
	}
	return o.CA
}

// openAuthority reads the directory's authority or founds the first.
func openAuthority(o Options) (*authority, error) {
	path := filepath.Join(o.Dir, o.caName()+".pem")
	cert, err := readCertificate(path)
	if errors.Is(err, fs.ErrNotExist) && o.CA == "" {
		var key KeyHolder
		if key, err = o.vault().Key(authorityName, ECDSAP256, true); err == nil {
			err = foundAuthority(o, key, path)
		}
		if err == nil || errors.Is(err, fs.ErrExist) {
			cert, err = readCertificate(path)
		}
	}
	return &authority{cert, o}, err
}

func foundAuthority(o Options, key KeyHolder, path string) error {
	der, err := selfSigned(o, o.authority(), key)
	if err != nil {
		return err
	}
	return writeOnce(path, pemOf(der), 0o644)
}

// leaf reads the certificate of key name, or issues one when there is none,
// when it is near its end, or when it names somebody else. renewed tells that
// it replaced one.
func (a *authority) leaf(o Options, pub crypto.PublicKey) (cert *x509.Certificate, renewed bool, err error) {
	path := o.leafPath()
	cert, err = readCertificate(path)
	renewed = err == nil
	now := o.Clock.Now()
	if err == nil && samePublic(cert, pub) && cert.CheckSignatureFrom(a.cert) == nil &&
		cert.Subject.CommonName == o.CommonName && now.Add(renewBefore).Before(cert.NotAfter) {
		return cert, false, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	key, err := a.key()
	if err != nil {
		return nil, false, err
	}
	end := now.AddDate(leafYears, 0, 0)
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: o.CommonName, Organization: organization(o)},
		NotBefore:    now.Add(-backdate).UTC(), NotAfter: end.UTC(),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, a.cert, pub, wholly{key})
	if err != nil {
		return nil, false, fmt.Errorf("issue certificate %s: %w", o.Name, err)
	}
	if err := replace(path, pem.EncodeToMemory(&pem.Block{Type: certificate, Bytes: der}), 0o644); err != nil {
		return nil, false, err
	}
	cert, err = x509.ParseCertificate(der)
	return cert, renewed, err
}

func organization(o Options) []string {
	if o.Organization == "" {
		return nil
	}
	return []string{o.Organization}
}

func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b) // never fails (crypto/rand)
	b[0] &= 0x7F
	b[15] |= 1
	return new(big.Int).SetBytes(b)
}

func samePublic(c *x509.Certificate, pub crypto.PublicKey) bool {
	der, err := x509.MarshalPKIXPublicKey(pub)
	return err == nil && bytes.Equal(der, c.RawSubjectPublicKeyInfo)
}

func readCertificate(path string) (*x509.Certificate, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, _ := pem.Decode(b)
	if p == nil || p.Type != certificate {
		return nil, ErrKeyDamaged.With("file", path)
	}
	c, err := x509.ParseCertificate(p.Bytes)
	if err != nil {
		return nil, ErrKeyDamaged.With("file", path).Because(err)
	}
	return c, nil
}

// Roots reads trusted certificates from PEM files, such as the ca.pem of this
// or another node.
func Roots(files ...string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if !pool.AppendCertsFromPEM(b) {
			return nil, ErrKeyDamaged.With("file", f)
		}
	}
	return pool, nil
}
