// Package deputies keeps who stands in for an officer who is away (委托代理): for
// a time, for some posts, for some items or all, and why.
//
// # Law
//
// 公务员法 art. 14 and the offices' own rules of absence (AB 角, 工作代理): work goes on
// when somebody is away. Authority is not passed on to people who do not have
// it: a deputy holds the same post in the same office himself, and a deputy has
// no deputy.
//
// # Guarantees
//
// An arrangement begins and ends by itself at its dates and can be ended early.
// At any moment nobody stands in for himself, no officer has two deputies for
// the same work, and nobody who is away himself stands in for another. What a
// deputy does is his act, on record with both names.
package deputies
