package app

import (
	"io/fs"

	identityweb "tongban/gov/identity/web"
	"tongban/platform/forms"
	"tongban/ui"
)

// wordFolders are all folders of words; a key has one home among them.
var wordFolders = []fs.FS{ui.Strings, forms.Strings, identityweb.Strings, Strings}
