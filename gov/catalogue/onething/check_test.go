package onething_test

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/gov/catalogue"
	"tongban/items"
)

// changed is what ships with some text of the restaurant's bundle.json, or of
// another file of the package, replaced.
func changed(t *testing.T, file, old, fresh string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	done := false
	err := fs.WalkDir(items.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(items.Files, path)
		if path == "restaurant/"+file && strings.Contains(string(body), old) {
			body, done = []byte(strings.Replace(string(body), old, fresh, 1)), true
		}
		out[path] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil || !done {
		t.Fatalf("%s does not say %q: %v", file, old, err)
	}
	return out
}

// problems loads the restaurant and gives what is wrong with it.
func problems(t *testing.T, fsys fs.FS) string {
	t.Helper()
	offices, err := catalogue.LoadOffices(fsys)
	if err != nil {
		t.Fatal(err)
	}
	_, err = catalogue.LoadPackage(fsys, "restaurant", offices)
	var p *catalogue.PackageError
	if !errors.As(err, &p) {
		return ""
	}
	return strings.Join(p.Problems, "\n")
}

func TestCheck_saysLineAndPath(t *testing.T) {
	if p := problems(t, items.Files); p != "" {
		t.Fatalf("what ships: %s", p)
	}
	for _, c := range []struct{ name, file, old, fresh, want string }{
		{"an item that does not exist", "bundle.json", "1144990190000002224440199912000", "1144990190000002224440199919999", `line \d+: parts\[1\]\.item: there is no item`},
		{"a circle", "bundle.json", `"failed": "stop_all",`, `"after": ["food"], "failed": "stop_all",`, `line \d+: parts\[0\]\.after\[0\]: a circle`},
		{"a part that does not exist", "bundle.json", "\"after\": [\n        \"register\"", "\"after\": [\n        \"nobody\"", `parts\[1\]\.after\[0\]: there is no part "nobody"`},
		{"a policy that is not known", "bundle.json", `"failed": "stop_all"`, `"failed": "shrug"`, `parts\[0\]\.failed: "shrug" is none of`},
		{"a field of another type", "bundle.json", "\"field\": \"area\",\n          \"from\": \"area\"", "\"field\": \"area\",\n          \"from\": \"phone\"", `parts\[0\]\.form\[\d+\]\.from: "phone" is a phone, and "area" is a number`},
		{"a field that is bound twice", "bundle.json", "\"field\": \"phone\",\n          \"from\": \"phone\"", "\"field\": \"name\",\n          \"from\": \"name\"", `parts\[0\]\.form\[2\]\.field: "name" is no field of .* or is bound twice`},
		{"something nobody passes on", "bundle.json", "\"field\": \"shop_name\"", "\"field\": \"nothing\"", `asks for "shop_name", which the package does not ask`},
		{"a material that no part takes", "bundle.json", "\"material\": \"health\",\n          \"from\": \"health\"", "\"material\": \"health\",\n          \"from\": \"rules\"", `no part takes the material "health"`},
		{"a part that no answers choose", "bundle.json", "sign in ['large', 'unsure']", "sign == 'small' and sign == 'large'", `parts\[4\]\.needed_when: no answers to the questions choose "sign"`},
		{"an unknown name in a condition", "bundle.json", "operator in ['none', 'unsure']", "operatr in ['none', 'unsure']", `line \d+: parts\[0\]\.needed_when: unknown name operatr`},
		{"a result of no part before", "bundle.json", "\"result\": \"register\"", "\"result\": \"fire\"", `"fire" is no part that "food" waits for`},
		{"words that leave an answer out", "bundle.json", "\"is\": \"household\"", "\"is\": \"company\"", `words say nothing of the answer "household"`},
		{"an unknown key", "bundle.json", `"format": 1`, `"formt": 1`, `line \d+: format: missing`},
		{"a promise shorter than a part's", "item.json", `"amount": 15`, `"amount": 5`, `promises 8, longer than the whole, 5`},
		{"an identity that is too low", "item.json", `"identity": 3`, `"identity": 2`, `needs identity 3, and item.json asks for 2`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := problems(t, changed(t, c.file, c.old, c.fresh)); !regexp.MustCompile(c.want).MatchString(got) {
				t.Errorf("says\n%s\nand not\n%s", got, c.want)
			}
		})
	}
}
