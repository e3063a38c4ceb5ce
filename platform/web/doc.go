// Package web is the edge: routers whose handlers return errors, one for pages
// and one for the JSON API.
//
// # Purpose
//
// A capability hands over a table of Routes; each row says method, path,
// handler and permission. The router checks the permission before the handler
// runs, and turns a returned error into the right page or problem+json, status
// and log line, in one place.
//
// # Guarantees
//
// No route without a permission (authz.Anyone is explicit). Pages refuse
// cross-origin posts; the API refuses cookies and form bodies. Every answer
// carries a request id that the log line has too.
package web
