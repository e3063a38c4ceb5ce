// Package syntax reads the syntax of PDF files: values, objects and the
// cross-reference tables that say where objects stand.
//
// # Purpose
//
// Signing appends to a file that exists, and checking a signature has to find
// it in a file that a stranger sent. Both need a reader that never trusts what
// it reads. It is not a PDF library: it draws nothing and unpacks nothing.
//
// # How to use
//
//	f, err := syntax.Open(data)
//	catalog, err := f.Dict(f.Trailer["Root"])
//	text := syntax.Append(nil, catalog)
//
// # Guarantees
//
//   - No input makes it panic or loop; memory stays within a fixed multiple of
//     the input; nesting is bounded. Fuzz tests try.
//   - Every value knows where it stood in the file (Value.From, Value.To).
//   - What it cannot read it refuses: cross-reference streams and encrypted
//     files give ErrUnsupported, anything else wrong gives ErrSyntax.
package syntax
