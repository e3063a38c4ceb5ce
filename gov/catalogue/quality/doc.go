// Package quality scores the content of guides (指南质量): what is missing, vague
// or contradictory, by rules that are data.
//
// # Purpose
//
// A guide with a gap costs everybody who reads it a visit. Rules look at every
// element of GB/T 39046-2020 table 4 and at the mistakes that audits of real
// guides have found: catch-all materials, limits that are missing or longer than
// the law's, telephones that cannot be dialled, clauses that do not exist. Each
// rule says what is wrong, how to mend it, and what it weighs.
//
// # Law
//
// 行政许可法 art. 30: conditions, number, procedure, limits and the full list of
// materials are made public. 国务院关于在线政务服务的若干规定 art. 4: no catch-all
// terms (模糊和兜底条款) in guides.
//
// # Words
//
// Rule (规则), finding (问题), score (得分): 100 less the weight of what was found,
// as a share of the weight of the rules that apply. Gate (门槛): the score below
// which, and the blocking rules with which, a package is not published. Waiver
// (放行): a second person lets one content pass, with the reason.
//
// # Life of a score
//
// An item is published, its newest content is scored within a minute, and again
// when the rules change. Nothing is ever scored twice for the same content.
//
// # Tables
//
// catalogue_score (newest score of every item), catalogue_score_follow (how far
// the items were read, and by which rules), catalogue_waiver.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None: the serial of the newest publication is followed.
//
// # Doors
//
// Service: Score, Gate, Ask, Decide, Follow, List, Departments. Pages under
// /quality, API under /api/v1/scores.
package quality
