package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"tongban/platform/i18n"
)

var (
	named = regexp.MustCompile(`\{[a-z]+\}`)
	asked = regexp.MustCompile(`i18n\.T\(ctx, "(ui\.[a-z_.]+[a-z])"[,)]`)
)

func TestStrings_bothLanguages(t *testing.T) {
	b := bundle(t)
	zh, en := b.Words(i18n.Chinese), b.Words(i18n.English)
	for k, text := range zh {
		other, ok := en[k]
		if !ok {
			t.Errorf("%s has no English", k)
			continue
		}
		a, c := named.FindAllString(text, -1), named.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(c)
		if !slices.Equal(a, c) {
			t.Errorf("%s names %v in Chinese and %v in English", k, a, c)
		}
	}
	if len(zh) != len(en) {
		t.Errorf("%d texts in Chinese, %d in English", len(zh), len(en))
	}
}

func TestStrings_everyKeyExists(t *testing.T) {
	b := bundle(t)
	n := 0
	for _, pattern := range []string{"*.templ", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range asked.FindAllSubmatch(raw, -1) {
				n++
				if !b.Has(i18n.Chinese, string(m[1])) {
					t.Errorf("%s asks for %s", f, m[1])
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d keys were found: the search is broken", n)
	}
}
