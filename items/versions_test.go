package items_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"testing"

	"tongban/items"
)

var update = flag.Bool("update", false, "enter the packages as they are into versions.json")

// TestPackages_versionMeansOneContent keeps, in versions.json, what every
// package held under its version. A town that runs refuses other content under
// a version that it has published, so changed files need a new one.
func TestPackages_versionMeansOneContent(t *testing.T) {
	const name = "versions.json"
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]string
	if err := json.Unmarshal(raw, &known); err != nil {
		t.Fatal(err)
	}
	now := maps.Clone(known)
	each(t, func(t *testing.T, p pack) {
		key := p.name + " " + p.item.Version
		now[key] = digest(t, p.name)
		switch old := known[key]; {
		case old == now[key]:
		case !*update:
			t.Errorf("%s changed: raise \"version\" in item.json when the old one has been released, then run go test ./items -run versionMeans -update", key)
		}
	})
	if *update {
		out, err := json.MarshalIndent(now, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// digest names everything in a folder by its content.
func digest(t *testing.T, dir string) string {
	t.Helper()
	sum := sha256.New()
	err := fs.WalkDir(items.Files, dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(items.Files, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(b), b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
