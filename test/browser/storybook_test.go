package browser_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"tongban/platform/i18n"
	"tongban/test/browser/harness"
	"tongban/test/node"
	"tongban/ui"
	"tongban/ui/static"
	"tongban/ui/storybook"
)

func TestMain(m *testing.M) {
	code := node.Main(m)
	harness.Stop()
	os.Exit(code)
}

// book serves the storybook with its files and the preferences.
func book(t *testing.T) string {
	t.Helper()
	b := i18n.NewBundle()
	if err := b.Add(ui.Strings); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	page := func(f func(http.ResponseWriter, *http.Request) error) http.Handler {
		return ui.WithPreferences(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := f(w, r); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		}))
	}
	mux.Handle("GET /dev/storybook", page(storybook.Show))
	mux.Handle("POST /preferences", page(ui.Preferences))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func address(base, page string) string {
	if page == "" {
		return base + "/dev/storybook"
	}
	return base + "/dev/storybook?page=" + page
}

func name(page string) string {
	if page == "" {
		return "components"
	}
	return page
}

// Every page in every theme and size of print on a desk and on a phone, and once
// in English.
func TestStorybook_accessible(t *testing.T) {
	base := book(t)
	for _, look := range []harness.Look{{Width: 1366}, {Width: 1366, English: true}} {
		t.Run(look.String(), func(t *testing.T) {
			tab := harness.Open(t, look)
			for _, p := range storybook.Pages {
				tab.Go(address(base, p))
				tab.EveryWay(!look.English)
				tab.Become(look)
				tab.Shot(name(p))
			}
		})
	}
}
