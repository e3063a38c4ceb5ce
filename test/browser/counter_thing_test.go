package browser_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// TestCounter_oneThing: a clerk takes in a one thing for somebody who stands at
// the window, and for the company of somebody who may act for it, by clicks
// alone; the offices handle every part to its result, and the applicant finds
// the whole with its certificates, the company's in the name of the company.
func TestCounter_oneThing(t *testing.T) {
	w := open(t)
	for _, c := range []struct {
		name, who, forWhom, operator string
		parts                        int
		papers                       map[string]string // material: how it is given
	}{
		{"resident", node.Resident, "", "还没有营业执照", 5, map[string]string{"lease": "electronic:data:tenancy"}},
		{"company", node.Legal, "示例区虚构餐饮有限公司", "已有营业执照的企业", 4, map[string]string{"lease": "electronic:data:tenancy", "licence": "electronic:data:legal_person"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit{w, harness.Open(t, harness.Look{Width: 1366, Cookies: map[string]string{node.Cookie: w.SignIn(node.Clerk)}}), false}
			v.Go(w.url + "/counter")
			v.Fill("公民身份号码", w.numberOf(c.who))
			v.next("查找办事人", "")
			v.Want(c.who)
			v.Type(`input[name="q"]`, "开办餐饮店一件事")
			if c.forWhom != "" {
				v.pick("for", c.forWhom)
			}
			v.next("查找", "")
			v.next("收件", "开办餐饮店一件事")
			if c.forWhom != "" {
				v.Want(c.forWhom)
			}
			for _, answer := range []string{c.operator, "租的", "设堂食", "不承诺，先到店检查", "自己接入城镇管网", "要设"} {
				v.Choose(answer)
			}
			v.next("保存", "") // every question stands on one page
			v.atWindow(c.forWhom == "", c.papers)
			v.next("提交并出收件凭证", "")
			v.Want("已收件", "收件凭证", fmt.Sprintf("%d", c.parts))
			at := harness.Eval[string](v.Tab, "location.pathname")
			b, err := w.Bundles.OfNumber(w.As(node.Clerk), at[strings.LastIndex(at, "/")+1:])
			if err != nil {
				t.Fatal(at, err)
			}
			w.throughParts(t, b, c.parts)

			me := w.SignIn(c.who)
			owner := harness.Open(t, harness.Look{Width: 390, NoScript: true, Cookies: map[string]string{node.Cookie: me}})
			if c.forWhom != "" {
				owner.Go(w.url + "/bundles/" + b.Region + "/" + string(b.ID))
				if owner.Says("已办结") {
					t.Error("in his own name he sees what the company applied for")
				}
				owner.Go(w.url + "/account")
				visit{w, owner, true}.pick("org", c.forWhom)
				owner.Click(`#acting button`)
			}
			owner.Go(w.url + "/bundles/" + b.Region + "/" + string(b.ID))
			owner.Want(fmt.Sprintf("%d 项中 %d 项已办结", c.parts, c.parts), "食品经营许可证")
			if n := owner.Overflow(); n > 0 {
				t.Errorf("the progress is %d px too wide", n)
			}
		})
	}
}

// pick chooses an option of a list by its words.
func (v visit) pick(name, words string) {
	v.T().Helper()
	if !harness.Eval[bool](v.Tab, fmt.Sprintf(`(e => { const o = [...e.options].find(o => o.textContent.includes(%q)); if (!o) return false; e.value = o.value; e.dispatchEvent(new Event("change", {bubbles: true})); return true })(document.querySelector('select[name=%q]'))`, words, name)) {
		v.T().Fatalf("%s has no %q", name, words)
	}
}

// atWindow fills in the form and gives the materials as a clerk does.
func (v visit) atWindow(named bool, papers map[string]string) {
	v.T().Helper()
	for _, f := range [][2]string{{"店面地址", "示例路 1 号"}, {"使用面积", "86.5"}, {"其中厨房面积", "20"}} {
		v.Fill(f[0], f[1])
	}
	if named {
		v.Fill("想登记的字号", "虚构小馆")
	}
	v.Choose("示例街道")
	v.Choose("热食类")
	for _, f := range [][2]string{{"座位数", "30"}, {"从业人数", "4"}, {"食品安全管理人员姓名", "王示例"}} {
		v.Fill(f[0], f[1])
	}
	v.Choose("只要电子证照")
	v.Choose("我承诺所填内容和材料真实")
	for id, way := range papers {
		v.way(id, way)
	}
	v.way("id_card", "electronic:data:population")
	for id, name := range map[string]string{"layout": "布局图.pdf", "rules": "厨房制度.pdf", "health": "布局图.pdf", "fire_plan": "灭火疏散预案.pdf", "drain_plan": "隔油池.jpg", "sign_drawing": "招牌.png"} {
		v.way(id, "file")
		v.Do(chromedp.SetUploadFiles(chromedp.CSS(`input[name="file.`+id+`"]`), []string{v.file(name)}))
	}
	v.next("保存", "")
}

// way says how a material is given; who is present agrees to a look into a
// register by word of mouth.
func (v visit) way(id, way string) {
	v.T().Helper()
	if !harness.Eval[bool](v.Tab, fmt.Sprintf(`(e => { if (!e || ![...e.options].some(o => o.value === %q)) return false; e.value = %q; return true })(document.querySelector('select[name="material.%s"]'))`, way, way, id)) {
		v.T().Fatalf("%s cannot be given as %s", id, way)
	}
	if strings.HasPrefix(way, "electronic:") {
		harness.Eval[bool](v.Tab, `document.querySelector('input[name="consent.`+id+`"]').checked = true`)
	}
}

// numberOf is the identity number of a resident of the town.
func (w *world) numberOf(name string) string {
	for n := 1; n < 20; n++ {
		p, err := w.Identity.PersonByNumber(w.As(node.Clerk), node.IDNumber(n), "窗口收件")
		if err == nil && p.Name == name {
			return node.IDNumber(n)
		}
	}
	return ""
}

// throughParts brings every part of a one thing to its result.
func (w *world) throughParts(t *testing.T, b bundles.Bundle, parts int) {
	t.Helper()
	for range 3 { // some parts begin when others are done
		file, err := w.Bundles.Open(w.As(node.Clerk), b.Region, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		needed := slices.DeleteFunc(file.Parts, func(p bundles.Part) bool { return p.State == bundles.Unneeded })
		if len(needed) != parts {
			t.Errorf("%d parts instead of %d", len(needed), parts)
		}
		for _, p := range needed {
			if p.Case == nil || !p.Case.State.Open() {
				continue
			}
			if c := w.Finish(p.Case.Region, string(p.Case.ID)); c.Outcome != casework.Granted {
				t.Errorf("%s is %s", p.ID, c.State)
			}
			w.Settle()
		}
	}
}
