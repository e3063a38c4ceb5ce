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
// Proxies decides whose address a request comes from, Patience how long a slow
// line may take.
//
// # Guarantees
//
// No route without a permission (authz.Anyone is explicit). Pages refuse
// cross-origin posts; the API refuses cookies and form bodies. Every answer
// carries a request id that the log line has too. Nobody but a trusted proxy
// speaks for others, and what stands left of the first stranger in its header
// counts for nothing. A request ends when no byte comes for Patience.Stall, or
// when the line is slower than Patience.Rate for longer than Patience.Grace.
package web
