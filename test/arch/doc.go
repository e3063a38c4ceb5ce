// Package arch holds the laws of this repository as tests.
//
// # Purpose
//
// A rule that is only written down is advice. Here each law looks at the whole
// tree and names what breaks it, with the reason why the law exists. For each
// there is a small bad sample that proves that it bites.
//
// # How to use
//
//	go test ./test/arch
//
// To change a law, change it here together with ARCHITECTURE.md.
//
// # Guarantees
//
// Laws read files only; they build and run nothing. Generated files are not
// measured. A law without a sample that it catches fails the test itself.
package arch
