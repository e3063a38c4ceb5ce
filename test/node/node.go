package node

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db/dbtest"
)

// Regions and people of the practice town.
const (
	Top      = app.DefaultRegion
	District = identity.SampleDistrict
	Resident = "王示例"   // a resident with an account
	Legal    = "陈虚构"   // the legal representative of the sample company
	Present  = "古丽·示例" // a resident who comes to the counter
	Clerk    = "示例窗口员"
	Examiner = "示例审查员" // holds a post in every office
	Decider  = "示例审批人" // holds a post in every office
)

// Start is when a node's clock begins: a Monday morning in September, so that
// the holidays of October lie within a case's limits.
var Start = time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone)

// Options say which node is wanted.
type Options struct {
	Postgres bool   // skips the test when no server is named
	BaseURL  string // how the node is reached; in links and codes
	Rehearse bool   // every write fails its first commit once
	Set      func(*app.Options)
}

// Node is a seeded node.
type Node struct {
	*app.App
	Site     *app.Site
	Time     *clock.Fake
	t        testing.TB
	accounts map[string]string // id by name
}

// template is the data folder that every node on SQLite begins with.
var template struct {
	once sync.Once
	dir  string
	err  error
}

// Main runs the tests of a package and removes what they shared.
func Main(m *testing.M) int {
	code := m.Run()
	if template.dir != "" {
		os.RemoveAll(template.dir)
	}
	return code
}

func seeded() (string, error) {
	template.once.Do(func() {
		if template.dir, template.err = os.MkdirTemp("", "tongban-node"); template.err != nil {
			return
		}
		template.err = seed(app.Options{DataDir: template.dir, Clock: clock.NewFake(Start)})
	})
	return template.dir, template.err
}

func seed(o app.Options) error {
	a, err := app.Open(context.Background(), o)
	if err != nil {
		return err
	}
	if _, err := a.Seed(context.Background()); err != nil {
		a.Close()
		return err
	}
	return a.Close()
}

// Open opens a node that is closed and gone after the test.
func Open(t testing.TB, o Options) *Node {
	t.Helper()
	n := &Node{t: t, Time: clock.NewFake(Start), accounts: map[string]string{}}
	options := app.Options{DataDir: t.TempDir(), Clock: n.Time, BaseURL: o.BaseURL}
	if o.Postgres {
		options.Database = dbtest.PostgresURL(t, app.Migrations())
		n.must(seed(options))
	} else {
		dir, err := seeded()
		n.must(err)
		n.must(copyTree(options.DataDir, dir))
	}
	if o.Set != nil {
		o.Set(&options)
	}
	a, err := app.Open(t.Context(), options)
	n.must(err)
	t.Cleanup(func() { a.Close() })
	n.App = a
	if o.Rehearse {
		a.DB.Rehearse()
	}
	n.Site, err = a.Site()
	n.must(err)
	n.meet()
	return n
}

// copyTree copies a data folder; keys stay readable to their owner alone.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, body, 0o600)
	})
}

func (n *Node) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// meet learns the accounts of the people: residents from the links of the
// seed, officers from the administrator's list.
func (n *Node) meet() {
	ctx := auth.System(n.t.Context(), "test")
	links, err := n.App.Seed(ctx)
	n.must(err)
	for _, l := range links {
		a, err := n.Identity.LinkOwner(ctx, l.Secret)
		n.must(err)
		n.accounts[l.Name] = a.ID
	}
	for after := ""; ; {
		list, next, err := n.Identity.FindOfficers(ctx, "", after)
		n.must(err)
		for _, a := range list {
			n.accounts[a.Name] = a.ID
		}
		if after = next; next == "" {
			return
		}
	}
}

// People are the names of everybody who can sign in.
func (n *Node) People() []string {
	var out []string
	for name := range n.accounts {
		out = append(out, name)
	}
	return out
}

// Account is the id of somebody's account; a name that nobody has ends the test.
func (n *Node) Account(name string) string {
	n.t.Helper()
	id := n.accounts[name]
	if id == "" {
		n.t.Fatalf("nobody is called %s; there are %s", name, strings.Join(n.People(), ", "))
	}
	return id
}

// Link is the path of a fresh one-time link by which somebody signs in.
func (n *Node) Link(name string) string {
	n.t.Helper()
	secret, err := n.Identity.NewLink(auth.System(n.t.Context(), "test"), n.Account(name))
	n.must(err)
	return "/sign-in/link/" + secret
}

// SignIn opens a session by a one-time link and returns the value of its cookie.
func (n *Node) SignIn(name string) string {
	n.t.Helper()
	w := httptest.NewRecorder()
	n.Site.ServeHTTP(w, httptest.NewRequest(http.MethodPost, n.Link(name), nil))
	for _, c := range w.Result().Cookies() {
		if strings.HasSuffix(c.Name, Cookie) {
			return c.Value
		}
	}
	n.t.Fatalf("%s: no session: status %d", name, w.Code)
	return ""
}

// Cookie is the name of the session cookie of a node that is reached without
// TLS.
const Cookie = "tongban"

// Token is an API token of somebody.
func (n *Node) Token(name string) string {
	n.t.Helper()
	ctx := auth.System(n.t.Context(), "test")
	link, err := n.Identity.NewLink(ctx, n.Account(name))
	n.must(err)
	_, secret, err := n.Identity.ExchangeLink(ctx, link, "test", "", identity.Caller{Address: "test"})
	n.must(err)
	return secret
}

// IDNumber is the invented identity number of a sample resident, in the order
// in which the town's residents are seeded, from 1.
func IDNumber(n int) string { return string(number.Fictional(District, n)) }

// Settle lets the background work come to rest: facts that wait, jobs that are
// due, the seal on the record.
func (n *Node) Settle() {
	n.t.Helper()
	ctx := n.t.Context()
	for range 1000 {
		facts, err := n.Bus.RunOnce(ctx)
		n.must(err)
		jobs, err := n.Schedule.RunOnce(ctx)
		n.must(err)
		if facts == 0 && jobs == 0 {
			return
		}
	}
	n.t.Fatal(errors.New("facts and jobs keep following each other"))
}
