package casework

import (
	"context"

	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/handout"
	"tongban/platform/auth"
	"tongban/platform/authz"
)

// The permissions of this capability.
var (
	MayReadCase  = authz.Define("casework.read", "read a case that one's office handles, on record and for a stated purpose")
	MayApply     = drafts.MayApply
	MayIntake    = drafts.MayIntake
	MayHandOut   = handout.MayHandOut
	MayAccept    = desk.MayAccept
	MayExamine   = desk.MayExamine
	MayDecide    = desk.MayDecide
	MayExtend    = authz.Define("casework.extend", "approve, as head of the organ, a longer limit or a second request for supplements")
	MayRedirect  = authz.Define("casework.redirect", "move a case of one's office to another step of its flow, or declare it void, with the reason")
	MayDispatch  = desk.MayDispatch
	MaySupervise = desk.MaySupervise
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
