// Package standard is what makes items of all levels the same (四级四同): base
// items with their versions, the elements that every level has, and the tiers of
// service that regions choose from.
//
// # The three levels
//
// A base item (基本目录) is what all levels have in common: name, basic code, kind,
// setting basis. An implementation item (实施清单) is the base item in one office; a
// handling item (业务办理项) is one of several ways of handling it. Both are items of
// the catalogue; they hold the number of a base version and nothing that it says.
// Whoever reads one gets it with the base version filled in (Onto); whoever
// writes one has it taken out (Bind). So the four cannot drift apart: there is no
// second copy that could.
//
// # Elements
//
// Which elements there are, what they may hold and which level may give, add or
// change them is data: fields.json for those of GB/T 39046-2020 table 4 and of the
// national exchange, rows of catalogue_field for those that a region adds. An
// element without a field of its own keeps its values in Item.Fields, so a new
// one needs no migration: it shows in the editing form, the guide, the API and
// the exports from then on.
//
// # Versions
//
// A version of a base item is a row that never changes. When a new one takes
// effect, every item that refers to the base item gets its next version, by a job
// that goes through them in portions.
package standard
