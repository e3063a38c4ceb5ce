// Package specs keeps the written specifications equal to the code.
//
// # Purpose
//
// Lists that people copy from code grow wrong. The lists in this folder are
// made from the code by the tests of this package, and a test fails when a list
// and the code disagree: acts of the record (audit-events.md), facts (facts.md
// and facts/*.schema.json), operations of the API (api.md), permissions
// (permissions.md), test cases of the DMN TCK (dmn-tck.md).
//
// # How to use
//
//	go test ./docs/specs            # compares
//	go test ./docs/specs -update    # writes the lists anew
//
// # Guarantees
//
// An act whose name, object or details the scan cannot tell is an error, not a
// gap in the list. A fact without a golden file, or a golden file that does not
// fit its schema, is an error.
package specs
