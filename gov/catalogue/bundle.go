package catalogue

import (
	"context"
	"io/fs"
	"path"

	"tongban/gov/catalogue/onething"
)

// bundle reads bundle.json when the package has one; it is a one thing then.
func (l *loader) bundle() (joined bool, b *Bundle) {
	raw := l.optional(onething.File)
	if raw == nil {
		return false, nil
	}
	b, problems := onething.Read(raw)
	for _, p := range problems {
		l.bad(onething.File, "%s", p)
	}
	return true, b
}

// checkBundle looks at what a one thing says about the items that it joins.
func (l *loader) checkBundle(it *packageItem, c *Content) {
	for _, file := range []string{"flow.bpmn", "result.json"} {
		if l.optional(file) != nil {
			l.bad(file, "a one thing has none: its parts are handled and decided by their own offices")
		}
	}
	if len(it.Steps)+len(it.Pauses)+len(it.Partners) > 0 {
		l.bad("item.json", "steps, pauses and partners stay empty in a one thing: its parts have their own")
	}
	for _, p := range onething.Check(l.raw(onething.File), c, l.find) {
		l.bad(onething.File, "%s", p)
	}
}

// beside finds the packages in the same tree by the code of their item.
func beside(fsys fs.FS, dir string, offices []Office) onething.Find {
	return func(region, code string) (*Content, bool) {
		dirs, err := PackageDirs(fsys)
		if err != nil {
			return nil, false
		}
		for _, d := range dirs {
			l := &loader{fsys: fsys, dir: d}
			var it packageItem
			if d == path.Clean(dir) || !l.json("item.json", &it) || it.Code != code || it.Region != region {
				continue
			}
			c, err := loadPackage(fsys, d, offices, func(string, string) (*Content, bool) { return nil, false })
			return &c, err == nil
		}
		return nil, false
	}
}

// joinable finds an item beside a package, else in the catalogue.
func (s *Service) joinable(ctx context.Context, fsys fs.FS, dir string, offices []Office) onething.Find {
	near := beside(fsys, dir, offices)
	return func(region, code string) (*Content, bool) {
		if c, ok := near(region, code); ok {
			return c, true
		}
		v, err := newestVersion(ctx, s.DB, region, code)
		if err != nil {
			return nil, false
		}
		c, _, err := loadContent(ctx, s.DB, region, code, v)
		return &c, err == nil && c.Item.State == ""
	}
}
