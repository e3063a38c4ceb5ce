package casefiletest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Browser is one person's browser without scripts; it keeps cookies.
type Browser struct {
	w      *Town
	as     string
	client *http.Client
}

// Browser opens a browser for an account of the town; "" is nobody.
func (w *Town) Browser(as string) *Browser {
	jar, err := cookiejar.New(nil)
	w.Must(err)
	return &Browser{w, as, &http.Client{Jar: jar, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		next.Header.Set("As", as)
		return nil
	}}}
}

// Page is what was answered.
type Page struct {
	t      *testing.T
	Status int
	Path   string
	Type   string
	Header http.Header
	Raw    string
	doc    *html.Node
}

func (b *Browser) do(method, path, kind string, body io.Reader) Page {
	t := b.w.T
	t.Helper()
	r, err := http.NewRequest(method, b.w.url+path, body)
	b.w.Must(err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("As", b.as)
	res, err := b.client.Do(r)
	b.w.Must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	b.w.Must(err)
	p := Page{t: t, Status: res.StatusCode, Path: res.Request.URL.RequestURI(), Type: res.Header.Get("Content-Type"), Header: res.Header, Raw: string(raw)}
	if strings.HasPrefix(p.Type, "text/html") {
		p.doc, err = html.Parse(bytes.NewReader(raw))
		b.w.Must(err)
		p.sound()
	}
	return p
}

// Get asks for a page.
func (b *Browser) Get(path string) Page {
	b.w.T.Helper()
	return b.do("GET", path, "", nil)
}

// Post sends a form.
func (b *Browser) Post(path string, form url.Values) Page {
	b.w.T.Helper()
	return b.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Upload is one file to send.
type Upload struct {
	Field, Name string
	Content     []byte
}

// Send sends a form with files.
func (b *Browser) Send(path string, form url.Values, list ...Upload) Page {
	b.w.T.Helper()
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for k, vs := range form {
		for _, v := range vs {
			b.w.Must(m.WriteField(k, v))
		}
	}
	for _, f := range list {
		part, err := m.CreateFormFile(f.Field, f.Name)
		b.w.Must(err)
		_, err = part.Write(f.Content)
		b.w.Must(err)
	}
	b.w.Must(m.Close())
	return b.do("POST", path, m.FormDataContentType(), &buf)
}

// Want fails the test unless the page has this status and these words.
func (p Page) Want(status int, words ...string) Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: status %d, want %d: %.600s", p.Path, p.Status, status, p.Text())
	}
	for _, s := range words {
		if !strings.Contains(p.Text(), s) {
			p.t.Errorf("%s: no %q in: %.1500s", p.Path, s, p.Text())
		}
	}
	return p
}

// Text is everything that is to be read, what stands in inputs included, white
// space folded.
func (p Page) Text() string {
	if p.doc == nil {
		return p.Raw
	}
	var b strings.Builder
	walk(p.doc, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		if k := attr(n, "type"); n.Data == "input" && (k == "text" || k == "search" || k == "tel" || k == "date") {
			b.WriteString(attr(n, "value") + " ")
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// Fields are the values that the form with this id would send as it stands.
func (p Page) Fields(id string) url.Values {
	out := url.Values{}
	walk(p.doc, func(n *html.Node) {
		if n.Type != html.ElementNode || n.Data != "form" || attr(n, "id") != id {
			return
		}
		walk(n, func(c *html.Node) { value(c, out) })
	})
	return out
}

func value(c *html.Node, out url.Values) {
	name := attr(c, "name")
	if c.Type != html.ElementNode || name == "" {
		return
	}
	switch c.Data {
	case "input":
		switch attr(c, "type") {
		case "radio", "checkbox":
			if has(c, "checked") {
				out.Add(name, attr(c, "value"))
			}
		case "file":
		default:
			out.Add(name, attr(c, "value"))
		}
	case "textarea":
		if c.FirstChild != nil {
			out.Add(name, c.FirstChild.Data)
		} else {
			out.Add(name, "")
		}
	case "select":
		v := ""
		walk(c, func(o *html.Node) {
			if o.Data == "option" && has(o, "selected") {
				v = attr(o, "value")
			}
		})
		out.Add(name, v)
	}
}

// Links are the targets of links and forms that match.
func (p Page) Links(pattern string) []string {
	re := regexp.MustCompile(pattern)
	var out []string
	walk(p.doc, func(n *html.Node) {
		for _, name := range []string{"href", "action", "value"} {
			if v := attr(n, name); v != "" && re.MatchString(v) {
				out = append(out, v)
			}
		}
	})
	return out
}

// Link is the first of them.
func (p Page) Link(pattern string) string {
	p.t.Helper()
	all := p.Links(pattern)
	if len(all) == 0 {
		p.t.Fatalf("%s: nothing leads to %s", p.Path, pattern)
	}
	return all[0]
}

// sound finds what no page may have: an id twice, a control without a name for
// screen readers, a missing text, inline script or style, other than one h1.
func (p Page) sound() {
	ids, labels, h1 := map[string]int{}, map[string]bool{}, 0
	walk(p.doc, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
		if n.Data == "h1" {
			h1++
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				p.t.Errorf("%s: inline %s", p.Path, a.Key)
			}
		}
	})
	for id, n := range ids {
		if n > 1 {
			p.t.Errorf("%s: id %q %d times", p.Path, id, n)
		}
	}
	walk(p.doc, func(n *html.Node) {
		kind := attr(n, "type")
		if (n.Data == "input" || n.Data == "select" || n.Data == "textarea") && n.Type == html.ElementNode && kind != "hidden" && kind != "submit" && !labels[attr(n, "id")] && attr(n, "aria-label") == "" {
			p.t.Errorf("%s: control %q has no label", p.Path, attr(n, "name"))
		}
		if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && to != "main" && ids[to] == 0 {
			p.t.Errorf("%s: #%s leads nowhere", p.Path, to)
		}
	})
	if h1 != 1 {
		p.t.Errorf("%s: %d h1", p.Path, h1)
	}
	if m := regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(p.Raw); m != "" {
		p.t.Errorf("%s: a text is missing: %s", p.Path, m)
	}
}

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
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

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
