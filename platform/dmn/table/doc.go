// Package table changes the decision tables inside a DMN file and leaves
// everything else in it as it is.
//
// # Purpose
//
// A table is read as columns and rules, changed as a value, and put back. What
// the package does not know (diagrams, knowledge sources, extensions of tools,
// comments, the way the file is written) stays byte for byte.
//
// # How to use
//
//	f, err := table.Read(file)              // or table.New("规则")
//	t, ok := f.Table("scale")
//	t.Rules = append(t.Rules, t.NewRule())
//	f.Put(t)
//	file = f.Bytes()
//
// # Guarantees
//
//   - A file that is read and written is the same file; putting a table back
//     unchanged changes nothing.
//   - Columns and rules keep their elements, ids and foreign attributes wherever
//     they are moved to.
//   - What is written new is DMN 1.3, or the version that the file is in. Inputs
//     that a column names are declared and required; those that nothing needs any
//     more are taken out with their shapes.
//   - Whether the cells make sense is not judged here: see dmn.Model.Check.
package table
