package browser_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tongban/test/browser/harness"
	"tongban/test/node"
)

// Every page that a role can reach: axe-core finds nothing, nothing sticks
// out, no script fails, the content security policy is kept. At both widths
// every rule is asked; in large print and in other themes, those that these can
// break. A few pages stand for the rest in the themes. What several roles reach
// is looked at in every way as the first of them, and as the others on a phone.
func TestSite_accessible(t *testing.T) {
	w := furnished(t)
	first := map[string]string{} // who looks at a page in every way
	for _, who := range people {
		list, samples, look := w.reachable(t, who), w.samples()[who], w.look(harness.Look{Width: 390}, who)
		for _, path := range list {
			if _, ok := first[path]; !ok {
				first[path] = who
			}
		}
		t.Run("as "+who, func(t *testing.T) {
			t.Parallel()
			tab := harness.Open(t, look)
			for _, path := range list {
				tab.Go(w.url + path)
				if first[path] == who || path == "/" { // everybody has a start page of their own
					tab.EveryWay(slices.Contains(samples, path))
					tab.Become(look)
				} else {
					tab.Clean()
				}
				tab.Quiet()
			}
		})
	}
}

// A few pages as the server renders them for readers who wish for another
// theme, large print or English.
func TestSite_wishes(t *testing.T) {
	w := furnished(t)
	for _, look := range []harness.Look{{Width: 390, Theme: "dark", Elder: true}, {Width: 390, Theme: "hc", English: true}} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			for _, who := range []string{"", node.Resident} {
				tab := harness.Open(t, w.look(look, who))
				for _, path := range w.samples()[who] {
					tab.Go(w.url + path)
					tab.Clean()
					tab.Quiet()
				}
			}
		})
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
		for _, part := range []string{"/files/", "flow.svg", "picture.svg", "trial.svg", "flow.bpmn", "slip.pdf", "sample.pdf", "/design/modeler/", "/papers/{region}/{file}", ".well-known", "/continue", "/openid4vci/", "/csv", "/xlsx", "problems.csv", "sample.csv", "findings.csv", "/scans/", "mapping.json", "decisions.dmn", "package.zip", "linked-data", "/sitemap", "/robots.txt", "offline.html",
			// looked at where a draft is published, a change and an import are made, and a certificate is shown
			"/releases/{region}/{item}", "/shown/{digits}", "/catalogue/changes/{region}/{number}", "/imports/{region}/{id}"} {
			file = file || strings.Contains(rt.Pattern, part)
		}
		if !file {
			t.Errorf("%s is not looked at", rt.Pattern)
		}
	}
}
