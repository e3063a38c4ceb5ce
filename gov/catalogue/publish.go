package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// PublishOptions says how to publish.
type PublishOptions struct {
	Effective time.Time // zero: now
	DryRun    bool      // check only
	Shipped   bool      // it comes with the binary: an item whose flow was drawn here stays
	Drawn     bool      // a designer made it here: what ships no longer replaces it
	was       *Content  // what is in force, when only the flow changes
	Base      int       // with Drawn: the version that it was made over, 0 for none; refused when there is a newer one
}

// Published says what publishing a package did.
type Published struct {
	Region, Code string
	Version      int
	Fresh        bool // false: the content was published before, nothing changed
}

// PublishPackage checks the package in folder dir of fsys, which also holds
// departments.json, and publishes it. The same content again changes nothing.
// What is wrong with a package comes back as one fault whose cause is a
// *PackageError.
func (s *Service) PublishPackage(ctx context.Context, fsys fs.FS, dir string, opt PublishOptions) (Published, error) {
	offices, err := LoadOffices(fsys)
	if err != nil {
		return Published{}, packageFault(err)
	}
	c, err := loadPackage(fsys, dir, offices, s.joinable(ctx, fsys, dir, offices))
	if err != nil {
		return Published{}, packageFault(err)
	}
	if err := authz.Require(ctx, MayPublishItems, authz.Object{Region: c.Item.Region, Orgs: []string{c.Item.Org}}); err != nil {
		return Published{}, err
	}
	if err := s.Setup(ctx); err != nil {
		return Published{}, err
	}
	if err := s.regionsOf(ctx, dir, &c); err != nil {
		return Published{}, err
	}
	if opt.Drawn {
		c.Item.OwnFlow = true
		if err := s.over(ctx, c.Item, opt.Base); err != nil {
			return Published{}, err
		}
	}
	return s.publishContent(ctx, &c, opt)
}

// over refuses content that was made over another version than the newest.
func (s *Service) over(ctx context.Context, i Item, base int) error {
	newest, err := newestVersion(ctx, s.DB, i.Region, i.Code)
	if err != nil && !fault.IsKind(err, fault.KindNotFound) {
		return err
	}
	if newest == base {
		return nil
	}
	_, v, err := loadContent(ctx, s.DB, i.Region, i.Code, max(newest, 1))
	if err != nil {
		return noItem(err, i.Region, i.Code)
	}
	return ErrFlowStale.With("version", newest).With("publisher", v.Publisher)
}

// regionsOf refuses a package that names a division that is not in force.
func (s *Service) regionsOf(ctx context.Context, dir string, c *Content) error {
	var problems []string
	look := func(where, code string) error {
		err := s.Region(ctx, where, code)
		if errors.Is(err, ErrNoRegion) {
			problems = append(problems, fmt.Sprintf("%s: there is no division %s", where, code))
			return nil
		}
		return err
	}
	if err := look("item.json: region", c.Item.Region); err != nil {
		return err
	}
	form, err := forms.Parse(c.Form, c.Situations.IDs())
	if err != nil {
		return err
	}
	for _, f := range form.Fields() {
		if err := look("form.json: fields."+f.ID+".within", f.Within); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return packageFault(&PackageError{dir, problems})
	}
	return nil
}

func packageFault(err error) error {
	var p *PackageError
	if errors.As(err, &p) {
		return ErrPackage.With("package", p.Package).With("problems", strings.Join(p.Problems, "\n")).Because(err)
	}
	return err
}

func (s *Service) publishContent(ctx context.Context, c *Content, opt PublishOptions) (Published, error) {
	region := c.Item.Region
	if opt.Shipped {
		there, err := loadPresent(ctx, s.DB, []string{c.Item.Code})
		if old := there[Place{Region: region, Code: c.Item.Code}]; err != nil || old.pkg == content.KeptFlow {
			return Published{Region: region, Code: c.Item.Code, Version: old.version}, err
		}
	}
	if s.Gate != nil && !opt.Shipped {
		if err := s.Gate(ctx, opt.was, c); err != nil {
			return Published{}, err
		}
	}
	p := publish(c, effective(opt.Effective, s.Clock.Now()), s.namesOf(ctx, region), 0)
	if err := s.versionFree(ctx, c, p.hash); err != nil {
		return Published{}, err
	}
	var next comparison
	err := s.publishWrite(ctx, region, p, &next, opt.DryRun)
	out := Published{Region: region, Code: c.Item.Code, Version: p.version, Fresh: len(next.fresh) > 0}
	if err == nil && !out.Fresh {
		out.Version, err = newestVersion(ctx, s.DB, region, c.Item.Code)
	}
	return out, err
}

// versionFree refuses a package under a version that other content was published
// under. Because: who says "version 2 of the package" must mean one thing. Flows
// that were drawn here are another matter: they keep the name of their package.
func (s *Service) versionFree(ctx context.Context, c *Content, hash string) error {
	if c.Item.Package == "" || c.Item.OwnFlow {
		return nil
	}
	taken, err := hashesOfPackage(ctx, s.DB, c.Item)
	if err != nil || len(taken) == 0 || slices.Contains(taken, hash) {
		return err
	}
	return ErrTaken.With("package", c.Item.Package).With("version", c.Item.PackageVersion)
}

func (s *Service) publishWrite(ctx context.Context, region string, p *publication, next *comparison, dry bool) (err error) {
	if dry {
		*next, err = compare(ctx, s.DB, []*publication{p})
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if *next, err = compare(ctx, tx, []*publication{p}); err != nil {
			return err
		}
		if len(next.fresh) == 0 {
			tx.Unaudited("nothing changed")
			return nil
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "catalogue.item.published", Object: p.content.Item.Code,
			Details: map[string]any{"version": p.version, "hash": p.hash, "package": p.content.Item.Package, "effective": p.from}})
		return s.savePublications(ctx, tx, next.fresh, s.Clock.Now())
	})
}

// PackageDirs lists the folders of fsys that hold a package.
func PackageDirs(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "*/item.json")
	if err != nil {
		return nil, err
	}
	dirs := make([]string, len(files))
	for i, f := range files {
		dirs[i] = strings.TrimSuffix(f, "/item.json")
	}
	slices.Sort(dirs)
	return dirs, nil
}
