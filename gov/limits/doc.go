// Package limits (时限) keeps the limits of the law as data: how long an office
// may take, from which event on, what stops the clock, who may extend it, by
// which clause, in which region, since when.
//
// # Purpose
//
// No limit is a constant in code. What the national laws say ships with the
// service, each with its clause. A region adds its own rules: one person
// proposes, another one approves, and only then do they count.
//
// # Law
//
// 行政许可法 art. 32 (acceptance), art. 42 (decision, extension), art. 43 (preliminary
// review), art. 44 (delivery), art. 45 (what does not count). A region may set
// shorter limits as it likes; a longer one needs a law or a regulation, art. 42
// para. 1: “法律、法规另有规定的，依照其规定”.
//
// # Words
//
// Rule (规则), key (what the rule limits), proposal (提案), basis (依据的层级).
//
// # Life of a rule
//
//	proposed → approved by a second person → in force from its first day → followed by the next
//	         → rejected, or withdrawn by whoever proposed it
//
// A rule never counts for days before its approval, and cases keep the rules
// under which their clocks began: the law is not retroactive (立法法 art. 104).
//
// # Tables
//
// limits_rule: every rule of a region, with who proposed and who decided it.
//
// # Facts announced
//
// LimitRuleApproved.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Service: National, InForce, For, Rules, Propose, Approve, Reject, Withdraw.
package limits
