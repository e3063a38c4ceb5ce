package app_test

import (
	"testing"

	"tongban/gov/casework/reuse"
	"tongban/gov/certificates/holding"
	"tongban/gov/identity"
	"tongban/test/node"
)

// The practice town has something on every page about certificates in use, and
// filling it again changes nothing.
func TestPractice(t *testing.T) {
	engines(t, func(t *testing.T, n *node.Node) {
		for range 2 {
			links, err := n.Seed(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := n.Practice(t.Context(), links); err != nil {
				t.Fatal(err)
			}
		}
		me, legal := n.As(node.Resident), n.As(node.Legal)
		count := func(name string, want int, f func() (int, error)) {
			t.Helper()
			if got, err := f(); err != nil || got != want {
				t.Errorf("%d %s, want %d; %v", got, name, want, err)
			}
		}
		count("groups of the resident", 2, func() (int, error) { g, err := n.Holding.Wallet(me, holding.Query{}); return len(g), err })
		count("groups of the legal representative", 2, func() (int, error) { g, err := n.Holding.Wallet(legal, holding.Query{}); return len(g), err })
		count("certificates that end soon", 1, func() (int, error) {
			g, err := n.Holding.Wallet(legal, holding.Query{Standing: holding.Soon})
			return len(g), err
		})
		count("copies", 4, func() (int, error) { c, err := n.Holding.Copies(me); return len(c), err })
		count("permits", 1, func() (int, error) { g, _, err := n.Holding.Permits(me); return len(g), err })
		count("offers", 1, func() (int, error) { _, r, err := n.Holding.Permits(me); return len(r), err })
		count("objections", 1, func() (int, error) { o, err := n.Holding.Objections(me); return len(o), err })
		count("answered objections", 1, func() (int, error) { o, err := n.Holding.Objections(legal); return len(o), err })
		count("objections to answer", 1, func() (int, error) { o, err := n.Holding.ToAnswer(n.As(node.Decider)); return len(o), err })
		count("children", 1, func() (int, error) { w, err := n.Holding.Wards(me); return len(w), err })
		share, err := n.Reuse.Of(n.As("示例监察员"), identity.SampleDistrict, n.Time.Now().AddDate(0, 0, -1), n.Time.Now().AddDate(0, 0, 1))
		if err != nil || share.Whole.Cases != 1 || share.Whole.Ways[reuse.Certificate] != 1 || share.Whole.Spared() != share.Whole.Materials {
			t.Errorf("the share: %+v, %v", share, err)
		}
	})
}
