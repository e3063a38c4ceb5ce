// Package casework (办件) brings a matter from application to decision: drafts,
// acceptance, supplements, steps of several offices side by side, the clock.
//
// # Purpose
//
// One kind of case for online and counter. A resident or a clerk fills in a
// draft; submitting it makes exactly one case with a number, a receipt and a
// date. The office in charge accepts, refuses, or asks once for everything that
// is missing. Acceptance starts the statutory clock and the flow of the item;
// each step is a task in the inbox of an office, sorted by the time left. The
// decision issues the paper in its own commit.
//
// # Law
//
// 行政许可法 art. 29 (application), 32 (acceptance, supplements at once within five
// days, else deemed accepted; dated receipt), 34 (examination), 37–38 (decision,
// reasons, remedies), 42 (twenty or forty-five days, one extension), 45 (special
// procedures outside the clock), 82 (working days). Limits, remedies and special
// procedures are data with their clause: rules.json. GB/T 39046-2020 tables 5–8
// name what is kept of application, acceptance, handling and conclusion.
//
// # Words
//
// Draft (草稿、申请), case (办件), number (办件编号), material (材料), to follow
// (容缺、后补), acceptance (受理), deemed accepted (逾期视为受理), supplement (补正),
// task (环节), claim (签收), return (退回), delegate (委派), transfer (转办), special
// procedure (特别程序), extension (延长审批), done at once (即办件), promised
// (承诺件), decision (办结), withdrawal (撤回), watch (电子监察), red, yellow
// (红牌、黄牌).
//
// # Life of a case
//
//	draft ──submit──▶ submitted ──ask──▶ supplementing
//	  │                 │  │ ▲                │
//	discarded           │  │ └─────answer─────┘
//	                    │  ├──refuse──▶ refused_acceptance
//	                    │  └──accept, or lapse of time──▶ accepted
//	                    │                                   │ first step
//	                 withdraw ◀── until decided ──── in_progress ◀─┐ pause, resume,
//	                    │                                   │   └──┘ extend, return
//	                    ▼                                   ▼
//	           withdrawn, voided              decided (granted | refused)
//
// cases/states.go is this picture as data; what is not in its table cannot happen.
//
// # Tables
//
// casework_draft: an application; after submission the record of what was handed
// in. casework_change: who changed what in it. casework_case: one row a case.
// casework_flow: the instance of its flow. casework_task: one row a step, with
// what an inbox shows. casework_supplement: requests and answers.
// casework_history: the timeline, only added to. casework_reading: who of the
// offices read a case, only added to. casework_copy: who was informed of a
// case. casework_handout: a paper on
// its way to its applicant, one row each time it is issued. casework_counted: by
// which days the dates of open cases were counted last.
//
// # Facts announced
//
// CaseSubmitted, CaseAccepted, AcceptanceRefused, SupplementsRequested,
// SupplementsAnswered, MaterialAdded, TaskOpened, TaskCompleted, TaskReturned,
// TaskTransferred, TaskDelegated, TaskRecalled, CasePaused, CaseResumed, CaseExtended, CaseRecounted,
// CaseCopied, CaseRedirected, CaseVoided, SignerAdded, SignerTaken, TaskUrged, TaskTakenBack, CaseDecided, CaseWithdrawn,
// ResultPrepared, ResultCollected, ResultPosted.
//
// # Facts heard
//
// None. Three kinds of scheduled work: casework.acceptance (deems a case accepted
// when the time to accept it has passed), casework.timer (timers of flows) and
// casework.recount (counts the dates of open cases and the timers of their flows
// anew when the days off have changed).
//
// # Packages
//
// operations: what offices do to a step besides a result. history: the timeline. votes: results counted. copies: who was informed. rights: what a step allows and shows. cases: a case as a value, its life. notices: papers of acts. drafts: applications. handout: papers on their way. desk: tasks, inboxes, the watch. terms: limits as values.
// grounds: refusals. supplements: what is to be mended. casenumber: numbers.
// reading: files, timelines, progress. flows: instances as they are kept.
// versions: what another version of a flow means. recount: dates counted anew. offers: items ready to run. people: who is who. Their words are used from here
// (words.go).
//
// # Doors
//
// Service: Start, Identify, FindByCode, Deliver, Save, Attach, Detach, Choose, Check, Submit,
// Discard; Accept, RefuseAcceptance, AskSupplement, AnswerItem, SendSupplement,
// AddMaterial, AskApplicant, EndWaiting, Copy, Withdraw, End; Inbox, Claim, Release, Complete, ReturnTo, Delegate, Recall,
// GiveOpinion, Transfer, Offers, Operate, OnCase, Awaits, Look; Pause, Resume, Extend; Open, Timeline, ClockOf,
// ReadersOf, MyCases, CaseByNumber, DrawFlow; Watch, WatchList;
// PlanRecountTx, CatchUp, Recounts.
package casework
