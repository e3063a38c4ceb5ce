package browser_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"tongban/test/browser/harness"
)

// thorough asks for every page in every theme; otherwise a few pages stand for
// the rest in the dark and high-contrast themes.
var thorough = os.Getenv("TONGBAN_THOROUGH") != ""

// Every page that a role can reach: axe-core finds nothing, nothing sticks
// out, no script fails, the content security policy is kept.
func TestSite_accessible(t *testing.T) {
	w := furnished(t)
	for _, look := range []harness.Look{{Width: 390}, {Width: 1366}, {Width: 390, Elder: true}, {Width: 1366, Elder: true}} {
		t.Run(look.String(), func(t *testing.T) {
			for _, who := range people {
				tab := harness.Open(t, w.look(look, who))
				for _, path := range w.reachable(t, who) {
					tab.Go(w.url + path)
					tab.Clean()
					tab.Quiet()
				}
			}
		})
	}
}

// The dark and high-contrast themes, and English.
func TestSite_themes(t *testing.T) {
	w := furnished(t)
	for _, look := range []harness.Look{{Width: 390, Theme: "dark"}, {Width: 1366, Theme: "dark"}, {Width: 1366, Theme: "hc"}, {Width: 390, English: true}} {
		t.Run(look.String(), func(t *testing.T) {
			for who, list := range w.samples() {
				if thorough {
					list = w.reachable(t, who)
				}
				tab := harness.Open(t, w.look(look, who))
				for _, path := range list {
					tab.Go(w.url + path)
					tab.Clean()
					tab.Quiet()
				}
			}
		})
	}
}

// On the narrowest screen nothing sticks out sideways; tables scroll in a
// region of their own.
func TestSite_320(t *testing.T) {
	w := furnished(t)
	for _, who := range people {
		tab := harness.Open(t, w.look(harness.Look{Width: 320}, who))
		for _, path := range w.reachable(t, who) {
			tab.Go(w.url + path)
			if n := tab.Overflow(); n > 0 {
				t.Errorf("%s as %q is %d px too wide", path, who, n)
			}
		}
	}
}

// No page is forgotten: every GET row of the route table that answers with a
// page is among those that are looked at.
func TestSite_nothingForgotten(t *testing.T) {
	w := furnished(t)
	seen := map[string]bool{}
	mux := http.NewServeMux()
	for _, rt := range w.Site.Pages.Routes() {
		mux.HandleFunc(rt.Pattern, func(http.ResponseWriter, *http.Request) { seen[rt.Pattern] = true })
	}
	for _, who := range people {
		for _, path := range w.reachable(t, who) {
			mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
		}
	}
	for _, rt := range w.Site.Pages.Routes() {
		if !strings.HasPrefix(rt.Pattern, "GET ") || seen[rt.Pattern] {
			continue
		}
		file := false // answers with a file, or leads on to a page
		for _, part := range []string{"/files/", "flow.svg", "/papers/{region}/{file}", ".well-known", "/continue"} {
			file = file || strings.Contains(rt.Pattern, part)
		}
		if !file {
			t.Errorf("%s is not looked at", rt.Pattern)
		}
	}
}
