// Package changing is the pages for those who keep the catalogue: changes of
// base items and items (变更单) from drafting to approval, and the elements that
// a region adds to items.
package changing
