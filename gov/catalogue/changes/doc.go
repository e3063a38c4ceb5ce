// Package changes is how base items and items come to be, change, are split,
// merged, suspended, resumed and cancelled (目录清单动态调整): one person drafts,
// another reviews the legality, another one approves, and it takes effect on
// its day.
//
// # Life of a change
//
//	drafting 编制 → legal review 法制审核 → approval 批准 → approved → in effect
//	    ↑___________ returned, with the reason ____↓          (on its day, by a job)
//	    → withdrawn
//
// Who edited a draft neither reviews nor approves it; who reviewed it does not
// approve it. A draft says over which versions it was made: when somebody
// publishes meanwhile, it is refused with the name of who did, and nothing of it
// is lost. Two open changes of one thing cannot be.
//
// Law: 行政许可法 art. 15-17 leave it to laws and regulations to set a licence; the
// review looks at the setting basis. GB/T 39047 names the acts.
package changes
