package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"tongban/gov/casework"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

const permit = "11449901900000065F4440799902000" // 居住证首次申领

// permitForm begins an application for a residence permit whose questions are
// answered, and gives the address of the page that asks for places.
func (w *world) permitForm(t *testing.T, who string) (casework.Draft, string) {
	t.Helper()
	d, err := w.Casework.Start(w.As(who), casework.Start{Region: node.District, Item: permit,
		Situation: map[string]string{"who": "self", "stay": "yes", "ground": "home", "home": "own"}})
	if err != nil {
		t.Fatal(err)
	}
	return d, fmt.Sprintf("%s/drafts/%s/%s/form?step=holder", w.url, d.Region, d.ID)
}

func (w *world) answer(t *testing.T, who string, d casework.Draft, field string) string {
	t.Helper()
	d, err := w.Casework.Draft(w.As(who), d.Region, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	return d.Form[field]
}

const asked = "户口所在地"

// Without scripts: a part of a name is looked for, the place is chosen from
// what comes near, and nothing that was entered is lost.
func TestDivision_withoutScripts(t *testing.T) {
	w := open(t)
	d, page := w.permitForm(t, node.Resident)
	for _, width := range []int{390, 1366} {
		tab := harness.Open(t, w.look(harness.Look{Width: width, NoScript: true}, node.Resident))
		tab.Go(page)
		tab.Fill("民族", "汉族")
		tab.Fill(asked, "朝阳区")
		tab.Fill("户口所在地详细住址", "虚构路 1 号")
		tab.Follow("查找", "")
		tab.Want("叫“朝阳区”的地方有 2 个", "北京市朝阳区", "吉林省长春市朝阳区")
		if v := tab.Value("户口所在地详细住址"); v != "虚构路 1 号" {
			t.Errorf("the address became %q", v)
		}
		tab.Clean()
		tab.Shot("division-choices")
		tab.Choose("吉林省长春市朝阳区")
		tab.Choose("样例镇")
		tab.Follow("保存并继续", "")
		if got := w.answer(t, node.Resident, d, "hukou_division"); got != "220104" {
			t.Errorf("kept as %q", got)
		}
		if got := w.answer(t, node.Resident, d, "living_division"); got != "449901100" {
			t.Errorf("kept as %q", got)
		}
		tab.Go(page)
		if v := tab.Value(asked); v != "吉林省长春市朝阳区" {
			t.Errorf("shown again as %q", v)
		}
		tab.Fill(asked, "天国")
		tab.Follow("保存并继续", "")
		tab.Want("没有叫“天国”的地方")
		tab.Clean()
		tab.Shot("division-unknown")
		tab.Fill(asked, "广州市")
		tab.Follow("保存并继续", "")
		tab.Want("还不够具体", "广东省广州市天河区")
		tab.Clean()
		tab.Shot("division-coarse")
		tab.Quiet()
	}
}

// With scripts what fits is offered while one types; arrows and Enter choose.
func TestDivision_offeredWhileTyping(t *testing.T) {
	w := open(t)
	d, page := w.permitForm(t, node.Resident)
	for _, look := range []harness.Look{{Width: 390}, {Width: 1366}, {Width: 390, Elder: true}, {Width: 1366, Theme: "hc"}, {Width: 390, English: true}} {
		label := asked
		if look.English {
			label = "Place of household registration"
		}
		tab := harness.Open(t, w.look(look, node.Resident))
		tab.Go(page)
		if tab.Says("查找") && harness.Eval[bool](tab, `[...document.querySelectorAll("[data-without-js]")].some(e => e.offsetParent)`) {
			t.Error("the button for readers without scripts is shown")
		}
		tab.Fill(label, "gzth")
		tab.Wait(`!document.querySelector("[role=listbox]").hidden && document.querySelector("[role=option]").textContent === "广东省广州市天河区"`)
		tab.Press(kb.ArrowDown)
		if !harness.Eval[bool](tab, `(e => document.getElementById(e.getAttribute("aria-activedescendant")).getAttribute("aria-selected") === "true" && e.getAttribute("aria-expanded") === "true")(document.activeElement)`) {
			t.Errorf("%v: the marked option is not told", look)
		}
		if harness.Eval[bool](tab, `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}))`) {
			t.Errorf("%v: Enter sends the form instead of choosing", look)
		}
		if v := tab.Value(label); v != "广东省广州市天河区" {
			t.Errorf("%v: Enter takes %q", look, v)
		}
		tab.Fill(label, "石牌")
		tab.Wait(`!document.querySelector("[role=listbox]").hidden`)
		tab.Clean()
		tab.Shot("division-open")
		if n := tab.Overflow(); n > 0 {
			t.Errorf("%v: %d px too wide", look, n)
		}
		tab.Quiet()
	}
	tab := harness.Open(t, w.look(harness.Look{Width: 390}, node.Resident))
	tab.Go(page)
	tab.Fill(asked, "天河区")
	tab.Wait(`!document.querySelector("[role=listbox]").hidden`)
	tab.Press(kb.Escape)
	tab.Wait(`document.querySelector("[role=listbox]").hidden`)
	tab.Fill("民族", "汉族")
	tab.Fill("户口所在地详细住址", "虚构路 1 号")
	tab.Choose("示例街道")
	tab.Follow("保存并继续", "")
	if got := w.answer(t, node.Resident, d, "hukou_division"); got != "440106" {
		t.Errorf("what was typed is kept as %q", got)
	}
	tab.Go(strings.Replace(page, "/form?step=holder", "/check", 1))
	tab.Want("广东省广州市天河区", "广东省示例市示例区示例街道")
	tab.Clean()
	tab.Shot("division-check")
}

// The clerk has the same field at the counter.
func TestDivision_atTheCounter(t *testing.T) {
	w := open(t)
	d, _ := w.permitForm(t, node.Resident)
	if _, err := w.Casework.Identify(w.As(node.Clerk), d.Region, d.ID, node.IDNumber(1)); err != nil {
		t.Fatal(err)
	}
	tab := harness.Open(t, w.look(harness.Look{NoScript: true}, node.Clerk))
	tab.Go(fmt.Sprintf("%s/counter/drafts/%s/%s", w.url, d.Region, d.ID))
	tab.Fill(asked, "天河石牌")
	tab.Fill("户口所在地详细住址", "虚构路 2 号")
	tab.Follow("查找", "")
	tab.Want("广东省广州市天河区石牌街道")
	tab.Clean()
	tab.Shot("division-counter")
	tab.Follow("存", "")
	if got := w.answer(t, node.Resident, d, "hukou_division"); got != "440106006" {
		t.Errorf("kept as %q", got)
	}
}
