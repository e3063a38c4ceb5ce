package app

import (
	"io/fs"

	catalogueweb "tongban/gov/catalogue/web"
	identityweb "tongban/gov/identity/web"
	oversightweb "tongban/gov/oversight/web"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/ui"
)

// wordFolders are all folders of words; a key has one home among them.
var wordFolders = []fs.FS{ui.Strings, catalogueweb.Strings, forms.Strings, identityweb.Strings, oversightweb.Strings, files.Strings, Strings}
