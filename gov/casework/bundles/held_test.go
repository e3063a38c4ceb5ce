package bundles_test

import (
	"bytes"
	"io/fs"
	"regexp"
	"testing"
	"testing/fstest"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/catalogue"
	"tongban/items"
	"tongban/platform/db/dbtest"
)

var version = regexp.MustCompile(`"version": "[^"]*"`)

// An item that asks for more since the application holds its own part for the
// applicant, with the reason; completed and handed in, it goes on, as one case.
func TestReact_heldUntilTheApplicantCompletes(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, restaurant, dineIn())
		fresh := fstest.MapFS{}
		p.Must(fs.WalkDir(items.Files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := fs.ReadFile(items.Files, path)
			switch path {
			case "food-licence/item.json":
				first := version.FindIndex(body) // laws have versions too, further down
				body = bytes.Join([][]byte{body[:first[0]], []byte(`"version": "more"`), body[first[1]:]}, nil)
			case "food-licence/form.json":
				body = bytes.Replace(body, []byte(`"id": "staff"`), []byte(`"id": "people"`), 1)
			}
			fresh[path] = &fstest.MapFile{Data: body}
			return err
		}))
		_, err := p.Items.PublishPackage(dbtest.As(p.T, "test"), fresh, "food-licence", catalogue.PublishOptions{})
		p.Must(err)
		p.decide(b, "register", casework.Approve)
		p.drain()
		b = p.reload(me, b)
		food, _ := b.Part("food")
		if food.State != bundles.Held || food.Case != nil || food.Because != "form.people" || p.count("casework_case") != 3 {
			p.T.Fatalf("%+v, %d cases", food, p.count("casework_case"))
		}
		d, err := p.Casework.Save(me, food.ItemRegion, food.Draft, 0, casework.Edit{Form: map[string]string{"people": "4"}})
		p.Must(err)
		_, err = p.Casework.Submit(me, d.Region, d.ID, d.Version)
		p.Must(err)
		for _, part := range []string{"fire", "drainage", "food"} {
			b = p.reload(me, b)
			p.decide(b, part, casework.Approve)
		}
		p.drain()
		if b = p.reload(me, b); b.State != bundles.Closed || p.count("casework_case") != 4 {
			p.T.Fatalf("%s, %d cases, %v", b.State, p.count("casework_case"), states(b))
		}
	})
}
