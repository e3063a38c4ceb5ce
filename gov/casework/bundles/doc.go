// Package bundles handles a one thing (一件事): one application that becomes
// several cases, each at its own office, with its own clock, flow and result.
//
// # Purpose
//
// The applicant fills in one draft of the one thing: each fact once, each
// material once. Handing it in makes, in one commit, the application with its
// number and receipt and the cases of all parts that start at once. A part that
// waits for others starts when those are done, and gets their certificates. What
// happens when a part fails is a rule of the package, told before applying.
//
// # Law
//
// 行政许可法 art. 26 (joint handling), 32 (every organ accepts, asks and gives its
// receipt for its own part), 31 (the applicant answers for what is handed in);
// 国发〔2024〕3号 (高效办成一件事); 个人信息保护法 art. 6 (an office gets what its part
// needs, and nothing else).
//
// # Words
//
// One thing (一件事), part (组成事项), parent (总件), sister (同件事项). A part
// waits (等待), is handed in (已提交), is held (需您补全: it asks for something that
// nobody has answered), is not needed (不涉及), stopped (不再办理), dropped (撤回).
//
// # Life of a one thing
//
//	draft ──submit──▶ open ──every part has ended──▶ closed
//	                   │ withdraw
//	                   ▼
//	               withdrawn
//
//	part:  unneeded                     waiting ──those before are done──▶ started (a case)
//	       (never changes)                 │  └──something is missing──▶ held ──handed in──▶ started
//	                                       ├──one before failed──▶ stopped
//	                                       └──the applicant takes it back──▶ dropped
//
// Moves (moves.go) is this picture as a function; nothing else moves a part.
//
// # Tables
//
// casework_bundle: one row a one thing. casework_bundle_part: one row a part, with
// the application (casework_draft) that it became; the case of a part is the case
// of that application, which the database keeps to one. The timeline of a one
// thing is in casework_history under its id.
//
// # Facts announced
//
// BundleSubmitted, BundleMoved, BundleClosed.
//
// # Facts heard
//
// CaseDecided, CaseWithdrawn, CaseVoided, AcceptanceRefused: the parts behind move
// on, each once: the reaction and the next case are one commit.
//
// # Doors
//
// Service: Submit, Preview, Bundle, OfNumber, Mine, OfCase, Withdraw, DropPart,
// Asked, Answer, Watch; React.
package bundles
