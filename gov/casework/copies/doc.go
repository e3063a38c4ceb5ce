// Package copies keeps which offices and officers were informed of a case
// (抄送): they read it, as far as it concerns them, and nothing waits for them.
//
// # Law
//
// 个人信息保护法 art. 6: a copy shows what its step of the flow names, and every
// reading of the case is on record as all others are.
package copies
