// Package applicant is what residents and companies see of casework: applying,
// following a case, answering a request for supplements, their own space.
//
// # Purpose
//
// One question at a time where the answer changes what follows, everything
// else by subject, nothing asked that is known. Every step is kept; a refused
// form keeps what was entered. Everything works without scripts.
//
// # Law
//
// 行政许可法 art. 29 (application, also by electronic means), 30 (what is asked is
// shown beforehand), 32 (receipt, supplements at once), 45 (what stops the clock
// is told). 个人信息保护法 art. 44–45: whoever is the subject sees who read the data.
//
// # Words
//
// applicant.*: the pages. States, events and faults are in gov/casework/web.
//
// # Life of an application on these pages
//
//	start → situation → form → materials → check → case
//	          ▲__________any step can be opened again__________▲
//
// The way leads to the next step that asks for something and skips the others;
// the check page shows them all.
//
// # Tables, facts
//
// None of its own; everything goes through casework.Service.
//
// # Doors
//
// Routes; Deps.Continue, the cards of the start page.
package applicant
