package harness

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Violation is a rule of axe-core that a page breaks.
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// axe is the checker's source, beside the tests.
var axe = sync.OnceValues(func() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "testdata", "axe.min.js"))
	return string(raw), err
})

// Axe lets axe-core read the page by WCAG 2.0 to 2.2 A and AA and its best
// practices; body text must reach the contrast of AAA as well.
func (b *Tab) Axe() []Violation {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	const run = `axe.run(document, {
		runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
		rules: {"color-contrast-enhanced": {enabled: true}},
		resultTypes: ["violations"]
	}).then(r => JSON.stringify(r.violations))`
	if b.look.NoScript { // the checker itself needs timers; the page's scripts have missed their moment
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		defer call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	if !Eval[bool](b, `"axe" in window`) {
		value(b, chromedp.Evaluate[chromedp.Void](source))
	}
	var found []Violation
	if err := json.Unmarshal([]byte(Eval[string](b, run)), &found); err != nil {
		b.t.Fatal(err)
	}
	return found
}

// Clean fails the test when axe-core finds something or the page sticks out
// of the window.
func (b *Tab) Clean() {
	b.t.Helper()
	for _, v := range b.Axe() {
		for i, n := range v.Nodes {
			if i == 3 {
				b.t.Errorf("%v: %s: %s: and %d more", b.look, b.at, v.ID, len(v.Nodes)-3)
				break
			}
			b.t.Errorf("%v: %s: %s (%s): %s\n\t%s\n\t%s", b.look, b.at, v.ID, v.Impact, v.Help, n.HTML, strings.ReplaceAll(n.Summary, "\n", " "))
		}
	}
	if n := b.Overflow(); n > 0 {
		wide := Eval[[]string](b, `Array.from(document.querySelectorAll("body *")).filter(e => e.getBoundingClientRect().right > innerWidth + 1 ).slice(0, 5).map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right))`)
		b.t.Errorf("%v: %s is %d px too wide: %s", b.look, b.at, n, strings.Join(wide, ", "))
	}
}
