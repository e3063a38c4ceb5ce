package desk

import (
	"context"
	"errors"

	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// The permissions to work on steps, and to watch them.
var (
	MayAccept    = authz.Define("casework.accept", "accept an application, refuse it, or ask once for all supplements")
	MayExamine   = authz.Define("casework.examine", "examine a case at a step of one's office and give an opinion")
	MayDecide    = authz.Define("casework.decide", "decide a case at a step of one's office")
	MayDispatch  = authz.Define("casework.dispatch", "transfer the work of others within one's office")
	MaySupervise = authz.Define("casework.supervise", "watch limits and who holds what within one's region")
)

// The refusals about tasks.
var (
	ErrNoTask     = fault.NotFound("casework.no_task")
	ErrTaskClosed = fault.Conflict("casework.task_closed")
	ErrTaskHeld   = fault.Conflict("casework.task_held")
	ErrQuery      = fault.Invalid("casework.query")
)

// missing turns a row that is not there into the fault of a task.
func missing(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return ErrNoTask
	}
	return err
}

// Permission is what somebody needs to do a step of this role.
func Permission(role string) authz.Permission {
	switch role {
	case RoleDecider:
		return MayDecide
	case RoleClerk:
		return MayAccept
	}
	return MayExamine
}

// Page bounds the length of a page.
func Page(limit int) int {
	if limit <= 0 {
		return 20
	}
	return min(limit, 200)
}

// Touches tells whether the caller holds perm for a thing of this region that
// one of the offices handles. A post in the very office counts wherever the
// thing is kept, because a case goes to offices of other regions too.
func Touches(ctx context.Context, perm authz.Permission, region string, orgs ...string) error {
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
