package certificates

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"tongban/gov/certificates/promised"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// ErrNoRendering says that this node is set up without what files need: a
// place to keep them and a key for PDF.
var ErrNoRendering = fault.Unavailable("certificates.no_rendering")

// maxFile bounds a rendering, in bytes.
const maxFile = 20 << 20

// File is the rendering of a paper.
type File struct {
	Found
	files.Ref
	Name string // for whoever downloads it
}

// File gives the PDF of a paper to its holder or to an office that handles its
// case. It is made when first asked for and kept by its hash; when the kept
// file is gone or was altered, the same file is made again.
func (s *Service) File(ctx context.Context, region, paper string) (File, error) {
	f, err := s.Paper(ctx, region, paper)
	if err != nil {
		return File{}, err
	}
	if err := s.recordReading(ctx, f); err != nil {
		return File{}, err
	}
	return s.file(ctx, f)
}

// Read is Paper for showing everything on it; an officer's reading is recorded.
//
// Law: 个人信息保护法 art. 51: access is limited and can be traced.
func (s *Service) Read(ctx context.Context, region, paper string) (Found, error) {
	f, err := s.Paper(ctx, region, paper)
	if err != nil {
		return f, err
	}
	return f, s.recordReading(ctx, f)
}

func (s *Service) recordReading(ctx context.Context, f Found) error {
	if s.Holds(ctx, f) {
		return nil
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: f.Region, Action: "certificates.paper.read", Object: f.ID, At: s.Clock.Now(),
			Details: map[string]any{"case": f.Case, "number": f.Number}})
		if s.Ledger != nil {
			s.Ledger.ReadTx(ctx, tx, f)
		}
		return nil
	})
}

func (s *Service) file(ctx context.Context, f Found) (File, error) {
	if s.Files == nil || s.Seal == nil && s.Keyring == nil {
		return File{}, ErrNoRendering
	}
	name := fmt.Sprintf("%s %s.pdf", f.Title, f.Number)
	if h := f.record.fileHash; h != "" && s.Files.Verify(h) == nil {
		if ref := (files.Ref{Hash: h, Size: f.record.fileSize, Kind: files.PDF}); s.fileCounts(f, ref) {
			return File{f, ref, name}, nil
		}
	}
	b, err := s.render(ctx, f)
	if err != nil {
		return File{}, err
	}
	ref, err := s.Files.Put(ctx, bytes.NewReader(b), maxFile, []files.Kind{files.PDF})
	if err != nil {
		return File{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("a rendering repeats what was issued")
		return setFile(ctx, tx, f.Region, f.ID, ref.Hash, ref.Size)
	})
	return File{f, ref, name}, err
}

// fileCounts tells whether the signature of a kept file still counts. When
// others got to know the key for PDF, the paper on record is as good as it was:
// its file is made again, by the key in force.
func (s *Service) fileCounts(f Found, ref files.Ref) bool {
	v := s.verifier()
	if !slices.ContainsFunc(v.trust.Keys, func(k TrustKey) bool { return k.State == ring.Revoked && k.Role == ring.Paper }) {
		return true
	}
	b, err := s.Bytes(ref)
	return err == nil && v.file(b, s.Clock.Now()).Reason != ErrKeyRevoked.Code
}

// render draws the paper, reads it back and compares, encloses the signed data
// and signs. The same paper gives the same bytes as long as the node's
// certificate is the same.
func (s *Service) render(ctx context.Context, f Found) ([]byte, error) {
	d, l, err := s.drawn(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("draw paper %s: %w", f.ID, err)
	}
	if err := compare(d.file, f.Paper, l); err != nil {
		return nil, fmt.Errorf("compare paper %s: %w", f.ID, err)
	}
	signature, err := base64.StdEncoding.DecodeString(f.record.signature)
	if err != nil {
		return nil, ErrTampered.With("paper", f.ID)
	}
	e := envelope{Format: envelopeFormat, Key: f.KeyID, Signature: signature, Data: f.record.data}
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	file, err := enclose(d.file, e, f.IssuedAt)
	if err != nil {
		return nil, fmt.Errorf("enclose data of paper %s: %w", f.ID, err)
	}
	keys, err := s.keys(f.Issuer)
	if err != nil {
		return nil, err
	}
	b, err := keys.Seal.SignPDF(file, sign.PDFSignature{Reason: "签发" + f.Title, Name: f.IssuerName, At: keys.signedAt(f.IssuedAt),
		Field: &sign.Field{Page: d.stamp.Page, Rect: d.stamp.Rect}, Vouch: keys.vouch})
	if err != nil {
		return nil, err
	}
	inside := promised.Enclosed{Name: envelopeName, Data: data, Check: s.checker().Check, Message: rendering}
	if err := promised.PDF(b, s.verifier().files.PDF, keys.Seal.Certificate(), inside); err != nil {
		return nil, ErrDiffers.Because(err)
	}
	return b, compare(b, f.Paper, l)
}

// vouch signs a rendering as a whole with the key of the data. Because: the
// pages were compared with the data before, and whoever has only the key for PDF
// cannot say so; then they need not be read again at every check.
func (k issuing) vouch(digest []byte) ([]byte, error) {
	sig, err := k.Sign(rendering(digest))
	return append([]byte(k.KeyID()+":"), sig...), err
}

// rendering is what is signed of a whole file.
func rendering(digest []byte) []byte { return append([]byte("tongban paper file v1\n"), digest...) }

// signedAt is the time that the signature of a rendering states: that of the
// issue, because a rendering decides nothing; or the beginning of the node's
// certificate when that is younger than the paper.
func (k issuing) signedAt(issued time.Time) time.Time {
	if from := k.Seal.Certificate().NotBefore; issued.Before(from) {
		issued = from
	}
	return issued.In(i18n.Zone)
}

// Bytes reads the whole file, checked against its hash.
func (s *Service) Bytes(ref files.Ref) ([]byte, error) {
	if err := s.Files.Verify(ref.Hash); err != nil {
		return nil, err
	}
	f, err := s.Files.Open(ref.Hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// UsesFile tells whether a paper refers to a stored file; for sweeping the
// file store.
func (s *Service) UsesFile(ctx context.Context, hash string) (bool, error) {
	used, err := fileInUse(ctx, s.DB, hash)
	if err == nil && !used && s.Stock != nil {
		return s.Stock.UsesFile(ctx, hash)
	}
	return used, err
}
