// Package web holds identity's pages: signing in and out, registering, one's
// own account, and the administrators' page of people.
//
// # Purpose
//
// Signing in is asked for at the moment it is needed and leads back to the
// same step. The session's secret is in one cookie that scripts cannot read.
//
// # Doors
//
// [Routes] is the route table; [Sessions] is the middleware that turns the
// cookie into a caller; [SignInURL] is where to send somebody who has to sign
// in first; [Strings] are the words.
package web
