package design

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design/parts"
	"tongban/gov/design/plan"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// The refusals about parts.
var (
	ErrBoth   = fault.Conflict("design.both_changed") // two people changed the same value
	ErrExists = fault.Conflict("design.exists")       // an import over a draft that somebody is working on
	ErrWhich  = fault.Invalid("design.which")         // an import that does not say which item it is
)

// partOf is the part of a draft that an act changes.
func partOf(act string) string {
	switch act {
	case "design.flow.edited", "design.flow.begun", "design.flow.file":
		return "flow"
	case "design.flow.tables":
		return "tables"
	}
	return ""
}

func actOf(act string) string { return act[strings.LastIndex(act, ".")+1:] }

// touched tells whether a part was changed since a version. Part "" is the whole
// draft.
func (d *Draft) touched(version int, part string) bool {
	since, known := d.History.Since(version)
	if !known || part == "" || version < 0 || version > d.Version {
		return true
	}
	return slices.ContainsFunc(since, func(e parts.Entry) bool { return e.Part == part || e.Act == "imported" || e.Part == "" })
}

// stale says who changed a part last, and when.
func (d *Draft) stale(part string) error {
	e, ok := d.History.Touched(part)
	if !ok {
		return stale(*d)
	}
	return ErrStale.With("name", e.Name).With("at", e.At.In(calendar.Zone).Format("2006-01-02 15:04"))
}

// know adds offices that came with a package.
func (a *Surroundings) know(list []packages.Office) {
	for _, o := range list {
		if a.names[o.Code] == "" {
			a.names[o.Code] = o.Name.Zh
			a.Offices = append(a.Offices, Choice{o.Code, o.Name.Zh, o.Name.En})
		}
	}
}

// offices are those that may be named, as packages list them.
func (a Surroundings) offices() []packages.Office {
	var out []packages.Office
	for _, o := range a.Offices {
		out = append(out, packages.Office{Code: o.ID, Name: content.Text{Zh: o.Zh, En: orElse(o.En, o.Zh)}})
	}
	return out
}

// Package is the draft as a package: parts, flow and tables together.
func (d *Draft) Package(a Surroundings) *packages.Package {
	p := d.Parts.Clone()
	p.Flow, p.Decisions = string(d.File), string(d.Tables)
	for _, o := range a.offices() {
		if !slices.ContainsFunc(p.Offices, func(x packages.Office) bool { return x.Code == o.Code }) {
			p.Offices = append(p.Offices, o)
		}
	}
	if p.Joins() {
		return p
	}
	if list, _, err := steps(*d, a); err == nil {
		for i, s := range list {
			for _, old := range p.Item.Steps {
				if old.Element == s.Element && old.Org == s.Org && old.Limit.Amount == s.Limit.Amount && old.Limit.Unit == s.Limit.Unit {
					list[i] = old // its words and its citation are the designer's
				}
			}
		}
		p.Item.Steps = list
	}
	return p
}

// offer shows parts as an offer, whatever is wrong with them: a condition that
// cannot be read holds always until it is repaired.
func (d *Draft) offer(version int) *catalogue.Offer {
	c := d.Parts.Content(nil)
	c.Flow, c.Decisions = string(d.File), string(d.Tables)
	if c.Decisions != "" && d.Decisions() == nil {
		c.Decisions = ""
	}
	v := catalogue.Version{Number: version}
	if o, err := content.NewOffer(c, v); err == nil {
		return o
	}
	mend(&c)
	o, err := content.NewOffer(c, v)
	if err != nil { // nothing in it can be read; what it is called can
		o = &catalogue.Offer{Item: c.Item, Form: &forms.Definition{}}
		o.Version = version
	}
	return o
}

// mend takes away the conditions and patterns that cannot be read.
func mend(c *catalogue.Content) {
	p := packages.Of(*c)
	var ids []string
	for _, f := range p.Form.Fields() {
		ids = append(ids, f.ID)
	}
	var s *content.Situations
	if len(p.Situations.Questions) > 0 {
		s = &p.Situations
	}
	known := content.Identifiers(s, ids, nil)
	clear := func(text *string) {
		if _, err := content.CompileCondition(*text, known); err != nil {
			*text = ""
		}
	}
	for i := range c.Materials {
		clear(&c.Materials[i].NeededWhen)
	}
	for g := range p.Form.Groups {
		for i := range p.Form.Groups[g].Fields {
			f := &p.Form.Groups[g].Fields[i]
			clear(&f.ShowWhen)
			clear(&f.RequiredWhen)
			if _, err := forms.Parse([]byte(`{"groups":[{"id":"g","title":{"zh":"","en":""},"fields":[{"id":"f","label":{"zh":"","en":""},"type":"text","pattern":`+strconv.Quote(f.Pattern)+`}]}]}`), nil); err != nil {
				f.Pattern = ""
			}
		}
	}
	p.Form.Checks, p.RawForm = nil, ""
	c.Form = p.Content(nil).Form
}

// whole makes the parts of a draft that has only touched the flow so far.
func (s *Service) whole(ctx context.Context, r db.Reader, d *Draft) error {
	if d.Parts != nil {
		return nil
	}
	c, _, err := s.Items.Newest(ctx, r, d.Region, d.Item)
	if err != nil {
		return err
	}
	d.Parts = packages.Of(c)
	d.Parts.Flow, d.Parts.Decisions = "", ""
	if p, err := d.process(); err == nil { // a file that does not run says so itself
		tasks := caseflow.UserTasks(p)
		d.Parts.Item.Conditions = content.On(d.Parts.Item.Conditions, func(e string) bool {
			return slices.ContainsFunc(tasks, func(t bpmn.TaskDef) bool { return t.ID == e })
		})
	}
	return nil
}

// Whole returns the draft with all its parts, kept or not.
func (s *Service) Whole(ctx context.Context, region, item string) (Draft, Surroundings, error) {
	d, a, err := s.Open(ctx, region, item)
	if err != nil || d.Parts != nil {
		return d, a, err
	}
	if err := s.whole(ctx, s.DB, &d); err != nil {
		return d, a, err
	}
	a.know(d.Parts.Offices)
	return d, a, nil
}

// Set gives values to parts, over the draft that was seen at a version. What
// others changed meanwhile stays unless this person changed it too: then nothing
// is saved, ErrBoth is the error and the conflicts say what it is about. With
// force, this person's values win.
func (s *Service) Set(ctx context.Context, region, item string, version int, part string, edits []parts.Edit, force bool) (out Draft, conflicts []parts.Conflict, err error) {
	out, err = s.change(ctx, region, item, version, part, "edited", func(d *Draft, t *parts.Tree, since parts.History) ([]parts.Change, error) {
		var apply []parts.Edit
		apply, conflicts = t.Merge(edits, since, force)
		if len(conflicts) > 0 {
			c := conflicts[0]
			return nil, ErrBoth.With("name", c.Name).With("at", c.At.In(calendar.Zone).Format("2006-01-02 15:04")).With("count", len(conflicts))
		}
		return t.Apply(apply)
	})
	return out, conflicts, err
}

// RowAct is what is done with a row of a list.
type RowAct struct {
	Act  string         // add, up, down, remove; join: add an item to a one thing
	Path string         // of the list (add) or of the row
	Row  map[string]any // add
	ID   string         // add: how its name begins, "material"; "" for rows without one. join: region/code of the item
	At   int            // add: before which row; beyond the end is the end
}

// Row adds, moves or takes away a row, and gives its path.
func (s *Service) Row(ctx context.Context, region, item string, version int, part string, r RowAct) (out Draft, path string, err error) {
	if r.Act == "join" {
		from, code, _ := strings.Cut(r.ID, "/")
		return s.Join(ctx, region, item, version, from, code)
	}
	if id, ok := strings.CutPrefix(r.Path, "bundle/parts/"); ok && r.Act == "remove" && !strings.Contains(id, "/") {
		out, err = s.Leave(ctx, region, item, version, id)
		return out, r.Path, err
	}
	out, err = s.change(ctx, region, item, version, part, map[string]string{"add": "added", "remove": "removed"}[r.Act], func(_ *Draft, t *parts.Tree, since parts.History) ([]parts.Change, error) {
		path = r.Path
		switch r.Act {
		case "add":
			row := map[string]any{}
			for k, v := range r.Row {
				row[k] = v
			}
			if r.ID != "" {
				row["id"] = t.Fresh(r.ID)
			}
			key, err := t.Insert(r.Path, row, r.At)
			path = r.Path + "/" + key
			return []parts.Change{{Path: path}}, err
		case "up", "down":
			delta := 1
			if r.Act == "up" {
				delta = -1
			}
			return []parts.Change{}, t.Move(r.Path, delta)
		case "remove":
			if e, both := since.About(r.Path); both {
				return nil, ErrBoth.With("name", e.Name).With("at", e.At.In(calendar.Zone).Format("2006-01-02 15:04")).With("count", 1)
			}
			return t.Take(r.Path)
		}
		return nil, parts.ErrPath.With("path", r.Path)
	})
	return out, path, err
}

// change runs one edit of parts and keeps it. An edit that changes nothing is
// not kept.
func (s *Service) change(ctx context.Context, region, item string, version int, part, act string, f func(*Draft, *parts.Tree, parts.History) ([]parts.Change, error)) (out Draft, err error) {
	if act == "" {
		act = "moved"
	}
	return s.keep(ctx, region, item, version, "design.part.changed", func(d *Draft, _ Surroundings) error {
		since, known := d.History.Since(version)
		if !known {
			return stale(*d)
		}
		if err := s.whole(ctx, s.DB, d); err != nil {
			return err
		}
		t := parts.Open(d.Parts)
		changes, err := f(d, t, since)
		if err != nil {
			return err
		}
		if d.Parts, err = t.Package(); err != nil {
			return err
		}
		d.History = d.History.With(parts.Entry{Version: d.Version + 1, Part: part, Act: act, Changes: changes})
		return nil
	})
}

// send publishes a draft: with its parts as a package, or its flow alone.
func (s *Service) send(ctx context.Context, d Draft, a Surroundings, n catalogue.NewFlow) (catalogue.Published, error) {
	if d.Parts == nil {
		return s.Items.PublishFlow(ctx, n)
	}
	fsys, dir, err := d.Next(a).FS(a.offices())
	if err != nil {
		return catalogue.Published{}, err
	}
	return s.Items.PublishPackage(ctx, fsys, dir, catalogue.PublishOptions{Effective: n.Effective, DryRun: n.DryRun, Drawn: true, Base: d.Base})
}

// Joins tells whether the draft is of a one thing (一件事), which has no flow.
func (d *Draft) Joins() bool { return d.Parts != nil && d.Parts.Joins() }

// Next is the package as it would be published: under the version after the one
// that the base has, when the designer gave no other.
func (d *Draft) Next(a Surroundings) *packages.Package {
	p := d.Package(a)
	p.Item.ID = packages.Dir(p.Item.ID)
	if d.Base > 0 && a.Published != nil && p.Item.Version == orElse(a.Published.PackageVersion, "1") {
		n, err := strconv.Atoi(p.Item.Version)
		if err != nil {
			n = d.Base
		}
		p.Item.Version = strconv.Itoa(n + 1)
	}
	return p
}

// files are the package as it stands in a folder.
func (d *Draft) files(a Surroundings) map[string][]byte { return d.Next(a).Files(a.offices()) }

// Export is the draft as a ZIP of readable files.
func (s *Service) Export(d Draft, a Surroundings) (name string, raw []byte, err error) {
	dir := packages.Dir(d.Parts.Item.ID)
	raw, err = packages.Zip(dir, d.files(a))
	return dir + ".zip", raw, err
}

// Import makes a package from elsewhere the draft of its item, which need not
// be in the catalogue yet. It goes over a draft that is being worked on only for
// who names the version of that draft.
func (s *Service) Import(ctx context.Context, p *packages.Package, version int) (out Draft, err error) {
	region, item := p.Item.Region, p.Item.Code
	if region == "" || item == "" || strings.ContainsAny(region+item, "/?#") || len(item) > 40 {
		return out, ErrWhich
	}
	return s.begin(ctx, p, version, "design.part.imported")
}

// mayBegin refuses a draft for an office that is not this designer's.
func (s *Service) mayBegin(ctx context.Context, d *Draft) error {
	return authz.Require(ctx, MayDesign, authz.Object{Region: d.Region, Orgs: []string{d.Parts.Item.Org}})
}

// store writes a draft over the state with that version, with who did what.
func (s *Service) store(ctx context.Context, tx *db.Tx, d Draft, over int, act string) (Draft, error) {
	if len(d.File) > maxFile {
		return d, ErrTooLarge.With("max", maxFile>>10)
	}
	if n := len(d.History); n == 0 || d.History[n-1].Version != over+1 {
		d.History = d.History.With(parts.Entry{Version: over + 1, Part: partOf(act), Act: actOf(act)})
	}
	p, now := tx.Actor(), s.Clock.Now()
	last := &d.History[len(d.History)-1]
	last.By, last.Name, last.At = p.ID, p.Name, now
	d.EditedBy, d.EditedByName, d.EditedAt = p.ID, p.Name, now
	if err := saveDraft(ctx, tx, d, over, now); err != nil {
		return d, err
	}
	d.Version = over + 1
	return d, nil
}

// told are the values that the newest change of a draft touched, for the record:
// where, not what they say.
func (d *Draft) told() (part string, paths []string) {
	if len(d.History) == 0 {
		return "", nil
	}
	last := d.History[len(d.History)-1]
	for _, c := range last.Changes[:min(len(last.Changes), 20)] {
		paths = append(paths, c.Path)
	}
	return last.Part, paths
}

// begin keeps a package as the draft of its item.
func (s *Service) begin(ctx context.Context, p *packages.Package, version int, act string) (out Draft, err error) {
	region, item := p.Item.Region, p.Item.Code
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		d, kept, err := loadDraft(ctx, tx, region, item)
		if err != nil {
			return err
		}
		if kept && d.Version != version {
			return ErrExists.With("name", d.EditedByName).With("at", d.EditedAt.In(calendar.Zone).Format("2006-01-02 15:04")).With("version", d.Version)
		}
		_, base, err := s.Items.Newest(ctx, tx, region, item)
		if err != nil && !fault.IsKind(err, fault.KindNotFound) {
			return err
		}
		over := d.Version
		d = Draft{Region: region, Item: item, Base: base, Version: over, History: d.History, File: []byte(p.Flow), Tables: bytes.TrimSpace([]byte(p.Decisions))}
		d.Parts = p.Clone()
		d.Parts.Flow, d.Parts.Decisions = "", ""
		if tree, ok := plan.Read(d.File); ok {
			d.Tree = &tree
		}
		if err := s.mayBegin(ctx, &d); err != nil {
			return err
		}
		if out, err = s.store(ctx, tx, d, over, act); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: item, Details: map[string]any{"draft": out.Version, "base": out.Base}})
		return nil
	})
	return out, err
}

// partsPath gives the rows on a path their names: the door counts them.
func partsPath(p *packages.Package, path string) string { return parts.Open(p).Named(path) }
