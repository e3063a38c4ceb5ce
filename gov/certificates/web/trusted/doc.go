// Package trusted holds the pages of the trust list: anybody reads which other
// installations are recognised here and this one's own fingerprint; staff enter,
// approve, suspend and remove them; residents take in certificates of theirs.
//
// # Purpose
//
// Two people who never met compare forty characters over the telephone. The page
// makes that hard to skip: nobody types what stands on the screen, because it
// does not stand there before it was typed.
//
// # Doors
//
// [Routes] is the route table; [Strings] are the words.
package trusted
