package browser_test

import (
	"fmt"
	"testing"

	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

const supervisor = "示例监察员"

// TestCatalogue_changeAndLists takes a change of a base item from draft to
// approval on the pages, and looks at every page of lists, base items, changes
// and elements with the accessibility check, on a desk and on a phone.
func TestCatalogue_changeAndLists(t *testing.T) {
	w := open(t)
	d := w.As(designer)
	c, err := w.Changes.Begin(d, changes.Change{Region: node.Top, Kind: changes.Alter, Level: standard.BaseLevel, Targets: []changes.Target{{Code: "440799902000"}}})
	if err == nil {
		c, err = w.Changes.Edit(d, node.Top, c.Number, c.Version, func(c *changes.Change) error {
			c.Reason = "与上级目录一致"
			c.Bases[0].Tiers = []standard.Tier{{ID: "fast", Rank: 2, Name: content.Text{Zh: "提速档", En: "Faster"}, Values: map[string][]string{"promise_limit": {"3", "workday"}}}}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/catalogue/changes/%s/%d", node.Top, c.Number)
	one := harness.Open(t, w.look(harness.Look{Width: 390, Height: 800}, designer))
	one.Go(w.url + path + "/draft")
	one.Fill("事项名称", "居住证办理")
	one.Follow("保存草稿", "")
	one.Want("居住证首次申领", "居住证办理")
	one.Follow("提交法制审核", "")
	one.Want("法制审核中")
	two := harness.Open(t, w.look(harness.Look{Width: 1366, Height: 900}, node.Decider))
	two.Go(w.url + path)
	two.Follow("通过法制审核", "")
	three := harness.Open(t, w.look(harness.Look{Width: 1366, Height: 900}, supervisor))
	three.Go(w.url + path)
	three.Follow("批准", "")
	three.Want("已生效")
	for who, paths := range map[string][]string{
		"":         {"/lists", "/lists/sharing", "/lists/duty?type=01", "/directory", "/directory/440799902000", "/items/449901/11449901900000065F4440799902000?version=1"},
		designer:   {"/catalogue/drafts?region=" + node.Top, "/catalogue/fields?region=" + node.Top},
		supervisor: {path},
	} {
		for _, look := range []harness.Look{{Width: 1366, Height: 900}, {Width: 390, Height: 800, English: true}} {
			tab := harness.Open(t, w.look(look, who))
			for _, path := range paths {
				tab.Go(w.url + path)
				tab.Clean()
			}
		}
	}
}
