package app_test

import (
	"context"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
	"tongban/test/node"
)

// Both authorities are replaced while the node serves. PDF and OFD files from
// before and after verify by code, online, by the new list, and by the old list
// once it was followed; by the old list alone only those from before do.
func TestAuthority_replacedWhileServing(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) { authorityReplaced(t, postgres) })
	}
}

func authorityReplaced(t *testing.T, postgres bool) {
	n := node.Open(t, node.Options{Postgres: postgres, Set: func(o *app.Options) { o.Serving = true }})
	ctx := auth.System(t.Context(), "test")
	check := func(when string, forms map[string][]byte, trust certificates.Trust, want string) {
		t.Helper()
		for _, form := range []string{"pdf", "ofd"} {
			if r := certificates.VerifyFile(forms[form], trust, n.Time.Now()); r.OK != (want == "") || r.Reason != want {
				t.Errorf("%s, %s offline: %v %q", when, form, r.OK, r.Reason)
			}
			if r, err := n.Certificates.CheckFile(ctx, forms[form], "tester"); err != nil || !r.OK {
				t.Errorf("%s, %s online: %+v %v", when, form, r, err)
			}
		}
	}
	old, before := n.Certificates.TrustList(), allForms(t, n, n.Granted(node.Resident))
	n.Time.Set(n.Time.Now().Add(time.Hour))
	for _, role := range ring.Authorities {
		rotate(t, n, role, "")
	}
	n.Time.Set(n.Time.Now().Add(time.Hour))
	after, present := allForms(t, n, n.Granted(node.Resident)), n.Certificates.TrustList()
	if len(present.Roots) != len(old.Roots)+2 {
		t.Errorf("%d roots, then %d", len(old.Roots), len(present.Roots))
	}
	check("old file, new list", before, present, "")
	check("new file, new list", after, present, "")
	check("old file, old list", before, old, "")
	check("new file, old list", after, old, sign.ErrUnknownIssuer.Code)
	followed, err := old.Follow(present)
	if err != nil {
		t.Fatal(err)
	}
	check("new file, followed list", after, followed, "")
	check("old file, followed list", before, followed, "")
	if _, err := (certificates.Trust{Keys: old.Keys}).Follow(present); err == nil {
		t.Error("a list that never had the old authority follows to the new one")
	}
	acts, _, err := audit.Page(ctx, n.DB, audit.Filter{Region: n.Region, Action: "keys.authority.replaced"})
	if err != nil || len(acts) != 2 {
		t.Errorf("%d acts on record: %v", len(acts), err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := app.Open(t.Context(), n.Options)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for when, forms := range map[string]map[string][]byte{"old": before, "new": after} {
		if r, err := again.Certificates.CheckFile(ctx, forms["pdf"], "tester"); err != nil || !r.OK {
			t.Errorf("%s after a restart: %+v %v", when, r, err)
		}
	}
}

// At another installation files from before go on verifying by the node file
// that it has, and new ones once two people have entered the newer one.
func TestAuthority_atTheNeighbour(t *testing.T) {
	there, _, _ := neighbour(t)
	n := node.Open(t, node.Options{})
	if _, err := there.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	check := func(when string, forms map[string][]byte, want bool) {
		t.Helper()
		for _, form := range []string{"pdf", "ofd"} {
			r, err := n.Certificates.CheckFile(context.Background(), forms[form], "tester")
			if err != nil || r.OK != want {
				t.Errorf("%s, %s: %v %q %v", when, form, r.OK, r.Reason, err)
			}
		}
	}
	own, err := there.Nodes.Own()
	if err != nil {
		t.Fatal(err)
	}
	recognise(t, n, own.Text, own.Fingerprint)
	before := allForms(t, there, there.Granted(node.Resident))
	check("before", before, true)
	for _, role := range ring.Authorities {
		rotate(t, there, role, "")
	}
	there.Time.Set(there.Time.Now().Add(time.Hour))
	n.Time.Set(there.Time.Now())
	after := allForms(t, there, there.Granted(node.Resident))
	check("old file, old entry", before, true)
	check("new file, old entry", after, false)
	newer, err := there.Nodes.Own()
	if err != nil || newer.Fingerprint == own.Fingerprint {
		t.Fatalf("the node file stays the same: %v", err)
	}
	recognise(t, n, newer.Text, newer.Fingerprint)
	check("old file, new entry", before, true)
	check("new file, new entry", after, true)
}
