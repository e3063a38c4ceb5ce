package app

import (
	identityweb "tongban/gov/identity/web"
	oversightweb "tongban/gov/oversight/web"
	"tongban/platform/authz"
	"tongban/platform/web"
	"tongban/ui"
)

// pages registers the route table of every capability.
func (a *App) pages(p *web.Pages) {
	p.Add(web.Route{Pattern: "POST /preferences", Do: ui.Preferences, May: authz.Anyone})
	p.Add(identityweb.Routes(a.identityWeb())...)
	p.Add(oversightweb.Routes(oversightweb.Deps{Oversight: a.Oversight})...)
}
