package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tongban/data"
	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/portraits"
	"tongban/gov/casework/precedents"
	"tongban/gov/casework/reuse"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/halls"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/lists"
	"tongban/gov/catalogue/outlet"
	"tongban/gov/catalogue/quality"
	"tongban/gov/certificates"
	"tongban/gov/certificates/custody"
	"tongban/gov/certificates/holding"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/stock"
	"tongban/gov/certificates/templates"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	"tongban/gov/design"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/gov/laws"
	"tongban/gov/limits"
	"tongban/gov/oversight"
	"tongban/gov/participation"
	"tongban/items"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/files"
	"tongban/platform/lock"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
	"tongban/platform/web"

	"golang.org/x/mod/sumdb/note"
)

// Options say where the node keeps things and who it is.
type Options struct {
	DataDir      string        // keys, files and, without Database, the SQLite file
	Database     string        // "postgres://…"; "" is SQLite in DataDir
	Region       string        // top region of the node, six digits; "" is DefaultRegion
	BaseURL      string        // how people reach the site; in QR codes and links
	Site         string        // name on the pages; "" is a neutral one
	Passphrase   string        // seals the keys at rest; "" is that in DataDir, and without one they are readable to their owner
	SealKeys     bool          // without Passphrase, a node that has no keys yet makes a passphrase in DataDir
	Signer       string        // who keeps the private keys: https://HOST:PORT or unix:PATH; "" they lie in DataDir
	Serving      bool          // pages will be served under BaseURL
	Dev          bool          // storybook and other pages for developers
	Proxies      web.Proxies   // machines in front that may say who asks
	KeepImports  time.Duration // how long imports stay with their files; 0 is 90 days
	MetricsToken string        // opens /metrics; "" opens it on this machine only
	Clock        clock.Clock   // nil is the machine's
	Log          *slog.Logger
}

// DefaultRegion is where the shipped guides come from: Guangdong.
const DefaultRegion = "440000"

// App is one node: every service over one database and one folder.
type App struct {
	Options
	held          []*lock.Lock
	vault         sign.Vault // nil: files in DataDir
	DB            *db.DB
	Keys          *ring.Ring
	Files         *files.Store
	Bus           *events.Bus
	Schedule      *schedule.Runner
	Sealer        *audit.Sealer
	Calendar      *calendar.Calendar
	Identity      *identity.Service
	Catalogue     *catalogue.Service
	Changes       *changes.Service
	Lists         *lists.Service
	Intake        *intake.Service
	Outlet        *outlet.Service
	Halls         *halls.Service
	Certificates  *certificates.Service
	Types         *kinds.Service
	Templates     *templates.Service
	Stock         *stock.Service
	Wallets       *wallets.Service
	Holding       *holding.Service
	Reuse         *reuse.Service
	Nodes         *trusted.Service
	Custody       *custody.Service
	Casework      *casework.Service
	Bundles       *bundles.Service
	Participation *participation.Service
	Design        *design.Service
	Limits        *limits.Service
	Laws          *laws.Service
	Quality       *quality.Service
	Oversight     *oversight.Service
}

// Migrations are all tables in the order of creation.
func Migrations() []db.Migrations {
	return []db.Migrations{
		audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(),
		identity.Migrations(), catalogue.Migrations(), certificates.Migrations(), casework.Migrations(), participation.Migrations(), design.Migrations(), limits.Migrations(), laws.Migrations(),
	}
}

func (o *Options) complete() {
	if o.Region == "" {
		o.Region = DefaultRegion
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Database == "" {
		o.Database = "sqlite:" + filepath.Join(o.DataDir, "tongban.db")
	}
	if o.BaseURL == "" {
		o.BaseURL = "http://127.0.0.1:8080"
	}
}

// Open opens the node, creating folder, keys and tables when they are missing.
func Open(ctx context.Context, o Options) (*App, error) {
	o.complete()
	if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	a := &App{Options: o}
	if err := a.keep(); err != nil {
		return nil, errors.Join(err, a.letGo())
	}
	d, err := db.Open(ctx, o.Database)
	if err != nil {
		return nil, errors.Join(err, a.letGo())
	}
	a.DB = d
	if err := d.Migrate(ctx, Migrations()...); err != nil {
		return nil, errors.Join(opened(err), a.Close())
	}
	if err := a.keysBelong(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if err := a.build(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) build() (err error) {
	if err = a.openKeys(); err != nil {
		return err
	}
	if a.Files, err = files.Open(filepath.Join(a.DataDir, "files")); err != nil {
		return fmt.Errorf("file store: %w", err)
	}
	secret, err := identity.LoadKey(filepath.Join(a.DataDir, "keys", "identity.key"))
	if err != nil {
		return err
	}
	if a.Calendar, err = loadCalendar(a.DataDir); err != nil {
		return err
	}
	a.Bus = events.New(a.DB, a.Log)
	a.Schedule = schedule.NewRunner(a.DB, a.Clock, a.Log)
	a.Sealer = &audit.Sealer{DB: a.DB, Keys: func() note.Signer { return a.Keys.Node().NoteSigner() }, Clock: a.Clock, Log: a.Log}
	if a.Identity, err = identity.New(identity.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Region: a.Region, Key: secret, Policy: Policy(), Known: a.known}); err != nil {
		return err
	}
	a.Catalogue = catalogue.New(catalogue.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Data: data.Files, Items: items.Files, Gate: a.gate,
		CheckOrg: func(code string) bool { _, err := number.ParseUSCC(code); return err == nil }})
	a.Changes = changes.NewService(changes.Deps{DB: a.DB, Clock: a.Clock, Catalogue: a.Catalogue, Cases: openCases{a}})
	a.Lists = lists.New(lists.Deps{DB: a.DB, Clock: a.Clock, Catalogue: a.Catalogue, Region: a.Region})
	a.Intake = intake.New(intake.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Catalogue: a.Catalogue, Cases: openCases{a}, Files: a.Files, Keep: a.KeepImports,
		CheckOrg: func(code string) bool { _, err := number.ParseUSCC(code); return err == nil }})
	a.Halls = halls.New(halls.Deps{DB: a.DB, Clock: a.Clock, Catalogue: a.Catalogue})
	a.Outlet = outlet.New(outlet.Deps{DB: a.DB, Clock: a.Clock, Catalogue: a.Catalogue, BaseURL: a.BaseURL})
	keys, err := a.trust()
	if err != nil {
		return fmt.Errorf("trust list: %w", err)
	}
	a.Types = kinds.New(kinds.Deps{DB: a.DB, Clock: a.Clock})
	a.Certificates = certificates.New(certificates.Deps{DB: a.DB, Clock: a.Clock, Keyring: keys,
		Files: a.Files, BaseURL: a.BaseURL, Cases: caseReaders{a}, Regions: a.regions(), Kinds: a.Types, Templates: a.templates()})
	a.openStock()
	a.openWallets(keys, secret)
	a.openCustody(keys)
	people := casework.Directory{Identity: a.Identity}
	a.Limits = limits.New(limits.Deps{DB: a.DB, Clock: a.Clock})
	a.openHolding(secret)
	rules := casework.NationalRules()
	rules.Source = a.Limits
	a.Casework = casework.New(casework.Deps{DB: a.DB, Clock: a.Clock, Calendar: a.Calendar, Rules: rules,
		Items: a.Catalogue, Checks: Checks, Lists: a.lists(), People: people, Offices: people, Papers: usable{a.Certificates, a.Nodes}, Regions: a.regions(), NewDays: a.newDays, Portraits: portraits.Desk{Store: a.Files}})
	a.openReuse()
	a.Bundles = bundles.New(bundles.Deps{DB: a.DB, Clock: a.Clock, Calendar: a.Calendar, Cases: a.Casework, Items: a.Catalogue, Papers: a.Certificates, Regions: a.regions()})
	a.Oversight = oversight.New(oversight.Deps{DB: a.DB, Casework: a.Casework, Bus: a.Bus, Verifier: a.Keys.Record(), Region: a.Region, Regions: a.regions()})
	a.Design = design.New(design.Deps{DB: a.DB, Clock: a.Clock, Calendar: a.Calendar, Items: a.Catalogue, Orgs: a.Identity})
	a.openLaws()
	a.Design.Quality, a.Design.Cases = a.Quality, pastCases{precedents.Service{DB: a.DB, Clock: a.Clock}}
	a.Participation = participation.New(participation.Deps{DB: a.DB, Clock: a.Clock})
	a.Casework.Handle(a.Schedule)
	a.Changes.Handle(a.Schedule)
	a.Certificates.Handle(a.Schedule)
	a.react()
	return a.noteKeys(auth.System(context.Background(), "keys"))
}

// templates opens what certificates look like.
func (a *App) templates() *templates.Service {
	a.Templates = templates.New(templates.Deps{DB: a.DB, Clock: a.Clock, Types: a.Types})
	return a.Templates
}

// regions are those that the node keeps cases of.
func (a *App) regions() []string {
	return []string{a.Region, identity.SampleCity, identity.SampleDistrict}
}

// caseReaders tells certificates who handles a case; cases are of a higher tier.
type caseReaders struct{ a *App }

// MayRead implements certificates.Cases.
func (c caseReaders) MayRead(ctx context.Context, region, id string) error {
	if bundles.Is(casework.CaseID(id)) {
		return c.a.Bundles.MayRead(ctx, region, casework.CaseID(id))
	}
	return c.a.Casework.MayRead(ctx, region, casework.CaseID(id))
}

// Run does the background work until ctx ends: facts, due jobs, sealing.
func (a *App) Run(ctx context.Context) {
	if err := a.Casework.CatchUp(ctx); err != nil {
		a.Log.Error("days off", "error", err)
	}
	var wg sync.WaitGroup
	for _, work := range []func(context.Context){a.Bus.Run, a.Schedule.Run, a.Sealer.Run, a.sweep, a.Intake.Work, a.Stock.Work, a.Laws.Run, a.Quality.Run, a.followNodes, a.rest} {
		wg.Go(func() { work(ctx) })
	}
	wg.Wait()
}

// sweep forgets sessions, links and attempts whose time is over and renews what
// is near its end, every hour.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := errors.Join(a.Identity.Sweep(ctx), a.Intake.Sweep(ctx), a.Stock.Sweep(ctx), a.Certificates.Sweep(ctx), a.Wallets.Sweep(ctx), a.Nodes.Sweep(ctx), a.Holding.Sweep(ctx), a.RenewKeys(ctx)); err != nil {
				a.Log.Error("sweep", "error", err)
			}
		}
	}
}

// Close closes the database and lets another server have the folder. Run must
// have ended.
func (a *App) Close() error { return errors.Join(a.DB.Close(), a.letGo()) }

// importDepartments takes in the offices that own the shipped guides.
func (a *App) importDepartments(ctx context.Context) error {
	f, err := data.Files.Open(data.Departments)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = a.Identity.ImportDepartments(auth.System(ctx, "seed"), a.Region, f, func(line int, problem error) {
		a.Log.Debug("departments", "line", line, "problem", problem)
	})
	return err
}

// Seed fills the node with the shipped data and a plainly fictional town; what
// is there already is kept. It returns one-time links, one per role.
func (a *App) Seed(ctx context.Context) ([]identity.RoleLink, error) {
	if err := a.importDepartments(ctx); err != nil {
		return nil, fmt.Errorf("departments: %w", err)
	}
	if err := a.Catalogue.Seed(ctx); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	if err := a.Halls.Seed(ctx); err != nil {
		return nil, fmt.Errorf("halls: %w", err)
	}
	if err := a.Laws.Seed(ctx); err != nil {
		return nil, fmt.Errorf("laws: %w", err)
	}
	if err := a.Types.Seed(ctx, identity.SampleDistrict); err != nil {
		return nil, fmt.Errorf("certificate types: %w", err)
	}
	if err := a.Templates.Seed(ctx, identity.SampleDistrict); err != nil {
		return nil, fmt.Errorf("templates of certificates: %w", err)
	}
	offices, err := items.Files.Open(items.Departments)
	if err != nil {
		return nil, err
	}
	defer offices.Close()
	return a.Identity.Seed(ctx, identity.SeedInput{Offices: offices, Links: true})
}
