package app

import (
	"tongban/gov/casework"
	"tongban/gov/casework/precedents"
	"tongban/gov/casework/upgrades"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/quality"
	"tongban/gov/certificates"
	"tongban/gov/certificates/custody"
	"tongban/gov/certificates/holding"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/stock"
	"tongban/gov/certificates/templates"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	"tongban/gov/design"
	"tongban/gov/identity"
	"tongban/gov/laws"
	"tongban/gov/limits"
	"tongban/gov/oversight"
	"tongban/gov/participation"
	"tongban/platform/authz"
)

// Roles is the whole policy: which role holds which permission. A post gives
// its holder the role within the post's region and office; a resident holds
// the resident's permissions for what is his own.
var Roles = map[string][]authz.Permission{
	identity.RoleResident:   {casework.MayApply, certificates.MayHold, participation.MayRate, identity.MayActForCompany, identity.MayGrantMandates},
	identity.RoleClerk:      {casework.MayIntake, casework.MayAccept, casework.MayHandOut, casework.MayReadCase, identity.MayReadPerson, identity.MayHelpResidents, certificates.MayRead, wallets.MayAsk, holding.MayVouch},
	identity.RoleExaminer:   {casework.MayExamine, casework.MayMessage, casework.MayReadCase, certificates.MayRead, wallets.MayAsk, stock.MayTakeIn, stock.MaySee},
	identity.RoleDecider:    {casework.MayExamine, casework.MayDecide, casework.MayMessage, casework.MayAccept, casework.MayExtend, casework.MayRedirect, casework.MayDispatch, casework.MayArrange, casework.MayReadCase, certificates.MayRead, certificates.MayManage, catalogue.MayReviewChanges, stock.MayRelease, stock.MaySee},
	identity.RoleDesigner:   {catalogue.MayImportItems, catalogue.MayExportItems, catalogue.MayKeepSynonyms, catalogue.MayDraftChanges, catalogue.MayDefineFields, catalogue.MayDefineLists, design.MayDesign, precedents.MayTry, upgrades.MayUpgrade, limits.MayProposeLimits, kinds.MayDefine, templates.MayDesign, laws.MayReviewLaws, quality.MaySeeScores, quality.MaySetGate},
	identity.RoleSupervisor: {casework.MaySupervise, holding.MayWatch, casework.MayReadCase, limits.MayApproveLimits, quality.MaySeeScores, quality.MayWaive, quality.MayApproveGate, kinds.MayApprove, trusted.MayApprove, templates.MayPublish, participation.MayReadRatings, participation.MayFollow, catalogue.MayReviewChanges, catalogue.MayApproveChanges, catalogue.MayPublishItems},
	identity.RoleAuditor:    {oversight.MayReadRecord, custody.MaySee},
	// One administrator opens accounts and runs the machine, another hands out
	// posts; neither reads cases.
	identity.RoleSecurityAdmin: {identity.MayReadOfficers, identity.MayAssignPosts, casework.MayArrange, trusted.MayPropose, custody.MaySee, custody.MayPropose},
	identity.RoleSystemAdmin:   {identity.MayReadOfficers, identity.MayOpenAccounts, identity.MayManageOrgs, oversight.MaySeeMachine, oversight.MayDiscard, custody.MaySee, custody.MayApprove},
}

// Policy is Roles as identity wants it.
func Policy() map[string][]string {
	out := map[string][]string{}
	for role, list := range Roles {
		for _, p := range list {
			out[role] = append(out[role], p.Name)
		}
	}
	return out
}
