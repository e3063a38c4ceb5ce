// Package casenumber is the number of a case (办件编号): eight digits and a check
// digit, so that it can be said on the telephone and typed without fear.
//
// # Law
//
// GB/T 39046-2020 table 5: every case has a number of its own.
package casenumber
