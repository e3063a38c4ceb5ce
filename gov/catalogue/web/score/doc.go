// Package score is the pages about the quality of guides: items by score, the
// averages of offices, what is wrong with one guide, and what was let pass the gate.
package score
