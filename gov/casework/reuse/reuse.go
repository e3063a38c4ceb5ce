package reuse

import (
	"context"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework/casenumber"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// Way is how a material came in.
type Way string

// The ways. The first three are not asked for.
const (
	Certificate Way = "certificate" // a copy of the applicant's certificate was handed over
	Register    Way = "register"    // the office looks into a register
	Retrieval   Way = "retrieval"   // the office fetches a certificate that the library here does not have
	Commitment  Way = "commitment"  // 告知承诺
	File        Way = "file"        // the applicant handed a file in
	Later       Way = "later"       // promised for later
	NotNeeded   Way = "not_needed"  // said not to apply
)

// Ways lists them in the order in which they are shown.
var Ways = []Way{Certificate, Register, Retrieval, Commitment, File, Later, NotNeeded}

// Spared tells whether the applicant was not asked for the material.
func (w Way) Spared() bool { return w == Certificate || w == Register || w == Retrieval }

// copyLife is how long a copy for a case is good at most, as far as its certificate
// is: longer than any case lasts. It ends with its case, whenever that is.
const copyLife = 366 * 24 * time.Hour

// looked is how many papers of an applicant are looked through for one that
// stands in for a material.
const looked = 200

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Papers  *certificates.Service
	Holding *holding.Service
	Drafts  *drafts.Service
	Regions []string
}

// Service hands certificates over and counts.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// wayOf is how a material is handed in, before anything is looked up.
func wayOf(c drafts.Choice) Way {
	switch c.Mode {
	case drafts.Pledged:
		return Commitment
	case drafts.ToFollow:
		return Later
	case drafts.NotNeeded:
		return NotNeeded
	case drafts.Electronic:
		switch {
		case c.ByCode():
			return Certificate
		case strings.HasPrefix(c.Paper, "data:"):
			return Register
		}
		return Retrieval
	}
	return File
}

// HandInTx implements drafts.Handing. A certificate that the applicant chose is
// handed over as a copy; where he agreed that the office fetches one of a kind,
// and holds it here, that one is.
func (s *Service) HandInTx(ctx context.Context, tx *db.Tx, d *drafts.Draft, h drafts.Handed) error {
	now := s.Clock.Now()
	for _, m := range h.Needed {
		c := d.Materials[m.ID]
		way := wayOf(c)
		if c.Consent != nil && (way == Certificate || way == Retrieval) {
			f, ok, err := s.find(ctx, tx, d, c, func(p certificates.Paper) bool { return h.Accepts(m, p) })
			if err != nil {
				return err
			}
			if ok {
				if err := s.Holding.ReplacedTx(ctx, tx, d.Region, h.Case, m.ID); err != nil {
					return err
				}
				made, err := s.Holding.GiveTx(ctx, tx, f, owners(d), holding.Gift{Office: h.Org, OfficeName: h.OrgName, Purpose: short("办理“" + d.ItemName + "”"), Until: now.Add(copyLife),
					Matter: casenumber.Show(h.Number), CaseRegion: d.Region, Case: h.Case, Material: m.ID})
				if err != nil {
					return err
				}
				way, c.Paper, c.Copy = Certificate, f.Code, made.ID
				d.Materials[m.ID] = c
			}
		}
		insertRow(tx, row{d.Region, h.Case, m.ID, m.Name.Zh, d.Item, d.ItemName, h.Org, h.OrgName, way, c.Copy, now})
	}
	return nil
}

func owners(d *drafts.Draft) []string {
	return slices.DeleteFunc([]string{d.Applicant.Owner(), d.Applicant.Person}, func(o string) bool { return o == "" })
}

// short keeps a purpose within what stands across a page.
func short(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), holding.MaxPurpose)])
}

// find gives the certificate that stands in for a material; none when the
// library here holds none of the applicant's.
func (s *Service) find(ctx context.Context, tx *db.Tx, d *drafts.Draft, c drafts.Choice, accepts func(certificates.Paper) bool) (certificates.Found, bool, error) {
	if c.ByCode() {
		f, err := s.Papers.ByCodeTx(ctx, tx, c.Paper)
		if fault.IsKind(err, fault.KindNotFound) { // of another installation: its own node keeps it, and no copy is made here
			return certificates.Found{}, false, nil
		}
		ours := err == nil && !holding.Outgrew(f.Paper, d.Applicant.Number, s.Clock.Now()) && slices.ContainsFunc(f.Owners, func(o string) bool { return slices.Contains(owners(d), o) })
		return f, ours, err
	}
	for _, owner := range slices.Compact(owners(d)) {
		list, err := s.Papers.OfHolderTx(ctx, tx, owner, looked)
		if err != nil {
			return certificates.Found{}, false, err
		}
		for _, f := range list {
			if f.Kind == certificates.Certificate && f.Status == certificates.Valid && accepts(f.Paper) && !holding.Outgrew(f.Paper, d.Applicant.Number, s.Clock.Now()) {
				return f, true, nil
			}
		}
	}
	return certificates.Found{}, false, nil
}

// Copies implements drafts.Handing.
func (s *Service) Copies(ctx context.Context, region, caseID string) ([]holding.Received, error) {
	return s.Holding.OfCase(ctx, region, caseID)
}

// Count is how the materials of one item, or of a whole region, came in.
type Count struct {
	Item, ItemName string // "" of a region
	Cases          int
	Materials      int
	Ways           map[Way]int
}

// Spared is how many materials were not asked for.
func (c Count) Spared() (n int) {
	for way, k := range c.Ways {
		if way.Spared() {
			n += k
		}
	}
	return n
}

// Share is Counts of a region: the whole, and each item, the most used first.
type Share struct {
	Region   string
	From, To time.Time
	Whole    Count
	Items    []Count
}

// Of counts how the materials of the applications handed in within a time came
// in, from the rows that were written with them.
func (s *Service) Of(ctx context.Context, region string, from, to time.Time) (Share, error) {
	if err := authz.Require(ctx, desk.MaySupervise, authz.Object{Region: region}); err != nil {
		return Share{}, err
	}
	out := Share{Region: region, From: from, To: to, Whole: Count{Ways: map[Way]int{}}}
	rows, err := counts(ctx, s.DB, region, from, to)
	if err != nil {
		return out, err
	}
	cases, err := caseCounts(ctx, s.DB, region, from, to)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		i := slices.IndexFunc(out.Items, func(c Count) bool { return c.Item == r.item })
		if i < 0 {
			i, out.Items = len(out.Items), append(out.Items, Count{Item: r.item, ItemName: r.name, Cases: cases[r.item], Ways: map[Way]int{}})
			out.Whole.Cases += cases[r.item]
		}
		for _, c := range []*Count{&out.Items[i], &out.Whole} {
			c.Materials += r.n
			c.Ways[r.way] += r.n
		}
	}
	slices.SortStableFunc(out.Items, func(a, b Count) int { return b.Cases - a.Cases })
	return out, nil
}
