// Package web holds the pages of papers: anybody checks one by code, QR or
// file; a holder sees and downloads his own; the issuing office takes back what
// it issued.
//
// # Purpose
//
// A paper is worth what a stranger can find out about it without asking for
// help. So the check needs no account, says first whether the paper holds, and
// then what exactly was checked and when.
//
// # Doors
//
// [Routes] is the route table; [Strings] are the words, also of the faults of
// certificates and of package sign.
package web
