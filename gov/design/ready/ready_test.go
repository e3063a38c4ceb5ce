package ready

import (
	"io/fs"
	"slices"
	"testing"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/items"
	"tongban/platform/forms"
)

// shipped reads a package that comes with the program.
func shipped(t *testing.T, name string) *packages.Package {
	t.Helper()
	dir, err := fs.Sub(items.Files, name)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range []string{"item.json", "situations.json", "materials.json", "form.json", "flow.bpmn", "result.json"} {
		if files[f], err = fs.ReadFile(dir, f); err != nil {
			t.Fatal(err)
		}
	}
	p, err := packages.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func kinds(list []Finding) (out []string) {
	for _, f := range list {
		out = append(out, f.Kind)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// What is shipped is accessible; each mistake is found by its own name.
func TestLook_access(t *testing.T) {
	good := shipped(t, "study-grant")
	if found := Look(good, &catalogue.Offer{}).Access; len(found) > 0 {
		t.Fatalf("%+v", found)
	}
	p := good.Clone()
	p.Item.Summary = content.Text{Zh: "点击这里看 ![图](a.png)", En: "这里全是中文"}
	f := p.Form.Groups[0].Fields
	f[0].Label.En, f[0].ShowWhen = "", ""
	f[1].Label.Zh, f[1].ShowWhen = f[0].Label.Zh, ""
	f[1].Hint = &forms.Words{Zh: f[0].Label.Zh, En: "x"}
	f[0].Required, f[0].Errors = true, nil
	want := []string{"error", "here", "hint", "label", "language", "picture", "twice"}
	if got := kinds(Look(p, &catalogue.Offer{}).Access); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// An ask without a clause, and one that names a clause which is not there.
func TestLook_basis(t *testing.T) {
	p := shipped(t, "study-grant").Clone()
	if list := Look(p, &catalogue.Offer{}).Basis; len(list) > 0 {
		t.Fatalf("%v", list)
	}
	p.Materials[0].Clause, p.Item.Fee.Citation = "nowhere", content.Text{}
	if list := Look(p, &catalogue.Offer{}).Basis; !slices.Equal(list, []string{"materials/" + p.Materials[0].ID + "/clause", "item/fee/citation"}) {
		t.Errorf("%v", list)
	}
}

// The clicks are those that lead to the server on the way: a page of the form
// that registers fill in wholly is passed over, a long form has two pages.
func TestLook_clicks(t *testing.T) {
	known := forms.Field{ID: "name", Type: "text", Prefill: &forms.Prefill{Source: "person.name", Policy: "locked"}}
	field := func(id string) forms.Field { return forms.Field{ID: id, Type: "text"} }
	var long []forms.Field
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		long = append(long, field(id))
	}
	paper, replaced := catalogue.Material{ID: "m"}, catalogue.Material{ID: "n", Instead: []catalogue.Substitute{{Kind: "data"}}}
	for _, c := range []struct {
		name           string
		groups         []forms.Group
		materials      []catalogue.Material
		clicks, filled int
	}{
		{"nothing to say", []forms.Group{{ID: "g", Fields: []forms.Field{known}}}, nil, 3, 100},
		{"one page", []forms.Group{{ID: "g", Fields: []forms.Field{known, field("x")}}}, nil, 4, 50},
		{"two pages", []forms.Group{{ID: "g", Fields: []forms.Field{field("x")}}, {ID: "h", Fields: long}}, nil, 5, 0},
		{"materials", nil, []catalogue.Material{paper, replaced}, 5, 0},
		{"only replaced", nil, []catalogue.Material{replaced}, 4, 0},
	} {
		o := &catalogue.Offer{Form: &forms.Definition{Groups: c.groups}, Situations: &catalogue.Situations{Start: "end"}, Materials: c.materials}
		r := Look(&packages.Package{}, o)
		if r.Fewest != c.clicks || r.Most != c.clicks || r.Filled != c.filled {
			t.Errorf("%s: %d–%d clicks, %d %%, want %d, %d %%", c.name, r.Fewest, r.Most, r.Filled, c.clicks, c.filled)
		}
	}
}
