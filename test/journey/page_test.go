package journey

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// page is what a visitor sees: an HTML page, or the bytes of a file.
type page struct {
	at     *url.URL
	status int
	kind   string
	raw    []byte
	doc    *html.Node
	picked map[*html.Node][]file // files chosen in file fields
}

type file struct {
	name string
	body []byte
}

func read(at *url.URL, status int, kind string, raw []byte) (*page, error) {
	p := &page{at: at, status: status, kind: kind, raw: raw, picked: map[*html.Node][]file{}}
	var err error
	if strings.HasPrefix(kind, "text/html") {
		p.doc, err = html.Parse(bytes.NewReader(raw))
	}
	return p, err
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func set(n *html.Node, name, value string) {
	drop(n, name)
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

func drop(n *html.Node, name string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// within lists the elements below n, in order, for which is holds.
func within(n *html.Node, is func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	if n == nil {
		return nil
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && is(d) {
			out = append(out, d)
		}
	}
	return out
}

func named(names ...string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(names, n.Data) }
}

func (p *page) all(names ...string) []*html.Node { return within(p.doc, named(names...)) }

// words are the visible words below n, with single spaces.
func words(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "head" || n.Data == "datalist"):
			return
		case n.Type == html.ElementNode && block[n.Data]:
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode && block[n.Data] {
			b.WriteByte(' ')
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// block are elements whose text does not run on into that of their neighbours.
var block = map[string]bool{"p": true, "div": true, "li": true, "dt": true, "dd": true, "td": true, "th": true, "tr": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"section": true, "article": true, "br": true, "label": true, "legend": true, "option": true, "summary": true, "button": true, "a": true, "small": true, "span": true, "b": true}

// text is everything that the page says.
func (p *page) text() string {
	if p.doc == nil {
		return string(p.raw)
	}
	return words(p.doc)
}

// says tells whether the page says something; spaces do not matter.
func (p *page) says(what string) bool { return strings.Contains(tight(p.text()), tight(what)) }

func tight(s string) string { return strings.Join(strings.Fields(s), "") }

// byID finds the element with an id.
func (p *page) byID(id string) *html.Node {
	if found := within(p.doc, func(n *html.Node) bool { return attr(n, "id") == id }); len(found) > 0 {
		return found[0]
	}
	return nil
}

// up is the nearest element around n, or n itself, for which is holds.
func up(n *html.Node, is func(*html.Node) bool) *html.Node {
	for ; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && is(n) {
			return n
		}
	}
	return nil
}

// called tells whether an element bears the name that a reader sees or hears.
func called(n *html.Node, name string, exact bool) bool {
	for _, s := range []string{words(n), attr(n, "aria-label"), attr(n, "value")} {
		if s = tight(s); s == tight(name) || !exact && s != "" && strings.Contains(s, tight(name)) {
			return true
		}
	}
	return false
}

// pick finds the one element of a list that bears a name; among several, the
// one that stands nearest to some other words.
func pick(list []*html.Node, name, near string) (*html.Node, error) {
	var found []*html.Node
	for _, exact := range []bool{true, false} {
		for _, n := range list {
			if called(n, name, exact) {
				found = append(found, n)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	if near != "" {
		found = nearest(found, near)
	}
	if len(found) == 0 {
		var names []string
		for _, n := range list {
			names = append(names, words(n)+attr(n, "aria-label"))
		}
		return nil, fmt.Errorf("there is no %q, only %s", name, strings.Join(names, " | "))
	}
	return found[0], nil
}

// nearest keeps the elements whose closest common surroundings with the words
// are smallest.
func nearest(list []*html.Node, near string) []*html.Node {
	var best []*html.Node
	size := -1
	for _, n := range list {
		around := up(n, func(n *html.Node) bool { return strings.Contains(tight(words(n)), tight(near)) })
		if around == nil {
			continue
		}
		if l := len(words(around)); size < 0 || l < size {
			size, best = l, []*html.Node{n}
		}
	}
	return best
}
