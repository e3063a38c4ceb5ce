// Package assemble puts the rows of one item together and makes its content.
//
// Rows of several tables meet in a [Groups]: one item a group, in bounded memory
// whatever the size of the source. [Builder.Build] lays a group over what is there
// of the item already: a row speaks for the columns of its table and leaves
// everything else as it was, so that a table with few columns takes nothing away.
// Rows of the national exchange say insert, update or delete with a time; they
// are applied in the order of their times, and one that is older than what was
// applied before is left out and reported.
package assemble
