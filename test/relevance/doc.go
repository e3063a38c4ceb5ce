// Package relevance measures how well search finds what people ask for.
//
// # Purpose
//
// judged.txt and heldout.txt hold queries with the services that answer them, judged by hand
// from the list of names, not from what search gives. Measure asks them all and
// gives nDCG@10, the share of queries whose first answer fits, and the share
// that find nothing. A test keeps a floor under each; make bench prints them.
// docs/specs/search-relevance.md explains the method and what it cannot tell.
//
// # How to use
//
//	list, err := relevance.HeldOut()
//	r, err := relevance.Measure(list, names, func(text string) ([]string, error) { … })
//	fmt.Println(r)
//
// # Guarantees
//
// The same judgements, names and answers give the same numbers.
package relevance
