package design

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"

	"tongban/gov/catalogue"
	"tongban/gov/design/plan"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/explore"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "design", FS: sub}
}

// Orgs tells which offices there are.
type Orgs interface {
	Departments(ctx context.Context, region string) ([]identity.Org, error)
}

// Items is the catalogue.
type Items interface {
	OfferVersion(ctx context.Context, region, code string, version int) (*catalogue.Offer, error)
	Versions(ctx context.Context, region, code string) ([]catalogue.Version, error)
	PublishFlow(ctx context.Context, n catalogue.NewFlow) (catalogue.Published, error)
	PublishPackage(ctx context.Context, fsys fs.FS, dir string, opt catalogue.PublishOptions) (catalogue.Published, error)
	Newest(ctx context.Context, r db.Reader, region, code string) (catalogue.Content, int, error)
}

// Deps is what the service needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Calendar *calendar.Calendar
	Items    Items
	Orgs     Orgs
	Quality  Quality // nil: guides are not scored while they are written
	Cases    Cases   // nil: nothing is tried on past cases
}

// Service is the door to drafts.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// Drafts lists the drafts of a region, the newest first, up to limit.
func (s *Service) Drafts(ctx context.Context, region string, limit int) ([]Draft, error) {
	if err := authz.Require(ctx, MayDesign, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	return listDrafts(ctx, s.DB, region, min(max(limit, 1), 200))
}

// Open returns the draft of an item, or one over the version that is newest,
// not kept yet, with everything that it may refer to.
// Those who review and approve it read it too.
func (s *Service) Open(ctx context.Context, region, item string) (Draft, Surroundings, error) {
	d, a, err := s.look(ctx, s.DB, region, item)
	if err == nil {
		err = mayLook(ctx, a)
	}
	if err != nil {
		return Draft{}, Surroundings{}, err
	}
	return d, a, nil
}

// mayLook lets in who draws the item, reviews drafts of it or approves them.
func mayLook(ctx context.Context, a Surroundings) (err error) {
	for _, may := range []authz.Permission{catalogue.MayReviewChanges, catalogue.MayPublishItems, MayDesign} {
		if err = authz.Require(ctx, may, object(a.Published)); err == nil {
			return nil
		}
	}
	return err
}

// open returns the draft of an item to somebody who changes it.
func (s *Service) open(ctx context.Context, r db.Reader, region, item string) (Draft, Surroundings, error) {
	d, a, err := s.look(ctx, r, region, item)
	if err == nil {
		err = authz.Require(ctx, MayDesign, object(a.Published))
	}
	return d, a, err
}

func (s *Service) look(ctx context.Context, r db.Reader, region, item string) (Draft, Surroundings, error) {
	d, kept, err := loadDraft(ctx, r, region, item)
	if err != nil {
		return Draft{}, Surroundings{}, err
	}
	o, err := s.newest(ctx, region, item)
	if fault.IsKind(err, fault.KindNotFound) && d.Parts != nil { // an item that is new
		o, err = &catalogue.Offer{Item: d.Parts.Content(nil).Item}, nil
	}
	if err != nil {
		return Draft{}, Surroundings{}, err
	}
	if !kept {
		d = fresh(o)
	}
	published := o
	if d.Parts != nil {
		o = d.offer(o.Version)
	}
	a, err := s.surroundings(ctx, o)
	a.Published = published
	if d.Parts != nil {
		a.know(d.Parts.Offices)
	}
	return d, a, err
}

// newest is the newest version of an item, in force or not.
func (s *Service) newest(ctx context.Context, region, item string) (*catalogue.Offer, error) {
	versions, err := s.Items.Versions(ctx, region, item)
	if err != nil {
		return nil, err
	}
	return s.Items.OfferVersion(ctx, region, item, versions[0].Number)
}

// SaveTree replaces the draft by a tree.
func (s *Service) SaveTree(ctx context.Context, region, item string, version int, p plan.Plan) (Draft, error) {
	return s.keep(ctx, region, item, version, "design.flow.edited", func(d *Draft, a Surroundings) error {
		if err := p.Sound(); err != nil {
			return ErrTree.With("problem", err.Error()).Because(err)
		}
		d.Tree = &p
		d.write(a)
		return nil
	})
}

// Begin replaces the draft by a template, with those offices side by side.
func (s *Service) Begin(ctx context.Context, region, item string, version int, t plan.Template, offices []string) (Draft, error) {
	return s.keep(ctx, region, item, version, "design.flow.begun", func(d *Draft, a Surroundings) error {
		for _, o := range offices {
			if a.names[o] == "" {
				return ErrNoOffice.With("office", o)
			}
		}
		if !t.Alone() && len(offices) < 2 {
			return ErrFewOffices
		}
		p := plan.From(t, a.Offer.FullName(), offices, a.OfficeName)
		d.Tree = &p
		d.write(a)
		return nil
	})
}

// SaveFile replaces the draft by a BPMN file drawn by hand. A file that does
// not run is kept all the same, so that nothing is lost; Check says why.
func (s *Service) SaveFile(ctx context.Context, region, item string, version int, r io.Reader) (Draft, error) {
	file, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Draft{}, ErrFile.Because(err)
	}
	if len(file) > maxFile {
		return Draft{}, ErrTooLarge.With("max", maxFile>>10)
	}
	if !bytes.Contains(file, []byte("http://www.omg.org/spec/BPMN/20100524/MODEL")) {
		return Draft{}, ErrFile
	}
	return s.keep(ctx, region, item, version, "design.flow.file", func(d *Draft, _ Surroundings) error {
		if !bytes.Equal(d.File, file) { // a file saved unchanged keeps its tree
			d.Tree, d.File = nil, file
		}
		return nil
	})
}

// EditFile changes values inside the file of a draft that was seen at that
// version. A file that nothing changes in keeps its tree.
func (s *Service) EditFile(ctx context.Context, region, item string, version int, change func(file []byte) ([]byte, error)) (Draft, error) {
	return s.keep(ctx, region, item, version, "design.flow.file", func(d *Draft, _ Surroundings) error {
		file, err := change(d.File)
		if err == nil && !bytes.Equal(d.File, file) {
			d.Tree, d.File = nil, file
		}
		return err
	})
}

func (s *Service) keep(ctx context.Context, region, item string, version int, act string, change func(*Draft, Surroundings) error) (out Draft, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		d, a, err := s.open(ctx, tx, region, item)
		if err != nil {
			return err
		}
		if part := partOf(act); d.Version != version && !merges(ctx, act) && d.touched(version, part) {
			return d.stale(part)
		}
		over, before := d.Version, d
		if err := change(&d, a); err != nil {
			return err
		}
		d.note(act, before)
		if out, err = s.store(ctx, tx, d, over, act); err != nil {
			return err
		}
		part, paths := out.told()
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: item, Details: map[string]any{"draft": out.Version, "base": out.Base, "part": part, "paths": paths}})
		return nil
	})
	return out, err
}

func stale(d Draft) error {
	return ErrStale.With("name", d.EditedByName).With("at", d.EditedAt.In(calendar.Zone).Format("2006-01-02 15:04"))
}

// Rebase makes the newest version of the item the one that the draft replaces.
func (s *Service) Rebase(ctx context.Context, region, item string, version int) (Draft, error) {
	return s.keep(ctx, region, item, version, "design.flow.rebased", func(d *Draft, a Surroundings) error {
		d.Base = a.Offer.Version
		d.write(a)
		return nil
	})
}

// Discard throws a draft away.
func (s *Service) Discard(ctx context.Context, region, item string, version int) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		d, _, err := s.open(ctx, tx, region, item)
		switch {
		case err != nil:
			return err
		case d.Version == 0:
			return ErrNoDraft
		case d.Version != version:
			return stale(d)
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "design.flow.discarded", Object: item, Details: map[string]any{"draft": d.Version}})
		return deleteDraft(ctx, tx, d)
	})
}

// Check lists what must be repaired before the draft can be published.
func (s *Service) Check(d Draft, a Surroundings) []Problem {
	var out []Problem
	if d.Tree != nil {
		for _, p := range d.Tree.Check(a.around(d)) {
			out = append(out, Problem{Problem: p})
		}
		if len(out) > 0 {
			return out
		}
	}
	if d.Base != a.Offer.Version {
		out = append(out, Problem{Problem: plan.Problem{Branch: -1, Code: "base", Pairs: []any{"base", d.Base, "newest", a.Offer.Version}}})
	}
	if d.Joins() {
		return out
	}
	p, err := d.process()
	var bad *bpmn.ParseError
	switch {
	case errors.As(err, &bad):
		return append(out, Problem{Problem: plan.Problem{Branch: -1, Code: "bpmn"}, Line: bad.Line, Element: bad.Element, Reason: bad.Reason})
	case err != nil:
		return append(out, Problem{Problem: plan.Problem{Branch: -1, Code: "bpmn"}, Reason: err.Error()})
	}
	out = append(append(out, d.checkTables(a)...), lint(p, d.Decisions(), a)...)
	if len(out) > 0 {
		return out
	}
	return s.late(context.Background(), d, a) // a computation, over in milliseconds: nothing to give up
}

// Notes are what may go wrong in a flow that runs: a join that can wait for
// ever, a step that nothing reaches. Whether conditions exclude it only its
// author knows, so notes do not stop a publication. A tree never has any.
func (s *Service) Notes(d Draft) []Problem {
	p, err := d.process()
	if err != nil || d.Tree != nil {
		return nil
	}
	var out []Problem
	for _, w := range explore.CheckAll(p, 0).Warnings {
		out = append(out, Problem{Problem: plan.Problem{Step: w.Element, Branch: -1, Code: "note." + string(w.Kind)}, Line: w.Line, Element: w.Element, Reason: w.Reason})
	}
	return out
}

// Picture draws the flow as the citizen will see it.
func (s *Service) Picture(w io.Writer, d Draft, states map[string]string) error {
	p, err := d.process()
	if err != nil {
		return ErrFile.Because(err)
	}
	return p.SVG(w, bpmn.SVGOptions{States: states})
}
