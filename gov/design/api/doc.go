// Package api is the designer's doors for programs: read and replace the draft
// of an item's flow, check it, try it, publish it.
package api
