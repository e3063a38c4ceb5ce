package app

import (
	"io/fs"

	identityweb "tongban/gov/identity/web"
	oversightweb "tongban/gov/oversight/web"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/ui"
)

// wordFolders are all folders of words; a key has one home among them.
var wordFolders = []fs.FS{ui.Strings, forms.Strings, identityweb.Strings, oversightweb.Strings, files.Strings, Strings}
