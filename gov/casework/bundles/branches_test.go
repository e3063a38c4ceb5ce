package bundles_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tongban/gov/casework"
	town "tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/onething"
	"tongban/gov/catalogue/packages"
	"tongban/items"
	"tongban/platform/db/dbtest"
)

// branching is what ships with a residence permit that asks for the level of
// schooling as the study grant does, and branches there to questions of its own.
func branching(p place) fs.FS {
	var grant, permit content.Situations
	read := func(dir string, into *content.Situations) {
		raw, err := fs.ReadFile(items.Files, dir+"/situations.json")
		p.Must(err)
		p.Must(json.Unmarshal(raw, into))
	}
	read("study-grant", &grant)
	read("residence-permit", &permit)
	level, _ := grant.Question("level")
	level.Clause, level.Options = "", slices.Clone(level.Options)
	for i := range level.Options {
		o := &level.Options[i]
		o.Effects = content.Effects{}
		o.Next = map[string]string{"college": "who", "graduate": "ground", "other": "stay", "unsure": "who"}[o.ID]
	}
	permit.Start, permit.Questions = "level", append(permit.Questions, level)
	raw, err := json.Marshal(permit)
	p.Must(err)
	out := fstest.MapFS{"residence-permit/situations.json": {Data: raw}}
	p.Must(fs.WalkDir(items.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && out[path] == nil {
			raw, err := fs.ReadFile(items.Files, path)
			out[path] = &fstest.MapFile{Data: raw}
			return err
		}
		return err
	}))
	return out
}

const schooling = "11449901900000065F4442099920009"

// join publishes a one thing that is joined by the platform alone out of items
// that are published: nobody merges questions by hand.
func (p place) join(from fs.FS, parts ...string) *catalogue.Offer {
	t, ctx := p.T, dbtest.As(p.T, "test")
	files := map[string][]byte{}
	for _, name := range []string{packages.ItemFile, packages.MaterialsFile, packages.SituationsFile, packages.FormFile, packages.BundleFile} {
		raw, err := fs.ReadFile(items.Files, "newborn/"+name)
		p.Must(err)
		files[name] = raw
	}
	whole, err := packages.Read(files)
	p.Must(err)
	whole.Item.ID, whole.Item.Code, whole.Item.Org, whole.Item.Name = "schooling", schooling, schooling[:18], content.Text{Zh: "虚构·求学一件事", En: "Fictional one thing of studies"}
	whole.Item.More = nil
	whole.Bundle, whole.Materials, whole.Situations, whole.RawForm = &content.Bundle{Format: 1}, nil, content.Situations{Start: content.End}, ""
	whole.Form.Groups, whole.Form.Checks = nil, nil
	for _, dir := range parts {
		done, err := p.Items.PublishPackage(ctx, from, dir, catalogue.PublishOptions{})
		p.Must(err)
		c, _, err := p.Items.Newest(ctx, p.Casework.DB, done.Region, done.Code)
		p.Must(err)
		if _, err := onething.Join(whole, &c); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := fs.ReadFile(items.Files, packages.OfficesFile)
	p.Must(err)
	var offices []packages.Office
	p.Must(json.Unmarshal(raw, &offices))
	at, dir, err := whole.FS(offices)
	p.Must(err)
	if _, err = p.Items.PublishPackage(ctx, at, dir, catalogue.PublishOptions{}); err != nil {
		t.Fatal(err)
	}
	p.Clock.Advance(time.Minute)
	o, err := p.Items.Offer(ctx, town.District, schooling)
	p.Must(err)
	return o
}

// Two items whose questions branch at the same question become one thing: it is
// asked once, and the case of each office has the answers of its own way.
func TestSubmit_branchesOfJoinedItems(t *testing.T) {
	in(t, nil, func(p place) {
		o := p.join(branching(p), "study-grant", "residence-permit")
		texts := map[string]bool{}
		for _, q := range o.Situations.Questions {
			if texts[q.Text.Zh] {
				p.T.Errorf("asked twice: %s", q.Text.Zh)
			}
			texts[q.Text.Zh] = true
		}
		if len(o.Situations.Questions) != 10 || len(o.Situations.Repeats) != 1 {
			p.T.Fatalf("questions %v, repeats %+v", o.Situations.IDs(), o.Situations.Repeats)
		}
		for i, c := range []struct {
			answers       map[string]string
			grant, permit string // answered there, in order of their names
		}{
			{map[string]string{"who": "student", "card": "nothing", "level": "graduate", "salary": "no", "household": "yes", "ground": "work", "work": "employed", "home": "rent"},
				"card household level salary who", "ground home level work"},
			{map[string]string{"who": "student", "card": "nothing", "level": "college", "household": "yes", "who_2": "self", "stay": "yes", "ground": "school", "home": "rent"},
				"card household level who", "ground home level stay who"},
		} {
			me := p.Resident([]string{"王示例", "李示例"}[i], 1+i*6)
			for k := range c.answers {
				if _, ok := o.Situations.Question(k); !ok {
					p.T.Fatalf("there is no question %s among %v", k, o.Situations.IDs())
				}
			}
			b := p.submit(me, schooling, c.answers)
			p.wants(b, map[string]string{"study_grant": "submitted", "residence_permit": "submitted"})
			for part, want := range map[string]string{"study_grant": c.grant, "residence_permit": c.permit} {
				x, _ := b.Part(part)
				app, err := p.Casework.Draft(me, x.ItemRegion, x.Draft)
				p.Must(err)
				if got := strings.Join(slices.Sorted(maps.Keys(app.Situation)), " "); got != want {
					p.T.Errorf("%s has the answers %s, want %s", part, got, want)
				}
				if app.Situation["level"] != c.answers["level"] {
					p.T.Errorf("%s: level %q", part, app.Situation["level"])
				}
			}
			p.decide(b, "study_grant", casework.Approve)
		}
	})
}
