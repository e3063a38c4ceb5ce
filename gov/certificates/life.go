package certificates

import (
	"context"
	"slices"
	"time"

	"tongban/platform/fault"
	"tongban/platform/i18n"
)

// Status is what a paper is worth now.
type Status string

// The states of a paper, as ministries number them in their table of states
// (01 有效 02 暂扣 03 撤销 04 注销 05 失效 06 办理转出 07 吊销 99 其他).
const (
	Valid      Status = "valid"      // 有效
	Suspended  Status = "suspended"  // 暂扣: not to be used for a time
	Withdrawn  Status = "withdrawn"  // 撤销: should not have been issued
	Cancelled  Status = "cancelled"  // 注销: its holder or its end no longer is
	Expired    Status = "expired"    // 失效: its time is over
	Superseded Status = "superseded" // 失效: a newer version stands in its place
	Moved      Status = "moved"      // 办理转出: another issuer keeps it now
	Revoked    Status = "revoked"    // 吊销: taken away as a penalty
	// Ended is what a status list says of what does not count any more; why, only the
	// issuer's record knows.
	Ended Status = "ended"
	// Damaged is a record that does not agree with its signature; it is not a
	// paper and has no content.
	Damaged Status = "damaged"
)

// Code is the state in the table that ministries exchange.
func (s Status) Code() string {
	return map[Status]string{Valid: "01", Suspended: "02", Withdrawn: "03", Cancelled: "04", Expired: "05", Superseded: "05", Moved: "06", Revoked: "07"}[s]
}

// Why a paper does not count although it is genuine. Codes are stable.
var (
	// ErrExpired: its time is over.
	ErrExpired = fault.Invalid("certificates.expired")
	// ErrRevoked: taken away as a penalty.
	ErrRevoked = fault.Invalid("certificates.revoked")
	// ErrSuspended: not to be used for a time.
	ErrSuspended = fault.Invalid("certificates.suspended")
	// ErrWithdrawn: should not have been issued.
	ErrWithdrawn = fault.Invalid("certificates.withdrawn")
	// ErrCancelled: cancelled in the register.
	ErrCancelled = fault.Invalid("certificates.cancelled")
	// ErrSuperseded: a newer version stands in its place.
	ErrSuperseded = fault.Invalid("certificates.superseded")
	// ErrMoved: another issuer keeps it now.
	ErrMoved = fault.Invalid("certificates.moved")
	// ErrEnded: the issuer's status list says that it counts no more.
	ErrEnded = fault.Invalid("certificates.ended")
)

// without is the reason why a paper of a status does not count; nil for a
// valid one.
var without = map[Status]error{Expired: ErrExpired, Revoked: ErrRevoked, Suspended: ErrSuspended, Withdrawn: ErrWithdrawn,
	Cancelled: ErrCancelled, Superseded: ErrSuperseded, Moved: ErrMoved}

// In names the state in the reader's language.
func (s Status) In(ctx context.Context) string { return i18n.T(ctx, "certificates.status."+string(s)) }

// Day is a date that is said in the reader's language.
type Day time.Time

// In writes the date.
func (d Day) In(ctx context.Context) string { return i18n.Date(ctx, time.Time(d)) }

// Act is what an office does to a certificate after its issue.
type Act string

// In names the act in the reader's language.
func (a Act) In(ctx context.Context) string { return i18n.T(ctx, "certificates.act."+string(a)) }

// The acts on a certificate.
const (
	Renew       Act = "renew"        // 延续: for another term, as its next version
	Change      Act = "change"       // 变更: with other particulars, as its next version
	Reissue     Act = "reissue"      // 补发: because it was lost or damaged, as its next version
	Suspend     Act = "suspend"      // 暂扣
	Restore     Act = "restore"      // 暂扣发还
	Withdraw    Act = "withdraw"     // 撤销
	Revoke      Act = "revoke"       // 吊销
	Cancel      Act = "cancel"       // 注销
	TransferOut Act = "transfer_out" // 办理转出
	TakeBack    Act = "take_back"    // 取消转出
	Expire      Act = "expire"       // 过期失效; by the end of its time, nobody orders it
)

// Rule says what an act does: from which states, into which, and whether a new
// version is issued with it.
type Rule struct {
	Act    Act
	From   []Status
	To     Status
	Code   string // the act in the table that ministries exchange
	Next   bool   // issues the next version
	Papers bool   // for every kind of paper, not only for certificates
}

// Rules is the life of a certificate as data.
//
// Law: 行政许可法 art. 49 (change), 50 (renewal), 69 (withdrawal), 70 (cancellation);
// 行政处罚法 art. 9 no. 3 (suspension and revocation as penalties).
var Rules = []Rule{
	{Act: Renew, From: []Status{Valid}, To: Superseded, Code: "02", Next: true},
	{Act: Change, From: []Status{Valid, Suspended}, To: Superseded, Code: "09", Next: true},
	{Act: Reissue, From: []Status{Valid}, To: Superseded, Code: "07", Next: true},
	{Act: Suspend, From: []Status{Valid}, To: Suspended, Code: "03"},
	{Act: Restore, From: []Status{Suspended}, To: Valid, Code: "06"},
	{Act: Withdraw, From: []Status{Valid, Suspended, Expired}, To: Withdrawn, Code: "05", Papers: true},
	{Act: Revoke, From: []Status{Valid, Suspended}, To: Revoked, Code: "05"},
	{Act: Cancel, From: []Status{Valid, Suspended, Expired, Revoked, Withdrawn}, To: Cancelled, Code: "05"},
	{Act: TransferOut, From: []Status{Valid}, To: Moved, Code: "05"},
	{Act: TakeBack, From: []Status{Moved}, To: Valid, Code: "10"},
	{Act: Expire, From: []Status{Valid}, To: Expired, Code: "04"},
}

// RuleOf finds the rule of an act that somebody may order.
func RuleOf(a Act) (Rule, bool) {
	for _, r := range Rules {
		if r.Act == a && a != Expire {
			return r, true
		}
	}
	return Rule{}, false
}

// Fits tells whether the act can be done to a paper of this kind and state.
func (r Rule) Fits(k Kind, s Status) bool {
	return (r.Papers || k == Certificate || k == Copy && r.Act == Expire) && slices.Contains(r.From, s)
}
