package participation

import "tongban/platform/authz"

// The permissions of this capability.
var (
	MayRate        = authz.Define("participation.rate", "rate the service in one's own decided case")
	MayReadRatings = authz.Define("participation.ratings.read", "see the counts of ratings of one's region")
	MayFollow      = authz.Define("participation.ratings.follow", "put on record what was done about a bad rating")
)
