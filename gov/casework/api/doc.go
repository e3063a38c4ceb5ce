// Package api is the JSON interface of casework: everything that the pages do,
// for programs.
//
// # Purpose
//
// Drafts, cases, tasks and the watch, over the same service as the pages and
// therefore with the same rules, permissions and records. Commands that create
// something take an Idempotency-Key.
package api
