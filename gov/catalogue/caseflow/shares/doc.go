// Package shares says how much of the limit of a case each step may use: every
// office's share of a joint limit.
//
// # Law
//
// 行政许可法 art. 26 ¶2 and art. 42 ¶2: where several offices take part, the limit is one,
// for all of them together. How it is divided no law says: the item and its flow
// do, as data, and where they do not, this rule.
//
// # The rule
//
// A step with a limit of its own has that. The others get equal days of what is
// left, along the longest way on which nothing is sent back. Where the limits
// together are longer than the whole, all are cut in proportion. Nobody has less
// than a day. Offices that work side by side have the same days, not one after
// the other. A step that several do in turn counts once, since how many they are
// shows only in the case.
package shares
