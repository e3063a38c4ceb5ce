// Package shelf finds what is on offer, in a catalogue of any size.
//
// # Purpose
//
// A province has eight hundred thousand items, but far fewer wordings: what one
// base item says is said by every place that offers it. So what items share is
// held once (their wording, what lists can be narrowed by, their office), the
// index knows wordings only, and an item is a few numbers in memory. Totals and
// facets are counted exactly, over the kinds that a query is about.
//
// # Words
//
//   - Wording (措辞): what items of many places have in common word for word
//   - Profile: everything that a list can be narrowed by, except place and office
//   - Kind: a wording with a profile
//   - Number: given to an item with its first version, never changed
//   - Synonym (同义词): a word that search reads as another
//
// # How to use
//
//	keys, err := s.KeysTx(ctx, tx, rows, now, stamp) // when items are published
//	s := shelf.New(shelf.Deps{DB: d, Clock: c, Places: places})
//	res, err := s.Search(ctx, shelf.Query{Text: "居住证", Region: "440100", Once: true})
//
// How words are read, and how well that works, is told in
// docs/specs/search-relevance.md.
//
// # Tables
//
// catalogue_wording, catalogue_profile, catalogue_office, catalogue_synonym, the
// columns number, wording, profile, office and starts of catalogue_item, and the
// search index catalogue_search. All but the synonyms can be made again from
// the versions.
//
// # Guarantees
//
// An answer holds what was published before the question. The same items and
// words give the same answers on both engines. Nothing a stranger types reaches
// the engine's query language.
package shelf
