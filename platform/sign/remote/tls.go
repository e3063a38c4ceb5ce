package remote

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tongban/platform/clock"
	"tongban/platform/sign"
)

// Names of the files by which signer and client know each other. Each has a
// key of its own for the connection and the other's certificate; there is no
// authority that could name a third.
const (
	serverName = "signer-tls"    // NAME.key and NAME.pem in the folder of the signer
	clientName = "signer-client" // in the folder of the keys of the client
	peerFile   = "signer.pem"    // there too: the certificate of the signer
	clientsDir = "clients"       // in the folder of the signer: certificates of clients
	logDir     = "log"
)

// connectionYears is how long certificates of connections last. Each is known
// by its bytes, so that its end only makes somebody look.
const connectionYears = 10

// identity reads or makes the key and the certificate of one end.
func identity(dir, name string, c clock.Clock) (tls.Certificate, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return tls.Certificate{}, err
	}
	key, err := sign.ConnectionKey(dir, name)
	if err != nil {
		return tls.Certificate{}, err
	}
	path := filepath.Join(dir, name+".pem")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		now := c.Now()
		template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
			NotBefore: now.Add(-time.Hour).UTC(), NotAfter: now.AddDate(connectionYears, 0, 0).UTC(), KeyUsage: x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
		var der []byte
		if der, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
			return tls.Certificate{}, err
		}
		raw = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		err = sign.ReplaceFile(path, raw, 0o644)
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	p, _ := pem.Decode(raw)
	if p == nil {
		return tls.Certificate{}, sign.ErrKeyDamaged.With("file", path)
	}
	return tls.Certificate{Certificate: [][]byte{p.Bytes}, PrivateKey: key}, nil
}

// Introduce makes the client's end of the connection and returns the name of
// its certificate, which the signer's operator puts into the folder clients.
func Introduce(dir string, c clock.Clock) (string, error) {
	_, err := identity(dir, clientName, c)
	return filepath.Join(dir, clientName+".pem"), err
}

// ServerCertificate makes the signer's end and returns the name of its
// certificate, which the client's operator puts beside his keys as signer.pem.
func ServerCertificate(dir string, c clock.Clock) (string, error) {
	_, err := identity(dir, serverName, c)
	return filepath.Join(dir, serverName+".pem"), err
}

// known reads a certificate by which the other end is known.
func known(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, _ := pem.Decode(raw)
	if p == nil || p.Type != "CERTIFICATE" {
		return nil, sign.ErrKeyDamaged.With("file", path)
	}
	return p.Bytes, nil
}

// admitted finds the name under which a client's certificate lies in the
// folder clients. It is read each time: a file taken away is a client shut out.
func admitted(dir string, raw []byte) (string, error) {
	all, err := filepath.Glob(filepath.Join(dir, clientsDir, "*.pem"))
	if err != nil {
		return "", err
	}
	for _, path := range all {
		if b, err := known(path); err == nil && bytes.Equal(b, raw) {
			return strings.TrimSuffix(filepath.Base(path), ".pem"), nil
		}
	}
	return "", ErrStranger.Because(fmt.Errorf("no certificate like that in %s", filepath.Join(dir, clientsDir)))
}

// serverTLS takes admitted clients only.
func serverTLS(dir string, c clock.Clock) (*tls.Config, error) {
	own, err := identity(dir, serverName, c)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAnyClientCert,
		VerifyConnection: func(s tls.ConnectionState) error {
			_, err := admitted(dir, s.PeerCertificates[0].Raw)
			return err
		}}, nil
}

// clientTLS knows the signer by its certificate, whatever name or authority
// stands in it.
func clientTLS(dir string, c clock.Clock) (*tls.Config, error) {
	peer, err := known(filepath.Join(dir, peerFile))
	if err != nil {
		return nil, fmt.Errorf("the certificate of the signer: %w", err)
	}
	own, err := identity(dir, clientName, c)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own},
		InsecureSkipVerify: true, // the next line is stricter: these bytes and no others
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !bytes.Equal(s.PeerCertificates[0].Raw, peer) {
				return ErrStranger
			}
			return nil
		}}, nil
}
