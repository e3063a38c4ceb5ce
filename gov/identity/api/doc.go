// Package api is identity's JSON interface: getting and ending tokens, saying
// who the caller is, and public facts about organisations.
//
// # Purpose
//
// A program exchanges an account and password, or a one-time link, for a token
// and sends it as Authorization: Bearer with every request.
//
// # Doors
//
// [Register] adds the operations; [Tokens] is the middleware that turns a
// token into a caller.
package api
