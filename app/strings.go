package app

import "embed"

// Strings are the words of the site's frame and of faults that have no page of
// their own.
//
//go:embed strings
var Strings embed.FS
