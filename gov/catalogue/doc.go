// Package catalogue is what the government offers (事项目录): which services
// there are, who may have them, what to bring, how long it takes, what comes out.
//
// # Purpose
//
// One place that says what every item is, in every version it ever had. A case
// refers to region, code and version, so that what was promised when it began
// still stands when the item changes. Items come in two ways: as guides, row by
// row from files of other systems, and as packages (items/README.md), which
// bring situations, materials, form, flow and result.
//
// # Law
//
// 国务院关于在线政务服务的若干规定 and 行政许可法 §30: items, basis, conditions,
// steps, limits and the full list of materials are made public. GB/T 39554 and
// GB/T 39046 give codes and fields. What a source does not say is not invented:
// it is shown as not said.
//
// # Words
//
//   - Item (事项), its Offer (everything needed to apply) and Version
//
//   - Limit (时限): legal and promised; Correction, how soon supplements are asked for
//
//   - Material (申请材料), Situations (情形引导), Step (环节), Result (办理结果)
//
//   - Partner (联办机构): an office that takes part, by level and line
//
//   - Division (行政区划), with the time it was valid
//
//   - Guide: a row of an import; Package: a folder that publishes one item
//
//   - Base item (基本目录): name, code, kind and basis of items, held once; Element
//     (要素); Change (变更单); List (清单)
//
// The nouns of one version are in package content, base items and elements in
// standard, changes in changes, lists in lists, codes in codes.
//
// # Life of an item
//
// Nothing → version 1 (imported or published) → version 2 when the content or
// its base item differs, from its day on → suspended, resumed, cancelled, each a
// version. The same content again changes nothing. Versions are
// never altered. A guide never overwrites an item that a package keeps.
//
// # Tables
//
// catalogue_item (newest version and what lists show), catalogue_version
// (every version, with the base version it refers to), catalogue_base (every
// version of every base item), catalogue_field (elements that regions added),
// catalogue_change and catalogue_change_target (changes on their way), catalogue_text (forms and flows by hash), catalogue_import
// (what was imported as a whole), catalogue_item_certificate (which certificates items
// issue and take), catalogue_division, and the search index
// catalogue_search, which package search keeps.
//
// # Facts announced
//
// None yet: readers follow the serial of the newest publication.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Pages: /, /items, /departments, /items/{region}/{code}, …/situations,
// …/flow.svg. API: /api/v1/items, /api/v1/items/{region}/{code}, …/versions,
// /api/v1/divisions, /api/v1/departments. All public.
package catalogue
