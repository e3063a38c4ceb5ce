package desk

import (
	"errors"

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
