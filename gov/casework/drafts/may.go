package drafts

import (
	"context"
	"errors"
	"slices"

	"tongban/gov/identity"
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
	ErrNoCode        = fault.NotFound("casework.no_code")   // no open draft has this code, or it is not this counter's
	ErrManyCodes     = fault.TooMany("casework.many_codes") // too many wrong codes
	ErrNoMaterial    = fault.Invalid("casework.no_material")
	ErrNotAllHere    = fault.Conflict("casework.not_all_here") // what was to follow has not come, and the decision is to grant
	ErrNewVersion    = fault.Conflict("casework.new_version")
	ErrInvalid       = fault.Invalid("casework.invalid")
	ErrStale         = fault.Conflict("casework.stale")
	ErrDraftClosed   = fault.Conflict("casework.draft_closed")
	ErrNotIdentified = fault.Forbidden("casework.not_identified")
	ErrNotMandated   = fault.Forbidden("casework.not_mandated")
	ErrScope         = fault.Forbidden("casework.out_of_scope") // the mandate does not reach this item or act
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

// Matter is whose a draft or case is and what it is about, as much as is needed
// to tell who may touch it.
type Matter struct {
	Owner        string // person or company
	Region, Item string
	Org          string // the office in charge
}

// Matter of a draft.
func (d Draft) Matter() Matter {
	return Matter{Owner: d.Applicant.Owner(), Region: d.Region, Item: d.Item, Org: d.Org}
}

// Owns refuses everybody but the owner of the matter, and an agent of the
// owner whose mandate does not reach this act (identity.ActApply …) on this item.
//
// Law: 民法典 art. 162, 171: what an agent does binds the principal within the mandate.
func Owns(ctx context.Context, m Matter, act string) error {
	return authz.Require(ctx, MayApply, authz.Object{Owners: []string{m.Owner}, Act: act, Thing: identity.ItemKey(m.Region, m.Item), Orgs: []string{m.Org}})
}

// Mine is the owner whose matters the caller sees in lists: himself, or the
// company that he acts for; each matter is checked on its own.
func Mine(ctx context.Context) (string, error) {
	owner := auth.From(ctx).Owner()
	if err := authz.Door(ctx, MayApply); err != nil {
		return "", err
	}
	if owner == "" {
		return "", authz.ErrForbidden.With("permission", MayApply.Name)
	}
	return owner, nil
}

// OutOfScope tells whether the matter is that of the company the caller acts
// for, whose mandate does not reach the act; this may be said aloud.
func OutOfScope(ctx context.Context, m Matter, act string) bool {
	return m.Owner != "" && m.Owner == auth.From(ctx).For && Owns(ctx, m, act) != nil
}

// notFound turns a missing row into the fault of its noun.
func notFound(err error, noun *fault.Fault) error {
	if errors.Is(err, db.ErrNoRow) {
		return noun
	}
	return err
}
