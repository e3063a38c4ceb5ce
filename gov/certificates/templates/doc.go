// Package templates keeps what certificates of each type look like (模板), in
// versions that never change.
//
// # Purpose
//
// An office changes the look of its certificates without a programmer, and
// nobody can change the look of one that was issued: every certificate signs the
// version and the digest of the template that it is drawn from.
//
// # Law
//
// 行政许可法 art. 39: a certificate bears the seal of the organ. GB/T 36902-2018:
// the template is an element of a certificate type.
//
// # Words
//
// Template (模板), part (版面部件), annex (附页), problem (版面问题).
//
// # Life of a template
//
// Proposed by one officer, published or sent back by another of the region that
// keeps the type. A proposal with a problem that is no mere warning is not taken.
// Published, the version counts from then on for what is issued; certificates
// keep the version that they were issued with, also when their file is made
// again. The digest of what was published stands in the record, whose checkpoints
// the node signs: issuing compares the row with it.
//
// # Tables
//
// certificates_template: one row a version, proposals included.
//
// # Facts announced
//
// None: readers ask for what is in force.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Service: InForce, Version, Versions, Waiting, Propose, Decide, Lint, Preview,
// Seed.
package templates
