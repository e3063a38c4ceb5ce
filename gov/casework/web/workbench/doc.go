// Package workbench holds the pages of those who examine, decide and accept
// (审批工作台): the inbox, a step of a case with everything needed to decide
// it, and the case itself for the office in charge.
//
// # Purpose
//
// What has least time left comes first. A step opens with what was applied
// with, the materials and the decision side by side; deciding it opens the next
// one. What changes a case for the worse for its applicant asks for the reason.
//
// # Law
//
// 行政许可法 art. 34 (examination), 37–38 (decision, reasons, remedies), 42
// (extension), 45 (special procedures). 个人信息保护法 art. 6: numbers are masked
// until somebody says why, on record.
//
// # Words
//
// Inbox (待办), own tasks (我的待办), post (待签收), department (本单位), claim (签收),
// release (放回), return (退回), delegate (委派), transfer (转办), special procedure
// (特别程序), extension (延长期限).
//
// # Doors
//
// [Routes] is the route table; [Entries] are what the side navigation lists;
// [Strings] are the words, together with those of package casefile.
package workbench
