package identity

import "tongban/platform/authz"

// Permissions that this capability defines. Which role holds which is decided
// by the app.
var (
	MayReadPerson    = authz.Define("identity.person.read", "look up a person by identity number for a stated purpose, on record")
	MayReadOfficers  = authz.Define("identity.officer.read", "see officers and their posts")
	MayOpenAccounts  = authz.Define("identity.account.open", "open and close accounts of officers and hand out one-time sign-in links")
	MayAssignPosts   = authz.Define("identity.post.assign", "give and end posts")
	MayManageOrgs    = authz.Define("identity.org.manage", "import and change departments")
	MayHelpResidents = authz.Define("identity.resident.help", "open or reopen a resident's account at the counter after seeing the document")
	MayGrantMandates = authz.Define("identity.mandate.grant", "give and take back mandates for the company that one legally represents, and give up one's own")
	MayActForCompany = authz.Define("identity.company.act", "act for a company that has given a mandate")
)
