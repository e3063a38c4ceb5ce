// Package precedents gives the answers of recent cases (近期办件) to those who try
// out how a changed service would treat them.
//
// # Law
//
// 个人信息保护法 art. 6 (no more than the purpose needs), 34, 44–45: only answers are
// read, of those that people typed in their own words nothing but that there is
// one; who applied is not read at all. Every reading stands on record with its
// purpose, and in the case, where the applicant sees it.
package precedents
