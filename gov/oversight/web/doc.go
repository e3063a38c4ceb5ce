// Package web is the pages of oversight: the overview of red and yellow cards,
// the lists behind every number, a case as the supervisor sees it, the record
// and its verification, and what the machine could not deliver.
//
// # Purpose
//
// Every number leads to its list, every list to the case, every case to the
// step and to who holds it.
package web
