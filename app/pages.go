package app

import (
	"cmp"
	"context"
	"slices"

	"tongban/gov/casework"
	"tongban/gov/casework/upgrades"
	"tongban/gov/casework/web/applicant"
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
	"tongban/gov/identity"
	identityweb "tongban/gov/identity/web"
	lawsweb "tongban/gov/laws/web"
	limitsweb "tongban/gov/limits/web"
	oversightweb "tongban/gov/oversight/web"
	participationweb "tongban/gov/participation/web"
	"tongban/platform/authz"
	"tongban/platform/web"
	"tongban/ui"
	"tongban/ui/storybook"
)

// pages registers the route table of every capability.
func (a *App) pages(p *web.Pages) {
	secure := a.identityWeb().Secure
	residents := applicant.Deps{Casework: a.Casework, Bundles: a.Bundles, Catalogue: a.Catalogue, Certificates: a.Certificates, Identity: a.Identity, Files: a.Files, Clock: a.Clock}
	p.Add(web.Route{Pattern: "POST /preferences", Do: ui.Preferences, May: authz.Anyone})
	if a.Dev {
		p.Add(web.Route{Pattern: "GET /dev/storybook", Do: storybook.Show, May: authz.Anyone})
	}
	p.Add(catalogueweb.Routes(catalogueweb.Deps{Catalogue: a.Catalogue, Continue: continued(residents), Number: caseNumber, Cited: a.cited})...)
	p.Add(directory.Routes(directory.Deps{Catalogue: a.Catalogue, Lists: a.Lists, Halls: a.Halls, Region: a.province(), Top: a.Region})...)
	p.Add(changing.Routes(changing.Deps{Changes: a.Changes, Catalogue: a.Catalogue, Regions: a.keptRegions(), Quality: a.Quality})...)
	p.Add(identityweb.Routes(a.identityWeb())...)
	p.Add(applicant.Routes(residents)...)
	p.Add(counter.Routes(counter.Deps{Casework: a.Casework, Bundles: a.Bundles, Reuse: a.Reuse, Catalogue: a.Catalogue, Certificates: a.Certificates, Identity: a.Identity, Files: a.Files, Clock: a.Clock, Secure: secure})...)
	p.Add(workbench.Routes(workbench.Deps{Casework: a.Casework, Bundles: a.Bundles, Catalogue: a.Catalogue, Certificates: a.Certificates, Identity: a.Identity, Files: a.Files, Clock: a.Clock})...)
	p.Add(stockweb.Routes(stockweb.Deps{Stock: a.Stock, Types: a.Types, Files: a.Files, Clock: a.Clock, Region: identity.SampleDistrict})...)
	p.Add(certificatesweb.Routes(certificatesweb.Deps{Certificates: a.Certificates, Types: a.Types, TypeRegion: identity.SampleDistrict, ItemsOf: a.Catalogue.ItemsOf, Wallets: a.Wallets, Nodes: a.Nodes, CasePath: func(region, id string) string { return "/cases/" + region + "/" + id }})...)
	p.Add(templatesweb.Routes(templatesweb.Deps{Templates: a.Templates, Types: a.Types, Region: identity.SampleDistrict})...)
	p.Add(trustedweb.Routes(trustedweb.Deps{Nodes: a.Nodes, Types: a.Types})...)
	p.Add(custodyweb.Routes(custodyweb.Deps{Custody: a.Custody, Offices: a.issuingOffices})...)
	p.Add(holdingweb.Routes(holdingweb.Deps{Holding: a.Holding, Files: a.Files, Regions: a.watchedRegions(), CasePath: func(region, id string) string { return "/cases/" + region + "/" + id }})...)
	p.Add(reuseweb.Routes(reuseweb.Deps{Reuse: a.Reuse, Regions: a.countedRegions()})...)
	p.Add(participationweb.Routes(participationweb.Deps{Participation: a.Participation})...)
	p.Add(score.Routes(score.Deps{Quality: a.Quality, Region: a.Region})...)
	p.Add(lawsweb.Routes(lawsweb.Deps{Laws: a.Laws, Region: a.Region})...)
	p.Add(limitsweb.Routes(limitsweb.Deps{Limits: a.Limits, Regions: a.limitRegions()})...)
	p.Add(intakeweb.Routes(intakeweb.Deps{Intake: a.Intake, Outlet: a.Outlet, Clock: a.Clock, Region: a.Region})...)
	p.Add(designweb.Routes(designweb.Deps{Design: a.Design, Catalogue: a.Catalogue, Regions: a.regions()})...)
	p.Add(tabs.Routes(tabs.Deps{Design: a.Design, Regions: a.regions(), Division: a.Catalogue.RegionName, Search: a.Catalogue.Search, Rules: a.Quality.Rules, Lists: a.lists(), Guide: catalogueweb.Preview(catalogueweb.Deps{Catalogue: a.Catalogue, Cited: a.cited})})...)
	p.Add(upgradesweb.Routes(upgrades.On(a.Casework, a.Catalogue))...)
	p.Add(oversightweb.Routes(oversightweb.Deps{Oversight: a.Oversight, Region: a.Catalogue.Region})...)
}

// caseNumber is where somebody who searches for a number of a case finds it.
func caseNumber(text string) string {
	if n := casework.CleanNumber(text); casework.ValidNumber(n) {
		return "/progress?number=" + n
	}
	return ""
}

// continued gives the start page what the reader can go on with.
func continued(d applicant.Deps) func(context.Context) ([]catalogueweb.Continued, error) {
	return func(ctx context.Context) ([]catalogueweb.Continued, error) {
		cards, err := d.Continue(ctx)
		var out []catalogueweb.Continued
		for _, c := range cards {
			out = append(out, catalogueweb.Continued{Title: c.Title, Href: c.Href, Text: c.Text, Status: ui.Status{Text: c.Status, Tone: c.Tone}})
		}
		return out, err
	}
}

// limitRegions are the regions whose limits can be looked at, by name.
func (a *App) limitRegions() []limitsweb.Region {
	var out []limitsweb.Region
	for _, code := range a.regions() {
		r := limitsweb.Region{Code: code, Zh: code, En: code}
		if d, err := a.Catalogue.Division(context.Background(), code); err == nil {
			r.Zh, r.En = d.Name, cmp.Or(sampleNames[d.Name], d.Name)
		}
		out = append(out, r)
	}
	return out
}

// province is the directory of base items that this node keeps.
func (a *App) province() string { return a.regions()[0][:2] + "0000" }

// keptRegions are the regions whose catalogue is kept here: the province with
// its directory, and those whose cases are kept.
func (a *App) keptRegions() []changing.Region {
	codes := a.regions()
	if p := a.province(); !slices.Contains(codes, p) {
		codes = append([]string{p}, codes...)
	}
	var out []changing.Region
	for _, code := range codes {
		r := changing.Region{Code: code, Zh: code, En: code}
		if d, err := a.Catalogue.Division(context.Background(), code); err == nil {
			r.Zh, r.En = d.Name, cmp.Or(sampleNames[d.Name], d.Name)
		}
		out = append(out, r)
	}
	return out
}
