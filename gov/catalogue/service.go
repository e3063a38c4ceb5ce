package catalogue

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/places"
	"tongban/gov/catalogue/shelf"
	"tongban/gov/catalogue/standard"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrations are the tables of the catalogue.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrationFiles, "migrations")
	return db.Migrations{Name: "catalogue", FS: sub}
}

// Faults of the catalogue.
var (
	ErrNoItem     = fault.NotFound("catalogue.no_item")
	ErrNoDivision = fault.NotFound("catalogue.no_division")
	ErrNoRegion   = fault.Invalid("catalogue.no_region")
	ErrFormat     = fault.Invalid("catalogue.format")
	ErrPackage    = fault.Invalid("catalogue.package")
	ErrTaken      = fault.Conflict("catalogue.package_version") // the version is taken by other content
	ErrCursor     = shelf.ErrCursor
	ErrQuery      = shelf.ErrQuery
)

// Deps is what the catalogue needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Data     fs.FS                  // shipped reference data, for Seed
	Items    fs.FS                  // shipped service packages and the general flow
	CheckOrg func(code string) bool // tells whether a unified code passes its check; nil: none is suspected

	// Gate refuses content whose guide is not good enough (quality). was is what is in
	// force when only something else changes (the flow, elements of a guide): then it
	// is enough that the guide does not get worse. nil: everything passes. What ships
	// is not asked.
	Gate func(ctx context.Context, was, c *Content) error
}

// Service is the catalogue: the only door in.
type Service struct {
	Deps
	general func() (General, error)
	shelf   *shelf.Shelf
	seen    standard.Seen // base items
	alike   func() (*common, error)
	setup   sync.Mutex
	ready   bool

	offers sync.Map // offerKey → *Offer; versions never change
	places *places.Keeper
}

type offerKey struct {
	region, code string
	version      int
}

// New returns the catalogue over a migrated database.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = clock.System
	}
	s := &Service{Deps: d,
		general: sync.OnceValues(func() (General, error) { return LoadGeneral(d.Items) })}
	s.alike = sync.OnceValues(s.common)
	s.places = s.keepPlaces()
	s.shelf = shelf.New(shelf.Deps{DB: d.DB, Clock: d.Clock, Places: s.Places})
	return s
}

// Item returns the version in force of an item.
func (s *Service) Item(ctx context.Context, region, code string) (Item, error) {
	o, err := s.Offer(ctx, region, code)
	if err != nil {
		return Item{}, err
	}
	return o.Item, nil
}

// Offer returns the version in force with everything needed to apply.
func (s *Service) Offer(ctx context.Context, region, code string) (*Offer, error) {
	v, err := currentVersion(ctx, s.DB, region, code, s.Clock.Now())
	if err != nil {
		return nil, noItem(err, region, code)
	}
	return s.OfferVersion(ctx, region, code, v)
}

// OfferVersion returns one version, in force or not; a case refers to the one
// it began with.
func (s *Service) OfferVersion(ctx context.Context, region, code string, version int) (*Offer, error) {
	key := offerKey{region, code, version}
	if o, ok := s.offers.Load(key); ok {
		return o.(*Offer), nil
	}
	c, v, err := loadContent(ctx, s.DB, region, code, version)
	if err != nil {
		return nil, noItem(err, region, code)
	}
	o, err := content.NewOffer(c, v)
	if err != nil {
		return nil, fault.Internal("catalogue.unreadable").With("item", code).Because(err)
	}
	s.offers.Store(key, o)
	return o, nil
}

// Versions lists the versions of an item, the newest first.
func (s *Service) Versions(ctx context.Context, region, code string) ([]Version, error) {
	list, err := loadVersions(ctx, s.DB, region, code)
	if err == nil && len(list) == 0 {
		err = noItem(db.ErrNoRow, region, code)
	}
	return list, err
}

func noItem(err error, region, code string) error {
	if fault.IsKind(err, fault.KindNotFound) {
		return ErrNoItem.With("region", region).With("code", cut(code))
	}
	return err
}

// cutting names the way items are cut into words; a new way cuts all of them
// again at the next start.
const cutting = "2"

// Setup makes the search index when there is none, and makes it anew when the
// way of cutting words has changed. It is called by everything that needs the
// index; calling it after the migrations saves the first reader the wait.
func (s *Service) Setup(ctx context.Context) error {
	s.setup.Lock()
	defer s.setup.Unlock()
	if s.ready {
		return nil
	}
	created, err := shelf.Index.Setup(ctx, s.DB)
	if err != nil {
		return err
	}
	old, err := importHash(ctx, s.DB, "000000", "cutting")
	if err != nil {
		return err
	}
	if created || old != cutting {
		if err := s.reindex(ctx); err != nil {
			return err
		}
	}
	if err := s.fillCertified(ctx); err != nil {
		return err
	}
	s.ready = true
	return nil
}

// effective is from when on a version counts: the asked time, or now.
func effective(asked, now time.Time) time.Time {
	if asked.IsZero() {
		return now
	}
	return asked
}
