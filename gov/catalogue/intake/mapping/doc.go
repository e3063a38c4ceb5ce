// Package mapping says which column of a source means which field, and which
// value of a source means which value of a code list.
//
// A mapping (对照) is proposed from the names of the columns, from other names
// under which sources have a field, and from what the first rows hold; a person
// corrects it and saves it by name. Its code lists are total: a value that is
// met and not decided on is a problem of its row, with the values to choose
// from. Deciding to leave a value out, or to refuse its rows, is a decision too
// and stands in the mapping.
//
// [Compile] joins a mapping with a table into a [Plan], which reads rows into
// parts of items; package assemble puts the parts together.
package mapping
