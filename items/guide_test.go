package items_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"tongban/items"
)

// What the developer's guide hands in for a material is a replacement that the
// package names, by kind and source.
func TestDeveloperGuide_replacements(t *testing.T) {
	raw, err := items.Files.ReadFile("residence-permit/materials.json")
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.Join(strings.Fields(string(raw)), "")
	handed := regexp.MustCompile(`"mode":"electronic","paper":"([^"]*)"`)
	for _, guide := range []string{"developer.md", "developer.zh.md"} {
		text, err := os.ReadFile("../docs/guides/" + guide)
		if err != nil {
			t.Fatal(err)
		}
		list := handed.FindAllStringSubmatch(string(text), -1)
		for _, m := range list {
			kind, source, _ := strings.Cut(m[1], ":")
			if !regexp.MustCompile(`"kind":"` + kind + `","name":\{[^}]*\},"source":"` + source + `"`).MatchString(plain) {
				t.Errorf("%s hands in %q, which the package does not name", guide, m[1])
			}
		}
		if len(list) == 0 {
			t.Errorf("%s hands nothing in", guide)
		}
	}
}
