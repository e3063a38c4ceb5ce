// Package counter holds the pages of the hall window (综合窗口): somebody comes,
// is identified, and any item of any office is taken in, with a receipt.
//
// # Purpose
//
// Everything can be done from the keyboard. Questions, form and materials are
// one work area; every post keeps what was entered, also when something in it
// cannot be used. A draft that the resident began at home goes on here.
//
// # Law
//
// 行政许可法 art. 29, 32: application at the window, acceptance, one request for
// everything that is missing, a dated receipt. 个人信息保护法 art. 6: the person is
// looked up by the number on the document, for a purpose that is on record.
//
// # Words
//
// Identify (身份核验), present (办事人), intake (收件), checklist (收件清单), original
// seen (核对原件), to follow (容缺后补), receipt (收件凭证), hand out (出件).
//
// # Doors
//
// [Routes] is the route table; [Strings] are the words, together with those of
// package casefile.
package counter
