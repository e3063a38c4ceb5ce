package sign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"time"
)

// chainKey names the set of certificates that a signature carries.
func (p *parsedCMS) chainKey() [32]byte {
	h := sha256.New()
	for _, c := range p.certificates { // DER knows its own length, so no separators
		h.Write(c)
	}
	return [32]byte(h.Sum(nil))
}

// remembered gives the chain that these certificates led to before.
func (v *Verifier) remembered(p *parsedCMS) []*x509.Certificate {
	key := p.chainKey()
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.chains[key]
}

// leaf finds the signer's certificate: the one that the signer is said to have
// and whose hash was signed.
func (p *parsedCMS) leaf(chain []*x509.Certificate) (*x509.Certificate, error) {
	if len(chain) > 0 && p.names(chain[0]) {
		return chain[0], nil
	}
	for _, raw := range p.certificates {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, ErrTampered.With("part", "certificate").Because(err)
		}
		if p.names(c) {
			return c, nil
		}
	}
	return nil, ErrTampered.With("part", "certificate")
}

func (p *parsedCMS) names(c *x509.Certificate) bool {
	if c.SerialNumber.Cmp(p.serial) != 0 || !bytes.Equal(c.RawIssuer, p.issuer) {
		return false
	}
	sum := sha256.Sum256(c.Raw)
	return bytes.Equal(sum[:], p.certHash)
}

// follow follows the certificate to a root, at the time of signing. Every
// certificate that the signature carries must be part of the way, so that no
// byte of them goes unchecked.
func (v *Verifier) follow(p *parsedCMS, leaf *x509.Certificate, at time.Time) error {
	between := x509.NewCertPool()
	for _, raw := range p.certificates {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return ErrTampered.With("part", "certificate").Because(err)
		}
		between.AddCert(c)
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return ErrUnknownIssuer.With("certificate", "not for signing")
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots: v.roots, Intermediates: between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return ErrCertificateTime.Because(err)
	}
	if err != nil {
		return ErrUnknownIssuer.Because(err)
	}
	for _, chain := range chains {
		if containsAll(chain, p.certificates) {
			v.remember(p, chain)
			return nil
		}
	}
	return ErrTampered.With("part", "certificate")
}

func (v *Verifier) remember(p *parsedCMS, chain []*x509.Certificate) {
	key := p.chainKey()
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.chains) >= maxChains {
		clear(v.chains)
	}
	v.chains[key] = chain
}

func containsAll(chain []*x509.Certificate, raw [][]byte) bool {
	for _, r := range raw {
		found := false
		for _, c := range chain {
			found = found || bytes.Equal(c.Raw, r)
		}
		if !found {
			return false
		}
	}
	return true
}

func allValid(chain []*x509.Certificate, at time.Time) bool {
	for _, c := range chain {
		if at.Before(c.NotBefore) || at.After(c.NotAfter) {
			return false
		}
	}
	return true
}
