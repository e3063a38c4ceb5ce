// Package casefile shows the file of a case (案卷) to staff: what was applied
// with, the materials, who has it, both clocks, what happened, the papers; and
// asks for everything that is missing at once.
//
// # Purpose
//
// The hall window and the workbench look at one and the same case. What both
// show and do lies here, so that a clerk and an officer never see it differently.
//
// # Law
//
// 行政许可法 art. 32 ¶1(4): everything that is missing is told at once, item by
// item. 个人信息保护法 art. 6: numbers are shown in full only to whoever says why.
//
// # Words
//
// View (案卷), lane (并联单位), asking (一次性告知补正), reading (查看).
//
// # Doors
//
// [Load] opens a case for a stated purpose, on record; [Asking] reads and checks
// a request for supplements; [ServeFile] hands out a file of a case; [Conflict]
// tells who did what when instead. [Strings] are the words.
package casefile
