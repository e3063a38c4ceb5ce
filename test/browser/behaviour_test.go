package browser_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tongban/test/browser/harness"
	"tongban/ui/storybook"
)

// Everything that can be pressed is big enough: 44 px, in large print 60.
func TestStorybook_targets(t *testing.T) {
	base := book(t)
	for look, least := range map[*harness.Look]int{{Width: 390}: 44, {Width: 1366}: 44, {Width: 390, Elder: true}: 60, {Width: 1366, Elder: true}: 60} {
		tab := harness.Open(t, *look)
		for _, p := range []string{"", "home", "guide", "question", "check", "sent", "progress", "sign-in", "empty"} {
			tab.Go(address(base, p))
			const small = `Array.from(document.querySelectorAll("button,.btn,.tile,.nav a,.tools a,summary,select,.in,.crumbs a,.back,.foot a,.task a,.sl .act a,.rate .opt,.opt"))
				.filter(e => e.offsetParent && !e.closest(".tb")).map(e => [e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 12), Math.round(e.getBoundingClientRect().height)])
				.filter(x => x[1] < LEAST).map(x => x.join(" "))`
			if found := harness.Eval[[]string](tab, strings.Replace(small, "LEAST", strconv.Itoa(least), 1)); len(found) > 0 {
				t.Errorf("%v, page %q: smaller than %d px: %s", *look, p, least, strings.Join(found, "; "))
			}
		}
	}
}

// After a refused form the reader is at the list of problems, whose links
// lead to the controls; the title says so first.
func TestStorybook_problems(t *testing.T) {
	tab := harness.Open(t, harness.Look{Width: 390})
	tab.Go(address(book(t), "question"))
	if title := tab.Title(); !strings.HasPrefix(title, "错误：经营场所 – ") {
		t.Errorf("title %q", title)
	}
	if at := harness.Eval[string](tab, "document.activeElement.className"); at != "errsum" {
		t.Errorf("the focus is at %q", at)
	}
	tab.Do(chromedp.Click(chromedp.CSS(`.errsum li:nth-child(3) a`)))
	if at := harness.Eval[string](tab, "document.activeElement.id + ' ' + document.activeElement.type"); at != "f-receive radio" {
		t.Errorf("the third link leads to %q", at)
	}
	said := harness.Eval[string](tab, `document.getElementById(document.getElementById("f-shop").getAttribute("aria-describedby").split(" ").pop()).textContent`)
	if said != "店铺名称不能超过 50 个字，现在有 63 个" {
		t.Errorf("the control is described by %q", said)
	}
}

// The same wishes work with scripts (no reload, nothing typed is lost) and
// without (a form post that comes back).
func TestPreferences_bothWays(t *testing.T) {
	base := book(t)
	tab := harness.Open(t, harness.Look{})
	tab.Go(address(base, "sign-in"))
	tab.Type("#f-login", "13800000000")
	tab.Do(chromedp.Click(chromedp.CSS(`button[name=mode]`)))
	tab.Do(chromedp.WaitReady(chromedp.CSS(`html[data-mode=elder]`)))
	if v := harness.Eval[string](tab, `document.getElementById("f-login").value`); v != "13800000000" {
		t.Errorf("what was typed became %q", v)
	}
	if v := harness.Eval[string](tab, `getComputedStyle(document.body).fontSize`); v != "22.4px" {
		t.Errorf("large print is %s", v)
	}
	tab.Wait(`performance.getEntriesByType("resource").some(e => e.name.endsWith("/preferences") && e.responseEnd > 0)`)

	plain := harness.Open(t, harness.Look{NoScript: true})
	plain.Go(address(base, "guide"))
	plain.Click(`button[name=mode]`)
	if v := plain.Text("h1"); v != "居住证首次申领" {
		t.Errorf("came back to %q", v)
	}
	plain.Do(chromedp.WaitReady(chromedp.CSS(`html[data-mode=elder]`)))
	plain.Click(`button[name=lang]`)
	if v := plain.Text("h1"); v != "First residence permit" {
		t.Errorf("in English the heading is %q", v)
	}
	plain.Clean()
}

// The counter's keys press their buttons, arrows walk through a table, and the
// heading box selects every row.
func TestKeys(t *testing.T) {
	base := book(t)
	tab := harness.Open(t, harness.Look{})
	tab.Go(address(base, "counter"))
	tab.Press(kb.F8)
	if hash := harness.Eval[string](tab, "location.hash"); hash != "#scan" {
		t.Errorf("F8 went to %q", hash)
	}
	tab.Go(address(base, "inbox"))
	tab.Do(chromedp.Focus(chromedp.CSS("tbody tr:nth-child(2) a")))
	tab.Press(kb.ArrowDown)
	tab.Press(kb.ArrowDown)
	if row := harness.Eval[string](tab, "document.activeElement.textContent"); row != "449901-2026-000122" {
		t.Errorf("two rows down is %q", row)
	}
	tab.Do(chromedp.Click(chromedp.CSS("[data-all]")))
	if n := harness.Eval[int](tab, `document.querySelectorAll("tbody input:checked").length`); n != 20 {
		t.Errorf("%d rows are selected", n)
	}
}

// With 320 px and the text spacing of WCAG 1.4.12 nothing sticks out.
func TestStorybook_textSpacing(t *testing.T) {
	base := book(t)
	tab := harness.Open(t, harness.Look{Width: 320})
	for _, p := range storybook.Pages {
		tab.Go(address(base, p))
		harness.Eval[int](tab, `(() => { const s = new CSSStyleSheet(); s.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}"); document.adoptedStyleSheets = [s]; return 1 })()`)
		if n := tab.Overflow(); n > 0 {
			t.Errorf("page %q is %d px too wide", p, n)
		}
	}
}

// Twenty stops by Tab, and each shows where it is.
func TestStorybook_focusShows(t *testing.T) {
	tab := harness.Open(t, harness.Look{})
	tab.Go(address(book(t), "home"))
	for i := range 20 {
		tab.Press(kb.Tab)
		if seen := harness.Eval[string](tab, `getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth`); seen != "solid3px" {
			t.Errorf("stop %d: outline %s", i+1, seen)
		}
	}
}

// A second press while the first is under way sends nothing.
func TestSubmit_once(t *testing.T) {
	tab := harness.Open(t, harness.Look{})
	tab.Go(address(book(t), "sign-in"))
	sent := harness.Eval[int](tab, `(() => { let n = 0; const f = document.querySelector("main form");
		document.addEventListener("submit", e => { if (!e.defaultPrevented) { n++; e.preventDefault() } });
		f.requestSubmit(f.querySelector(".btn")); f.requestSubmit(f.querySelector(".btn")); return n })()`)
	if sent != 1 {
		t.Errorf("%d forms were sent", sent)
	}
}

// On paper there is black on white and nothing to press, whatever the reader's
// screen looks like.
func TestPrint(t *testing.T) {
	tab := harness.Open(t, harness.Look{Theme: "dark", Elder: true})
	tab.Go(address(book(t), "progress"))
	tab.Paper()
	const look = `[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor, getComputedStyle(document.documentElement).fontSize,
		String(Array.from(document.querySelectorAll(".nav,.tools,.foot,.crumbs,.btn")).filter(e => e.checkVisibility()).length)].join(" ")`
	if got := harness.Eval[string](tab, look); got != "rgb(0, 0, 0) rgb(255, 255, 255) 16px 0" {
		t.Errorf("on paper: %s", got)
	}
	tab.Shot("paper")
}
