package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tongban/app"
	"tongban/platform/audit"
	"tongban/test/node"
)

// A node that is never started anew renews its certificate in time and puts it
// on record; health says so when it could not.
func TestRenewKeys_whileRunning(t *testing.T) {
	n := node.Open(t, node.Options{})
	first := n.Signer.Certificate()
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
	if renewals() != 1 || n.KeysLast(t.Context()) != nil || n.Signer.Certificate().Equal(first) || health(t, n, "/healthz")["certificate"] != "ok" {
		t.Errorf("%d renewals, then %v", renewals(), n.KeysLast(t.Context()))
	}
}

// A renewal at the start is on record as well.
func TestRenewKeys_atTheStart(t *testing.T) {
	n := node.Open(t, node.Options{})
	end := n.Signer.Certificate().NotAfter
	if err := n.Close(); err != nil {
		t.Fatal(err)
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
