package catalogue

import (
	"context"
	"slices"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// Arrival is an item from outside on its way into the catalogue.
type Arrival struct {
	What Outcome // filled by TakeIn
	p    *publication
}

// Region is where the item belongs.
func (a *Arrival) Region() string { return a.p.content.Item.Region }

// Code is the item's code.
func (a *Arrival) Code() string { return a.p.content.Item.Code }

// Name is the item's name.
func (a *Arrival) Name() string { return a.p.content.Item.Name }

// Version is the version that the item has after TakeIn when it is new or
// changed.
func (a *Arrival) Version() int { return a.p.version }

// Becomes is what became of the item, or becomes of it within the transaction
// of TakeIn.
func (a *Arrival) Becomes() Outcome {
	if a.OutOfService() {
		return Paused
	}
	return a.p.what
}

// OutOfService tells whether taking the item in ends its service, for now or
// for good.
func (a *Arrival) OutOfService() bool {
	return a.p.what == Changed && a.p.content.Item.State != content.InForce
}

// Outcome is what became, or would become, of an arrival.
type Outcome string

// The outcomes.
const (
	Added   Outcome = "new"       // its first version
	Changed Outcome = "changed"   // its next version
	Same    Outcome = "same"      // this content is there already
	Kept    Outcome = "kept"      // a package keeps the item
	Paused  Outcome = "suspended" // its next version takes it out of service, for now or for good
)

// Arrive makes an item ready to be taken in: what a guide lacks and every
// application needs is added, it is sealed, and cut into words. This is the
// slow part; it may run beside the transactions. A zero from is now.
func (s *Service) Arrive(c content.Content, from time.Time) (*Arrival, error) {
	general, err := s.general()
	if err != nil {
		return nil, err
	}
	if c.Item.Package != "" { // such rows only say that a package keeps the item
		return &Arrival{p: &publication{content: &content.Content{Item: content.Item{Region: c.Item.Region, Code: c.Item.Code, Package: c.Item.Package}}}}, nil
	}
	general.complete(&c)
	p := publish(&c, effective(from, s.Clock.Now()), s.namesOf(context.Background(), c.Item.Region), 0)
	s.expect(p)
	return &Arrival{p: p}, nil
}

// TakeOptions say how to take items in.
type TakeOptions struct {
	DryRun bool
	Name   string // where they come from, for the record
	// With runs in the transaction of these arrivals, with what became of them;
	// it may run more than once. Because: whoever takes in a long file keeps where
	// it is in the same commit, so that nothing counts twice after a crash.
	With func(ctx context.Context, tx *db.Tx, part Report) error
}

// TakeIn is the door by which items from outside come into the catalogue, all
// of one call in one transaction. The same content again changes nothing, and
// an item that a package keeps is not overwritten.
func (s *Service) TakeIn(ctx context.Context, list []*Arrival, opt TakeOptions) (Report, error) {
	all := make([]*publication, len(list))
	regions := map[string]bool{}
	for i, a := range list {
		all[i], regions[a.Region()] = a.p, true
	}
	for region := range regions {
		if err := authz.Require(ctx, MayImportItems, authz.Object{Region: region}); err != nil {
			return Report{}, err
		}
	}
	if err := s.Setup(ctx); err != nil {
		return Report{}, err
	}
	var done Report
	var err error
	if opt.DryRun {
		var next comparison
		if next, err = compare(ctx, s.DB, all); err != nil {
			return done, err
		}
		next.count(&done)
	} else {
		if err := s.foresee(ctx, all); err != nil {
			return done, err
		}
		err = s.DB.Write(ctx, func(tx *db.Tx) error { done = Report{}; return s.takeTx(ctx, tx, all, &done, opt) })
	}
	for _, a := range list {
		a.What = a.Becomes()
	}
	return done, err
}

func (s *Service) takeTx(ctx context.Context, tx *db.Tx, list []*publication, done *Report, opt TakeOptions) error {
	next, err := compare(ctx, tx, list)
	if err != nil {
		return err
	}
	next.count(done)
	for _, part := range next.byRegion() {
		audit.Record(ctx, tx, audit.Entry{Region: part.region(), Action: "catalogue.items.imported", Object: opt.Name, Details: part.details()})
	}
	if err := s.savePublications(ctx, tx, next.fresh, s.Clock.Now()); err != nil {
		return err
	}
	if len(next.fresh) == 0 {
		tx.Unaudited("no item changed")
	}
	if opt.With != nil {
		return opt.With(ctx, tx, *done)
	}
	return nil
}

// Present returns the newest content of the items of a region that are there,
// by code.
func (s *Service) Present(ctx context.Context, region string, codes []string) (map[string]content.Content, error) {
	out := map[string]content.Content{}
	for part := range slices.Chunk(codes, 500) {
		list, err := loadContents(ctx, s.DB, region, part)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			out[c.Item.Code] = c
		}
	}
	return out, nil
}

// PublishedItem is one item with the version and time of its newest content.
type PublishedItem struct {
	content.Content
	Version     int
	Effective   time.Time
	PublishedAt time.Time
}

// EachItem goes through the newest content of every item of a region and those
// below it that was published after since, by region and code. A zero since is
// all of them.
func (s *Service) EachItem(ctx context.Context, region string, since time.Time, f func(PublishedItem) error) error {
	if since.IsZero() {
		since = time.Unix(0, 0)
	}
	return eachPublished(ctx, s.DB, authz.Prefix(region), since, f)
}

// Before returns the newest content of an item that was published at a time or
// earlier; false when there was none.
func (s *Service) Before(ctx context.Context, region, code string, at time.Time) (content.Content, bool, error) {
	c, err := contentBefore(ctx, s.DB, region, code, at)
	if fault.IsKind(err, fault.KindNotFound) {
		return content.Content{}, false, nil
	}
	return c, err == nil, err
}

// Count is how many items there are, in all regions.
func (s *Service) Count(ctx context.Context) (int, error) { return countItems(ctx, s.DB, "") }

// PlacesFrom lists where items stand by region and code, from a position on:
// for site maps.
func (s *Service) PlacesFrom(ctx context.Context, offset, limit int) ([]Place, error) {
	return placesFrom(ctx, s.DB, "", offset, limit)
}
