// Package versions says what moving a running case to another version of its
// item (换版) means: whether the versions ask for the same, what becomes of each
// step, and what the flow knows afterwards. It changes nothing; gov/casework does
// the move, gov/casework/upgrades whole orders of them.
//
// # Law
//
// 立法法 art. 104: rules are not retroactive; where a flow under way is changed for
// good reason, the reason is on record.
package versions
