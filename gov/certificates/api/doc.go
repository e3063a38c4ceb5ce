// Package api is the JSON interface of papers: anybody checks one by code or
// by file; a holder lists and fetches his own.
//
// # Purpose
//
// A program of another office can rely on a paper without a person looking at
// it: the answer says what was checked, and why a paper is refused, by code.
//
// # Doors
//
// [Register] adds the operations.
package api
