package laws

import "tongban/platform/authz"

// The permissions of this capability.
var (
	// MayReadLaws is everybody's: laws are public.
	MayReadLaws   = authz.Anyone
	MayImportLaws = authz.Define("laws.import", "may import texts of laws and regulations")
	MayReviewLaws = authz.Define("laws.review", "may see which items cite outdated or unknown clauses, and note that they were looked at")
)
