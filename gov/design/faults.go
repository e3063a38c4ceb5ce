package design

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/gov/catalogue/quality"
	"tongban/platform/fault"
)

// Quality scores guides while they are written.
type Quality interface {
	Gate(ctx context.Context, c *catalogue.Content) (quality.Report, error)
	Ask(ctx context.Context, c *catalogue.Content, reason string) (quality.Waiver, error)
	GateOf(ctx context.Context, region string) (int, error)
}

// PastCase is one case that was decided or is under way, without who it is about.
type PastCase struct {
	Number  string
	Version int               // of the item, under which it was applied for
	Refused bool              // it was decided against the applicant
	Answers map[string]string // to questions and fields
}

// Cases gives past cases to try a draft on. Reading them is put on record with
// the purpose. Of answers that are not in keep only that there is one is told.
type Cases interface {
	Recent(ctx context.Context, region, org, item string, n int, keep []string, purpose string) ([]PastCase, error)
}

// Fault is one thing that keeps a package from being published.
type Fault struct {
	Part string // tab that it belongs to
	Path string // to the value, as far as it is known
	Text string // what is wrong, as the catalogue's door says it
}

// Faults lists what the catalogue's door would refuse in the parts of a draft.
// What is wrong with flow and tables Check says.
func (s *Service) Faults(ctx context.Context, d Draft, a Surroundings) []Fault {
	if d.Parts == nil {
		return nil
	}
	p := d.Next(a)
	fsys, dir, err := p.FS(a.offices())
	if err == nil && p.Joins() { // the door knows the items that it joins
		_, err = s.Items.PublishPackage(ctx, fsys, dir, catalogue.PublishOptions{DryRun: true, Drawn: true, Base: d.Base})
		if !errors.Is(err, catalogue.ErrPackage) {
			err = nil // whether one may publish, and the gate, are asked when it is done
		}
	} else if err == nil {
		var offices []catalogue.Office
		if offices, err = catalogue.LoadOffices(fsys); err == nil {
			_, err = catalogue.LoadPackage(fsys, dir, offices)
		}
	}
	var bad *catalogue.PackageError
	if err == nil {
		return nil
	}
	if !errors.As(err, &bad) {
		return []Fault{{Part: "publish", Text: err.Error()}}
	}
	var out []Fault
	for _, text := range bad.Problems {
		file, rest, _ := strings.Cut(text, ": ")
		rest = lineIn.ReplaceAllString(rest, "") // of a file that the designer does not see
		if file == packages.FlowFile || file == packages.TablesFile {
			continue
		}
		path, words, found := strings.Cut(rest, ": ")
		if !found || strings.ContainsAny(path, " ") {
			path, words = "", rest
		}
		path = pathOf(p, file, path)
		out = append(out, Fault{PartOfPath(path), path, words})
	}
	return out
}

// places finds [3] in the paths of the catalogue's door.
var placesIn = regexp.MustCompile(`\[([0-9]+)\]`)

// lineIn finds the line before a path of the catalogue's door.
var lineIn = regexp.MustCompile(`^line [0-9]+: `)

// pathOf turns file and path of the catalogue's door into a path of parts.
func pathOf(p *packages.Package, file, path string) string {
	root := map[string]string{packages.ItemFile: "item", packages.MaterialsFile: "materials", packages.SituationsFile: "situations", packages.FormFile: "form", packages.ResultFile: "result", packages.BundleFile: "bundle"}[file]
	if root == "" {
		return ""
	}
	path = strings.ReplaceAll(placesIn.ReplaceAllString(path, ".#$1"), ".", "/")
	switch {
	case root == "materials":
		path = strings.TrimPrefix(path, "materials")
	case root == "situations" && strings.HasPrefix(path, "questions/"):
		path = "/" + optionPath(path)
	case root == "form" && strings.HasPrefix(path, "fields/"):
		path = "/" + fieldPath(p, strings.TrimPrefix(path, "fields/"))
	case path != "":
		path = "/" + path
	}
	return partsPath(p, root+strings.TrimSuffix(path, "/"))
}

// optionPath says where an option lies: the door leaves the word options out.
func optionPath(path string) string {
	s := strings.Split(path, "/")
	if len(s) > 2 && s[2] != "options" && s[2] != "clause" && s[2] != "text" && s[2] != "why" && s[2] != "id" && !strings.HasPrefix(s[1], "#") {
		s = append(s[:2], append([]string{"options"}, s[2:]...)...)
	}
	return strings.Join(s, "/")
}

// fieldPath says in which group a field lies.
func fieldPath(p *packages.Package, path string) string {
	id, rest, _ := strings.Cut(path, "/")
	for _, g := range p.Form.Groups {
		for _, f := range g.Fields {
			if f.ID == id {
				return strings.TrimSuffix("groups/"+g.ID+"/fields/"+id+"/"+rest, "/")
			}
		}
	}
	return ""
}

// PartOfPath is the tab on which a value is edited.
func PartOfPath(path string) string {
	s := strings.Split(path, "/")
	switch s[0] {
	case "materials", "situations", "form", "result":
		return s[0]
	}
	if s[0] == "bundle" {
		if len(s) > 3 && (s[3] == "situation" || s[3] == "form" || s[3] == "materials") {
			return "sharing"
		}
		return "parts"
	}
	if len(s) < 2 {
		return "publish"
	}
	switch s[1] {
	case "limits", "pauses", "steps":
		return "clock"
	case "fee":
		return "fees"
	case "places", "complaint_phone", "partners":
		return "windows"
	case "basis":
		return "basis"
	case "id", "version", "format":
		return "publish"
	case "more":
		if len(s) > 2 && s[2] == "fees" {
			return "fees"
		}
		if len(s) > 2 && (s[2] == "phone" || s[2] == "location" || s[2] == "joint") {
			return "windows"
		}
	}
	return "elements"
}

// Score is how good the guide of a draft is; nil when nobody scores guides. The
// fault is why it would not be published, nil when it would.
func (s *Service) Score(ctx context.Context, d Draft, a Surroundings) (*quality.Report, error) {
	if s.Quality == nil || d.Parts == nil {
		return nil, nil
	}
	c, err := s.published(ctx, d, a)
	if err != nil {
		return nil, err
	}
	r, err := s.Quality.Gate(ctx, &c)
	if err != nil && !errors.Is(err, quality.ErrGate) {
		return nil, err
	}
	if err != nil {
		return &r, fault.Of(err)
	}
	return &r, nil
}

// Gate is the least score with which a guide is published in a region.
func (s *Service) Gate(ctx context.Context, region string) (int, error) {
	if s.Quality == nil {
		return 0, nil
	}
	return s.Quality.GateOf(ctx, region)
}

// AskToPass asks that another person lets the draft pass the gate as it is.
func (s *Service) AskToPass(ctx context.Context, d Draft, a Surroundings, reason string) error {
	if s.Quality == nil || d.Parts == nil {
		return ErrNoDraft
	}
	c, err := s.published(ctx, d, a)
	if err != nil {
		return err
	}
	_, err = s.Quality.Ask(ctx, &c, reason)
	return err
}

// published is the content that publishing the draft would make the next version.
// Because: who lets it pass lets exactly that content pass; a draft that touched
// the flow alone keeps the rest as it was published, byte for byte.
func (s *Service) published(ctx context.Context, d Draft, a Surroundings) (catalogue.Content, error) {
	kept, there, err := loadDraft(ctx, s.DB, d.Region, d.Item)
	if err != nil || !there || kept.Parts != nil {
		return d.content(a), err
	}
	c, _, err := s.Items.Newest(ctx, s.DB, d.Region, d.Item)
	if err != nil {
		return c, err
	}
	tasks, offices, err := steps(kept, a)
	if err != nil { // the flow does not run yet, which is said where it is drawn
		return d.content(a), nil
	}
	c.Flow, c.Decisions, c.Steps, c.Item.OwnFlow = string(kept.File), string(kept.Tables), tasks, true
	c.Item.ConditionList = content.On(c.Item.ConditionList, func(e string) bool {
		return slices.ContainsFunc(tasks, func(t catalogue.Step) bool { return t.Element == e })
	})
	c.Item.Offices = maps.Clone(c.Item.Offices)
	if c.Item.Offices == nil {
		c.Item.Offices = map[string]catalogue.Text{}
	}
	maps.Copy(c.Item.Offices, offices)
	return c, nil
}

// content is the draft as it would be published: as the catalogue's door reads
// it, or, while it cannot be read there, as it stands.
func (d *Draft) content(a Surroundings) catalogue.Content {
	if fsys, dir, err := d.Next(a).FS(a.offices()); err == nil {
		if offices, err := catalogue.LoadOffices(fsys); err == nil {
			if c, err := catalogue.LoadPackage(fsys, dir, offices); err == nil {
				c.Item.OwnFlow = true
				return c
			}
		}
	}
	c := d.Next(a).Content(a.offices())
	c.Item.OwnFlow = true // as the door marks it
	return c
}

// PublishedAt says when the newest version takes effect.
func (a Surroundings) PublishedAt() time.Time {
	if a.Published == nil {
		return time.Time{}
	}
	return a.Published.Effective
}
