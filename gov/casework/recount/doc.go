// Package recount counts the dates of open cases anew when the days off have
// changed: in the background, one case a transaction, so that a crash repeats
// nothing and skips nothing.
//
// # Law
//
// 行政许可法 art. 82: limits count working days; which days those are is known for
// certain only when the notice of the holidays is out.
package recount
