// Package design (设计) is where services are drawn before they are offered.
//
// # Purpose
//
// A designer changes how an item is handled without code and without touching
// running cases: draws the flow, sees it as the citizen will, lets it run on a
// sample case, compares it with what is in force, and hands it in to be reviewed
// and published, by two others, as the next version of the item. Drafts are here; what is published is the catalogue's.
//
// # Law
//
// GB/T 39046-2020 4.5 (办理流程 is an element of the guide), 行政许可法 art. 30: how an
// application is handled is made public, so the picture of the published flow
// is what runs.
//
// # Words
//
// Draft (草稿), step (步骤), tree (步骤树): platform-neutral words of a flow are in
// gov/design/plan. Tables (决策表): the decisions that the flow asks for. Trial (试运行): a run on a sample case that leaves no trace.
//
// # Life of a draft
//
//	opened over a version → edited, by one designer after the other → handed in → reviewed → approved, which publishes it
//
// Whoever drew or handed it in cannot review it, and who reviewed it cannot
// approve it. It can be sent back with a reason, discarded, or changed, which
// takes it back.
//
// An edit over an older state is refused and says who changed it when. A draft
// over a version that is no longer the newest can be looked at and taken over
// to the newest one, not published.
//
// # Tables
//
// design_flow: one draft an item, with its stage on the way to publication.
//
// # Facts announced
//
// None. The catalogue's version is what others see.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Service: Drafts, Open, Begin, Edit, SaveTree, SaveFile, SaveTables, Rebase, Discard, Check, Notes, Picture, Compare, Try, HandIn, Review, Return, Approve, Releases.
package design
