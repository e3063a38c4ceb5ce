package holding

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/identity"
)

// Standing filters a wallet.
type Standing string

// The standings.
const (
	InForce Standing = "valid" // counts now
	Soon    Standing = "soon"  // counts, and ends within SoonDays
	Over    Standing = "over"  // does not count
)

// SoonDays is how many days before its end a certificate is said to end soon.
const SoonDays = 60

// Query narrows a wallet; empty fields do not.
type Query struct {
	Text     string // in name, number, office or holder
	Standing Standing
	Relation Relation
}

// Group is the certificates of one holder.
type Group struct {
	Relation Relation
	Of, Name string
	Proof    string
	Ends     time.Time
	Held     []Held
}

// most is how many papers of one holder are looked through.
const most = 500

// EndsSoon tells whether a certificate that counts ends soon.
func (h Held) EndsSoon(now time.Time) bool {
	return h.Status == certificates.Valid && !h.ValidUntil.IsZero() && h.ValidUntil.Before(now.AddDate(0, 0, SoonDays))
}

func (q Query) wants(h Held, now time.Time) bool {
	text := strings.ToLower(strings.TrimSpace(q.Text))
	if text != "" && !strings.Contains(strings.ToLower(strings.Join([]string{h.Title, h.Number, h.IssuerName, h.HolderName, h.OfName}, "\n")), text) {
		return false
	}
	switch q.Standing {
	case InForce:
		if h.Status != certificates.Valid {
			return false
		}
	case Soon:
		if !h.EndsSoon(now) {
			return false
		}
	case Over:
		if h.Status == certificates.Valid {
			return false
		}
	}
	return q.Relation == "" || q.Relation == h.Relation
}

// Wallet is every certificate that the caller may use, by holder: his own, those
// of children, of companies, and those that somebody lets him use.
func (s *Service) Wallet(ctx context.Context, q Query) ([]Group, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.all(ctx, c)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	var out []Group
	for _, h := range all {
		if !q.wants(h, now) {
			continue
		}
		i := slices.IndexFunc(out, func(g Group) bool { return g.Relation == h.Relation && g.Of == h.Of })
		if i < 0 {
			i, out = len(out), append(out, Group{Relation: h.Relation, Of: h.Of, Name: h.OfName, Proof: h.Proof, Ends: h.Ends})
		}
		out[i].Held = append(out[i].Held, h)
	}
	order := []Relation{Own, Child, Company, Permitted}
	slices.SortStableFunc(out, func(a, b Group) int {
		return cmp.Or(slices.Index(order, a.Relation)-slices.Index(order, b.Relation), strings.Compare(a.Name, b.Name))
	})
	for _, g := range out {
		slices.SortStableFunc(g.Held, func(a, b Held) int { return rank(a) - rank(b) })
	}
	return out, nil
}

// rank puts what counts first.
func rank(h Held) int {
	if h.Status == certificates.Valid {
		return 0
	}
	return 1
}

// all is everything that the caller may use, newest first within a holder.
func (s *Service) all(ctx context.Context, c caller) ([]Held, error) {
	now := s.Clock.Now()
	owners := []string{c.Person}
	for _, m := range c.mandates {
		owners = append(owners, m.Org)
	}
	for _, w := range c.wards {
		if w.Child != "" && w.live(now) {
			owners = append(owners, w.Child)
		}
	}
	slices.Sort(owners)
	var out []Held
	seen := map[string]bool{}
	take := func(f certificates.Found) {
		if f.Status == certificates.Damaged || f.Kind != certificates.Certificate || seen[f.Region+f.ID] {
			return
		}
		if h, ok := s.relation(c, f); ok {
			seen[f.Region+f.ID] = true
			out = append(out, h)
		}
	}
	for _, owner := range slices.Compact(owners) {
		found, err := s.Papers.OfHolder(system(ctx), s.Regions, owner, most)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			take(f)
		}
	}
	for _, p := range c.permits {
		if !p.Live(now) {
			continue
		}
		f, err := s.Papers.Paper(system(ctx), p.Region, p.Paper)
		if err != nil {
			continue // damaged or gone: there is nothing to use
		}
		take(f)
	}
	return out, nil
}

// Offices are those that a copy can be addressed to: departments and halls of a
// region, by name.
func (s *Service) Offices(ctx context.Context, region string) ([]identity.Org, error) {
	list, err := s.People.Departments(ctx, region)
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, err
}
