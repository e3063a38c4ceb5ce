package certificates

import (
	"context"
	"crypto/x509"

	"tongban/gov/certificates/layout"
	"tongban/platform/db"
	"tongban/platform/sign"
	"tongban/platform/sign/shangmi"
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

// FormKeys sign the forms of a paper for receivers that do not read PDF.
// *sign.Signer is one; SM2 may be nil.
type FormKeys interface {
	Data() sign.KeyHolder  // Ed25519
	Paper() sign.KeyHolder // ECDSA P-256
	SM2() sign.KeyHolder
	SealCertificates() (leaf, root *shangmi.Certificate)
}

// Nodes knows the other installations whose papers count here. Package trusted
// is one.
type Nodes interface {
	// File checks a file whose data are signed with a key that is not this node's;
	// false: no node of the trust list has that key either.
	File(ctx context.Context, file []byte, key string) (Report, bool, error)
}

// Credentials knows which certificate a wallet got. Package wallets is one.
type Credentials interface {
	// PaperAt gives the id of the certificate at a place of a status list; an error
	// of kind NotFound when the place is empty.
	PaperAt(ctx context.Context, region string, list, place int64) (string, error)
}

// Cases tells whether the caller handles a case, so that an office that had a
// hand in it may read its papers. Wired in the app: cases are of a higher tier.
type Cases interface {
	MayRead(ctx context.Context, region, caseID string) error
}

// Stock keeps certificates that were issued on paper before there was this
// library. Package stock is one.
type Stock interface {
	// Claim joins what waits for a holder, who opens his papers, to him.
	Claim(ctx context.Context, holder string) error
	// FirstUse signs what is released under a number that somebody checks, and
	// tells how many there were.
	FirstUse(ctx context.Context, number string) (int, error)
	// Holds tells whether somebody is the holder that a certificate names.
	Holds(ctx context.Context, holder string, p Paper) bool
	// HoldersOf are those who were joined to a certificate after it was signed.
	HoldersOf(ctx context.Context, r db.Reader, region, paper string) ([]string, error)
	// UsesFile tells whether a stored file is a scan or a source of the stock.
	UsesFile(ctx context.Context, hash string) (bool, error)
}

// Kinds knows the types of certificates; what does not fit its type is not
// signed. Package kinds is one.
type Kinds interface {
	Lint(ctx context.Context, r db.Reader, p Paper) error
	// Names gives the name of the metadata (GB/T 36903) for each field of a type;
	// empty for a type that is not known.
	Names(ctx context.Context, r db.Reader, typ string) (map[string]string, error)
}

// Ledger keeps how papers are used (用证记录), and whether their holder objects to
// what they say. Package holding is one.
type Ledger interface {
	// ReadTx notes that an officer read everything on a paper.
	ReadTx(ctx context.Context, tx *db.Tx, f Found)
	// Checked notes that somebody checked a paper, and tells whoever may know
	// whether an objection is open.
	Checked(ctx context.Context, f Found, r Report) (disputed bool, err error)
	// Outgrown tells whether the caller was given a certificate for a child that is
	// of age now.
	Outgrown(ctx context.Context, f Found) bool
}

// Templates knows how certificates look. Package templates is one.
type Templates interface {
	// InForce gives the template of a type and its version; 0 is that there is none,
	// and the standard layout is taken.
	InForce(ctx context.Context, r db.Reader, typ string) (layout.Template, int, error)
	// Version gives a version of the template of a type, in force or not.
	Version(ctx context.Context, r db.Reader, typ string, version int) (layout.Template, error)
}
