package holding

import (
	"context"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/grades"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// Gift says to whom a copy is handed over, what for and until when.
type Gift struct {
	Office     string // unified code; "" for somebody without one
	OfficeName string
	Purpose    string
	Until      time.Time

	// Of an application: the case and the material that the copy stands in for.
	Matter, CaseRegion, Case, Material string
}

// Bounds of a gift.
const (
	MaxOfficeName = 100
	MaxPurpose    = 60 // it stands across every page
	DefaultDays   = 30 // what pages propose as the end
	maxDays       = 366
)

// Copy is a purpose-stamped copy (加注件) that was handed over.
type Copy struct {
	Region, ID, Paper  string
	Title, Number      string // of the certificate
	Holder, HolderName string
	Gift
	Code               string
	GivenBy, GivenName string // account and name of who gave it
	Giver              string // person
	Relation           Relation
	Permit             string // id of the permit by which it was given
	GivenAt            time.Time
	EndedAt            time.Time
	EndedName          string // "" of copies that ended with their case

	Standing certificates.Status // of the certificate now, in lists
}

// Over tells whether a copy has ended.
func (c Copy) Over(now time.Time) bool { return !c.EndedAt.IsZero() || now.After(c.Until) }

func (g *Gift) clean(now time.Time) error {
	var p Problems
	g.OfficeName, g.Purpose = strings.TrimSpace(g.OfficeName), strings.TrimSpace(g.Purpose)
	p.text("office", g.OfficeName, "office", MaxOfficeName)
	p.text("purpose", g.Purpose, "purpose", MaxPurpose)
	switch {
	case !g.Until.After(now):
		p.add("until", "until")
	case g.Until.After(now.AddDate(0, 0, maxDays)):
		p.add("until", "until_long", "max", maxDays)
	}
	return p.err()
}

// Give hands over a copy of a certificate that the caller may use: by default a
// holder gives a copy, never the certificate.
//
// Law: 个人信息保护法 art. 6, 14, 17: for one purpose, told beforehand.
func (s *Service) Give(ctx context.Context, region, paper string, g Gift) (Copy, error) {
	h, err := s.use(ctx, region, paper)
	if err != nil {
		return Copy{}, err
	}
	if g.Office != "" {
		g.OfficeName = s.nameOf(ctx, g.Office)
	}
	if err := g.clean(s.Clock.Now()); err != nil {
		return Copy{}, err
	}
	id := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err = once.Do(ctx, tx, region, "certificates.give "+paper, func() (string, error) {
			made, err := s.giveTx(ctx, tx, h, g)
			return made.ID, err
		})
		return err
	})
	if err != nil {
		return Copy{}, err
	}
	return copyByID(ctx, s.DB, region, id)
}

// GiveTx hands over a copy in the commit of an application, of a certificate
// whose use the applicant has agreed to; owners are the applicant and his
// company. The record of the consent is kept by the caller.
func (s *Service) GiveTx(ctx context.Context, tx *db.Tx, f certificates.Found, owners []string, g Gift) (Copy, error) {
	h := Held{Found: f, Relation: Own}
	i := slices.IndexFunc(f.Owners, func(o string) bool { return slices.Contains(owners, o) })
	if i < 0 {
		return Copy{}, ErrNotHeld
	}
	h.Of = f.Owners[i]
	return s.giveTx(ctx, tx, h, g)
}

func (s *Service) giveTx(ctx context.Context, tx *db.Tx, h Held, g Gift) (Copy, error) {
	if err := h.inForce(); err != nil {
		return Copy{}, err
	}
	by, now := auth.From(ctx), s.Clock.Now()
	permit, err := s.spend(ctx, tx, h, mayGive)
	if err != nil {
		return Copy{}, err
	}
	p, err := s.Papers.IssueCopyTx(ctx, tx, h.Found, certificates.CopyOf{Office: g.Office, OfficeName: g.OfficeName, Purpose: g.Purpose, Matter: g.Matter}, g.Until)
	if err != nil {
		return Copy{}, err
	}
	g.Until = p.ValidUntil
	c := Copy{Region: h.Region, ID: p.ID, Paper: h.ID, Title: h.Title, Number: h.Number, Holder: h.owner(), HolderName: h.HolderName, Gift: g, Code: p.Code,
		GivenBy: by.ID, GivenName: by.Name, Giver: by.Person, Relation: h.Relation, Permit: permit, GivenAt: now}
	insertCopy(tx, c)
	insertUse(tx, Use{Region: h.Region, Paper: h.ID, Title: h.Title, Kind: Given, At: now, Account: by.ID, Name: by.Name, Relation: h.Relation, Permit: permit,
		Office: g.Office, OfficeName: g.OfficeName, Purpose: g.Purpose, Matter: g.Matter, Object: p.ID, Outcome: string(h.Status)})
	audit.Record(ctx, tx, audit.Entry{Region: h.Region, Action: "certificates.copy.given", Object: p.ID, At: now,
		Details: map[string]any{"paper": h.ID, "number": h.Number, "office": g.Office, "office_name": g.OfficeName, "purpose": g.Purpose, "matter": g.Matter, "until": g.Until, "relation": h.Relation, "permit": permit}})
	return c, nil
}

// Copies lists what was handed over of the certificates that the caller may
// use, and what he gave himself, the newest first.
func (s *Service) Copies(ctx context.Context) ([]Copy, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	list, err := copiesOf(ctx, s.DB, s.Regions, c.owners(), c.Person, most)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(x Copy) bool { return s.mayCopy(ctx, c, x) != nil })
	now := s.standings(ctx)
	for i, x := range list {
		list[i].Standing = now(x.Region, x.Paper)
	}
	return list, nil
}

// owners are under whom copies that the caller may see are kept.
func (c caller) owners() []string {
	out := []string{c.Person}
	for _, m := range c.mandates {
		out = append(out, m.Org)
	}
	for _, w := range c.wards {
		if w.Child != "" {
			out = append(out, w.Child)
		}
	}
	return out
}

// mayCopy lets in who gave a copy and the circle of the certificate's holder; not
// whom a permit lets use the certificate.
func (s *Service) mayCopy(ctx context.Context, c caller, x Copy) error {
	if x.Giver == c.Person {
		return nil
	}
	h, err := s.held(ctx, s.DB, c, x.Region, x.Paper)
	if err == nil && h.Relation == Permitted {
		return ErrNoCopy
	}
	return err
}

// Copy gives one copy to whoever gave it, or to the holder's circle.
func (s *Service) Copy(ctx context.Context, region, id string) (Copy, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return Copy{}, err
	}
	x, err := copyByID(ctx, s.DB, region, id)
	if err != nil || s.mayCopy(ctx, c, x) != nil {
		return Copy{}, ErrNoCopy.Because(err)
	}
	return x, nil
}

// CopiesOf lists the copies of one certificate, for the holder's circle.
func (s *Service) CopiesOf(ctx context.Context, region, paper string) ([]Copy, error) {
	h, err := s.Held(ctx, region, paper)
	if err != nil || h.Relation == Permitted {
		return nil, err
	}
	list, err := copiesOfPaper(ctx, s.DB, region, paper, most)
	for i := range list {
		list[i].Standing = h.Status
	}
	return list, err
}

// EndCopy takes a copy back: from then on every check refuses it.
//
// Law: 个人信息保护法 art. 15; what was done with it before stays done (¶2).
func (s *Service) EndCopy(ctx context.Context, region, id string) (Copy, error) {
	x, err := s.Copy(ctx, region, id)
	if err != nil {
		return Copy{}, err
	}
	now, by := s.Clock.Now(), auth.From(ctx)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "certificates.copy.end "+id, func() (string, error) {
			if x.Over(now) {
				return "", ErrCopyOver
			}
			if err := s.Papers.EndCopyTx(ctx, tx, region, id, "持证人收回", "《中华人民共和国个人信息保护法》第十五条"); err != nil {
				return "", err
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.copy.ended", Object: id, At: now, Details: map[string]any{"paper": x.Paper, "number": x.Number, "office": x.OfficeName}})
			return id, endCopy(ctx, tx, x, by.Name, now)
		})
		return err
	})
	if err != nil {
		return Copy{}, err
	}
	return copyByID(ctx, s.DB, region, id)
}

// CaseOver is the reason of copies that ended with their case.
const CaseOver = "办件已经办结"

// CaseOverTx ends the copies that were handed in with a case, in the reaction to its
// end: what they were for is done. Their data stay with the case.
//
// Law: 个人信息保护法 art. 6, 47 ¶1(1): no longer than the purpose needs.
func (s *Service) CaseOverTx(ctx context.Context, tx *db.Tx, region, caseID string) error {
	tx.Unaudited("no copy was handed in with it")
	return s.endOfCase(ctx, tx, region, caseID, "", CaseOver)
}

// Replaced is the reason of copies in whose place another one was handed in.
const Replaced = "已经重新提交"

// ReplacedTx ends the copies that stood in for a material of a case, before another
// one does.
func (s *Service) ReplacedTx(ctx context.Context, tx *db.Tx, region, caseID, material string) error {
	return s.endOfCase(ctx, tx, region, caseID, material, Replaced)
}

// endOfCase ends the copies of a case, of one material or ("") of all.
func (s *Service) endOfCase(ctx context.Context, tx *db.Tx, region, caseID, material, why string) error {
	list, err := copiesOfCase(ctx, tx, s.Regions, region, caseID)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, x := range list {
		if x.Over(now) || material != "" && x.Material != material {
			continue
		}
		if err := s.Papers.EndCopyTx(ctx, tx, x.Region, x.ID, why, "《中华人民共和国个人信息保护法》第四十七条第一款第一项"); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: x.Region, Action: "certificates.copy.ended", Object: x.ID, At: now, Details: map[string]any{"paper": x.Paper, "number": x.Number, "office": x.OfficeName}})
		if err := endCopy(ctx, tx, x, "", now); err != nil {
			return err
		}
	}
	return nil
}

// CopyFile is the signed PDF of a copy: for the holder's circle, and for the
// office that it was made for, whose reading is on record.
func (s *Service) CopyFile(ctx context.Context, region, id string) (certificates.File, error) {
	if _, err := s.Copy(ctx, region, id); err == nil {
		return s.Papers.File(system(ctx), region, id)
	}
	if _, err := s.ReadCopy(ctx, region, id); err != nil {
		return certificates.File{}, err
	}
	return s.Papers.File(system(ctx), region, id)
}

// Received is a copy as the office reads it that it was made for: the data, and
// what the certificate is worth now.
type Received struct {
	Copy
	Fields   []certificates.Field
	IssuedAt time.Time           // of the certificate
	Ends     time.Time           // of the certificate; zero: no end
	Status   certificates.Status // of the certificate, as of AsOf
	Reason   string              // why it does not count
	AsOf     time.Time
	Grade    grades.Grade // how far the certificate can be relied on
	Disputed bool         // its holder objects to an entry
}

// ReadCopy gives a copy to an officer of the office that it was made for, or who
// handles the case that it was handed in with.
func (s *Service) ReadCopy(ctx context.Context, region, id string) (Received, error) {
	x, err := copyByID(ctx, s.DB, region, id)
	if err != nil {
		return Received{}, err
	}
	if err := s.mayReceive(ctx, x); err != nil {
		return Received{}, ErrNoCopy.Because(err)
	}
	list, err := s.received(ctx, []Copy{x})
	if err != nil {
		return Received{}, err
	}
	return list[0], nil
}

func (s *Service) mayReceive(ctx context.Context, x Copy) error {
	if err := authz.Door(ctx, certificates.MayRead); err != nil {
		return err
	}
	if x.Office != "" && slices.ContainsFunc(auth.From(ctx).Grants, func(g auth.Grant) bool { return g.Org == x.Office && g.Has(certificates.MayRead.Name) }) {
		return nil
	}
	if x.Case != "" && s.Cases != nil {
		return s.Cases.MayRead(ctx, x.CaseRegion, x.Case)
	}
	return ErrNoCopy
}

// OfCase gives the copies that were handed in with a case, for officers who
// handle it. Their reading is on record, once a day and officer.
//
// Law: 个人信息保护法 art. 51.
func (s *Service) OfCase(ctx context.Context, region, caseID string) ([]Received, error) {
	list, err := copiesOfCase(ctx, s.DB, s.Regions, region, caseID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if s.Cases == nil {
		return nil, ErrNoCopy
	}
	if err := s.Cases.MayRead(ctx, region, caseID); err != nil {
		return nil, err
	}
	return s.received(ctx, list)
}

// received reads copies for an officer and keeps that he did.
func (s *Service) received(ctx context.Context, list []Copy) ([]Received, error) {
	now, by := s.Clock.Now(), auth.From(ctx)
	var out []Received
	var fresh []Copy
	var names []string
	for _, x := range list {
		f, err := s.Papers.Paper(system(ctx), x.Region, x.ID)
		if err != nil {
			return nil, err
		}
		orig, err := s.Papers.Paper(system(ctx), x.Region, x.Paper)
		if err != nil {
			return nil, err
		}
		r := Received{Copy: x, IssuedAt: orig.GrantedOn(), Ends: orig.ValidUntil, Status: orig.Status, Reason: orig.Reason, Grade: grades.Of(orig.Grade), AsOf: now}
		for _, field := range f.Fields {
			if !field.Stamped() {
				r.Fields = append(r.Fields, field)
			}
		}
		if r.Disputed, err = openObjection(ctx, s.DB, x.Region, x.Paper); err != nil {
			return nil, err
		}
		out = append(out, r)
		seen, err := usedSince(ctx, s.DB, x.Region, x.ID, by.ID, Read, now.Add(-24*time.Hour))
		if err != nil {
			return nil, err
		}
		if !seen {
			x.Standing = orig.Status
			fresh, names = append(fresh, x), append(names, s.nameOf(ctx, officeOf(by, x.Office)))
		}
	}
	if by.Kind != auth.KindOfficer || len(fresh) == 0 {
		return out, nil
	}
	return out, s.DB.Write(ctx, func(tx *db.Tx) error {
		for i, x := range fresh {
			office := officeOf(by, x.Office)
			insertUse(tx, Use{Region: x.Region, Paper: x.Paper, Title: x.Title, Kind: Read, At: now, Account: by.ID, Name: by.Name, Office: office, OfficeName: names[i],
				Purpose: x.Purpose, Matter: x.Matter, Object: x.ID, Outcome: string(x.Standing)})
			audit.Record(ctx, tx, audit.Entry{Region: x.Region, Action: "certificates.copy.read", Object: x.ID, At: now, Details: map[string]any{"paper": x.Paper, "number": x.Number, "purpose": x.Purpose, "matter": x.Matter}})
		}
		return nil
	})
}

// notFound turns a missing row into the fault of its noun.
func notFound(err error, noun *fault.Fault) error {
	if fault.IsKind(err, fault.KindNotFound) {
		return noun
	}
	return err
}
