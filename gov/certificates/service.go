package certificates

import (
	"context"
	"embed"
	"encoding/base64"
	"io/fs"

	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/id"
)

// The refusals of this capability.
var (
	ErrNoPaper        = fault.NotFound("certificates.no_paper")
	ErrAlreadyRevoked = fault.Conflict("certificates.already_revoked")
	ErrTampered       = fault.Internal("certificates.tampered")
	ErrNeedReason     = fault.Invalid("certificates.need_reason")
)

// Service issues papers, finds them, renders them and verifies them.
type Service struct{ Deps }

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Signer  Signer
	Checker Checker
}

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// IssueTx issues a paper in the transaction of the act that causes it and
// returns it with id, code, number and time filled in.
func (s *Service) IssueTx(ctx context.Context, tx *db.Tx, p Paper) (Paper, error) {
	p.ID, p.Code, p.IssuedAt = id.New("pap"), newCode(), s.Clock.Now()
	if p.Number == "" {
		p.Number = p.number()
	}
	data := p.canonical()
	insertPaper(tx, p, data, s.Signer.Sign(message(data)), s.Signer.KeyID())
	audit.Record(ctx, tx, audit.Entry{Region: p.Region, Action: "certificates.paper.issued", Object: p.ID,
		Details: map[string]any{"kind": p.Kind, "case": p.Case, "issuer": p.Issuer, "number": p.Number}})
	events.Emit(ctx, tx, p.Region, p.ID, facts.PaperIssued{Region: p.Region, Paper: p.ID, Kind: string(p.Kind), Case: p.Case, Issuer: p.Issuer, At: p.IssuedAt})
	return p, nil
}

// message separates what papers sign from everything else that the key might
// ever sign.
func message(data []byte) []byte { return append([]byte("tongban paper v1\n"), data...) }

// Found is a paper with what was checked about it.
type Found struct {
	Paper
	Status    Status
	Reason    string // of a revocation
	RevokedAt db.Time
	KeyID     string
	fileHash  string
	fileSize  int64
}

// found checks the signature over the stored bytes and the status. A record
// whose bytes were changed is never shown as a paper.
func (s *Service) found(r record) (Found, error) {
	sig, err := base64.StdEncoding.DecodeString(r.signature)
	if err != nil || !s.Checker.Check(r.keyID, message([]byte(r.data)), sig) {
		return Found{}, ErrTampered.With("paper", r.id)
	}
	p, err := r.paper()
	if err != nil {
		return Found{}, err
	}
	if p.ID != r.id || p.Region != r.region {
		return Found{}, ErrTampered.With("paper", r.id)
	}
	f := Found{Paper: p, Status: p.StatusAt(s.Clock.Now()), KeyID: r.keyID, fileHash: r.fileHash, fileSize: r.fileSize}
	if r.status == Revoked {
		f.Status, f.Reason, f.RevokedAt = Revoked, r.reason, db.At(r.revokedAt)
	}
	return f, nil
}

func (s *Service) all(records []record, err error) ([]Found, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Found, 0, len(records))
	for _, r := range records {
		f, err := s.found(r)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// ByCode finds a paper for anybody who has its code. Callers outside the
// holder's circle mask names with Masked.
func (s *Service) ByCode(ctx context.Context, code string) (Found, error) {
	r, err := loadByCode(ctx, s.DB, CleanCode(code))
	if fault.IsKind(err, fault.KindNotFound) {
		return Found{}, ErrNoPaper
	}
	if err != nil {
		return Found{}, err
	}
	return s.found(r)
}

// Paper returns a paper to its holder or to an office that handles its case.
func (s *Service) Paper(ctx context.Context, region, paper string) (Found, error) {
	r, err := loadPaper(ctx, s.DB, region, paper)
	if fault.IsKind(err, fault.KindNotFound) {
		return Found{}, ErrNoPaper
	}
	if err != nil {
		return Found{}, err
	}
	f, err := s.found(r)
	if err != nil {
		return Found{}, err
	}
	if authz.Require(ctx, MayHold, authz.Object{Owners: f.Owners}) == nil {
		return f, nil
	}
	if err := authz.Require(ctx, MayRead, authz.Object{Region: f.Region}); err != nil {
		return Found{}, ErrNoPaper // whether it exists is not for everybody
	}
	return f, nil
}

// OfCase returns the papers of a case, oldest first. The caller has already
// been let into the case.
func (s *Service) OfCase(ctx context.Context, region, caseID string) ([]Found, error) {
	records, err := loadOfCase(ctx, s.DB, region, caseID)
	return s.all(records, err)
}

// OfHolder returns the newest papers of a person or an organisation, kept in
// any of the regions.
func (s *Service) OfHolder(ctx context.Context, regions []string, holder string, limit int) ([]Found, error) {
	if err := authz.Require(ctx, MayHold, authz.Object{Owners: []string{holder}}); err != nil {
		return nil, err
	}
	records, err := loadOfHolder(ctx, s.DB, regions, holder, limit)
	return s.all(records, err)
}

// Revoke takes a certificate's force away; reason names the legal basis.
func (s *Service) Revoke(ctx context.Context, region, paper, reason string) error {
	if reason == "" {
		return ErrNeedReason
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := loadPaper(ctx, tx, region, paper)
		if fault.IsKind(err, fault.KindNotFound) {
			return ErrNoPaper
		}
		if err != nil {
			return err
		}
		f, err := s.found(r)
		if err != nil {
			return err
		}
		if err := authz.Require(ctx, MayRevoke, authz.Object{Region: region, Orgs: []string{f.Issuer}}); err != nil {
			return err
		}
		now := s.Clock.Now()
		if err := markRevoked(ctx, tx, region, paper, reason, now); err != nil {
			return ErrAlreadyRevoked.Because(err)
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.paper.revoked", Object: paper, Details: map[string]any{"reason": reason}})
		events.Emit(ctx, tx, region, paper, facts.PaperRevoked{Region: region, Paper: paper, Reason: reason, At: now})
		return nil
	})
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "certificates", FS: sub}
}
