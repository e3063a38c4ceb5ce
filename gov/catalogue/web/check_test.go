package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page is an answer with its document.
type page struct {
	t      testing.TB
	path   string
	status int
	raw    string
	doc    *html.Node
}

func get(t testing.TB, h http.Handler, path string) page {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	doc, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return page{t, path, w.Code, w.Body.String(), doc}
}

// each calls f for every element with this tag.
func (p page) each(tag string, f func(n *html.Node)) {
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			f(n)
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (p page) first(tag string) string {
	out := ""
	p.each(tag, func(n *html.Node) {
		if out == "" {
			out = text(n)
		}
	})
	return out
}

// link is the address behind a link with these words.
func (p page) link(words string) string {
	out := ""
	p.each("a", func(n *html.Node) {
		if out == "" && strings.Contains(text(n), words) {
			out = attr(n, "href")
		}
	})
	return out
}

func (p page) has(words ...string) {
	p.t.Helper()
	all := text(p.doc)
	for _, w := range words {
		if !strings.Contains(all, w) {
			p.t.Errorf("%s: the page does not say %q", p.path, w)
		}
	}
}

// sound checks what every page must keep: one h1, unique ids, labels for every
// control, names for every link, headings in order, no missing words, no
// inline script or style.
func (p page) sound() {
	p.t.Helper()
	if strings.Contains(p.raw, "⟦") {
		p.t.Errorf("%s: a text is missing: %s", p.path, p.raw[strings.Index(p.raw, "⟦"):][:60])
	}
	h1, level := 0, 0
	ids, labelled := map[string]bool{}, map[string]bool{}
	p.each("label", func(n *html.Node) { labelled[attr(n, "for")] = true })
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				p.t.Errorf("%s: id %q twice", p.path, id)
			}
			ids[id] = true
		}
		if attr(n, "style") != "" || n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			p.t.Errorf("%s: inline style or script in <%s>", p.path, n.Data)
		}
		switch n.Data {
		case "h1":
			h1++
			level = 1
		case "h2", "h3", "h4":
			now := int(n.Data[1] - '0')
			if level > 0 && now > level+1 { // an error summary stands before the h1
				p.t.Errorf("%s: %s %q after h%d", p.path, n.Data, text(n), level)
			}
			level = now
			if h1 == 0 {
				level = 0
			}
		case "a":
			if text(n) == "" && attr(n, "aria-label") == "" {
				p.t.Errorf("%s: a link without words to %s", p.path, attr(n, "href"))
			}
		case "input", "select":
			if attr(n, "type") != "hidden" && !labelled[attr(n, "id")] {
				p.t.Errorf("%s: no label for %s", p.path, attr(n, "name"))
			}
		case "img":
			if attr(n, "alt") == "" {
				p.t.Errorf("%s: a picture without words", p.path)
			}
		}
	}
	if h1 != 1 {
		p.t.Errorf("%s: %d h1", p.path, h1)
	}
	p.each("a", func(n *html.Node) {
		if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && to != "" && !ids[to] {
			p.t.Errorf("%s: the link #%s leads nowhere", p.path, to)
		}
	})
}
