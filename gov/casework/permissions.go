package casework

import (
	"context"

	"tongban/platform/auth"
	"tongban/platform/authz"
)

// The permissions of this capability.
var (
	MayApply     = authz.Define("casework.apply", "apply for oneself or for the company one acts for, and follow one's own cases")
	MayIntake    = authz.Define("casework.intake", "take in an application at the counter for somebody present whose identity was checked")
	MayReadCase  = authz.Define("casework.read", "read a case that one's office handles, on record and for a stated purpose")
	MayAccept    = authz.Define("casework.accept", "accept an application, refuse it, or ask once for all supplements")
	MayExamine   = authz.Define("casework.examine", "examine a case at a step of one's office and give an opinion")
	MayDecide    = authz.Define("casework.decide", "decide a case at a step of one's office")
	MayExtend    = authz.Define("casework.extend", "approve, as head of the organ, a longer limit or a second request for supplements")
	MayDispatch  = authz.Define("casework.dispatch", "transfer the work of others within one's office")
	MaySupervise = authz.Define("casework.supervise", "watch limits and who holds what within one's region")
)

// touches tells whether the caller holds perm for a thing of this region that
// one of the offices handles. A post in the very office counts wherever the
// thing is kept, because a case goes to offices of other regions too.
func touches(ctx context.Context, perm authz.Permission, region string, orgs ...string) error {
	err := authz.Require(ctx, perm, authz.Object{Region: region, Orgs: orgs})
	if err == nil {
		return nil
	}
	for _, g := range auth.From(ctx).Grants {
		if g.Org == "" || g.Own || !g.Has(perm.Name) {
			continue
		}
		for _, o := range orgs {
			if o == g.Org {
				return nil
			}
		}
	}
	return err
}

// mayIntake tells whether the caller's counter takes in items of this region:
// items of a region apply to everybody at or below it, so a counter takes in
// those of its own region and of every region above.
func mayIntake(ctx context.Context, region string) error {
	err := authz.Require(ctx, MayIntake, authz.Object{Region: region})
	if err == nil {
		return nil
	}
	for _, g := range auth.From(ctx).Grants {
		if g.Has(MayIntake.Name) && !g.Own && authz.InScope(auth.Grant{Region: region, Subtree: true}, g.Region) {
			return nil
		}
	}
	return err
}
