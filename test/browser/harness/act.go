package harness

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// finder is how elements are found by the words that readers see.
const finder = `(() => {
	const tight = s => (s || "").replace(/\s+/g, "");
	const seen = e => e.getClientRects().length > 0 && e.checkVisibility() && !e.closest("[aria-hidden=true]");
	const said = e => [e.textContent, e.getAttribute("aria-label"), e.value].map(tight);
	const pick = (list, text) => { const w = tight(text); list = [...list].filter(seen);
		return list.find(e => said(e).some(s => s === w)) || list.find(e => said(e).some(s => s.includes(w))) };
	const near = (list, words) => { const w = tight(words); let best, size = Infinity;
		for (const e of list) { let a = e; while (a && !tight(a.textContent).includes(w)) a = a.parentElement;
			if (a && a.textContent.length < size) { size = a.textContent.length; best = e } }
		return best };
	const target = FIND;
	if (!target) return false;
	document.querySelectorAll("[data-here]").forEach(e => e.removeAttribute("data-here"));
	target.setAttribute("data-here", "");
	target.scrollIntoView({block: "center"});
	return true
})()`

const here = "[data-here]"

// find marks the element that an expression of finder names.
func (b *Tab) find(expression, what string) {
	b.t.Helper()
	if !Eval[bool](b, strings.Replace(finder, "FIND", expression, 1)) {
		b.t.Fatalf("%v: %s: there is no %s; the page says: %.600s", b.look, b.at, what, Eval[string](b, `document.querySelector("main").innerText`))
	}
}

func quoted(s string) string {
	out, _ := json.Marshal(s) // a string always has JSON
	return string(out)
}

// Clicks is how many times the reader pressed something that led to the
// server, since the tab was opened.
func (b *Tab) Clicks() int { return b.clicks }

// Follow presses the link or button with these words and waits for the next
// page; of names words that stand near the right one among several.
func (b *Tab) Follow(words, of string) {
	b.t.Helper()
	const list = `document.querySelectorAll("a[href],button")`
	expression := fmt.Sprintf("pick(%s, %s)", list, quoted(words))
	if of != "" {
		expression = fmt.Sprintf("near([...%s].filter(e => seen(e) && said(e).some(s => s.includes(tight(%s)))), %s)", list, quoted(words), quoted(of))
	}
	b.find(expression, "link or button "+words)
	b.clicks++
	b.Click(here)
	b.at = Eval[string](b, "location.pathname")
}

// Choose picks the option with these words.
func (b *Tab) Choose(words string) {
	b.t.Helper()
	b.find(fmt.Sprintf("pick(document.querySelectorAll(\"label\"), %s)", quoted(words)), "option "+words)
	b.Do(chromedp.Click(chromedp.CSS(here)))
}

// Fill writes into the field with this label.
func (b *Tab) Fill(label, value string) {
	b.t.Helper()
	b.find(fmt.Sprintf("(l => l && (l.control || document.getElementById(l.htmlFor)))(pick(document.querySelectorAll(\"label\"), %s))", quoted(label)), "field "+label)
	if Eval[string](b, `document.querySelector("[data-here]").type`) == "date" {
		Eval[bool](b, fmt.Sprintf(`(e => { e.value = %s; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return true })(document.querySelector("[data-here]"))`, quoted(value)))
		return
	}
	Eval[bool](b, `(e => { e.value = ""; return true })(document.querySelector("[data-here]"))`)
	b.Type(here, value)
}

// Attach picks a file of this machine for the file field with this label.
func (b *Tab) Attach(label, path string) {
	b.t.Helper()
	b.find(fmt.Sprintf("(l => l && document.getElementById(l.htmlFor))([...document.querySelectorAll(\"label\")].find(e => tight(e.textContent).includes(tight(%s))))", quoted(label)), "file field "+label)
	b.Do(chromedp.SetUploadFiles(chromedp.CSS(here), []string{path}))
}

// Says tells whether the page says something; spaces do not matter.
func (b *Tab) Says(words string) bool {
	b.t.Helper()
	return Eval[bool](b, fmt.Sprintf(`document.body.textContent.replace(/\s+/g, "").includes(%s.replace(/\s+/g, ""))`, quoted(words)))
}

// Want fails the test when the page does not say something.
func (b *Tab) Want(words ...string) {
	b.t.Helper()
	for _, w := range words {
		if !b.Says(w) {
			b.t.Fatalf("%v: %s does not say %q but: %.800s", b.look, b.at, w, Eval[string](b, `document.querySelector("main").innerText`))
		}
	}
}

// Nodes is how many elements the page has.
func (b *Tab) Nodes() int {
	b.t.Helper()
	return Eval[int](b, `document.getElementsByTagName("*").length`)
}

// Become looks at the page that stands from now on in another way, without
// loading it again: another width, theme or size of print. The pages carry
// these as attributes of the document, which the server sets from the reader's
// wishes.
func (b *Tab) Become(look Look) {
	b.t.Helper()
	look.NoScript, look.English, look.Cookies = b.look.NoScript, b.look.English, b.look.Cookies
	if look.Width == 0 {
		look.Width = 1366
	}
	b.look = look
	b.screen()
	mode := ""
	if look.Elder {
		mode = "elder"
	}
	Eval[bool](b, fmt.Sprintf(`(() => { for (const [k, v] of [["theme", %s], ["mode", %s]]) { if (v) document.documentElement.dataset[k] = v; else delete document.documentElement.dataset[k] } return true })()`, quoted(look.Theme), quoted(mode)))
}

// T is the test that the tab belongs to.
func (b *Tab) T() testing.TB { return b.t }

// Value is what stands in the field with this label.
func (b *Tab) Value(label string) string {
	b.t.Helper()
	b.find(fmt.Sprintf("(l => l && (l.control || document.getElementById(l.htmlFor)))(pick(document.querySelectorAll(\"label\"), %s))", quoted(label)), "field "+label)
	return Eval[string](b, `document.querySelector("[data-here]").value`)
}
