// Package web holds the words that every page about cases shares: states,
// events of the time line, and what the refusals of casework mean for people.
//
// # Purpose
//
// The pages themselves lie below: applicant for residents and companies, and
// those of the offices. They show the same case, so they use the same words.
//
// # Law
//
// The words of states and acts are those of 行政许可法 art. 32–45: 受理, 补正, 不予受理,
// 准予, 不予, 延长, 特别程序.
//
// # Words
//
// casework.state.*, casework.outcome.*, casework.event.*, casework.result.*,
// casework.light.*, casework.problem.*, fault.casework.*, fault.bpmn.*,
// fault.once.*, number.*.
//
// # Doors
//
// Strings, which the app adds to its bundle.
package web

import "embed"

// Strings are the shared words of pages about cases.
//
//go:embed strings
var Strings embed.FS
