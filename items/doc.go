// Package items carries the service packages that ship inside the binary.
//
// # Purpose
//
// A fresh installation must be able to do real work: three complete packages from everyday life show what a package is, and a
// general flow makes every imported item one that can be applied for.
//
// # How to use
//
//	sub, err := fs.Sub(items.Files, "residence-permit") // one package, ready to publish
//	for _, name := range items.Packages { … }
//
// README.md beside this file defines the format of every file; a package outside the binary looks the same.
//
// # Guarantees
//
// The tests of this package prove for every shipped package that each reference resolves, each way through the situations ends,
// each expression compiles, each material has its clause and reason, every text is in both languages, and the flow runs to an issued and
// to a refused end in every situation within the promised limit.
package items
