package oversight

import "tongban/platform/authz"

// The permissions of this capability.
var (
	MayReadRecord = authz.Define("oversight.record.read", "read and verify the record of official acts")
	MaySeeMachine = authz.Define("oversight.machine.see", "see what the machine could not deliver, and have it tried again")
)
