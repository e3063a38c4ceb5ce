package catalogue

import (
	"context"
	"slices"

	"tongban/gov/catalogue/content"
)

// What an item has to do with certificates of a type.
const (
	RoleGrants = "grants" // it issues them
	RoleTakes  = "takes"  // it takes one instead of a material
)

// RelatedItem is an item that has to do with a certificate type (相关事项,
// GB/T 36902: ItemName and ItemCode).
type RelatedItem struct {
	Region, Code string
	Name, Office Text
	Role         string
}

// maxRelated bounds the items of one type.
const maxRelated = 100

// ItemsOf lists the items in force, of all regions, that issue or take
// certificates of a type, which items name by any of refs (its code and its
// key): who issues first, then by region and code. more tells that there are
// others beyond the first hundred.
func (s *Service) ItemsOf(ctx context.Context, refs []string) (list []RelatedItem, more bool, err error) {
	if err := s.Setup(ctx); err != nil {
		return nil, false, err
	}
	found, err := loadRelated(ctx, s.DB, refs, s.Clock.Now())
	if err != nil {
		return nil, false, err
	}
	if more = len(found) > maxRelated; more {
		found = found[:maxRelated]
	}
	for _, x := range found {
		o, err := s.OfferVersion(ctx, x.Region, x.Code, x.version)
		if err != nil {
			return nil, false, err
		}
		holds := slices.ContainsFunc(refs, func(ref string) bool { return refers(o.Result, o.Materials, ref, x.Role) })
		if o.State == content.InForce && holds {
			x.Name = Text{Zh: o.FullName(), En: o.NameEn}
			x.Office = Text{Zh: o.OrgName, En: o.OrgNameEn}
			list = append(list, x.RelatedItem)
		}
	}
	return list, more, nil
}

// refers tells whether a version issues or takes what it names by ref.
func refers(result Result, materials []Material, ref, role string) bool {
	if role == RoleGrants {
		return result.Certificate.Type == ref
	}
	return slices.ContainsFunc(materials, func(m Material) bool {
		return slices.ContainsFunc(m.Instead, func(x content.Substitute) bool { return x.Kind == "certificate" && x.Source == ref })
	})
}

// certificatesOf are the rows of what a version of a package names; guides of
// other systems name no type.
func certificatesOf(c *Content) (rows []any) {
	if c.Item.Package == "" {
		return nil
	}
	add := func(ref, role string) {
		if ref != "" {
			rows = append(rows, c.Item.Region, c.Item.Code, ref, role)
		}
	}
	add(c.Result.Certificate.Type, RoleGrants)
	for _, m := range c.Materials {
		for _, x := range m.Instead {
			if x.Kind == "certificate" {
				add(x.Source, RoleTakes)
			}
		}
	}
	return rows
}
