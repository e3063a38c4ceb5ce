package node_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"tongban/test/node"
)

func TestMain(m *testing.M) { os.Exit(node.Main(m)) }

// A node answers, and its people are recognised.
func TestOpen(t *testing.T) {
	n := node.Open(t, node.Options{})
	for _, who := range []string{node.Resident, node.Legal, node.Clerk, node.Examiner, node.Decider} {
		r := httptest.NewRequest(http.MethodGet, "/account", nil)
		r.AddCookie(&http.Cookie{Name: node.Cookie, Value: n.SignIn(who)})
		w := httptest.NewRecorder()
		n.Site.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", who, w.Code)
		}
	}
}

// An application runs through to its certificate.
func TestGranted(t *testing.T) {
	n := node.Open(t, node.Options{})
	if c := n.Granted(node.Resident); c.Outcome != "granted" {
		t.Errorf("the case ended %q", c.Outcome)
	}
}
