// Package kinds keeps what kinds of certificate there are (证照类型目录): who
// defines them, who may hold them, what stands on them, how long they are good
// for.
//
// # Purpose
//
// A certificate is worth reusing when everybody who reads it knows what its
// fields mean. So a type is defined once, in versions that never change, and
// what is issued is compared with its type before it is signed.
//
// # Law
//
// GB/T 36902-2018: the catalogue of certificates and its elements. GB/T
// 36903-2018, 36905-2018: names of the metadata, KZ_ for what is a type's own.
//
// # Words
//
// Type (证照类型), field (登记项目), category (目录类别), authority (定义机构), holder
// (持证主体类别).
//
// # Life of a type
//
// Proposed by one officer, approved or sent back by another of the defining
// region; approved, the version counts from then on and ends the one before.
// Certificates keep the version that they were issued by.
//
// # Tables
//
// certificates_type: one row a version, proposals included.
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
// Service: InForce, List, Versions, Propose, Decide, Seed; Lint before signing.
package kinds
