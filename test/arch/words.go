package arch

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
)

var textLaws = []Law{
	{"languages have the same words", "a page must not be half in another language", checkWords},
	{"nothing is left to do in the code", "unfinished work belongs in an issue where somebody sees it", checkUnfinished},
	{"no registry is named", "the project builds from any mirror and tells nobody which", checkRegistries},
	{"no path of one machine is named", "it means nothing on another", checkForeignPaths},
	{"links in documents lead somewhere", "a dead link is a wrong statement", checkLinks},
	{"ARCHITECTURE.md names what is there", "the map must match the house", checkMap},
}

var (
	nameRE = regexp.MustCompile(`\{[a-zA-Z_]+\}`)
	linkRE = regexp.MustCompile(`\]\(([^)\s]+)(?:\s+"[^"]*")?\)`)
	codeRE = regexp.MustCompile("`([^`\n]+)`")
	pathRE = regexp.MustCompile(`^(?:app|cmd|data|deploy|docs|gov|items|platform|test|ui)(?:/[\w.*-]+)*/?$`)
)

func checkWords(t *Tree) (bad []string) {
	for _, p := range t.Files {
		if path.Base(p) != "zh-Hans.json" || path.Base(path.Dir(p)) != "strings" {
			continue
		}
		zh, err1 := readWords(t, p)
		enPath := path.Join(path.Dir(p), "en.json")
		en, err2 := readWords(t, enPath)
		if err1 != nil || err2 != nil {
			bad = append(bad, fmt.Sprintf("%s: %v %v", path.Dir(p), err1, err2))
			continue
		}
		bad = append(bad, compareWords(p, zh, enPath, en)...)
	}
	return bad
}

func readWords(t *Tree, p string) (map[string]string, error) {
	var out map[string]string
	return out, json.Unmarshal([]byte(t.Text(p)), &out)
}

// compareWords compares two languages. A key that ends in ".one" is the singular
// of another and may exist in one language only.
func compareWords(aPath string, a map[string]string, bPath string, b map[string]string) (bad []string) {
	missing := func(in string, key string) { bad = append(bad, in+" has no "+key) }
	for key, text := range a {
		other, ok := b[key]
		switch {
		case !ok && !strings.HasSuffix(key, ".one"):
			missing(bPath, key)
		case ok && !slices.Equal(names(text), names(other)):
			bad = append(bad, fmt.Sprintf("%s: %s has %v in one language and %v in the other", aPath, key, names(text), names(other)))
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok && !strings.HasSuffix(key, ".one") {
			missing(aPath, key)
		}
	}
	sort.Strings(bad)
	return bad
}

// names lists the {names} of a text. {zh} and {en} both stand for a label in the
// reader's language.
func names(text string) []string {
	out := nameRE.FindAllString(strings.ReplaceAll(text, "{zh}", "{en}"), -1)
	sort.Strings(out)
	return slices.Compact(out)
}

// The words are put together here so that this file does not break its own law.
var unfinished = []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:"}

func checkUnfinished(t *Tree) (bad []string) {
	re := regexp.MustCompile(`\b(?:` + strings.Join(unfinished, "|") + `)\b`)
	return matches(t, re, func(p string) bool { return path.Ext(p) != ".json" })
}

var registries = []string{"proxy.golang" + ".org", "sum.golang" + ".org", "registry.npmjs" + ".org", "pypi" + ".org", "goproxy" + ".", "registry." + "yarnpkg", "crates" + ".io"}

func checkRegistries(t *Tree) []string {
	var parts []string
	for _, r := range registries {
		parts = append(parts, regexp.QuoteMeta(r))
	}
	return matches(t, regexp.MustCompile(strings.Join(parts, "|")), func(string) bool { return true })
}

var foreignPaths = []string{"/wo" + "rk/main", "/wo" + "rk/shared", "/wo" + "rk/notes", "/home" + "/", "/Users" + "/", "/root" + "/"}

func checkForeignPaths(t *Tree) []string {
	re := regexp.MustCompile(`(?:^|[\s"'(=` + "`" + `:])(?:` + strings.Join(foreignPaths, "|") + `)`)
	return matches(t, re, func(string) bool { return true })
}

func matches(t *Tree, re *regexp.Regexp, want func(p string) bool) (bad []string) {
	for _, p := range t.Files {
		if !want(p) {
			continue
		}
		n := 0
		for line := range strings.Lines(t.Text(p)) {
			n++
			if m := re.FindString(line); m != "" {
				bad = append(bad, fmt.Sprintf("%s:%d: %s", p, n, m))
			}
		}
	}
	return bad
}

func checkLinks(t *Tree) (bad []string) {
	for _, p := range t.Files {
		if path.Ext(p) != ".md" {
			continue
		}
		for _, m := range linkRE.FindAllStringSubmatch(t.Text(p), -1) {
			u, err := url.Parse(m[1])
			if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" {
				continue // elsewhere, or within the page
			}
			target := path.Join(path.Dir(p), u.Path)
			if strings.HasPrefix(u.Path, "/") {
				target = strings.TrimPrefix(u.Path, "/")
			}
			if !t.Has(target) {
				bad = append(bad, p+" links to "+m[1])
			}
		}
	}
	return bad
}

func checkMap(t *Tree) (bad []string) {
	text := t.Text("ARCHITECTURE.md")
	for _, m := range codeRE.FindAllStringSubmatch(text, -1) {
		p := strings.TrimSuffix(m[1], "/")
		if pathRE.MatchString(m[1]) && !strings.Contains(p, "*") && !t.Has(p) {
			bad = append(bad, "ARCHITECTURE.md names "+m[1])
		}
	}
	return bad
}
