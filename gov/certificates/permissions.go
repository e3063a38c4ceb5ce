package certificates

import "tongban/platform/authz"

// The permissions of this capability.
var (
	MayHold   = authz.Define("certificates.hold", "fetch and show one's own papers")
	MayRead   = authz.Define("certificates.read", "read the papers of a case that one handles")
	MayManage = authz.Define("certificates.manage", "renew, change, suspend, withdraw, revoke or cancel a certificate that one's office issued, with reason and legal basis")
)
