package catalogue

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/schedule"
)

// Faults of publishing in steps.
var (
	ErrNoBase  = fault.NotFound("catalogue.no_base")
	ErrChanged = fault.Conflict("catalogue.changed_since") // somebody published since the draft began
)

// The refusals of items that are not offered. Cases under way go on.
var (
	ErrSuspended = fault.Conflict("catalogue.suspended")
	ErrCancelled = fault.Conflict("catalogue.cancelled")
)

// Offered refuses an item that is suspended or cancelled to who wants to begin
// or submit an application.
func Offered(o *Offer) error {
	switch o.State {
	case content.Suspended:
		return ErrSuspended.With("item", o.FullName())
	case content.Cancelled:
		return ErrCancelled.With("item", o.FullName())
	}
	return nil
}

// PublishItemTx makes the next version of an item inside the transaction of who
// decides it; seen is the version that the draft began with, 0 for a new item.
// The same content again changes nothing.
func (s *Service) PublishItemTx(ctx context.Context, tx *db.Tx, c Content, from time.Time, seen int) (int, error) {
	region, code := c.Item.Region, c.Item.Code
	if err := unchanged(ctx, tx, region, code, seen); err != nil {
		return 0, err
	}
	if seen == 0 {
		general, err := s.general()
		if err != nil {
			return 0, err
		}
		general.complete(&c)
	}
	p := publish(&c, from, s.namesOf(ctx, region), 0)
	p.fixed = true
	next, err := compare(ctx, tx, []*publication{p})
	if err != nil || len(next.fresh) == 0 {
		return seen, err
	}
	audit.Record(ctx, tx, audit.Entry{Region: region, Action: "catalogue.item.published", Object: code,
		Details: map[string]any{"version": p.version, "hash": p.hash, "package": c.Item.Package, "effective": p.from}})
	return p.version, s.savePublications(ctx, tx, next.fresh, s.Clock.Now())
}

// unchanged refuses a draft over a version that is no longer the newest, and
// says who published since.
func unchanged(ctx context.Context, r db.Reader, region, code string, seen int) error {
	list, err := loadVersions(ctx, r, region, code)
	if err != nil || len(list) == 0 && seen == 0 || len(list) > 0 && list[0].Number == seen {
		return err
	}
	if len(list) == 0 {
		return noItem(db.ErrNoRow, region, code)
	}
	return ErrChanged.With("code", code).With("version", list[0].Number).With("by", list[0].Publisher)
}

// PublishBaseTx makes the next version of a base item; seen is the version that
// the draft began with, 0 for a new one. Items that refer to it follow.
func (s *Service) PublishBaseTx(ctx context.Context, tx *db.Tx, b standard.Base, seen int) error {
	there, err := standard.Newest(ctx, tx, b.Region, []string{b.Code})
	if err != nil {
		return err
	}
	if old := there[b.Code]; old.Version != seen {
		return ErrChanged.With("code", b.Code).With("version", old.Version).With("by", old.Publisher)
	}
	return putBase(ctx, tx, &b, seen, s.Clock.Now())
}

// followers is how many items follow their base item in one transaction.
const followers = 200

// Follow gives items that refer to a base item their next version, one portion
// at a time; the job plans itself again until all have it.
func (s *Service) Follow(ctx context.Context, tx *db.Tx, j schedule.Job) error {
	now := s.Clock.Now()
	b, err := standard.At(ctx, tx, j.Region, j.Key, now)
	if err != nil {
		return err
	}
	region, code, _ := strings.Cut(j.Payload, "/")
	list, err := referringTo(ctx, tx, b.Code, region, code, followers)
	if err != nil {
		return err
	}
	var all []*publication
	for i := range list {
		c := &list[i]
		if c.Item.BaseVersion == b.Version {
			continue
		}
		if err := s.moveTo(ctx, tx, c, &b); err != nil {
			return err
		}
		p := publish(c, now, s.namesOf(ctx, c.Item.Region), 0)
		p.fixed = true
		all = append(all, p)
	}
	next, err := compare(ctx, tx, all)
	if err != nil {
		return err
	}
	for _, part := range next.byRegion() {
		details := part.details()
		details["base_version"] = b.Version
		audit.Record(ctx, tx, audit.Entry{Region: part.region(), Action: "catalogue.items.followed", Object: b.Code, Details: details})
	}
	if err := s.savePublications(ctx, tx, next.fresh, now); err != nil {
		return err
	}
	if len(list) == followers {
		last := list[len(list)-1].Item
		schedule.Set(tx, schedule.Job{Region: j.Region, Kind: JobFollow, Key: j.Key, At: now, Payload: last.Region + "/" + last.Code})
	}
	return nil
}

// moveTo replaces what an item has from one base version by what another says.
func (s *Service) moveTo(ctx context.Context, tx *db.Tx, c *Content, b *standard.Base) error {
	if c.Item.BaseVersion > 0 {
		old, err := standard.Load(ctx, tx, b.Region, b.Code, c.Item.BaseVersion)
		if err != nil {
			return err
		}
		old.Bind(&c.Item)
	}
	b.Onto(&c.Item)
	return loadTexts(ctx, tx, c)
}

// Base returns the version of a base item that is in force.
func (s *Service) Base(ctx context.Context, code string) (standard.Base, error) {
	b, err := standard.At(ctx, s.DB, directoryOf(code), code, s.Clock.Now())
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoBase.With("code", cut(code))
	}
	return b, err
}

// BaseVersions lists the versions of a base item, the newest first.
func (s *Service) BaseVersions(ctx context.Context, code string) ([]standard.Base, error) {
	list, err := standard.Versions(ctx, s.DB, directoryOf(code), code)
	if err == nil && len(list) == 0 {
		err = ErrNoBase.With("code", cut(code))
	}
	return list, err
}

// Bases lists a directory by code, after one of them.
func (s *Service) Bases(ctx context.Context, directory, word, kind, after string, limit int) ([]standard.Base, error) {
	return standard.Find(ctx, s.DB, directory, strings.TrimSpace(word), kind, after, min(max(limit, 1), 200))
}

// MissingBases tells which basic codes no directory has.
func (s *Service) MissingBases(ctx context.Context, list []string) ([]string, error) {
	by := map[string][]string{}
	for _, c := range list {
		by[directoryOf(c)] = append(by[directoryOf(c)], c)
	}
	missing := slices.Clone(by[""])
	delete(by, "")
	for directory, part := range by {
		there, err := standard.Newest(ctx, s.DB, directory, part)
		if err != nil {
			return nil, err
		}
		for _, c := range part {
			if _, ok := there[c]; !ok {
				missing = append(missing, c)
			}
		}
	}
	return missing, nil
}

// TakeBases takes base items in from a directory of another system, all in one
// transaction. A base item that changes keep is not overwritten; one whose
// parent is nowhere, or that is wrong in itself, is refused with everything
// that is wrong.
func (s *Service) TakeBases(ctx context.Context, list []standard.Base, opt TakeOptions) (Report, error) {
	report := Report{DryRun: opt.DryRun, Read: len(list)}
	for _, b := range list {
		if err := authz.Require(ctx, MayImportItems, authz.Object{Region: b.Region}); err != nil {
			return report, err
		}
		if p := b.Check(); len(p) > 0 {
			return report, standard.Problems(p)
		}
	}
	if err := s.parentsThere(ctx, list); err != nil {
		return report, err
	}
	write := func(ctx context.Context, r db.Reader, tx *db.Tx) error {
		for i := range list {
			if err := s.takeBase(ctx, r, tx, list[i], &report); err != nil {
				return err
			}
		}
		return nil
	}
	if opt.DryRun {
		return report, write(ctx, s.DB, nil)
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		report = Report{Read: len(list)}
		tx.Unaudited("no base item changed")
		if err := write(ctx, tx, tx); err != nil || opt.With == nil {
			return err
		}
		return opt.With(ctx, tx, report)
	})
	return report, err
}

// says tells whether a directory says nothing new of a base item; what keeps it
// is nothing that people read.
func says(b, old standard.Base) bool {
	b.Keeper, b.Origin = old.Keeper, old.Origin
	return b.Same(&old)
}

func (s *Service) takeBase(ctx context.Context, r db.Reader, tx *db.Tx, b standard.Base, report *Report) error {
	there, err := standard.Newest(ctx, r, b.Region, []string{b.Code})
	if err != nil {
		return err
	}
	old := there[b.Code]
	b.Keeper, b.Origin = standard.KeptByImport, ""
	if len(b.Tiers) == 0 { // directories of other systems have none
		b.Tiers = old.Tiers
	}
	b.Effective = effective(b.Effective, s.Clock.Now())
	switch {
	case old.Keeper == standard.KeptByChanges:
		report.Kept++
		return nil
	case old.Version > 0 && says(b, old):
		report.Same++
		return nil
	case old.Version > 0:
		report.Changed++
	default:
		report.New++
	}
	if tx == nil {
		return nil
	}
	return putBase(ctx, tx, &b, old.Version, s.Clock.Now())
}

// parentsThere refuses base items whose parent is neither kept nor among them.
func (s *Service) parentsThere(ctx context.Context, list []standard.Base) error {
	among := map[string]bool{}
	var ask []string
	for _, b := range list {
		among[b.Code] = true
	}
	for _, b := range list {
		if b.Parent != "" && !among[b.Parent] {
			ask = append(ask, b.Parent)
		}
	}
	missing, err := s.MissingBases(ctx, ask)
	if err != nil || len(missing) == 0 {
		return err
	}
	var out standard.Problems
	for _, m := range missing {
		out = append(out, standard.Problem{Field: "parent", Key: "parent", With: []any{"code", m}})
	}
	return out
}

// OfferAt returns the version of an item that was in force at a moment: what
// the guide said then.
func (s *Service) OfferAt(ctx context.Context, region, code string, at time.Time) (*Offer, error) {
	v, err := currentVersion(ctx, s.DB, region, code, at)
	if err != nil {
		return nil, noItem(err, region, code)
	}
	return s.OfferVersion(ctx, region, code, v)
}

// Newest returns the newest content of an item with its version, in force or not.
func (s *Service) Newest(ctx context.Context, r db.Reader, region, code string) (Content, int, error) {
	v, err := newestVersion(ctx, r, region, code)
	if err != nil {
		return Content{}, 0, noItem(err, region, code)
	}
	c, _, err := loadContent(ctx, r, region, code, v)
	return c, v, err
}

// Fields are the elements that count in a region: those of the standards and
// those that the country and the regions above it added.
func (s *Service) Fields(ctx context.Context, region string) ([]standard.Field, error) {
	own, err := standard.LoadFields(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	out := standard.Shipped()
	for _, f := range own {
		if region == "" || f.Region == wholeCountry || strings.HasPrefix(region, authz.Prefix(f.Region)) {
			out = append(out, f)
		}
	}
	return out, nil
}

// ErrFieldChanged refuses a definition over one that was changed meanwhile.
var ErrFieldChanged = fault.Conflict("standard.field_changed")

// DefineField adds an element, or changes one that a region added; f.Version is
// the version that was seen, 0 for a new one. No values are lost by it.
func (s *Service) DefineField(ctx context.Context, f standard.Field) error {
	if err := authz.Require(ctx, MayDefineFields, authz.Object{Region: f.Region}); err != nil {
		return err
	}
	f.Order = max(f.Order, 10000)
	if p := f.Check(); len(p) > 0 {
		return standard.Problems(p)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		err := standard.SaveFieldTx(ctx, tx, f, f.Version, s.Clock.Now())
		if errors.Is(err, db.ErrStale) {
			return ErrFieldChanged.With("key", f.Key)
		}
		if err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: f.Region, Action: "catalogue.field.defined", Object: f.Key,
			Details: map[string]any{"version": f.Version + 1, "name": f.Zh, "kind": string(f.Kind), "retired": f.Retired}})
		return nil
	})
}

// valuesOf are the elements that guides show with a plain value, in order.
func valuesOf(fields []standard.Field, it *content.Item) []Value {
	var out []Value
	for _, f := range fields {
		if v := content.Get(it, f.Key); len(v) > 0 && f.Public && f.Kind != standard.OwnKind {
			out = append(out, Value{f, v})
		}
	}
	return out
}

// Value is an element with what an item says.
type Value struct {
	standard.Field
	Values []string
}

// Values are the public elements of an item with what it says.
func (s *Service) Values(ctx context.Context, it *Item) ([]Value, error) {
	fields, err := s.Fields(ctx, it.Region)
	return valuesOf(fields, it), err
}

// Implementing is an item that refers to a base item.
type Implementing struct {
	Region, Code string
	Name, Org    string
}

// Implementing lists items that refer to a base item, by region and code.
func (s *Service) Implementing(ctx context.Context, base string, limit int) ([]Implementing, error) {
	list, err := referringTo(ctx, s.DB, base, "", "", min(max(limit, 1), 500))
	if err != nil {
		return nil, err
	}
	out := make([]Implementing, len(list))
	for i, c := range list {
		out[i] = Implementing{c.Item.Region, c.Item.Code, c.Item.FullName(), c.Item.OrgName}
	}
	return out, nil
}
