package intake

import "embed"

// Strings are the words of these pages and of the faults of imports and
// exports.
//
//go:embed strings
var Strings embed.FS
