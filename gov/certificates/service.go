package certificates

import (
	"context"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"

	"tongban/gov/certificates/identifier"
	"tongban/gov/facts"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/guess"
	"tongban/platform/id"
)

// The refusals of this capability.
var (
	ErrNoPaper  = fault.NotFound("certificates.no_paper")
	ErrTampered = fault.Internal("certificates.tampered")
	// ErrUnprintable refuses to promise a paper that could not be drawn in full;
	// its detail "characters" names what is missing.
	ErrUnprintable = fault.Invalid("certificates.unprintable")
	// ErrIncomplete refuses a paper without region, kind or title.
	ErrIncomplete = fault.Internal("certificates.incomplete")
)

// Service issues papers, finds them, renders them and verifies them.
type Service struct {
	Deps
	checks  atomic.Pointer[checks]
	seen    seen
	guesses guess.Counter
}

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Signer  Signer
	Checker Checker

	Seal      Sealer       // signs renderings
	Forms     FormKeys     // sign forms other than PDF; nil: there are none
	Trust     Trust        // the public half of the keys, for checking files
	Keyring   Keyring      // the keys of node and offices; with it the five above are not asked
	Files     *files.Store // where renderings are kept
	BaseURL   string       // how people reach the site; the QR code leads there
	Cases     Cases        // nil: only officers of the issuing office read papers
	Regions   []string     // where papers of one holder may be kept
	Stock     Stock        // nil: there are no certificates from before
	Kinds     Kinds        // nil: certificates are signed without looking at their type
	Templates Templates    // nil: certificates have the standard layout
	Ledger    Ledger       // nil: nobody keeps who used a paper
	Nodes     Nodes        // nil: papers of other installations are not recognised
	Held      Credentials  // nil: no wallet got a certificate from here
}

// New returns a service.
func New(d Deps) *Service {
	return &Service{Deps: d}
}

// IssueTx issues a paper in the transaction of the act that causes it and
// returns it with id, code, number and time filled in. A paper that could not
// be drawn in full is refused here, with ErrUnprintable, and not when its
// holder asks for the file.
func (s *Service) IssueTx(ctx context.Context, tx *db.Tx, p Paper) (Paper, error) {
	if p.Region == "" || numberWord[p.Kind] == "" || p.Title == "" {
		return p, ErrIncomplete.With("kind", string(p.Kind))
	}
	p.ID, p.Code, p.IssuedAt = id.New(paperPrefix), newCode(), s.Clock.Now()
	p.identify()
	if p.Number == "" {
		before := 0
		if !single[p.Kind] {
			var err error
			if before, err = countOfKind(ctx, tx, p.Region, p.Case, p.Kind); err != nil {
				return p, err
			}
		}
		p.Number = p.number(before)
	}
	if missing := p.unprintable(); len(missing) > 0 {
		return p, ErrUnprintable.With("characters", named(missing))
	}
	if s.Kinds != nil {
		if err := s.Kinds.Lint(ctx, tx, p); err != nil {
			return p, err
		}
	}
	photos, err := s.dress(ctx, tx, &p)
	if err != nil {
		return p, err
	}
	data := p.canonical()
	keys, err := s.keys(p.Issuer)
	if err != nil {
		return p, err
	}
	signature, err := keys.Sign(message(string(data)))
	if err != nil {
		return p, fmt.Errorf("sign paper: %w", err)
	}
	insertPaper(tx, p, data, signature, keys.KeyID())
	insertPhotos(tx, p, photos)
	audit.Record(ctx, tx, audit.Entry{Region: p.Region, Action: "certificates.paper.issued", Object: p.ID, At: p.IssuedAt,
		Details: map[string]any{"kind": p.Kind, "case": p.Case, "issuer": p.Issuer, "number": p.Number, "digest": digestOf(string(data))}})
	events.Emit(ctx, tx, p.Region, p.ID, facts.PaperIssued{Region: p.Region, Paper: p.ID, Kind: string(p.Kind), Case: p.Case, Issuer: p.Issuer, At: p.IssuedAt})
	return p, nil
}

// single are the papers that a case gets once, when it is handed in and when
// it is accepted: nobody need count them to number the next.
var single = map[Kind]bool{Receipt: true, Acceptance: true}

// paperPrefix opens the id of a paper.
const paperPrefix = "pap"

// message separates what papers sign from everything else that the key might
// ever sign.
func message(data string) []byte { return append([]byte("tongban paper v1\n"), data...) }

// Found is a paper with what was checked about it.
type Found struct {
	Paper
	Status Status
	Reason string // of the last act, when the paper is not in force
	Basis  string // its legal basis
	Since  db.Time
	KeyID  string
	record record
}

// found checks the signature over the stored bytes, that the columns beside
// them say the same, and the status. A record whose bytes were changed is never
// shown as a paper.
func (s *Service) found(r record) (Found, error) {
	p, err := s.proved(r, record.paper)
	if err != nil {
		return Found{}, err
	}
	if err := s.stands(r, p); err != nil {
		return Found{}, err
	}
	return s.agrees(r, p)
}

// proved checks the signature over the stored bytes and reads them.
func (s *Service) proved(r record, read func(record) (Paper, error)) (Paper, error) {
	sig, err := base64.StdEncoding.DecodeString(r.signature)
	if err != nil || !s.checker().Check(r.keyID, message(r.data), sig) {
		return Paper{}, r.tampered()
	}
	p, err := read(r)
	if err != nil {
		return Paper{}, r.tampered().Because(err)
	}
	return p, nil
}

// agrees compares what was signed with the columns beside it and finds the status.
func (s *Service) agrees(r record, p Paper) (Found, error) {
	if p.ID != r.id || p.Region != r.region || p.Code != r.code || p.Case != r.caseID || p.Kind != r.kind {
		return Found{}, r.tampered()
	}
	f := Found{Paper: p, Status: p.StatusAt(s.Clock.Now()), KeyID: r.keyID, record: r}
	switch {
	case r.status == Valid:
	case without[r.status] != nil:
		f.Status, f.Reason, f.Basis, f.Since = r.status, r.reason, r.basis, db.At(r.since)
	default:
		return Found{}, r.tampered()
	}
	return f, nil
}

// all checks many records. One that was tampered with does not hide the
// others: it is listed by its id, with Status Damaged, the code of why, and without
// content.
func (s *Service) all(records []record, err error) ([]Found, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Found, 0, len(records))
	for _, r := range records {
		f, err := s.found(r)
		if err != nil {
			f = Found{Paper: Paper{Region: r.region, ID: r.id}, Status: Damaged, Reason: fault.Of(err).Code}
		}
		out = append(out, f)
	}
	return out, nil
}

// ByCode finds a paper for anybody who has its code or its identifier. Callers outside the
// holder's circle mask names with Masked.
func (s *Service) ByCode(ctx context.Context, code string) (Found, error) {
	r, err := s.recorded(ctx, code)
	if err != nil {
		return Found{}, err
	}
	return s.found(r)
}

// recorded finds the row of a paper by its code.
func (s *Service) recorded(ctx context.Context, code string) (record, error) {
	load := loadByCode
	if code = CleanCode(code); identifier.Looks(code) {
		load = loadByIdentifier
	} else if !IsCode(code) {
		return record{}, ErrNoPaper
	}
	r, err := load(ctx, s.DB, code)
	if fault.IsKind(err, fault.KindNotFound) {
		return record{}, ErrNoPaper
	}
	return r, err
}

// Paper returns a paper to its holder or to an office that handles its case.
// Whether a paper exists is not for everybody: a stranger gets ErrNoPaper.
func (s *Service) Paper(ctx context.Context, region, paper string) (Found, error) {
	return s.paper(ctx, s.DB, region, paper)
}

// PaperTx is Paper as a transaction sees it.
func (s *Service) PaperTx(ctx context.Context, tx *db.Tx, region, paper string) (Found, error) {
	return s.paper(ctx, tx, region, paper)
}

func (s *Service) paper(ctx context.Context, reader db.Reader, region, paper string) (Found, error) {
	r, err := loadPaper(ctx, reader, region, paper)
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
	s.recognise(ctx, &f, auth.From(ctx).Person, auth.From(ctx).For)
	if !s.mayOpen(ctx, f) {
		return Found{}, ErrNoPaper
	}
	return f, nil
}

// mayOpen lets in the holder, officers of the issuing office, and officers who
// handle the case.
func (s *Service) mayOpen(ctx context.Context, f Found) bool {
	if f.Kind == Copy {
		return auth.From(ctx).Kind == auth.KindSystem // copies are opened by package holding
	}
	if s.Holds(ctx, f) || authz.Require(ctx, MayRead, authz.Object{Region: f.Region, Orgs: []string{f.Issuer}}) == nil {
		return true
	}
	return authz.Door(ctx, MayRead) == nil && s.Cases != nil && s.Cases.MayRead(ctx, f.Region, f.Case) == nil
}

// Holds tells whether the caller holds the paper.
func (s *Service) Holds(ctx context.Context, f Found) bool {
	return len(f.Owners) > 0 && authz.Require(ctx, MayHold, f.object(f.Owners)) == nil && !s.outgrown(ctx, f)
}

// outgrown tells whether a certificate was given to the caller for a child that is
// of age now (民法典 art. 17, 18); he keeps what tells how the case went.
func (s *Service) outgrown(ctx context.Context, f Found) bool {
	p := auth.From(ctx).Person
	return p != "" && f.Kind == Certificate && s.Ledger != nil && slices.Contains(f.Owners, p) && s.Ledger.Outgrown(ctx, f)
}

// object is the paper as the check of permissions sees it. The decision itself
// and the certificate are collected; other papers tell how a case stands.
func (f Found) object(owners []string) authz.Object {
	act := identity.ActSee
	if f.Kind == Certificate || f.Kind == Refusal {
		act = identity.ActCollect
	}
	return authz.Object{Region: f.Region, Owners: owners, Act: act, Thing: identity.ItemKey(f.Region, f.Item), Orgs: []string{f.Issuer}}
}

// OfCase returns the papers of a case, oldest first. The caller has already
// been let into the case.
func (s *Service) OfCase(ctx context.Context, region, caseID string) ([]Found, error) {
	records, err := loadOfCase(ctx, s.DB, region, caseID)
	return s.all(records, err)
}

// Mine returns the newest papers of the caller, certificates first.
func (s *Service) Mine(ctx context.Context, limit int) ([]Found, error) {
	found, err := s.OfHolder(ctx, s.Regions, auth.From(ctx).Owner(), limit)
	slices.SortStableFunc(found, func(a, b Found) int { return rank(a) - rank(b) })
	return found, err
}

func rank(f Found) int {
	if f.Kind == Certificate {
		return 0
	}
	return 1
}

// OfHolder returns the newest papers of a person or an organisation, kept in
// any of the regions, that the caller may fetch for the holder.
func (s *Service) OfHolder(ctx context.Context, regions []string, holder string, limit int) ([]Found, error) {
	if err := authz.Door(ctx, MayHold); err != nil {
		return nil, err
	}
	if p := auth.From(ctx); p.Kind != auth.KindSystem && holder != p.Person && holder != p.For {
		return nil, authz.ErrForbidden.With("permission", MayHold.Name)
	}
	if len(regions) == 0 {
		return nil, nil
	}
	if s.Stock != nil && auth.From(ctx).Kind != auth.KindSystem { // he opens them himself
		if err := s.Stock.Claim(ctx, holder); err != nil {
			return nil, err
		}
	}
	records, err := loadOfHolder(ctx, s.DB, regions, holder, limit)
	found, err := s.all(records, err)
	for i := range found {
		s.recognise(ctx, &found[i], holder)
	}
	found = slices.DeleteFunc(found, func(f Found) bool { // what the mandate of an agent does not reach, and of children of age
		return f.Status != Damaged && (authz.Require(ctx, MayHold, f.object([]string{holder})) != nil || s.outgrown(ctx, f))
	})
	for i, f := range found {
		if f.Status != Damaged && !slices.Contains(f.Owners, holder) { // the index was tampered with
			found[i] = Found{Paper: Paper{Region: f.Region, ID: f.ID}, Status: Damaged}
		}
	}
	return found, err
}

// named writes characters with their code points, so that people can find them.
func named(runes []rune) string {
	parts := make([]string, len(runes))
	for i, r := range runes {
		parts[i] = fmt.Sprintf("%c（U+%04X）", r, r)
	}
	return strings.Join(parts, "、")
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "certificates", FS: sub}
}
