package applicant_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tongban/data"
	"tongban/gov/casework"
	caseweb "tongban/gov/casework/web"
	"tongban/gov/casework/web/applicant"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	catalogueweb "tongban/gov/catalogue/web"
	"tongban/gov/certificates"
	certificatesweb "tongban/gov/certificates/web"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	identityweb "tongban/gov/identity/web"
	"tongban/items"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/web"
	"tongban/ui"
)

const (
	top        = "440000"
	district   = "449901"
	restaurant = "1144990190000002224440199901000"
	lead       = "114499019000000222" // 市场监督管理局
	company    = "示例区虚构餐饮有限公司"
)

// testKey signs papers in tests.
type testKey struct{ key ed25519.PrivateKey }

func (k testKey) KeyID() string                 { return "test" }
func (k testKey) Sign(m []byte) ([]byte, error) { return ed25519.Sign(k.key, m), nil }
func (k testKey) Check(_ string, m, s []byte) bool {
	return ed25519.Verify(k.key.Public().(ed25519.PublicKey), m, s)
}

// town is a fresh world with these pages over the real services.
type town struct {
	t        *testing.T
	clock    *clock.Fake
	who      *identity.Service
	items    *catalogue.Service
	papers   *certificates.Service
	s        *casework.Service
	deps     applicant.Deps
	bundle   *i18n.Bundle
	url      string
	accounts map[string]auth.Principal
}

// checks are those that the app gives to forms.
var checks = map[forms.Type]forms.NamedCheck{
	"idnumber": func(v string, now time.Time) (string, string) {
		n, err := number.ParseResident(v, now)
		return checked("identity.number", string(n), v, err)
	},
	"phone": func(v string, _ time.Time) (string, string) {
		n, err := number.ParsePhone(v)
		return checked("identity.phone", string(n), v, err)
	},
	"name": func(v string, _ time.Time) (string, string) {
		n, err := number.CheckName(v)
		return checked("identity.name", n, v, err)
	},
	"uscc": func(v string, _ time.Time) (string, string) {
		n, err := number.ParseUSCC(v)
		return checked("identity.code", string(n), v, err)
	},
}

func checked(kind, normal, entered string, err error) (string, string) {
	if err == nil {
		return normal, ""
	}
	return entered, kind + strings.TrimPrefix(err.Error(), "number")
}

// inTown runs f in a town on each engine.
func inTown(t *testing.T, f func(t *testing.T, w *town)) {
	t.Helper()
	all := []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), identity.Migrations(), catalogue.Migrations(), certificates.Migrations(), casework.Migrations()}
	dbtest.Run(t, all, func(t *testing.T, d *db.DB) { f(t, newTown(t, d)) })
}

// inVillage is inTown on the embedded engine only, for what does not depend on the engine.
func inVillage(t *testing.T, f func(t *testing.T, w *town)) {
	t.Helper()
	t.Parallel()
	all := []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), identity.Migrations(), catalogue.Migrations(), certificates.Migrations(), casework.Migrations()}
	f(t, newTown(t, dbtest.SQLite(t, all)))
}

// divisions are those of the district and a few real ones, two of which have
// the same name.
const divisions = `code,name,level,parent
44,广东省,1,
4401,广州市,2,44
440106,天河区,3,4401
440106006,石牌街道,4,440106
4499,示例市,2,44
449901,示例区,3,4499
449901001,示例街道,4,449901
449901100,样例镇,4,449901
4402,韶关市,2,44
440203,武江区,3,4402
440203006,石牌街道,4,440203
`

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	ctx := dbtest.As(t, "test")
	w := &town{t: t, clock: clock.NewFake(time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone)), bundle: i18n.NewBundle(), accounts: map[string]auth.Principal{}}
	file, err := data.Files.Open(data.Calendar)
	w.must(err)
	defer file.Close()
	cal, err := calendar.Load(file)
	w.must(err)
	w.items = catalogue.New(catalogue.Deps{DB: d, Clock: w.clock, Data: data.Files, Items: items.Files})
	_, err = w.items.ImportDivisions(ctx, strings.NewReader(divisions), catalogue.DivisionOptions{})
	w.must(err)
	_, err = w.items.PublishPackage(ctx, items.Files, "restaurant-opening", catalogue.PublishOptions{})
	w.must(err)
	w.who, err = identity.New(identity.Deps{DB: d, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Region: top, Key: bytes.Repeat([]byte{7}, 32),
		Policy: map[string][]string{identity.RoleResident: {casework.MayApply.Name, certificates.MayHold.Name, identity.MayActForCompany.Name}}})
	w.must(err)
	offices, err := items.Files.Open(items.Departments)
	w.must(err)
	links, err := w.who.Seed(ctx, identity.SeedInput{Offices: offices})
	w.must(err)
	for _, l := range links {
		if l.Role != identity.RoleResident && l.Role != "legal_representative" {
			continue
		}
		session, err := w.who.SignInByLink(t.Context(), l.Secret, identity.Caller{})
		w.must(err)
		p, err := w.who.Authenticate(t.Context(), session)
		w.must(err)
		w.accounts[l.Role] = p
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	w.must(err)
	w.papers = certificates.New(certificates.Deps{DB: d, Clock: w.clock, Signer: testKey{key}, Checker: testKey{key}})
	dir := casework.Directory{Identity: w.who}
	w.s = casework.New(casework.Deps{DB: d, Clock: w.clock, Calendar: cal, Rules: casework.NationalRules(), Items: w.items, People: dir, Offices: dir, Papers: w.papers,
		Checks: checks, Lists: forms.Sources{"division": w.items.PlaceSource()}, Regions: []string{top, "449900", district}})
	store, err := files.Open(t.TempDir())
	w.must(err)
	w.deps = applicant.Deps{Casework: w.s, Catalogue: w.items, Certificates: w.papers, Identity: w.who, Files: store, Clock: w.clock}
	w.serve()
	return w
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// serve puts the pages behind a door that believes the header As.
func (w *town) serve() {
	w.must(w.bundle.Add(ui.Strings))
	w.must(w.bundle.Add(applicant.Strings))
	w.must(w.bundle.Add(casefile.Strings))
	w.must(w.bundle.Add(caseweb.Strings))
	w.must(w.bundle.Add(files.Strings))
	w.must(w.bundle.Add(forms.Strings))
	w.must(w.bundle.Add(catalogueweb.Strings))
	w.must(w.bundle.Add(certificatesweb.Strings))
	w.must(w.bundle.Add(identityweb.Strings))
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(rw http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(rw, f.Code, web.Status(f.Kind))
	})
	pages.Add(applicant.Routes(w.deps)...)
	site := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ctx := auth.With(r.Context(), auth.Anonymous)
		as := r.Header.Get("As")
		if c, err := r.Cookie("as"); err == nil {
			as = c.Value
		}
		if p, ok := w.accounts[as]; ok {
			ctx = auth.With(ctx, p)
		}
		pages.ServeHTTP(rw, r.WithContext(ui.WithShell(ctx, ui.Shell{Site: "示例市政务服务网", Nav: map[ui.Face][]ui.Entry{ui.Portal: {{Key: "do", Text: "我要办", Href: "/", Icon: "do"}, {Key: "look", Text: "我要查", Href: "/progress", Icon: "find"}, {Key: "mine", Text: "我的", Href: "/my", Icon: "mine"}}}})))
	})
	srv := httptest.NewServer(ui.WithPreferences(w.bundle, site))
	w.t.Cleanup(srv.Close)
	w.url = srv.URL
}

// officer holds one post; name makes the account.
func (w *town) officer(name, role, org string) context.Context {
	perms := map[string][]string{
		casework.RoleClerk:    {casework.MayIntake.Name, casework.MayAccept.Name, casework.MayReadCase.Name},
		casework.RoleExaminer: {casework.MayExamine.Name, casework.MayReadCase.Name, casework.MayAccept.Name},
		casework.RoleDecider:  {casework.MayDecide.Name, casework.MayReadCase.Name, casework.MayExtend.Name},
	}[role]
	slices.Sort(perms)
	region := district
	if strings.HasPrefix(org, "1144000000") {
		region = top
	}
	return auth.With(w.t.Context(), auth.Principal{ID: "acc_" + name, Kind: auth.KindOfficer, Name: name, Region: top,
		Grants: []auth.Grant{{Role: role, Permissions: perms, Region: region, Org: org}}})
}

// visitor is somebody at a browser without scripts.
type visitor struct {
	w    *town
	as   string
	lang string
}

// page is what a visitor sees.
type page struct {
	t      *testing.T
	Status int
	Path   string
	Raw    string
	Doc    *html.Node
}

func (v visitor) do(method, path, kind string, body io.Reader) page {
	v.w.t.Helper()
	r, err := http.NewRequest(method, v.w.url+path, body)
	v.w.must(err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	client := &http.Client{CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		next.Header.Set("As", v.as)
		return nil
	}}
	r.Header.Set("As", v.as)
	if v.lang != "" {
		r.AddCookie(&http.Cookie{Name: "ui_lang", Value: v.lang})
	}
	res, err := client.Do(r)
	v.w.must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	v.w.must(err)
	p := page{t: v.w.t, Status: res.StatusCode, Path: res.Request.URL.RequestURI(), Raw: string(raw)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		p.Doc, err = html.Parse(bytes.NewReader(raw))
		v.w.must(err)
		p.check()
	}
	if m := regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(p.Raw); m != "" {
		v.w.t.Errorf("%s %s: a text is missing: %s", method, path, m)
	}
	return p
}

func (v visitor) get(path string) page { v.w.t.Helper(); return v.do("GET", path, "", nil) }

func (v visitor) post(path string, form url.Values) page {
	v.w.t.Helper()
	return v.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// file is one file to send.
type file struct {
	Field, Name string
	Content     io.Reader
}

// send posts a form with files as browsers do: values first come first.
func (v visitor) send(path string, form url.Values, list ...file) page {
	v.w.t.Helper()
	pr, pw := io.Pipe()
	m := multipart.NewWriter(pw)
	go func() {
		for k, vs := range form {
			for _, x := range vs {
				m.WriteField(k, x)
			}
		}
		for _, f := range list {
			part, _ := m.CreateFormFile(f.Field, f.Name)
			if _, err := io.Copy(part, f.Content); err != nil {
				pw.CloseWithError(err)
				return
			}
		}
		m.Close()
		pw.Close()
	}()
	return v.do("POST", path, m.FormDataContentType(), pr)
}

// each walks the page.
func (p page) each(f func(n *html.Node)) {
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		f(n)
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if p.Doc != nil {
		walk(p.Doc)
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
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// check finds what no page may have: an id twice, a control without a label, a
// description or a problem that leads nowhere, more or fewer than one h1.
func (p page) check() {
	p.t.Helper()
	ids, labels, h1 := map[string]int{}, map[string]bool{}, 0
	p.each(func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
		if n.Data == "h1" {
			h1++
		}
	})
	for id, n := range ids {
		if n > 1 {
			p.t.Errorf("%s: id %s is there %d times", p.Path, id, n)
		}
	}
	if h1 != 1 {
		p.t.Errorf("%s: %d h1", p.Path, h1)
	}
	p.each(func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		for _, d := range strings.Fields(attr(n, "aria-describedby")) {
			if ids[d] == 0 {
				p.t.Errorf("%s: %s is described by %s, which is not there", p.Path, n.Data, d)
			}
		}
		control := n.Data == "select" || n.Data == "textarea" || n.Data == "input" && attr(n, "type") != "hidden"
		if control && !labels[attr(n, "id")] && !has(n, "aria-label") {
			p.t.Errorf("%s: control %s has no label", p.Path, attr(n, "name"))
		}
		if n.Data == "a" && strings.HasPrefix(attr(n, "href"), "#") && ids[attr(n, "href")[1:]] == 0 {
			p.t.Errorf("%s: link to %s leads nowhere", p.Path, attr(n, "href"))
		}
		if has(n, "style") || n.Data == "script" && n.FirstChild != nil {
			p.t.Errorf("%s: inline style or script", p.Path)
		}
	})
}

// form reads the values of the form with this action as a browser would send
// them when its first button is pressed.
func (p page) form(action string) url.Values {
	p.t.Helper()
	out, found := url.Values{}, false
	var read func(n *html.Node)
	read = func(n *html.Node) {
		name := attr(n, "name")
		switch {
		case n.Data == "input" && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox"):
			if has(n, "checked") {
				out.Add(name, attr(n, "value"))
			}
		case n.Data == "input" && name != "" && attr(n, "type") != "file":
			out.Add(name, attr(n, "value"))
		case n.Data == "textarea":
			if n.FirstChild != nil {
				out.Add(name, n.FirstChild.Data)
			} else {
				out.Add(name, "")
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			read(c)
		}
	}
	p.each(func(n *html.Node) {
		if n.Data == "form" && attr(n, "action") == action && !found {
			found = true
			read(n)
		}
	})
	if !found {
		p.t.Fatalf("%s: no form with action %s in\n%s", p.Path, action, p.text())
	}
	return out
}

// text is the words of the page.
func (p page) text() string {
	var b strings.Builder
	p.each(func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent != nil && n.Parent.Data != "script" && n.Parent.Data != "title" {
			b.WriteString(strings.TrimSpace(n.Data) + " ")
		}
	})
	return b.String()
}

func (p page) want(status int, words ...string) page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: status %d, want %d\n%s", p.Path, p.Status, status, p.Raw[:min(len(p.Raw), 3000)])
	}
	text := p.text()
	if p.Doc == nil {
		text = p.Raw
	}
	for _, x := range words {
		if !strings.Contains(text, x) {
			p.t.Errorf("%s: no %q in\n%s", p.Path, x, text)
		}
	}
	return p
}

func (p page) never(words ...string) page {
	p.t.Helper()
	for _, x := range words {
		if strings.Contains(p.Raw, x) {
			p.t.Errorf("%s: %q is shown", p.Path, x)
		}
	}
	return p
}

// problemAt finds the words of the problem that the summary links to a field.
func (p page) problemAt(field string) string {
	var out string
	p.each(func(n *html.Node) {
		if n.Data == "a" && attr(n, "href") == "#"+ui.FieldID(field) && n.FirstChild != nil {
			out = n.FirstChild.Data
		}
	})
	return out
}

// pdf is a small file that is one.
func pdf(note string) io.Reader {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n% " + note + "\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n")
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", at)
	return &b
}
