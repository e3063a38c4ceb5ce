package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"tongban/platform/sign/shangmi"
)

// Root is the certificate of an authority, of either algorithm.
type Root struct {
	Algorithm           string
	Raw                 []byte // DER
	Public              crypto.PublicKey
	Name                string
	NotBefore, NotAfter time.Time
}

// PEM is the certificate as trust lists have it.
func (r Root) PEM() string { return string(pemOf(r.Raw)) }

// ParseRoot reads the certificate of an authority that vouches for itself.
func ParseRoot(der []byte) (Root, error) {
	if c, err := shangmi.ParseCertificate(der); err == nil {
		if !c.SignedBy(c) {
			return Root{}, ErrKeyDamaged.Because(errors.New("a root that did not sign itself"))
		}
		return Root{SM2, c.Raw, c.Public, c.Name, c.NotBefore, c.NotAfter}, nil
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return Root{}, ErrKeyDamaged.Because(err)
	}
	if !c.IsCA || c.CheckSignatureFrom(c) != nil || !suites[0].fits(c.PublicKey) {
		return Root{}, ErrKeyDamaged.Because(errors.New("a root that did not sign itself"))
	}
	return Root{ECDSAP256, c.Raw, c.PublicKey, c.Subject.CommonName, c.NotBefore, c.NotAfter}, nil
}

// ReadRoot reads the certificate of the authority called name in a folder.
func ReadRoot(dir, name string) (Root, error) {
	path := filepath.Join(dir, name+".pem")
	if c, err := readSM2(path); err == nil {
		return ParseRoot(c.Raw)
	}
	c, err := readCertificate(path)
	if err != nil {
		return Root{}, err
	}
	return ParseRoot(c.Raw)
}

// FoundRoot makes the certificate of a new authority, for a key called name,
// and puts it beside the keys. number counts the authorities of a folder, so
// that no two have one name.
func FoundRoot(o Options, name string, number int, key KeyHolder) (Root, error) {
	common := o.authority()
	if key.Algorithm() == SM2 {
		common += " SM2"
	}
	der, err := selfSigned(o, fmt.Sprintf("%s %d", common, number), key)
	if err != nil {
		return Root{}, err
	}
	r, err := ParseRoot(der)
	if err == nil {
		err = writeOnce(filepath.Join(o.Dir, name+".pem"), pemOf(der), 0o644)
	}
	return r, err
}

func (o Options) authority() string {
	if o.Authority == "" {
		return "Tongban Signing Authority"
	}
	return o.Authority
}

// selfSigned makes the certificate of an authority.
func selfSigned(o Options, common string, key KeyHolder) ([]byte, error) {
	from, until := o.Clock.Now().Add(-backdate), o.Clock.Now().AddDate(authorityYears, 0, 0)
	if pub, ok := key.Public().(*shangmi.PublicKey); ok {
		c, err := shangmi.Issue(shangmi.Template{Name: common, Organization: o.Organization, NotBefore: from, NotAfter: until, Authority: true}, pub, nil, key)
		if err != nil {
			return nil, err
		}
		return c.Raw, nil
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: common, Organization: organization(o)},
		NotBefore:    from.UTC(), NotAfter: until.UTC(),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), wholly{key})
	if err != nil {
		return nil, fmt.Errorf("found authority: %w", err)
	}
	return der, nil
}

// RootsOf reads the certificates of authorities among PEM blocks; others are
// left out.
func RootsOf(blocks ...string) []Root {
	var out []Root
	for _, b := range blocks {
		if p, _ := pem.Decode([]byte(b)); p != nil {
			if r, err := ParseRoot(p.Bytes); err == nil {
				out = append(out, r)
			}
		}
	}
	return out
}
