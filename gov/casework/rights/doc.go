// Package rights holds what a flow allows at one of its steps: which operations
// its holder may use besides giving a result, and which parts of the form and
// which materials he sees.
//
// # Law
//
// 个人信息保护法 art. 6: what is handed out is limited to what the purpose needs.
// An office that only checks the drains does not read who the staff are.
package rights
