package certificates

import (
	"context"
	"crypto/x509"

	"tongban/platform/db"
	"tongban/platform/sign"
)

// Signer signs the data of papers. The key may live in a file, a token or a
// remote service.
type Signer interface {
	KeyID() string
	Sign(message []byte) ([]byte, error)
}

// Checker verifies data signatures, of present and of former keys.
type Checker interface {
	Check(keyID string, message, signature []byte) bool
}

// Sealer signs the rendering of a paper for readers of PDF. *sign.Signer is one.
type Sealer interface {
	SignPDF(pdf []byte, o sign.PDFSignature) ([]byte, error)
	Certificate() *x509.Certificate
}

// Cases tells whether the caller handles a case, so that an office that had a
// hand in it may read its papers. Wired in the app: cases are of a higher tier.
type Cases interface {
	MayRead(ctx context.Context, region, caseID string) error
}

// Kinds knows the types of certificates; what does not fit its type is not
// signed. Package kinds is one.
type Kinds interface {
	Lint(ctx context.Context, r db.Reader, p Paper) error
}
