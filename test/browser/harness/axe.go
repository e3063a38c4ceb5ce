package harness

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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

// axe is the checker's source, beside the tests: they run in their own folder.
var source = sync.OnceValues(func() (string, error) {
	raw, err := os.ReadFile(filepath.Join("testdata", "axe.min.js"))
	return string(raw), err
})

// Rules of axe-core by what their findings hang on. Every: WCAG 2.0 to 2.2 A
// and AA and its best practices; body text must reach the contrast of AAA as
// well. Sizes: those of them that another size of print can break on a page
// that kept the rest. Colours: those that other colours can break.
const (
	every   = `runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}, rules: {"color-contrast-enhanced": {enabled: true}}`
	sizes   = `runOnly: ["target-size", "scrollable-region-focusable"]`
	colours = `runOnly: ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]`
)

// axe lets axe-core read the page by some of its rules. It fetches nothing, and
// asks no frame: what is in a frame is a page that is looked at by itself.
func (b *Tab) axe(rules string) []Violation {
	b.t.Helper()
	script, err := source()
	if err != nil {
		b.t.Fatal(err)
	}
	run := fmt.Sprintf(`axe.run(document, {%s, resultTypes: ["violations"], preload: false, iframes: false}).then(r => JSON.stringify(r.violations))`, rules)
	if b.look.NoScript { // the checker itself needs timers; the page's scripts have missed their moment
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		defer call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	if !Eval[bool](b, `"axe" in window`) {
		value(b, chromedp.Evaluate[chromedp.Void](script))
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
	b.clean(every)
}

// EveryWay looks at the page that stands on a phone and on a desk, in usual and
// in large print, and if themes also in dark and high contrast. Each width is
// asked by every rule; what only becomes larger or gets other colours keeps its
// structure and its names, and is asked by the rules that this can break. At the
// narrowest, 320 px, nothing may stick out.
func (b *Tab) EveryWay(themes bool) {
	b.t.Helper()
	for _, width := range []int{390, 1366} {
		b.Become(Look{Width: width})
		b.clean(every)
		b.Become(Look{Width: width, Elder: true})
		b.clean(sizes)
		for _, theme := range []string{"dark", "hc"} {
			if themes {
				b.Become(Look{Width: width, Theme: theme})
				b.clean(colours)
			}
		}
	}
	b.Become(Look{Width: 320})
	b.fits()
}

func (b *Tab) clean(rules string) {
	b.t.Helper()
	for _, v := range b.axe(rules) {
		for i, n := range v.Nodes {
			if i == 3 {
				b.t.Errorf("%v: %s: %s: and %d more", b.look, b.at, v.ID, len(v.Nodes)-3)
				break
			}
			b.t.Errorf("%v: %s: %s (%s): %s\n\t%s\n\t%s", b.look, b.at, v.ID, v.Impact, v.Help, n.HTML, strings.ReplaceAll(n.Summary, "\n", " "))
		}
	}
	b.fits()
}

// fits fails the test when the page sticks out of the window.
func (b *Tab) fits() {
	b.t.Helper()
	if n := b.Overflow(); n > 0 {
		wide := Eval[[]string](b, `Array.from(document.querySelectorAll("body *")).filter(e => e.getBoundingClientRect().right > innerWidth + 1 ).slice(0, 5).map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right))`)
		b.t.Errorf("%v: %s is %d px too wide: %s", b.look, b.at, n, strings.Join(wide, ", "))
	}
}
