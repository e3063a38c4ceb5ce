// Package packages reads and writes service packages (事项包) as files: a folder
// or a ZIP that a person can read, that git shows small differences of, and that
// another installation takes in.
//
// # Purpose
//
// A service is made on one installation and used on another. What travels are
// the files that items/README.md describes, and nothing else.
//
// # How to use
//
//	p := packages.Of(content)              // what a version says, as a package
//	files := p.Files(offices)              // name → bytes, always in the same form
//	files, err := packages.FromZip(raw)    // what somebody sent
//	p, offices, err := packages.Read(files)
//
// # Guarantees
//
//   - The same package gives the same bytes, key by key, and so does one that was
//     read from them.
//   - A package that needs a newer version of the service is refused by its format
//     before anything else in it is looked at.
//   - What is taken from strangers is bounded in number and size, names one folder
//     and only files that packages have. Nothing is written to disk while reading.
package packages
