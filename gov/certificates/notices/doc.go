// Package notices (告知书) is what a notice says that tells a holder what was done
// to his certificate.
//
// # Purpose
//
// Whoever holds a certificate reads of every act on it what was done, why, on
// which ground, and what he can do against it: also when it was issued anew in
// its next version.
//
// # Law
//
// 行政许可法 art. 38 ¶2, 行政处罚法 art. 59: reasons and remedies are told in writing;
// 行政复议法 art. 20 ¶1: sixty days; 行政诉讼法 art. 46 ¶1: six months.
//
// # Words
//
// Notice (告知书), act (办理): what the office did.
//
// # Life of a notice
//
// Written once, with the act, and issued as a paper by its caller.
//
// # Tables
//
// None.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Told: Title, Rows, Sentences.
package notices
