package browser_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/platform/clock"
	"tongban/platform/files"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// thing is the one thing that this journey makes; its lead is the fire brigade.
const thing = "11449901900000030W4442099940000"

// TestDesigner_oneThing: somebody builds a one thing out of two published items on
// pages alone, with the preview beside what is written; a resident applies for it
// with one form, and the cases of both offices run to their end.
func TestDesigner_oneThing(t *testing.T) {
	w := open(t)
	tab, began := harness.Open(t, w.look(harness.Look{Width: 1366}, designer)), clock.System.Now()
	d := drawing{tab, w.url + "/design/" + node.District + "/" + thing}
	tab.Go(w.url + "/design/import")
	for name, text := range map[string]string{"code": thing, "name": "小店开业安全一件事", "name_en": "Safe opening of a small shop"} {
		tab.Type(`[name="`+name+`"]`, text)
	}
	tab.Choose("这是一件事")
	tab.Follow("建草稿", "")
	tab.Want("一件事至少要有两个事项", "群众看到的样子")
	for _, words := range []string{"营业前消防安全检查", "城镇污水排入排水管网许可（餐饮）"} {
		tab.Type(`[name="find"]`, words)
		tab.Follow("查找", "")
		d.look()
		tab.Follow("加进来", "")
	}
	tab.Go(d.at + "/sharing")
	d.look()
	tab.Want("办事人会同意的", "示例区水务局", "隔油设施示意图")
	tab.Follow("城镇污水排入排水管网许可", "")
	d.look()
	tab.Go(d.at + "/parts?row=bundle/parts/drainage_permit")
	d.set("bundle/parts/drainage_permit", map[string]string{"v.failed": "go_on"})
	tab.Go(d.at + "/elements")
	d.words("sheet:name", "summary")
	d.words("sheet:answers", "can_i", "bring", "how_long", "fee", "where", "visits")
	d.words("sheet:source", "source")
	tab.Go(d.at + "/clock")
	d.words("sheet:correction", "citation")
	d.look()
	tab.Go(d.at + "/ready")
	d.look()
	tab.Want("没有必须改的，可以发布")
	tab.Follow("提交审核", "")
	tab.Want("等待法制审核")
	t.Logf("%d clicks that lead to the server, %v with every page checked", tab.Clicks(), clock.System.Now().Sub(began).Round(time.Second))

	w.released(t, harness.Look{Width: 390, NoScript: true}, thing)

	id := w.applied(t, thing)
	v := visit{w, harness.Open(t, w.look(harness.Look{Width: 390, NoScript: true}, node.Resident)), true}
	v.Go(w.url + "/items/" + node.District + "/" + thing)
	v.Want("分成 2 个事项办理", "小店开业安全一件事")
	v.Go(fmt.Sprintf("%s/drafts/%s/%s/check", w.url, node.District, id))
	v.Want("示例区消防救援大队", "示例区水务局")
	v.next("提交「小店开业安全一件事」申请", "")
	v.Want("2 项中 0 项已办结")
	b, err := w.Bundles.OfDraft(w.As(node.Resident), node.District, id)
	if err != nil || len(b.Parts) != 2 {
		t.Fatalf("%+v %v", b, err)
	}
	for _, p := range b.Parts {
		if _, err := w.Casework.Accept(w.As(node.Clerk), p.Case.Region, p.Case.ID, 0); err != nil {
			t.Fatal(p.ID, err)
		}
		w.Settle()
		if c := w.Finish(p.Case.Region, string(p.Case.ID)); c.Outcome != casework.Granted {
			t.Errorf("%s is %s", p.ID, c.State)
		}
		w.Settle()
	}
	v.Go(w.url + "/bundles/" + node.District + "/" + string(b.ID))
	v.Want("2 项中 2 项已办结")
}

// drawing is a designer's way through the tabs of one draft.
type drawing struct {
	*harness.Tab
	at string
}

// look checks the page at hand.
func (d drawing) look() {
	d.Clean()
	if n := d.Overflow(); n > 0 {
		d.T().Errorf("%s is %d px too wide", d.Title(), n)
	}
}

// set enters values into the form of a row or sheet and saves it.
func (d drawing) set(row string, values map[string]string) {
	form := fmt.Sprintf(`form.part-form:has([name="row"][value="%s"])`, row)
	for name, text := range values {
		harness.Eval[bool](d.Tab, fmt.Sprintf(`(e => { e.value = %q; return true })(document.querySelector('%s [name="%s"]'))`, text, form, name))
	}
	d.Click(form + ` button[value="save"]`)
	d.Wait(`document.readyState === "complete"`)
}

// words writes both languages of the values of a sheet.
func (d drawing) words(sheet string, names ...string) {
	values := map[string]string{}
	for _, n := range names {
		values["v."+n+".zh"], values["v."+n+".en"] = "两个部门一起办，说明写在各项里。", "Two offices handle it together."
	}
	d.set(sheet, values)
}

// applied fills in an application for the one thing of this journey.
func (w *world) applied(t *testing.T, item string) casework.DraftID {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := w.As(node.Resident)
	d, err := w.Casework.Start(ctx, casework.Start{Region: node.District, Item: item})
	must(err)
	d, err = w.Casework.Save(ctx, d.Region, d.ID, d.Version, casework.Edit{Situation: map[string]string{"fire_way": "inspect", "drain": "own"},
		Form: map[string]string{"operator_name": "虚构小馆", "shop_division": "449901001", "shop_address": "示例路 1 号", "area": "86.5", "kitchen_area": "20", "seats": "30", "pledge": "yes"}})
	must(err)
	_, err = w.Casework.Choose(ctx, d.Region, d.ID, "id_card", casework.Electronic, "data:population", "")
	must(err)
	for material, name := range map[string]string{"fire_plan": "灭火疏散预案.pdf", "drain_plan": "隔油池.jpg"} {
		body, err := node.File(name)
		must(err)
		ref, err := w.Files.Put(ctx, bytes.NewReader(body), 20<<20, []files.Kind{files.PDF, files.JPEG, files.PNG})
		must(err)
		_, err = w.Casework.Attach(ctx, d.Region, d.ID, material, casework.Attachment{Hash: ref.Hash, Name: name, Size: ref.Size, Kind: strings.ToLower(string(ref.Kind))})
		must(err)
	}
	return d.ID
}
