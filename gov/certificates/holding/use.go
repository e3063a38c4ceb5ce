package holding

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// UseKind is how a certificate was used.
type UseKind string

// The kinds of use.
const (
	Shown   UseKind = "shown"   // 亮证: its holder put it on the screen
	Checked UseKind = "checked" // 查验: somebody checked it, a copy of it, or the code on the screen
	Given   UseKind = "given"   // 提供: a copy was handed over
	Read    UseKind = "read"    // 查阅: an officer read its data
)

// UseKinds lists them in the order in which they are offered.
var UseKinds = []UseKind{Shown, Checked, Given, Read}

// Use is one use of a certificate (用证记录).
type Use struct {
	Region, ID, Paper  string
	Title              string // of the certificate
	Kind               UseKind
	At                 time.Time
	Account, Name      string   // who; "" is somebody unknown
	Relation           Relation // of a holder's use: in which right
	Permit             string
	Office, OfficeName string // of whoever checked or read; to whom it was given
	Purpose, Matter    string
	Object             string // the copy or showing that was used
	Outcome            string // status at that moment, or why it was refused
}

// UseFilter narrows a list of uses; empty fields do not.
type UseFilter struct {
	Region, Paper string // of one certificate
	Kind          UseKind
	From, To      time.Time
	Office        string // part of its name
}

func (f UseFilter) wants(u Use) bool {
	return (f.Kind == "" || u.Kind == f.Kind) && (f.From.IsZero() || !u.At.Before(f.From)) && (f.To.IsZero() || u.At.Before(f.To)) &&
		(f.Office == "" || strings.Contains(u.OfficeName, strings.TrimSpace(f.Office)))
}

// Uses lists every use of the certificates of the caller and of those for whom
// he stands, the newest first. Whoever uses a certificate by a permit sees his own
// uses only.
//
// Law: 个人信息保护法 art. 44, 45.
func (s *Service) Uses(ctx context.Context, filter UseFilter) ([]Use, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.all(ctx, c)
	if err != nil {
		return nil, err
	}
	var out []Use
	for _, h := range held {
		if filter.Paper != "" && (h.ID != filter.Paper || h.Region != filter.Region) {
			continue
		}
		list, err := usesOfPaper(ctx, s.DB, h.Region, h.ID, most)
		if err != nil {
			return nil, err
		}
		for _, u := range list {
			if u.OfficeName == "" {
				u.OfficeName = s.nameOf(ctx, u.Office)
			}
			if filter.wants(u) && (h.Relation != Permitted || u.Account == c.ID) {
				out = append(out, u)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Use) int { return b.At.Compare(a.At) })
	return out[:min(len(out), most)], nil
}

// MayWatch lets supervisors look at how certificates are used.
var MayWatch = authz.Define("certificates.uses.read", "look at how certificates are used within one's region, for a stated purpose that is put on record")

// ErrNeedPurpose asks a supervisor what he looks for.
var ErrNeedPurpose = fault.Invalid("certificates.holding.need_purpose")

// UsesIn lists the uses within a region for a supervisor, who says what for.
//
// Law: 个人信息保护法 art. 51: access is for a purpose and on record.
func (s *Service) UsesIn(ctx context.Context, region, purpose string, filter UseFilter) ([]Use, error) {
	if err := authz.Require(ctx, MayWatch, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	purpose = strings.TrimSpace(purpose)
	if purpose == "" || len([]rune(purpose)) > 200 {
		return nil, ErrNeedPurpose
	}
	now := s.Clock.Now()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.uses.read", Object: region, At: now,
			Details: map[string]any{"purpose": purpose, "kind": filter.Kind, "office": filter.Office, "from": filter.From, "to": filter.To}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if filter.From.IsZero() {
		filter.From = now.AddDate(-1, 0, 0)
	}
	if filter.To.IsZero() {
		filter.To = now.Add(time.Second)
	}
	list, err := usesIn(ctx, s.DB, region, filter, most)
	for i, u := range list {
		if u.OfficeName == "" {
			list[i].OfficeName = s.nameOf(ctx, u.Office)
		}
	}
	return slices.DeleteFunc(list, func(u Use) bool { return !filter.wants(u) }), err
}

// ReadTx implements certificates.Ledger: an officer read a certificate in full.
func (s *Service) ReadTx(ctx context.Context, tx *db.Tx, f certificates.Found) {
	by := auth.From(ctx)
	if f.Kind != certificates.Certificate || by.Kind != auth.KindOfficer {
		return
	}
	purpose := "办理颁发机关的证照业务"
	if f.Case != "" {
		purpose = "办理“" + f.ItemName + "”"
	}
	insertUse(tx, Use{Region: f.Region, Paper: f.ID, Title: f.Title, Kind: Read, At: s.Clock.Now(), Account: by.ID, Name: by.Name, Office: officeOf(by, f.Issuer), // the name of the office is found when the list is read: not inside a transaction
		Purpose: purpose, Matter: f.CaseNumber, Outcome: string(f.Status)})
}

// Checked implements certificates.Ledger. Whoever checks a copy is noted, by name
// when he is known; of certificates, officers only: a code on a wall is checked
// by everybody.
func (s *Service) Checked(ctx context.Context, f certificates.Found, r certificates.Report) (disputed bool, err error) {
	by := auth.From(ctx)
	known := by.Kind == auth.KindOfficer
	if f.Kind == certificates.Copy || f.Kind == certificates.Certificate && known {
		if err := s.noteCheck(ctx, f, r); err != nil {
			return false, err
		}
	}
	if f.Kind != certificates.Certificate && f.Kind != certificates.Copy || !by.SignedIn() {
		return false, nil
	}
	paper := f.ID
	if f.CopyOf != nil {
		paper = f.CopyOf.Paper
	}
	if !known || authz.Door(ctx, certificates.MayRead) != nil {
		if _, err := s.Held(ctx, f.Region, paper); err != nil {
			return false, nil // not for everybody
		}
	}
	return openObjection(ctx, s.DB, f.Region, paper)
}

// NoteRead keeps that an officer read a certificate whose holder agreed to it, for a
// purpose and a matter; object is the look of which it is a part. The caller has
// settled who may, and keeps the record.
//
// Law: 个人信息保护法 art. 44, 51.
func (s *Service) NoteRead(ctx context.Context, tx *db.Tx, f certificates.Found, purpose, matter, object string) {
	by := auth.From(ctx)
	insertUse(tx, Use{Region: f.Region, Paper: f.ID, Title: f.Title, Kind: Read, At: s.Clock.Now(), Account: by.ID, Name: by.Name, Office: officeOf(by), Purpose: purpose, Matter: matter, Object: object, Outcome: string(f.Status)})
}

func (s *Service) noteCheck(ctx context.Context, f certificates.Found, r certificates.Report) error {
	by, now := auth.From(ctx), s.Clock.Now()
	u := Use{Region: f.Region, Paper: f.ID, Title: f.Title, Kind: Checked, At: now, Account: by.ID, Outcome: string(r.Status)}
	if r.Reason != "" {
		u.Outcome = r.Reason
	}
	office := ""
	if f.CopyOf != nil {
		office = f.CopyOf.Office
		u.Paper, u.Object, u.Purpose, u.Matter = f.CopyOf.Paper, f.ID, f.CopyOf.Purpose, f.CopyOf.Matter
	}
	if by.Kind == auth.KindOfficer {
		u.Name, u.Office = by.Name, officeOf(by, office, f.Issuer)
		u.OfficeName = s.nameOf(ctx, u.Office)
	}
	if !by.SignedIn() {
		ctx = system(ctx)
	}
	if again, err := usedSince(ctx, s.DB, u.Region, cmp.Or(u.Object, u.Paper), u.Account, Checked, now.Add(-time.Minute)); err != nil || again {
		return err
	}
	u.Object = cmp.Or(u.Object, u.Paper)
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the list of uses is the record of a check")
		insertUse(tx, u)
		return nil
	})
}
