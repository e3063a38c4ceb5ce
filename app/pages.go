package app

import (
	catalogueweb "tongban/gov/catalogue/web"
	identityweb "tongban/gov/identity/web"
	oversightweb "tongban/gov/oversight/web"
	"tongban/platform/authz"
	"tongban/platform/web"
	"tongban/ui"
)

// pages registers the route table of every capability.
func (a *App) pages(p *web.Pages) {
	p.Add(web.Route{Pattern: "POST /preferences", Do: ui.Preferences, May: authz.Anyone})
	p.Add(catalogueweb.Routes(catalogueweb.Deps{Catalogue: a.Catalogue})...)
	p.Add(identityweb.Routes(a.identityWeb())...)
	p.Add(oversightweb.Routes(oversightweb.Deps{Oversight: a.Oversight})...)
}
