// Package api is the JSON interface to ratings (好差评).
//
// # Purpose
//
// Programs of supervisors read the bad ratings and put on record what was done.
//
// # Doors
//
// Register.
package api
