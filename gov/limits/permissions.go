package limits

import "tongban/platform/authz"

// The permissions of this capability. Who proposes never approves.
var (
	// MayReadLimits is everybody's: what the law and the region set is public.
	MayReadLimits    = authz.Anyone
	MayProposeLimits = authz.Define("limits.propose", "may propose limits for the region")
	MayApproveLimits = authz.Define("limits.approve", "may approve limits that somebody else proposed")
)
