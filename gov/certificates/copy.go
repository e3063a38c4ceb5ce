package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/gov/certificates/pages"
	"tongban/gov/facts"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/pdf"
)

// Copy (加注件) is what a holder hands over instead of the certificate: its data,
// for one office, one matter and until one day.
//
// Law: 个人信息保护法 art. 6: what is handed over serves its purpose and no other.
const Copy Kind = "copy"

// CopyOf says of which certificate a copy was made, for whom and what for.
type CopyOf struct {
	Paper      string `json:"paper"`  // id of the certificate
	Number     string `json:"number"` // its official number
	Identifier string `json:"identifier,omitempty"`
	Office     string `json:"office,omitempty"` // unified code; "" for somebody who has none here
	OfficeName string `json:"office_name"`
	Purpose    string `json:"purpose"`
	Matter     string `json:"matter,omitempty"` // number of the case
}

// The refusals of copies.
var (
	// ErrElsewhere: the copy was made for another office; the detail "office" names it.
	ErrElsewhere = fault.Invalid("certificates.copy_elsewhere")
	// ErrNoCopy: only certificates in force are copied, and only copies in force ended.
	ErrNoCopy = fault.Conflict("certificates.no_copy")
)

// Keys of the fields that a copy has before those of its certificate.
const (
	fieldCopyFor     = "copy.for"
	fieldCopyPurpose = "copy.purpose"
	fieldCopyMatter  = "copy.matter"
	fieldCopyUntil   = "copy.until"
	fieldCopyNumber  = "copy.number"
)

// IssueCopyTx issues a copy of a certificate in force in the transaction of
// whoever hands it over. The caller has settled who may; the end is never later
// than that of the certificate.
func (s *Service) IssueCopyTx(ctx context.Context, tx *db.Tx, f Found, of CopyOf, until time.Time) (Paper, error) {
	if f.Kind != Certificate || f.Status != Valid {
		return Paper{}, ErrNoCopy.With("status", string(f.Status)).Because(without[f.Status])
	}
	if !f.ValidUntil.IsZero() && f.ValidUntil.Before(until) {
		until = f.ValidUntil
	}
	now := s.Clock.Now()
	of.Paper, of.Number, of.Identifier = f.ID, f.Number, f.Identifier
	p := f.Paper
	p.ID, p.Code, p.Identifier, p.Version, p.Predecessor = "", "", "", 0, ""
	p.Kind, p.Case, p.CaseNumber, p.Owners, p.Text, p.CopyOf = Copy, "", "", nil, nil, &of
	p.Title = f.Title + "（加注件）"
	p.Number = fmt.Sprintf("加注〔%d〕%s号", now.In(i18n.Zone).Year(), newCode())
	p.ValidFrom, p.ValidUntil = now, until
	p.Fields = of.fields(until)
	p.Fields = append(p.Fields, f.Fields...)
	return s.IssueTx(ctx, tx, p)
}

// fields are what a copy says of itself.
func (of CopyOf) fields(until time.Time) []Field {
	out := []Field{{Key: fieldCopyFor, Label: "仅供", LabelEn: "Only for", Value: of.OfficeName}, {Key: fieldCopyPurpose, Label: "仅用于", LabelEn: "Only to", Value: of.Purpose}}
	if of.Matter != "" {
		out = append(out, Field{Key: fieldCopyMatter, Label: "办件编号", LabelEn: "Case number", Value: of.Matter})
	}
	return append(out, Field{Key: fieldCopyUntil, Label: "使用期限", LabelEn: "To be used until", Value: day(until)},
		Field{Key: fieldCopyNumber, Label: "原证照编号", LabelEn: "Number of the certificate", Value: of.Number})
}

// stamped tells whether a field is of the copy itself, not of its certificate.
func (f Field) Stamped() bool { return strings.HasPrefix(f.Key, "copy.") }

// EndCopyTx ends a copy before its day, because who gave it takes it back, or what
// it was for is over. The caller has settled who may, and keeps the record.
func (s *Service) EndCopyTx(ctx context.Context, tx *db.Tx, region, paper, reason, basis string) error {
	r, err := loadPaper(ctx, tx, region, paper)
	if err != nil {
		return err
	}
	f, err := s.found(r)
	if err != nil {
		return err
	}
	if f.Kind != Copy || f.Status != Valid {
		return ErrNoCopy.With("status", string(f.Status))
	}
	now, by := s.Clock.Now(), auth.From(ctx)
	o := Order{Act: Cancel, Reason: reason, Basis: basis}
	if err := turn(ctx, tx, r, Cancelled, o, now); err != nil {
		return ErrNoCopy.Because(err)
	}
	insertAct(tx, r, Done{Seq: 1, Act: Cancel, From: Valid, To: Cancelled, At: now, Officer: by.ID, OfficerName: by.Name, Reason: o.Reason, Basis: o.Basis})
	events.Emit(ctx, tx, region, paper, facts.PaperStatusChanged{Region: region, Paper: paper, Title: f.Title, Issuer: f.Issuer,
		Act: string(Cancel), From: string(Valid), To: string(Cancelled), Reason: o.Reason, Basis: o.Basis, At: now})
	return nil
}

// follow adds to a report what the record says besides the paper itself: what
// became of the certificate that a copy was made of, whether an officer of
// another office holds the copy, and, for whoever may know, an open objection.
func (s *Service) follow(ctx context.Context, r *Report, f Found) error {
	if f.CopyOf != nil {
		orig, err := loadPaper(ctx, s.DB, f.Region, f.CopyOf.Paper)
		if err != nil {
			return err
		}
		o, err := s.standingOf(orig)
		if err != nil {
			return err
		}
		if o.Status != Valid && f.Status == Valid {
			r.standing(o)
		}
		if office := f.CopyOf.Office; office != "" && elsewhere(auth.From(ctx), office) {
			r.refuse(ErrElsewhere)
		}
	}
	if s.Ledger == nil {
		return nil
	}
	disputed, err := s.Ledger.Checked(ctx, f, *r)
	r.Disputed = disputed
	return err
}

// elsewhere tells whether an officer works for other offices only.
func elsewhere(p auth.Principal, office string) bool {
	other := false
	for _, g := range p.Grants {
		if p.Kind != auth.KindOfficer || g.Org == office {
			return false
		}
		other = other || g.Org != ""
	}
	return other
}

// copyOf reads the member of the signed bytes.
func (p *Paper) copyOf(value string) error {
	p.CopyOf = new(CopyOf)
	return json.Unmarshal([]byte(value), p.CopyOf)
}

// errNoCopyOf refuses to draw a copy that does not say what it is a copy of.
var errNoCopyOf = errors.New("a copy says what it is a copy of")

// drawCopy sets a copy: what it is good for in a box, then the particulars, with
// the purpose slanting across every page.
func drawCopy(p Paper, base string, photos map[string]pdf.Picture) (drawing, error) {
	if p.CopyOf == nil {
		return drawing{}, errNoCopyOf
	}
	of := p.CopyOf
	only := "本件仅供“" + of.OfficeName + "”用于“" + of.Purpose + "”，" + day(p.ValidUntil) + "后不再有效；用于其他单位、其他事项无效。"
	return finished(pages.Copy(p.sheet(base, look{photos: photos}), only))
}

// Watermark is what stands across the pages of a copy.
func (of CopyOf) Watermark(until time.Time) string {
	return "仅供" + of.OfficeName + "用于" + of.Purpose + "，" + day(until) + "前有效"
}

// ByCodeTx is ByCode as a transaction sees it.
func (s *Service) ByCodeTx(ctx context.Context, tx *db.Tx, code string) (Found, error) {
	r, err := loadByCode(ctx, tx, CleanCode(code))
	if err != nil {
		return Found{}, err
	}
	return s.found(r)
}

// OfHolderTx lists the papers of a holder for whoever has settled that they may
// be used, as a transaction sees them.
func (s *Service) OfHolderTx(ctx context.Context, tx *db.Tx, holder string, limit int) ([]Found, error) {
	return s.all(loadOfHolder(ctx, tx, s.Regions, holder, limit))
}
