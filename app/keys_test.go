package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/jws"
	"tongban/platform/sign/ring"
	"tongban/test/node"
)

// A node that is never started anew renews its certificate in time and puts it
// on record; health says so when it could not.
func TestRenewKeys_whileRunning(t *testing.T) {
	n := node.Open(t, node.Options{})
	first := n.Keys.Node().Certificate()
	renewals := func() int {
		acts, _, err := audit.Page(t.Context(), n.DB, audit.Filter{Region: n.Region, Action: "keys.certificate.renewed"})
		if err != nil {
			t.Fatal(err)
		}
		return len(acts)
	}
	n.Time.Set(first.NotAfter.Add(-90 * 24 * time.Hour))
	if err := n.RenewKeys(t.Context()); err != nil || renewals() != 0 || n.KeysLast(t.Context()) != nil {
		t.Errorf("90 days before the end: %v, %d renewals, %v", err, renewals(), n.KeysLast(t.Context()))
	}
	n.Time.Set(first.NotAfter.Add(-20 * 24 * time.Hour))
	if err := n.KeysLast(t.Context()); err == nil || !strings.Contains(err.Error(), "was not renewed") {
		t.Errorf("20 days before the end: %v", err)
	}
	if warned := health(t, n, "/healthz"); warned["certificate"] != "warning" {
		t.Errorf("health: %v", warned)
	}
	if ready := health(t, n, "/readyz"); ready["certificate"] != "warning" || ready["database"] != "ok" {
		t.Errorf("ready: %v", ready)
	}
	for range 2 {
		if err := n.RenewKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if renewals() != 1 || n.KeysLast(t.Context()) != nil || n.Keys.Node().Certificate().Equal(first) || health(t, n, "/healthz")["certificate"] != "ok" {
		t.Errorf("%d renewals, then %v", renewals(), n.KeysLast(t.Context()))
	}
}

// A renewal at the start is on record as well.
func TestRenewKeys_atTheStart(t *testing.T) {
	n := node.Open(t, node.Options{})
	end := n.Keys.Node().Certificate().NotAfter
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	// A command that was given another region renames nobody; the server does.
	for _, serving := range []bool{false, true} {
		other, err := app.Open(t.Context(), app.Options{DataDir: n.DataDir, Clock: n.Time, Region: "110000", Serving: serving})
		if err != nil {
			t.Fatal(err)
		}
		if renamed := other.Keys.Node().Certificate().Subject.CommonName != "Tongban node "+n.Region; renamed != serving {
			t.Errorf("serving %t: renamed %t", serving, renamed)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
	}
	n.Time.Set(end.Add(-10 * 24 * time.Hour))
	again, err := app.Open(t.Context(), app.Options{DataDir: n.DataDir, Clock: n.Time})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	acts, _, err := audit.Page(t.Context(), again.DB, audit.Filter{Region: again.Region, Action: "keys."})
	if err != nil || len(acts) != 1 || again.KeysLast(t.Context()) != nil {
		t.Errorf("%d renewals on record: %v", len(acts), err)
	}
}

// health reads what a door of health says; neither stops for a warning.
func health(t *testing.T, n *node.Node, path string) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	n.Site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	var words map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &words); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, w.Code, w.Body, err)
	}
	return words
}

// rotate replaces a key of the node at the desk, as the command does beside a
// running server.
func rotate(t *testing.T, n *node.Node, role, office string) {
	t.Helper()
	d := desk(t, n, false)
	o, err := d.Order(t.Context(), role, office, "按年度计划更换（演练）")
	if err == nil {
		_, err = d.Ring.Rotate(o)
	}
	if err == nil {
		err = d.Done(auth.System(t.Context(), "operator:keys"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func desk(t *testing.T, n *node.Node, lost bool) *app.KeyDesk {
	t.Helper()
	d, err := app.OpenKeys(t.Context(), n.Options, lost)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Every key is replaced while the node serves: what was signed before and after
// verifies by code, as a file online, by the new list, and by the old list once
// it was followed; the record verifies through all of it, also after a restart.
func TestKeys_replacedWhileServing(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) { keysReplaced(t, postgres) })
	}
}

func keysReplaced(t *testing.T, postgres bool) {
	n := node.Open(t, node.Options{Postgres: postgres, Set: func(o *app.Options) { o.Serving = true }})
	published := func() certificates.Trust { return n.Certificates.TrustList() }
	ctx := auth.System(t.Context(), "test")
	type paper struct {
		of    certificates.Found
		forms map[string][]byte
	}
	issue := func() paper {
		c := n.Granted(node.Resident)
		all, err := n.Certificates.OfCase(ctx, c.Region, string(c.ID))
		if err != nil {
			t.Fatal(err)
		}
		p := paper{forms: map[string][]byte{}}
		for _, f := range all {
			if f.Kind == certificates.Certificate {
				p.of = f
			}
		}
		f, err := n.Certificates.File(ctx, p.of.Region, p.of.ID)
		if err == nil {
			p.forms["pdf"], err = n.Certificates.Bytes(f.Ref)
		}
		if err != nil {
			t.Fatal(err)
		}
		ofd, err := n.Certificates.OFD(ctx, p.of.Region, p.of.ID)
		if err != nil {
			t.Fatal(err)
		}
		p.forms["ofd"] = ofd.Data
		for _, alg := range []string{jws.EdDSA, jws.ES256, jws.SM2} {
			token, err := n.Certificates.Token(ctx, p.of.Region, p.of.ID, alg, false)
			if err != nil {
				t.Fatal(err)
			}
			p.forms[alg] = token.Data
		}
		return p
	}
	check := func(when string, p paper, trust certificates.Trust, want string) {
		t.Helper()
		for form, b := range p.forms {
			if r := certificates.VerifyFile(b, trust, n.Time.Now()); r.OK != (want == "") || r.Reason != want {
				t.Errorf("%s, %s offline: %v %q", when, form, r.OK, r.Reason)
			}
			if r, err := n.Certificates.CheckFile(ctx, b, "tester"); err != nil || !r.OK {
				t.Errorf("%s, %s online: %+v %v", when, form, r, err)
			}
		}
		if r, err := n.Certificates.Check(ctx, p.of.Code, "tester"); err != nil || !r.OK {
			t.Errorf("%s, by code: %+v %v", when, r, err)
		}
	}
	old, before := published(), issue()
	check("first", before, old, "")
	n.Time.Set(n.Time.Now().Add(time.Minute))
	for _, role := range ring.Roles {
		rotate(t, n, role, "")
	}
	n.Time.Set(n.Time.Now().Add(time.Minute))
	after := issue()
	if after.of.KeyID == before.of.KeyID {
		t.Fatal("the new paper has the old key")
	}
	check("old paper, new list", before, published(), "")
	check("new paper, new list", after, published(), "")
	check("old paper, old list", before, old, "")
	check("new paper, old list", after, old, certificates.ErrNewerKey.Code)
	followed, err := old.Follow(published())
	if err != nil {
		t.Fatal(err)
	}
	check("new paper, followed list", after, followed, "")
	record := func(when string, a *app.App) {
		t.Helper()
		if _, err := a.Sealer.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, err := audit.Verify(t.Context(), a.DB, a.Keys.Record())
		if err != nil || !r.OK() || r.Waiting > 0 {
			t.Errorf("%s: %v %+v", when, err, r)
		}
	}
	before.forms["pdf"] = remade(t, n, before.of, before.forms["pdf"])
	record("serving", n.App)
	acts, _, err := audit.Page(ctx, n.DB, audit.Filter{Region: n.Region, Action: "keys.key.replaced"})
	if err != nil || len(acts) != len(ring.Roles) {
		t.Errorf("%d acts on record: %v", len(acts), err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	o := n.Options
	again, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	record("after a restart", again)
	for _, p := range []paper{before, after} {
		if r, err := again.Certificates.CheckFile(ctx, p.forms["pdf"], "tester"); err != nil || !r.OK {
			t.Errorf("after a restart: %+v %v", r, err)
		}
	}
}

// remade revokes the former key for PDF as of before a paper was issued: its
// file is refused, and the one that the holder gets from then on is good.
func remade(t *testing.T, n *node.Node, of certificates.Found, old []byte) []byte {
	t.Helper()
	ctx := auth.System(t.Context(), "test")
	d := desk(t, n, false)
	var former string
	for _, k := range n.Certificates.TrustList().Keys {
		if k.Role == ring.Paper && k.State == ring.Retired {
			former = k.ID
		}
	}
	if _, err := d.Ring.Revoke(former, of.IssuedAt.Add(-time.Hour), "备份被盗（演练）", nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Done(auth.System(t.Context(), "operator:keys")); err != nil {
		t.Fatal(err)
	}
	if r, err := n.Certificates.CheckFile(ctx, old, "tester"); err != nil || r.OK || r.Reason != certificates.ErrKeyRevoked.Code {
		t.Errorf("the file by the stolen key: %+v %v", r, err)
	}
	f, err := n.Certificates.File(ctx, of.Region, of.ID)
	if err != nil {
		t.Fatal(err)
	}
	made, err := n.Certificates.Bytes(f.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := n.Certificates.CheckFile(ctx, made, "tester"); err != nil || !r.OK {
		t.Errorf("the file made again: %+v %v", r, err)
	}
	if again, err := n.Certificates.File(ctx, of.Region, of.ID); err != nil || again.Ref.Hash != f.Ref.Hash {
		t.Errorf("made once more: %v", err)
	}
	return made
}
