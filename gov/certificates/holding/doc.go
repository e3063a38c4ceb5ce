// Package holding (用证) is what holders do with their certificates: look at
// them, show them, hand over copies, let somebody else use them, see every use,
// object to a wrong entry.
//
// # Purpose
//
// A certificate is not handed over: a copy of it is, good for one office, one
// matter and until one day. It is shown by a code that lives a minute. Whoever
// uses it, in whose name and for what, stands in a list that its holder reads.
//
// # Law
//
// 国务院令第716号 (在线政务服务) art. 10: an electronic certificate counts as the paper
// one. 个人信息保护法 art. 6 (no more than the purpose needs), 13–15 (consent, and
// taking it back), 31 (children under fourteen), 44–46 (who knows, reads and
// corrects), 50 (reasons of a refusal), 51 (readings are on record). 民法典 art. 17,
// 23, 27 (guardians, until eighteen), 61 (legal representative), 165, 169, 173
// (what somebody may do for another).
//
// # Words
//
// Holding (持证), showing code (亮证码), copy (加注件), permit (授权): that somebody else
// may show or give one certificate; use (用证记录), objection (异议), ward (被监护人).
//
// # Life of a copy
//
//	given → used until its day, or the end of its case → over
//	      → taken back by its holder
//	      → dead with its certificate: every check asks for both
//
// # Life of a permit
//
//	offered → accepted → used up, over, taken back or given up
//	        → declined, or taken back before
//
// # Life of an objection
//
//	open → corrected by an act that issues the certificate anew
//	     → refused with reason and remedies
//	     → taken back
//
// # Tables
//
// certificates_copy, certificates_use, certificates_showing, certificates_permit,
// certificates_objection, certificates_guardian.
//
// # Facts announced
//
// ObjectionOpened, ObjectionAnswered.
//
// # Facts heard
//
// CaseDecided, CaseWithdrawn, CaseVoided, AcceptanceRefused (wired in the app): copies
// end with their case. PaperStatusChanged: an open objection goes on about the next
// version. Whether a certificate counts is asked whenever it is used.
//
// # Doors
//
// Service: Wallet, Held; Give, GiveTx, Copies, EndCopy, CopyFile, OfCase; Start,
// Code, Stop, Look for showings; Offer, Answer, End for permits; Uses, UsesOf;
// Object, Resolve for objections; Record for guardians. It is the Ledger of
// package certificates.
package holding
