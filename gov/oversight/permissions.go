package oversight

import (
	"tongban/platform/authz"
	"tongban/platform/fault"
)

// The permissions of this capability.
var (
	MayReadRecord = authz.Define("oversight.record.read", "read and verify the record of official acts")
	MaySeeMachine = authz.Define("oversight.machine.see", "see what the machine could not deliver, and have it tried again")
	MayDiscard    = authz.Define("oversight.machine.discard", "drop a fact that cannot be delivered, with the reason on record, so that those behind it go on")
)

// The refusals of this capability.
var (
	ErrNeedReason = fault.Invalid("oversight.need_reason")
	ErrNoFact     = fault.NotFound("oversight.no_fact") // delivered or dropped meanwhile
)
