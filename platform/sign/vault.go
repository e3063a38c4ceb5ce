package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"tongban/platform/sign/shangmi"
)

// Vault keeps private keys by their names. Nobody gets them out of it.
type Vault interface {
	// Key opens the key called name. When there is none, it makes one of the
	// algorithm, or without create answers ErrNoKey.
	Key(name, algorithm string, create bool) (KeyHolder, error)
}

// Files is the Vault of a folder: one file for each key, sealed with a
// passphrase or, without one, protected by its mode alone.
type Files struct{ Dir, Passphrase string }

// Key implements Vault.
func (f Files) Key(name, algorithm string, create bool) (KeyHolder, error) {
	if !goodName(name) {
		return nil, ErrName.With("key", name)
	}
	fresh := func() ([]byte, error) { return newPrivate(algorithm) }
	if !create {
		fresh = nil
	}
	der, err := keyBytes(f.Dir, name, f.Passphrase, fresh)
	if err != nil {
		return nil, err
	}
	k, err := parsePrivate(algorithm, der)
	if err != nil {
		return nil, ErrKeyDamaged.With("key", name).Because(err)
	}
	return k, nil
}

// Names are the names of the keys in the folder.
func (f Files) Names() ([]string, error) {
	all, err := filepath.Glob(filepath.Join(f.Dir, "*.key"))
	for i, path := range all {
		all[i] = strings.TrimSuffix(filepath.Base(path), ".key")
	}
	return all, err
}

// ConnectionKey reads or makes a key that proves to another machine who calls,
// and signs nothing else. It is protected by the mode of its file.
func ConnectionKey(dir, name string) (crypto.Signer, error) {
	der, err := keyBytes(dir, name, "", func() ([]byte, error) { return newPrivate(ECDSAP256) })
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ErrKeyDamaged.With("key", name).Because(err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, ErrKeyDamaged.With("key", name)
	}
	return signer, nil
}

// newPrivate makes a private key, as PKCS #8.
func newPrivate(algorithm string) ([]byte, error) {
	switch algorithm {
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return x509.MarshalPKCS8PrivateKey(key)
	case ECDSAP256:
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		return x509.MarshalPKCS8PrivateKey(key)
	case SM2:
		key, err := shangmi.Generate()
		if err != nil {
			return nil, err
		}
		return key.PKCS8(), nil
	}
	return nil, ErrUnsupported.With("algorithm", algorithm)
}

// parsePrivate reads what newPrivate made.
func parsePrivate(algorithm string, der []byte) (KeyHolder, error) {
	if algorithm == SM2 {
		k, err := shangmi.ParsePKCS8(der)
		if err != nil {
			return nil, err
		}
		return sm2Key{k}, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, ErrKeyDamaged
	}
	s, err := newSoftware(signer)
	if err == nil && s.algorithm != algorithm {
		err = ErrUnsupported.With("algorithm", s.algorithm)
	}
	return s, err
}

// wholly lets a KeyHolder sign certificates: the library hands the whole
// message to whoever can take it.
type wholly struct{ KeyHolder }

// SignMessage implements crypto.MessageSigner.
func (w wholly) SignMessage(_ io.Reader, message []byte, _ crypto.SignerOpts) ([]byte, error) {
	return w.KeyHolder.Sign(message)
}

// Sign implements crypto.Signer; nobody here asks for a signature of a digest.
func (wholly) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("sign: a key holder signs whole messages")
}

// Framed is what SignFor signs for a purpose, for keys of other algorithms.
func Framed(purpose string, message []byte) []byte { return framed(purpose, message) }

// VerifyWith tells whether sig is a signature of pub, of any algorithm, over
// the whole message.
func VerifyWith(pub crypto.PublicKey, message, sig []byte) bool {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return len(k) == ed25519.PublicKeySize && ed25519.Verify(k, message, sig)
	case *ecdsa.PublicKey:
		return suites[0].fits(k) && suites[0].verify(k, message, sig)
	case *shangmi.PublicKey:
		return k.Verify(message, sig)
	}
	return false
}
