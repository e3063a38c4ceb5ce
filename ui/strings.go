package ui

import "embed"

// Strings are the words of the frame and the components.
//
//go:embed strings
var Strings embed.FS
