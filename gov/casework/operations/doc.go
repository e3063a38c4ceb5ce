// Package operations holds what offices do to a step besides giving a result:
// add signers and take them away (加签、减签), urge (催办), take back what was just
// sent on (取回), move a case to another step (跳转), declare it void (作废).
//
// # How to use
//
//	ops := operations.On(casework)
//	task, err := ops.AddSigner(ctx, region, id, operations.Signer{Place: "before", Org: org, Account: account, Reason: why})
//
// # Guarantees
//
// Every operation is one commit of step, flow, timeline, record and fact. It
// happens once for an Idempotency-Key, and is refused with who did what when
// somebody else came first.
package operations
