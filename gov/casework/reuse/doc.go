// Package reuse hands certificates over with applications, and counts what
// applicants were not asked for (免提交).
//
// # Purpose
//
// What government issued once is not asked for again. An applicant agrees that a
// certificate stands in for a material; when the application is handed in, a
// copy stamped with this case and this office is made of it in the same commit.
// The office reads its data and what it is worth now, never a scan. How every
// material came in is kept, so that the share of those not asked for is a count
// and no estimate. At the counter the clerk asks the person before him, and then
// sees those of his certificates that stand in for materials of this application,
// and no others: who agreed to what, and who looked, is on record.
//
// # Law
//
// 国务院令第716号 (在线政务服务) art. 10, 12; 优化营商环境条例 art. 37: what can be had by
// sharing is not asked for. 个人信息保护法 art. 6, 13, 14.
package reuse
