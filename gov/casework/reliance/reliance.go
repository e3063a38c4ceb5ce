// Package reliance tells offices that a certificate on which a case of theirs
// relied has changed (证照状态变更告知).
//
// # Purpose
//
// Whoever examines a case looks at a certificate once; what becomes of it
// afterwards matters until the decision, and after a grant as long as the grant
// lasts. So the office in charge, and every office with an open step, gets a copy
// with the reason, and the timeline says it.
//
// # Law
//
// 行政许可法 art. 61, 69: what a licence rested on is supervised, and who finds that
// it rested on nothing has to act. 国务院令第716号 art. 10: an electronic certificate
// counts as long as its record says so.
package reliance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/copies"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/history"
	"tongban/gov/casework/terms"
	"tongban/gov/certificates"
	"tongban/gov/certificates/notices"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
)

// Papers finds the certificate that a fact is about.
type Papers interface {
	Paper(ctx context.Context, region, paper string) (certificates.Found, error)
	ByCode(ctx context.Context, code string) (certificates.Found, error)
}

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Papers  Papers
	Copies  *copies.Service
	Regions []string // whose cases are looked through
}

// Service tells offices.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// used is a case in which certificates were handed in.
type used struct {
	region          string
	id              terms.CaseID
	number          string
	item, applicant string
	org, orgName    string
	state           cases.State
	outcome         cases.Outcome
	materials       map[string]drafts.Choice
}

// office is a place that has to know.
type office struct{ code, name string }

// concerns tells whether the case still matters: it is open, or it was granted.
func (u used) concerns() bool {
	return u.state.Open() || u.state == cases.Decided && u.outcome == cases.Granted
}

// by are the materials for which one of the versions of a certificate was handed in.
func (u used) by(versions []certificates.Found) (materials []string) {
	for m, c := range u.materials {
		if c.Mode == drafts.Electronic && c.Paper != "" && slices.ContainsFunc(versions, func(p certificates.Found) bool {
			return certificates.CleanCode(c.Paper) == p.Code || c.Paper == p.ID
		}) {
			materials = append(materials, m)
		}
	}
	slices.Sort(materials)
	return materials
}

// versions are a certificate and those that it stands in the place of: what becomes
// of it matters to whoever looked at one of these.
func (s *Service) versions(ctx context.Context, p certificates.Found) ([]certificates.Found, error) {
	out := []certificates.Found{p}
	for p.Predecessor != "" && len(out) < maxVersions {
		before, err := s.Papers.ByCode(ctx, p.Predecessor)
		if fault.IsKind(err, fault.KindNotFound) {
			before, err = s.Papers.Paper(ctx, p.Region, p.Predecessor) // without an identifier it is named by its id
		}
		if fault.IsKind(err, fault.KindNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		p, out = before, append(out, before)
	}
	return out, nil
}

// maxVersions is how far back versions are followed.
const maxVersions = 50

// ChangedTx tells of a change, in the transaction of the reaction to it.
func (s *Service) ChangedTx(ctx context.Context, tx *db.Tx, f facts.PaperStatusChanged) error {
	tx.Unaudited("no case relied on it")
	p, err := s.Papers.Paper(ctx, f.Region, f.Paper)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", f.Paper, err)
	}
	if p.Kind != certificates.Certificate || len(p.Owners) == 0 {
		return nil
	}
	versions, err := s.versions(ctx, p)
	if err != nil {
		return err
	}
	for last := ""; ; {
		list, err := casesOf(ctx, tx, s.Regions, p.Owners, last)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, u := range list {
			if materials := u.by(versions); len(materials) > 0 && u.concerns() {
				if err := s.tell(ctx, tx, u, strings.Join(materials, "、"), p, f); err != nil {
					return err
				}
			}
		}
		last = string(list[len(list)-1].id)
	}
}

// Changed is the kind of the line in the timeline.
const Changed = "certificate.changed"

// tell sends a copy to every office that has to know and adds a line to the timeline.
func (s *Service) tell(ctx context.Context, tx *db.Tx, u used, material string, p certificates.Found, f facts.PaperStatusChanged) error {
	offices, err := openOffices(ctx, tx, u.region, u.id)
	if err != nil {
		return err
	}
	lead := office{u.org, u.orgName}
	if !slices.Contains(offices, lead) {
		offices = append(offices, lead)
	}
	now := s.Clock.Now()
	note := fmt.Sprintf("《%s》（%s）%s。理由：%s。依据：%s", p.Title, p.Number, notices.Word(f.Act), strings.TrimSuffix(f.Reason, "。"), f.Basis)
	for _, o := range offices {
		s.Copies.SendTx(tx, copies.Copy{Region: u.region, ID: id.New("cpy"), Case: u.id, CaseNumber: u.number, ItemName: u.item, ApplicantName: u.applicant,
			Org: o.code, OrgName: o.name, By: tx.Actor().ID, ByName: p.IssuerName, Note: note, Materials: material, SentAt: now})
	}
	details := map[string]any{"act": f.Act, "status": f.To, "title": p.Title, "number": p.Number, "material": material}
	history.Insert(tx, u.region, u.id, history.Entry{At: now, Kind: Changed, Org: p.Issuer, OrgName: p.IssuerName, Text: note, Details: details})
	audit.Record(ctx, tx, audit.Entry{Region: u.region, Action: "casework.case.certificate_changed", Object: string(u.id), At: now,
		Details: map[string]any{"case": u.number, "paper": f.Paper, "act": f.Act, "status": f.To}})
	return nil
}
