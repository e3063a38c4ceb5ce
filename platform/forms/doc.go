// Package forms is forms as data: definitions, binding and field problems.
//
// # Purpose
//
// A designer writes a form as JSON; this package decides which fields show,
// reads what was sent, and says at each field what is wrong and what to do. It
// draws nothing: package ui renders a definition, and the API describes it.
//
// # How to use
//
//	def, err := forms.Parse(raw, questionIDs)       // compiles the expressions
//	raw := def.Bind(func(f string) []string { return r.PostForm[f] }) // as typed
//	answers, problems := def.Check(raw, forms.Context{Answers: situation, Known: prefill, Now: now, Checks: checks})
//
// Answers that come from reference data with thousands of entries have a type
// of their own with a List behind it: the answer is the code, people see and
// type the name, and Found says at the field what may have been meant. A Source
// keeps the list and follows its changes.
//
// # Guarantees
//
// All answers are strings (multiple values are joined by a line feed), and no
// answer is "". Check loses nothing: the values it returns beside problems are
// what was entered, brought to one form (NFC, trimmed). A field that is not shown has no answer. A
// locked field takes the known value, whatever was sent. Characters are
// counted, not bytes.
package forms
