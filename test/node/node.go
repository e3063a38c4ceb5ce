package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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

// town is what every node of an engine begins with. It is seeded once.
type town struct {
	once     sync.Once
	dir      string        // data folder
	database dbtest.Filled // on a server; on SQLite it lies in the folder
	accounts map[string]string
	err      error
}

var onSQLite, onPostgres town

// Main runs the tests of a package and removes what they shared.
func Main(m *testing.M) int {
	code := m.Run()
	for _, x := range []*town{&onSQLite, &onPostgres} {
		os.RemoveAll(x.dir)
		if err := x.database.Drop(); err != nil {
			fmt.Fprintln(os.Stderr, "drop:", err)
		}
	}
	return code
}

// seed fills the folder, and the database on a server.
func (x *town) seed(server bool) error {
	x.once.Do(func() {
		if x.dir, x.err = os.MkdirTemp("", "tongban-node"); x.err != nil {
			return
		}
		o := app.Options{DataDir: x.dir, Clock: clock.NewFake(Start)}
		if !server {
			x.err = x.fill(o)
			return
		}
		x.database, x.err = dbtest.Fill(app.Migrations(), func(url string) error {
			o.Database = url
			return x.fill(o)
		})
	})
	return x.err
}

func (x *town) fill(o app.Options) error {
	a, err := app.Open(context.Background(), o)
	if err != nil {
		return err
	}
	x.accounts, err = people(context.Background(), a)
	return errors.Join(err, a.Close())
}

// Open opens a node that is closed and gone after the test.
func Open(t testing.TB, o Options) *Node {
	t.Helper()
	n := &Node{t: t, Time: clock.NewFake(Start)}
	options := app.Options{DataDir: t.TempDir(), Clock: n.Time, BaseURL: o.BaseURL}
	begin := &onSQLite
	if o.Postgres {
		dbtest.Server(t)
		begin = &onPostgres
	}
	n.must(begin.seed(o.Postgres))
	if o.Postgres {
		options.Database = begin.database.URL(t)
	}
	n.must(copyTree(options.DataDir, begin.dir))
	n.accounts = maps.Clone(begin.accounts)
	seeded := options.DataDir
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
	if options.DataDir != seeded { // somebody with keys of their own
		n.accounts, err = people(t.Context(), a)
		n.must(err)
	}
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

// people seeds a node and returns the accounts of those who live there:
// residents from the links of the seed, officers from the administrator's list.
func people(ctx context.Context, a *app.App) (map[string]string, error) {
	ctx = auth.System(ctx, "test")
	links, err := a.Seed(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, l := range links {
		owner, err := a.Identity.LinkOwner(ctx, l.Secret)
		if err != nil {
			return nil, err
		}
		out[l.Name] = owner.ID
	}
	for after := ""; ; {
		list, next, err := a.Identity.FindOfficers(ctx, "", after)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			out[o.Name] = o.ID
		}
		if after = next; next == "" {
			return out, nil
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
