package browser_test

import (
	"testing"

	"tongban/test/browser/harness"
	"tongban/test/node"
)

// released takes a draft that was handed in to its publication, as two people do
// it at their screens: one reviews it, another approves it.
func (w *world) released(t *testing.T, l harness.Look, item string) {
	t.Helper()
	for _, x := range []struct{ who, button, done string }{{node.Decider, "合法，报请批准", "审核通过"}, {supervisor, "批准发布", "已经发布"}} {
		tab := harness.Open(t, w.look(l, x.who))
		tab.Go(w.url + "/releases")
		tab.Want("事项送审")
		tab.Clean()
		tab.Go(w.url + "/releases/" + node.District + "/" + item)
		tab.Want("和现行版本的差别", "群众看到的样子")
		tab.Clean()
		if n := tab.Overflow(); n > 0 {
			t.Errorf("the page is %d px too wide", n)
		}
		tab.Follow(x.button, "")
		tab.Want(x.done)
	}
}

// approved is the same without a screen.
func (w *world) approved(t *testing.T, item string) {
	t.Helper()
	reviewer, approver := w.As(node.Decider), w.As(supervisor)
	d, _, err := w.Design.Open(reviewer, node.District, item)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Design.Review(reviewer, node.District, item, d.Version, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Design.Approve(approver, node.District, item, d.Version); err != nil {
		t.Fatal(err)
	}
}
