package casework

import (
	"tongban/gov/casework/deputies"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/handout"
	"tongban/gov/casework/reading"
	"tongban/platform/authz"
)

// The permissions of this capability.
var (
	MayReadCase  = reading.MayReadCase
	MayApply     = drafts.MayApply
	MayIntake    = drafts.MayIntake
	MayHandOut   = handout.MayHandOut
	MayAccept    = desk.MayAccept
	MayExamine   = desk.MayExamine
	MayDecide    = desk.MayDecide
	MayExtend    = authz.Define("casework.extend", "approve, as head of the organ, a longer limit or a second request for supplements")
	MayRedirect  = authz.Define("casework.redirect", "move a case of one's office to another step of its flow, or declare it void, with the reason")
	MayMessage   = authz.Define("casework.message", "hand a case of one's office the message that its flow waits for")
	MayDispatch  = desk.MayDispatch
	MayArrange   = deputies.MayArrange
	MaySupervise = desk.MaySupervise
)
