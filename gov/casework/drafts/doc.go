// Package drafts is the application before it is a case (草稿): who applies, the
// answers, the materials and how each is handed in, who changed what, and what
// is still missing. After submission the draft stays as the record of what was
// handed in; package casework reads and mends it.
//
// # Law
//
// 行政许可法 art. 29 (application, also through somebody else), 31 (what the applicant
// answers for). GB/T 39046-2020 table 5.
package drafts
