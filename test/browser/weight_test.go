package browser_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tongban/test/browser/harness"
	"tongban/test/node"
)

// budget is what a face of the site may weigh: bytes on the wire, requests and
// elements of the first view.
type budget struct {
	css, js, html, total, requests, nodes int
}

const kib = 1024

var (
	portal  = budget{12 * kib, 20 * kib, 12 * kib, 48 * kib, 6, 1500}
	search  = budget{12 * kib, 20 * kib, 20 * kib, 48 * kib, 6, 1500} // guides and results hold more words
	counter = budget{18 * kib, 24 * kib, 30 * kib, 80 * kib, 8, 3000} // and the workbench
)

// samples are the pages that stand for their faces, by who reads them.
func (w *world) samples() map[string][]string {
	resident, clerk, examiner := w.pages(node.Resident), w.pages(node.Clerk), w.pages(node.Examiner)
	return map[string][]string{
		"":            {"/", imported, guide, "/items/" + node.District + "/" + node.Restaurant, "/departments", "/verify/" + w.code},
		node.Resident: {"/", resident[0], resident[3], resident[4], resident[5], resident[8], "/my"},
		node.Clerk:    {"/counter", clerk[0], clerk[2], clerk[4], "/counter/acceptance"},
		node.Examiner: {"/work?shape=post", examiner[2], examiner[3]},
		"示例监察员":       {"/oversight", "/oversight/cards", w.pages("示例监察员")[0]},
		"示例审计员":       {"/oversight/record"},
	}
}

func (w *world) budgetOf(who, path string) budget {
	switch {
	case who != "" && who != node.Resident:
		return counter
	case strings.HasPrefix(path, "/items") || strings.HasPrefix(path, "/departments"):
		return search
	}
	return portal
}

// weight is what a browser loads for one page that it never saw before.
type weight struct {
	css, js, html, images, requests int
}

func (x weight) total() int { return x.css + x.js + x.html + x.images }

// fetch loads something as browsers do and returns what went over the wire,
// and the content.
func fetch(t *testing.T, client *http.Client, address string, cookies map[string]string) (wire int, body []byte) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	for k, v := range cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", address, res.StatusCode, err)
	}
	if res.Header.Get("Content-Encoding") != "gzip" {
		return len(raw), raw
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err == nil {
		body, err = io.ReadAll(z)
	}
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return len(raw), body
}

// weigh loads a page with everything that it names.
func weigh(t *testing.T, address string, cookies map[string]string) weight {
	t.Helper()
	client := &http.Client{}
	wire, body := fetch(t, client, address, cookies)
	x := weight{html: wire, requests: 1}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		source, kind := named(n)
		if source == "" || strings.HasPrefix(source, "data:") {
			continue
		}
		to, err := at.Parse(source)
		if err != nil || to.Host != at.Host {
			t.Errorf("%s loads %s from elsewhere", address, source)
			continue
		}
		wire, content := fetch(t, client, to.String(), cookies)
		x.requests++
		switch kind {
		case "css":
			x.css += wire
			if bytes.Contains(content, []byte("@font-face")) || bytes.Contains(content, []byte("woff")) {
				t.Errorf("%s loads a font", source)
			}
		case "js":
			x.js += wire
		default:
			x.images += wire
		}
	}
	return x
}

// named is what an element makes a browser load at once.
func named(n *html.Node) (source, kind string) {
	value := map[string]string{}
	for _, a := range n.Attr {
		value[a.Key] = a.Val
	}
	switch {
	case n.Data == "link" && value["rel"] == "stylesheet":
		return value["href"], "css"
	case n.Data == "link" && strings.Contains(value["rel"], "icon"):
		return value["href"], "image"
	case n.Data == "script":
		return value["src"], "js"
	case n.Data == "img" && value["loading"] != "lazy":
		return value["src"], "image"
	}
	return "", ""
}

// Every face keeps its budget, on the wire and in the page.
func TestSite_weight(t *testing.T) {
	w := furnished(t)
	for who, list := range w.samples() {
		look := w.look(harness.Look{Width: 390}, who)
		tab := harness.Open(t, look)
		for _, path := range list {
			x, b := weigh(t, w.url+path, look.Cookies), w.budgetOf(who, path)
			tab.Go(w.url + path)
			nodes := tab.Nodes()
			t.Logf("%-9s %-70s html %5.1f css %4.1f js %4.1f images %4.1f total %5.1f KB, %d requests, %d nodes", who, path,
				float64(x.html)/kib, float64(x.css)/kib, float64(x.js)/kib, float64(x.images)/kib, float64(x.total())/kib, x.requests, nodes)
			for _, m := range []struct {
				what     string
				is, most int
			}{{"CSS", x.css, b.css}, {"JS", x.js, b.js}, {"HTML", x.html, b.html}, {"first view", x.total(), b.total}, {"images", x.images, 20 * kib}, {"requests", x.requests, b.requests}, {"nodes", nodes, b.nodes}} {
				if m.is > m.most {
					t.Errorf("%s as %q: %s is %d, at most %d", path, who, m.what, m.is, m.most)
				}
			}
			if fonts := harness.Eval[[]string](tab, `performance.getEntriesByType("resource").map(e => e.name).filter(n => /\.(woff2?|ttf|otf)/.test(n))`); len(fonts) > 0 {
				t.Errorf("%s loads fonts: %s", path, fmt.Sprint(fonts))
			}
		}
		tab.Quiet()
	}
}
