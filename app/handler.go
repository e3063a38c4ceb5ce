package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"os"
	"strings"

	caseworkapi "tongban/gov/casework/api"
	"tongban/gov/casework/upgrades"
	catalogueapi "tongban/gov/catalogue/api"
	importsapi "tongban/gov/catalogue/api/imports"
	certificatesapi "tongban/gov/certificates/api"
	custodyapi "tongban/gov/certificates/api/custody"
	holdingapi "tongban/gov/certificates/api/holding"
	stockapi "tongban/gov/certificates/api/stock"
	designapi "tongban/gov/design/api"
	identityapi "tongban/gov/identity/api"
	identityweb "tongban/gov/identity/web"
	lawsapi "tongban/gov/laws/api"
	limitsapi "tongban/gov/limits/api"
	participationapi "tongban/gov/participation/api"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/telemetry"
	"tongban/platform/web"
	"tongban/ui"
	"tongban/ui/static"
)

// Version names the release; the build may set it.
var Version = "0.1.0"

// Site is everything that answers: pages and API with their route tables.
type Site struct {
	Pages   *web.Pages
	API     *web.API
	Words   *i18n.Bundle
	handler http.Handler
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Server is a web server of the site that waits for slow lines, with a bound.
func (s *Site) Server() *http.Server { return web.DefaultPatience.Server(s) }

// Site builds the routers. Every row carries its permission; a missing word or
// a doubled route is an error here and not on a page.
func (a *App) Site() (*Site, error) {
	words, err := Words()
	if err != nil {
		return nil, err
	}
	s := &Site{Words: words, API: web.NewAPI("Tongban 通办", Version, a.Log)}
	s.Pages = web.NewPages(a.Log, a.failed)
	a.pages(s.Pages)
	a.operations(s.API)

	metrics := telemetry.NewMetrics(Version)
	metrics.Watch(a.DB, a.Clock)
	idweb := a.identityWeb()
	pages := ui.WithPreferences(words, identityweb.Sessions(idweb, a.withShell(metrics.Count(s.Pages))))
	api := a.withLanguage(words, identityapi.Tokens(a.Identity, metrics.Count(s.API)))
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	mux.Handle("/api/", api)
	health := &telemetry.Health{Log: a.Log}
	health.Ready("database", a.DB.Ping)
	health.Ready("disk", a.diskTakes)
	health.Warn("certificate", a.KeysLast)
	health.Warn("nodes", a.Nodes.Unfollowed)
	if a.Signer != "" {
		health.Warn("signer", a.SignerAnswers)
	}
	metrics.Gauge("certificate_days", "Days until the signing certificate ends; it renews itself 60 days before.", func() float64 {
		end, _ := a.Keys.Node().Ends()
		return end.Sub(a.Clock.Now()).Hours() / 24
	})
	mux.HandleFunc("GET /healthz", health.Livez)
	mux.HandleFunc("GET /readyz", health.Readyz)
	mux.Handle("GET /metrics", a.forMachines(metrics.Handler()))
	mux.Handle("/", web.Compress(pages))
	s.handler = a.Proxies.Wrap(web.Trace(a.Log, mux))
	return s, nil
}

// forMachines opens a door to whoever has the token, or without a token to this
// machine alone: what is counted tells strangers where a node is weak.
func (a *App) forMachines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		switch {
		case a.MetricsToken == "" && web.Local(r),
			a.MetricsToken != "" && strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare([]byte(token), []byte(a.MetricsToken)) == 1:
			next.ServeHTTP(w, r)
		case a.MetricsToken == "":
			http.Error(w, "only this machine may read the metrics; set metrics-token-file to let others", http.StatusForbidden)
		default:
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the metrics need their token", http.StatusUnauthorized)
		}
	})
}

// Words are the texts of all pages in both languages.
func Words() (*i18n.Bundle, error) {
	b := i18n.NewBundle()
	for _, fsys := range wordFolders {
		if err := b.Add(fsys); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (a *App) identityWeb() identityweb.Deps {
	return identityweb.Deps{Identity: a.Identity, Secure: strings.HasPrefix(a.BaseURL, "https://"), Home: a.homeOf, Things: things{a.Catalogue, a.Region},
		Fail: func(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
			a.failed(w, r, f, web.RequestID(r.Context()))
		}}
}

// failed shows an error as a page, or leads to the sign-in page and back.
func (a *App) failed(w http.ResponseWriter, r *http.Request, f *fault.Fault, request string) {
	if f.Kind == fault.KindUnauthenticated {
		http.Redirect(w, r, identityweb.SignInURL(r), http.StatusSeeOther)
		return
	}
	ui.ErrorPage(w, r, f, request)
}

func (a *App) operations(api *web.API) {
	identityapi.Register(api, identityapi.Deps{Identity: a.Identity})
	importsapi.Register(api, importsapi.Deps{Intake: a.Intake, Outlet: a.Outlet})
	catalogueapi.Register(api, catalogueapi.Deps{Catalogue: a.Catalogue})
	catalogueapi.RegisterStandard(api, catalogueapi.Standard{Catalogue: a.Catalogue, Changes: a.Changes, Lists: a.Lists})
	catalogueapi.RegisterScores(api, catalogueapi.Scores{Quality: a.Quality, Region: a.Region, Known: a.Catalogue.Region})
	lawsapi.Register(api, lawsapi.Deps{Laws: a.Laws, Region: a.Region, Known: a.Catalogue.Region})
	limitsapi.Register(api, limitsapi.Deps{Limits: a.Limits, Region: a.Catalogue.Region})
	caseworkapi.RegisterUpgrades(api, caseworkapi.UpgradeDeps{Desk: upgrades.On(a.Casework, a.Catalogue)})
	designapi.Register(api, designapi.Deps{Design: a.Design})
	certificatesapi.Register(api, certificatesapi.Deps{Certificates: a.Certificates, Types: a.Types, ItemsOf: a.Catalogue.ItemsOf, Templates: a.Templates, Address: identityapi.Address})
	stockapi.Register(api, stockapi.Deps{Stock: a.Stock})
	certificatesapi.RegisterNodes(api, certificatesapi.NodeDeps{Certificates: a.Certificates, Nodes: a.Nodes, Address: identityapi.Address})
	custodyapi.Register(api, custodyapi.Deps{Custody: a.Custody})
	holdingapi.Register(api, holdingapi.Deps{Holding: a.Holding, Files: a.Files, Address: identityapi.Address})
	participationapi.Register(api, participationapi.Deps{Participation: a.Participation, Region: a.Catalogue.Region})
	caseworkapi.Register(api, caseworkapi.Deps{Casework: a.Casework, Bundles: a.Bundles, Reuse: a.Reuse, Files: a.Files, Address: identityapi.Address, Region: a.Catalogue.Region})
}

// withLanguage answers the API in the language that the caller asks for.
func (a *App) withLanguage(words *i18n.Bundle, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := i18n.With(r.Context(), words, i18n.Parse(r.Header.Get("Accept-Language")))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// diskTakes tells whether the data folder takes a block: on a full disk the
// database answers reads and refuses every change.
func (a *App) diskTakes(context.Context) error {
	f, err := os.CreateTemp(a.DataDir, "ready-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, 16<<10))
	return errors.Join(err, f.Sync(), f.Close())
}
