package app

import (
	"io/fs"

	caseworkweb "tongban/gov/casework/web"
	"tongban/gov/casework/web/applicant"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/casework/web/counter"
	reuseweb "tongban/gov/casework/web/reuse"
	upgradesweb "tongban/gov/casework/web/upgrades"
	"tongban/gov/casework/web/workbench"
	catalogueweb "tongban/gov/catalogue/web"
	"tongban/gov/catalogue/web/changing"
	"tongban/gov/catalogue/web/directory"
	intakeweb "tongban/gov/catalogue/web/intake"
	"tongban/gov/catalogue/web/score"
	certificatesweb "tongban/gov/certificates/web"
	custodyweb "tongban/gov/certificates/web/custody"
	holdingweb "tongban/gov/certificates/web/holding"
	stockweb "tongban/gov/certificates/web/stock"
	templatesweb "tongban/gov/certificates/web/templates"
	trustedweb "tongban/gov/certificates/web/trusted"
	designweb "tongban/gov/design/web"
	"tongban/gov/design/web/tabs"
	identityweb "tongban/gov/identity/web"
	lawsweb "tongban/gov/laws/web"
	limitsweb "tongban/gov/limits/web"
	oversightweb "tongban/gov/oversight/web"
	participationweb "tongban/gov/participation/web"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/ui"
)

// wordFolders are all folders of words; a key has one home among them.
var wordFolders = []fs.FS{
	ui.Strings, forms.Strings, files.Strings,
	identityweb.Strings, catalogueweb.Strings, directory.Strings, changing.Strings, score.Strings, intakeweb.Strings, certificatesweb.Strings, stockweb.Strings, holdingweb.Strings, trustedweb.Strings, custodyweb.Strings, templatesweb.Strings, designweb.Strings, tabs.Strings, limitsweb.Strings, lawsweb.Strings,
	caseworkweb.Strings, applicant.Strings, casefile.Strings, counter.Strings, workbench.Strings, upgradesweb.Strings, reuseweb.Strings,
	participationweb.Strings, oversightweb.Strings,
	Strings,
}
