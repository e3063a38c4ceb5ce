// Package search finds records by words: in Chinese from one character up,
// by pinyin, by the initials of pinyin, by Latin words and by codes.
//
// # Purpose
//
// Neither engine splits Chinese into words. This package makes the tokens
// itself, the same for both, and lets the engine keep the inverted index:
// SQLite FTS5 without content, PostgreSQL tsvector with GIN, names apart from
// everything. It is the one place where the two engines are spelled differently
// on purpose.
//
// A run of Chinese characters becomes its bigrams and its last character:
// 居住证 gives 居住 住证 证. A word of two or more characters is then a phrase
// of bigrams, a single character is a prefix of a bigram. Names also carry
// their pinyin from every character on, joined (juzhuzheng) and as initials
// (jzz), so that a word inside a name is found too, and once more as it sounds
// to those who do not keep zh from z (Query.Sounds).
//
// Traditional characters count as the simplified ones: the table is part of the
// package (traditional.txt), whole, not only the words of one trade.
//
// # How to use
//
//	var index = search.Index{Name: "catalogue_search"}
//	err := index.Setup(ctx, d)                       // creates it when it is missing
//	err = index.PutTx(ctx, tx, []search.Doc{{Key: 7, Name: "居住证申领", Body: []string{"公安局"}}})
//	q := search.Parse("居住证")
//	keys, err := index.Match(ctx, d, q.Exact(), search.InName, 100)
//
// # Guarantees
//
// What strangers type is never passed to the engine's query language; only
// tokens made here are. The same documents and the same words give the same
// keys on both engines, in ascending order, never more than the limit.
package search
