package journey

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// visitor is somebody at a browser without scripts.
type visitor struct {
	name    string
	site    http.Handler
	cookies map[string]string
	page    *page
}

// maxHops is how many redirects a browser would follow at most.
const maxHops = 10

// send asks the site and follows redirects as a browser does.
func (v *visitor) send(s sending) error {
	base := &url.URL{Path: "/"}
	if v.page != nil {
		base = v.page.at
	}
	at, err := base.Parse(s.action)
	if err != nil {
		return err
	}
	for range maxHops {
		res := v.ask(s, at)
		if to := res.Header.Get("Location"); res.StatusCode >= 300 && res.StatusCode < 400 && to != "" {
			if at, err = at.Parse(to); err != nil {
				return err
			}
			s = sending{method: http.MethodGet}
			continue
		}
		var raw bytes.Buffer
		if _, err := raw.ReadFrom(res.Body); err != nil {
			return err
		}
		if v.page, err = read(at, res.StatusCode, res.Header.Get("Content-Type"), raw.Bytes()); err != nil {
			return err
		}
		return v.page.check()
	}
	return fmt.Errorf("%s leads round in circles", at)
}

func (v *visitor) ask(s sending, at *url.URL) *http.Response {
	target := *at
	target.Fragment = ""
	r := httptest.NewRequest(s.method, target.RequestURI(), bytes.NewReader(s.body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if s.method == http.MethodPost {
		r.Header.Set("Content-Type", s.kind)
	}
	for k, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: value})
	}
	w := httptest.NewRecorder()
	v.site.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	return res
}

func (v *visitor) open(address string) error {
	return v.send(sending{method: http.MethodGet, action: address})
}

func (v *visitor) follow(name, near string) error {
	n, err := pick(within(v.page.doc, func(n *html.Node) bool { return n.Data == "a" && has(n, "href") }), name, near)
	if err != nil {
		return err
	}
	return v.open(attr(n, "href"))
}

func (v *visitor) press(name, near string) error {
	s, err := v.page.press(name, near)
	if err != nil {
		return err
	}
	return v.send(s)
}

// search types into the search box of the page and sends it.
func (v *visitor) search(what string) error {
	for _, n := range v.page.all("input") {
		if attr(n, "name") != "q" {
			continue
		}
		set(n, "value", what)
		form := up(n, named("form"))
		s, err := v.page.collect(form, n)
		if err != nil {
			return err
		}
		u, err := url.Parse(s.action)
		if err != nil {
			return err
		}
		u.RawQuery = url.Values{"q": {what}}.Encode()
		s.action = u.String()
		return v.send(s)
	}
	return fmt.Errorf("there is no search box")
}

var untranslated = regexp.MustCompile(`⟦[^⟧]*⟧`)

// check finds what no page may have: a failure of the server, a text without
// words, an id twice, a control without a label, a description or link on the
// page that leads nowhere, more or fewer than one main heading.
func (p *page) check() error {
	if p.status >= 500 {
		return fmt.Errorf("%s: status %d: %s", p.at, p.status, p.text())
	}
	if m := untranslated.Find(p.raw); m != nil && strings.HasPrefix(p.kind, "text/") {
		return fmt.Errorf("%s: a text is missing: %s", p.at, m)
	}
	if p.doc == nil {
		return nil
	}
	var bad []string
	ids := map[string]int{}
	for _, n := range within(p.doc, func(n *html.Node) bool { return has(n, "id") }) {
		if ids[attr(n, "id")]++; ids[attr(n, "id")] == 2 {
			bad = append(bad, "id "+attr(n, "id")+" is there twice")
		}
	}
	if n := len(p.all("h1")); n != 1 {
		bad = append(bad, fmt.Sprintf("%d main headings", n))
	}
	for _, n := range within(p.doc, func(*html.Node) bool { return true }) {
		bad = append(bad, p.faults(n, ids)...)
	}
	if len(bad) > 0 {
		return fmt.Errorf("%s: %s", p.at, strings.Join(bad, "; "))
	}
	return nil
}

func (p *page) faults(n *html.Node, ids map[string]int) (bad []string) {
	for _, d := range strings.Fields(attr(n, "aria-describedby")) {
		if ids[d] == 0 {
			bad = append(bad, n.Data+" is described by "+d+", which is not there")
		}
	}
	if control(n) && p.labelOf(n) == "" {
		bad = append(bad, "control "+attr(n, "name")+" has no label")
	}
	if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && n.Data == "a" && to != "" && ids[to] == 0 {
		bad = append(bad, "link to #"+to+" leads nowhere")
	}
	if has(n, "style") || n.Data == "script" && n.FirstChild != nil {
		bad = append(bad, "style or script in the page")
	}
	return bad
}

// describe shows a page to whoever has to find out why a story stopped.
func (p *page) describe() string {
	if p == nil {
		return "no page is open"
	}
	if p.doc == nil {
		return fmt.Sprintf("%s: status %d, %s, %d bytes", p.at, p.status, p.kind, len(p.raw))
	}
	var b strings.Builder
	at := p.doc
	if list := p.all("main"); len(list) > 0 {
		at = list[0]
	}
	fmt.Fprintf(&b, "%s, status %d\n%s\n", p.at, p.status, words(at))
	for _, kind := range []string{"a", "button", "legend", "label"} {
		fmt.Fprintf(&b, "  %s:", kind)
		for _, n := range within(at, named(kind)) {
			fmt.Fprintf(&b, " [%s]", strings.TrimSpace(words(n)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
