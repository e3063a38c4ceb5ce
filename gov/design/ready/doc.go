// Package ready measures a service package before it is published: how many
// clicks an applicant needs, how much is filled in already, how hard it is to
// read, which asks have no legal basis, and what would stop somebody who listens
// to the page instead of seeing it.
//
// # How it counts
//
//   - Clicks: opening the application, one answer for every question, one to send
//     the form, one for every material that nothing stands in for, one to submit.
//     Counted on every way through the questions, with nothing entered in the form
//     besides.
//   - Share filled in: fields that a register fills in, of all fields shown, on
//     average over these ways.
//   - Reading: characters between two full stops in Chinese, words in English, in
//     everything that applicants read. Beyond 60 characters or 35 words a sentence
//     is hard.
//
// Colours, sizes, focus and order of the page come from the design system, which
// has tests of its own; what is looked at here is what content can break.
package ready
