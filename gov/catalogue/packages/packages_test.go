package packages_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/platform/fault"
)

func shipped() fs.FS { return os.DirFS("../../../items") }

// names are the shipped packages with a flow of their own.
var names = []string{"restaurant-opening", "residence-permit", "study-grant"}

func load(t *testing.T, fsys fs.FS, dir string) catalogue.Content {
	t.Helper()
	offices, err := catalogue.LoadOffices(fsys)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.LoadPackage(fsys, dir, offices)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hash(c catalogue.Content) string {
	h, _ := c.Seal()
	return h
}

// What is exported and taken in again is the same content, and exporting it
// once more gives the same bytes.
func TestPackage_roundTrip(t *testing.T) {
	for _, name := range names {
		c := load(t, shipped(), name)
		first := packages.Of(c)
		raw, err := packages.Zip(name, first.Files(nil))
		if err != nil {
			t.Fatal(err)
		}
		files, err := packages.FromZip(raw)
		if err != nil {
			t.Fatal(err)
		}
		second, err := packages.Read(files)
		if err != nil {
			t.Fatal(err)
		}
		again, err := packages.Zip(name, second.Files(nil))
		if err != nil || !bytes.Equal(raw, again) {
			t.Errorf("%s: the second export differs (%v)", name, err)
		}
		fsys, dir, err := second.Clone().FS(nil)
		if err != nil || dir != name {
			t.Fatal(dir, err)
		}
		back := load(t, fsys, dir)
		if hash(back) != hash(c) {
			t.Errorf("%s: other content after the way back", name)
		}
	}
}

// A one thing keeps the items that it joins, and has no flow and no result.
func TestPackage_oneThing(t *testing.T) {
	c := load(t, shipped(), "restaurant")
	first := packages.Of(c).Files(nil)
	if first[packages.FlowFile] != nil || first[packages.ResultFile] != nil || first[packages.BundleFile] == nil {
		t.Fatalf("%d files", len(first))
	}
	p, err := packages.Read(first)
	if err != nil || !p.Joins() {
		t.Fatal(err)
	}
	for name, b := range p.Files(nil) {
		if !bytes.Equal(b, first[name]) {
			t.Errorf("%s differs the second time", name)
		}
	}
	if back := p.Content(nil); back.Bundle == nil || len(back.Bundle.Parts) != len(c.Bundle.Parts) || back.Bundle.Parts[0].Item != c.Bundle.Parts[0].Item {
		t.Errorf("%+v", back.Bundle)
	}
}

// A changed word changes one line of one file.
func TestFiles_smallDifference(t *testing.T) {
	p := packages.Of(load(t, shipped(), "study-grant"))
	before := p.Files(nil)
	p.Materials[0].Why.Zh += "再看一遍。"
	changed := 0
	for name, b := range p.Files(nil) {
		old, now := strings.Split(string(before[name]), "\n"), strings.Split(string(b), "\n")
		if len(old) != len(now) {
			t.Fatalf("%s has %d lines instead of %d", name, len(now), len(old))
		}
		for i := range old {
			if old[i] != now[i] {
				changed++
			}
		}
	}
	if changed != 1 {
		t.Errorf("%d lines changed", changed)
	}
}

// What an imported guide says besides travels too, in the newer format.
func TestOf_importedGuide(t *testing.T) {
	c := content.Content{Item: content.Item{Code: "1144990190000002224440199909999", Region: "449901", Name: "虚构事项", Phone: "0000-12345", Variant: "企业", AsOf: "2021-05",
		Fees: []content.FeeProject{{Name: "工本费", Standard: "5元"}}, Fields: map[string]string{"is_invest_project": "0"}, Conditions: "一、有的\n二、也有"}, Form: []byte(`{"groups":[]}`)}
	p := packages.Of(c)
	if p.Item.Format != packages.Format {
		t.Errorf("format %d", p.Item.Format)
	}
	got := p.Content(nil).Item
	if got.Phone != c.Item.Phone || got.Variant != "企业" || len(got.Fees) != 1 || got.Fields["is_invest_project"] != "0" || got.Conditions != c.Item.Conditions || got.AsOf != "2021-05" {
		t.Errorf("%+v", got)
	}
}

func TestRead_newerFormat(t *testing.T) {
	files := packages.Of(load(t, shipped(), "study-grant")).Files(nil)
	files[packages.ItemFile] = bytes.Replace(files[packages.ItemFile], []byte(`"format": 1`), []byte(`"format": 9, "unheard_of": {}`), 1)
	if _, err := packages.Read(files); !errors.Is(err, packages.ErrNewer) {
		t.Errorf("read: %v", err)
	}
	fsys := fstest.MapFS{"departments.json": {Data: files[packages.OfficesFile]}, "study-grant/item.json": {Data: files[packages.ItemFile]}}
	if _, err := catalogue.LoadPackage(fsys, "study-grant", nil); !errors.Is(err, packages.ErrNewer) {
		t.Errorf("load: %v", err)
	}
}

// What a file says under a key that nobody knows is refused with its place, not
// dropped.
func TestRead_unknownKey(t *testing.T) {
	for _, file := range []string{packages.ItemFile, packages.SituationsFile, packages.ResultFile, packages.MaterialsFile} {
		files := packages.Of(load(t, shipped(), "study-grant")).Files(nil)
		files[file] = bytes.Replace(files[file], []byte("{\n"), []byte("{\n  \"unheard_of\": 1,\n"), 1)
		_, err := packages.Read(files)
		if f := fault.Of(err); !errors.Is(err, packages.ErrKey) || f.Details["key"] != "unheard_of" || f.Details["line"] != 2 || f.Details["file"] != file {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// zipped makes a ZIP of any names, as a stranger could.
func zipped(t *testing.T, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(entries); i += 2 {
		f, err := w.Create(entries[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(entries[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFromZip_refusals(t *testing.T) {
	bomb := strings.Repeat("0", 40<<20)
	link := func() []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "p/item.json"}
		h.SetMode(fs.ModeSymlink | 0o777)
		f, _ := w.CreateHeader(h)
		f.Write([]byte("/etc/passwd")) //nolint:errcheck // a buffer
		w.Close()                      //nolint:errcheck // a buffer
		return b.Bytes()
	}()
	for name, x := range map[string]struct {
		raw  []byte
		want error
	}{
		"no ZIP":            {[]byte("PK no"), packages.ErrFiles},
		"empty":             {zipped(t), packages.ErrFiles},
		"out of the folder": {zipped(t, "p/item.json", "{}", "../form.json", "{}"), packages.ErrFiles},
		"absolute":          {zipped(t, "/p/item.json", "{}"), packages.ErrFiles},
		"backslashes":       {zipped(t, `p\..\item.json`, "{}"), packages.ErrFiles},
		"foreign file":      {zipped(t, "p/item.json", "{}", "p/run.sh", "rm"), packages.ErrFiles},
		"two packages":      {zipped(t, "p/item.json", "{}", "q/form.json", "{}"), packages.ErrFiles},
		"twice":             {zipped(t, "p/item.json", "{}", "p/item.json", "{}"), packages.ErrFiles},
		"deep":              {zipped(t, "a/p/item.json", "{}"), packages.ErrFiles},
		"bomb":              {zipped(t, "p/item.json", bomb), packages.ErrLarge},
		"link":              {link, packages.ErrFiles},
		"too long":          {make([]byte, packages.MaxZip+1), packages.ErrLarge},
	} {
		if _, err := packages.FromZip(x.raw); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFromFS_folder(t *testing.T) {
	files, err := packages.FromFS(shipped(), "study-grant")
	if err != nil || files[packages.OfficesFile] == nil || files[packages.TablesFile] == nil {
		t.Fatalf("%d files, %v", len(files), err)
	}
	p, err := packages.Read(files)
	if err != nil || p.Item.ID != "study-grant" || len(p.Offices) == 0 {
		t.Fatal(err)
	}
	if _, err := packages.FromFS(fstest.MapFS{"p/item.json": {Data: []byte("{}")}, "p/virus.exe": {}}, "p"); !errors.Is(err, packages.ErrFiles) {
		t.Errorf("foreign file: %v", err)
	}
	out := fstest.MapFS{"out/departments.json": {Data: files[packages.OfficesFile]}} // as an export writes it
	for name, body := range files {
		if name != packages.OfficesFile {
			out["out/study-grant/"+name] = &fstest.MapFile{Data: body}
		}
	}
	if again, err := packages.FromFS(out, "out"); err != nil || !reflect.DeepEqual(again, files) {
		t.Errorf("the folder of an export: %d files, %v", len(again), err)
	}
	out["out/other/item.json"] = &fstest.MapFile{Data: []byte("{}")}
	if _, err := packages.FromFS(out, "out"); !errors.Is(err, packages.ErrFiles) {
		t.Errorf("two packages: %v", err)
	}
}
