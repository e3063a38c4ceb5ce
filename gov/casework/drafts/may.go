package drafts

import (
	"context"
	"errors"
	"slices"

	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// The permissions to apply and to take in applications.
var (
	MayApply  = authz.Define("casework.apply", "apply for oneself or for the company one acts for, and follow one's own cases")
	MayIntake = authz.Define("casework.intake", "take in an application at the counter for somebody present whose identity was checked")
)

// The refusals about drafts.
var (
	ErrNoDraft       = fault.NotFound("casework.no_draft")
	ErrNoMaterial    = fault.Invalid("casework.no_material")
	ErrNewVersion    = fault.Conflict("casework.new_version")
	ErrInvalid       = fault.Invalid("casework.invalid")
	ErrStale         = fault.Conflict("casework.stale")
	ErrDraftClosed   = fault.Conflict("casework.draft_closed")
	ErrNotIdentified = fault.Forbidden("casework.not_identified")
	ErrNotMandated   = fault.Forbidden("casework.not_mandated")
	ErrOtherPerson   = fault.Conflict("casework.other_person")
)

// MayTakeIn tells whether the caller's counter takes in items of this region:
// items of a region apply to everybody at or below it, so a counter takes in
// those of its own region and of every region above.
func MayTakeIn(ctx context.Context, region string) error {
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

// OfficeOf is the organisation in which the caller acts on a case of these
// offices: the one of them where it holds a post, else any post's.
func OfficeOf(p auth.Principal, orgs ...string) string {
	first := ""
	for _, g := range p.Grants {
		if g.Org == "" {
			continue
		}
		if slices.Contains(orgs, g.Org) {
			return g.Org
		}
		if first == "" {
			first = g.Org
		}
	}
	return first
}

// Owns refuses everybody but the owner of the case.
func Owns(ctx context.Context, owner string) error {
	return authz.Require(ctx, MayApply, authz.Object{Owners: []string{owner}})
}

// notFound turns a missing row into the fault of its noun.
func notFound(err error, noun *fault.Fault) error {
	if errors.Is(err, db.ErrNoRow) {
		return noun
	}
	return err
}
