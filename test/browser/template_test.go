package browser_test

import (
	"fmt"
	"testing"

	"tongban/test/browser/harness"
)

// residence is the type of residence permits, which have a photograph.
const residence = "11449901900000065F001"

// A designer drags the seal of a certificate, looks at what comes out and hands
// it in; the supervisor publishes it.
func TestTemplate_designedAndPublished(t *testing.T) {
	w := furnished(t)
	path := "/certificate-types/" + w.kind + "/template"
	tab := harness.Open(t, w.look(harness.Look{Width: 1366}, designer))
	tab.Go(w.url + path)
	tab.Clean()
	tab.Shot("template")
	tab.Go(w.url + "/certificate-types/" + residence + "/template")
	tab.Clean() // its photograph stands in the drawing
	if n := harness.Eval[int](tab, `document.querySelectorAll("svg image[href^='data:image/jpeg']").length`); n == 0 {
		t.Error("no photograph on the template of the residence permit")
	}
	tab.Go(w.url + path)
	tab.Follow("修改模板", "")
	tab.Clean()
	tab.Shot("template-edit")
	seal := harness.Eval[int](tab, `[...document.querySelectorAll("[name$='.sort']")].findIndex(e => e.value === "seal")`)
	before := harness.Eval[string](tab, fmt.Sprintf(`document.querySelector("[name='p%d.x']").value`, seal))
	harness.Eval[bool](tab, fmt.Sprintf(`(() => { const r = document.querySelector("rect[data-part='%d']"), b = r.getBoundingClientRect(), at = (type, dx) => r.dispatchEvent(new PointerEvent(type, {pointerId: 1, bubbles: true, clientX: b.x + b.width / 3 + dx, clientY: b.y + b.height / 3}));
		r.setPointerCapture = () => {}; at("pointerdown", 0); at("pointermove", -30); at("pointerup", -30); return true })()`, seal))
	after := harness.Eval[string](tab, fmt.Sprintf(`document.querySelector("[name='p%d.x']").value`, seal))
	if before == after {
		t.Fatalf("the seal stays at %s", before)
	}
	harness.Eval[bool](tab, fmt.Sprintf(`(() => { const r = document.querySelector("rect[data-part='%d']"); r.focus(); r.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})); return true })()`, seal))
	if by := harness.Eval[string](tab, fmt.Sprintf(`document.querySelector("[name='p%d.x']").value`, seal)); by == after {
		t.Error("arrow keys do not move the seal")
	}
	tab.Follow("看样张", "")
	moved := harness.Eval[string](tab, fmt.Sprintf(`document.querySelector("[name='p%d.x']").value`, seal))
	if moved == before {
		t.Errorf("the place is lost: %s", moved)
	}
	tab.Follow("提交发布", "")
	tab.Want("请写明改了什么")
	tab.Fill("说明", "印章左移")
	tab.Follow("提交发布", "")
	tab.Want("等待发布", "印章左移")
	tab.Quiet()

	narrow := harness.Open(t, w.look(harness.Look{Width: 390}, designer))
	for _, p := range []string{path + "?version=2", path + "/edit"} {
		narrow.Go(w.url + p)
		narrow.Clean()
		if n := narrow.Overflow(); n > 0 {
			t.Errorf("%s is %d px too wide", p, n)
		}
	}
	narrow.Shot("template-edit-390")

	boss := harness.Open(t, w.look(harness.Look{Width: 1366}, "示例监察员"))
	boss.Go(w.url + path + "?version=2")
	boss.Clean()
	boss.Shot("template-decide")
	boss.Follow("发布", "")
	boss.Want("已发布")
	boss.Quiet()
}
