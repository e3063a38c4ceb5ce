// Package codes makes, reads and checks the codes of items (GB/T 39554) and
// keeps the code lists of GB/T 39046-2020 appendix A as data.
//
// # The three codes
//
//	basic code (基本编码), 12           44 01 02002 003
//	                                    region 2, kind 2, main item 5 (line 2 + serial 3), sub-item 3
//	implementation code (实施编码), 31  unified code of the office 18, level 1, basic code 12
//	handling code (业务办理项编码), 33  implementation code 31, serial 2
//
// The first two digits of a basic code are a province: it is unique within that
// province only, so nothing is kept by the basic code alone.
//
// # What is settled and what is not
//
// GB/T 39046 (July 2020) gives 10 and 24 characters, GB/T 39554 (December 2020)
// and the codes in use 12, 31 and 33; the later standard is followed. Serials
// that run over 999 go on with letters, without I O Z S V; that the letter stands
// first (A00, A01 …) is the reading of this package, so Parse takes a letter at
// any place. 00Y in place of the sub-item marks, in the codes that Guangdong
// publishes, a main item which has sub-items (000: one that has none). Codes that are in use also have
// 000 as the serial of a main item; it is read, and never given out.
//
// # Checks
//
// Parse looks at the form. Check also computes the check character of the unified
// code (GB 32100-2015). They are two steps, because some published codes fail the
// second one, offices with a provisional code among them: those are kept as
// published, and marked.
package codes
