package catalogue

import (
	"cmp"
	"context"
	"slices"

	"tongban/platform/search"
)

// Department is an office that owns items, as the items name it.
type Department struct {
	Code, Name, NameEn string
	Region             string // of its items
	Items              int
	Suspected          bool   // its unified code fails the check; kept as published
	Initials           string // of the name
}

// Departments lists the offices that own items of a region, those above it and
// those below it (all for ""), by pinyin.
func (s *Service) Departments(ctx context.Context, region string) ([]Department, error) {
	if err := s.Region(ctx, "region", region); err != nil {
		return nil, err
	}
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	byCode := map[string]*Department{}
	s.shelf.mu.RLock()
	defer s.shelf.mu.RUnlock()
	for _, r := range s.shelf.sorted {
		e := r.e
		if !e.inForce(now) || region != "" && !Related(e.region, region) {
			continue
		}
		d := byCode[e.card.Org]
		if d == nil {
			d = &Department{Code: e.card.Org, Name: e.card.OrgName, NameEn: e.card.OrgNameEn, Region: e.region, Suspected: e.card.Suspected, Initials: search.Initials(e.card.OrgName)}
			byCode[e.card.Org] = d
		}
		d.Items++
	}
	out := make([]Department, 0, len(byCode))
	for _, d := range byCode {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Department) int {
		return cmp.Or(cmp.Compare(a.Initials, b.Initials), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}
