package forms

import "embed"

// Strings are the words of problems that a definition does not word itself.
//
//go:embed strings
var Strings embed.FS
