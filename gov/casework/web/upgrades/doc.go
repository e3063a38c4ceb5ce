// Package upgrades is the page on which whoever publishes items moves running
// cases to another version of their flow (在办件换版): how many cases follow which
// version, what would become of each, what moved and what did not.
//
// # Purpose
//
// A choice of two versions, the elements that need a place in the new one, every
// case with what becomes of its steps, a reason, and one button. Each order
// moves some cases; the page offers to go on with the rest.
package upgrades
