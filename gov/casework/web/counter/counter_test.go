package counter_test

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/casework/web/counter"
	"tongban/gov/catalogue"
	catalogueweb "tongban/gov/catalogue/web"
	"tongban/platform/i18n"
)

// hall is a town with the window open and one clerk at it.
type hall struct {
	*casefiletest.Town
	*casefiletest.Browser
}

func open(w *casefiletest.Town) hall {
	w.Open(counter.Routes(counter.Deps{Casework: w.Casework, Catalogue: w.Items, Certificates: w.Papers, Identity: w.Identity, Files: w.Files, Clock: w.Clock}), counter.Strings, catalogueweb.Strings)
	w.Officer("clerk", "clerk", "")
	return hall{w, w.Browser("clerk")}
}

func number(n int) url.Values { return url.Values{"number": {casefiletest.Number(n)}} }

// answer fills in what the form on the page asks for, as a clerk would.
func (h hall) answer(p casefiletest.Page, o *catalogue.Offer) url.Values {
	in := p.Fields("intake")
	all := casefiletest.Answers(o.Form)
	for _, id := range in["shown"] {
		in.Set("form."+id, all[id])
	}
	in.Del("act")
	return in
}

func (h hall) offer() *catalogue.Offer {
	h.T.Helper()
	o, err := h.Items.Offer(h.T.Context(), casefiletest.District, casefiletest.Restaurant)
	h.Must(err)
	return o
}

// hexOf is a text as it stands in an annotation of a PDF.
func hexOf(s string) (out string) {
	for _, u := range utf16.Encode([]rune(s)) {
		out += fmt.Sprintf("%04X", u)
	}
	return out
}

func TestIntake_fromPersonToAcceptance(t *testing.T) {
	casefiletest.Run(t, func(w *casefiletest.Town) {
		h := open(w)
		h.Get("/counter").Want(200, "核对办事人身份")
		h.Post("/counter/identify", number(700)).Want(200, "还没有这个人的登记")
		in := number(700)
		in.Set("name", "赵九?")
		h.Post("/counter/register", in).Want(422, "姓名")
		in.Set("name", "赵示例")
		person := h.Post("/counter/register", in).Want(200, "赵示例，办什么")
		if strings.Contains(person.Raw, casefiletest.Number(700)) {
			t.Error("the whole number is on the page")
		}
		h.Get(person.Path+"?q="+url.QueryEscape("没有这样的话语")).Want(200, "没有叫这个名字的事项").Link(`^/browse$`)
		found := h.Get(person.Path+"?q=cyd").Want(200, "餐饮店综合许可")
		work := h.Post(found.Link(`/start$`), url.Values{"item": {found.Link(`^449901/`)}}).Want(200, "办理情形", "要设大型户外广告吗", "还差 1 处")
		q := work.Fields("intake")
		q.Del("act")
		for id, v := range casefiletest.Situation {
			q.Set("situation."+id, v)
		}
		work = h.Send(work.Path, q).Want(200, "收件清单", "已保存", "来源：登记的身份信息")
		path := strings.Split(work.Path, "?")[0]
		empty := work.Fields("intake")
		empty.Set("act", "submit")
		empty.Set("form.shop_address", "示例路 8 号")
		h.Send(path, empty).Want(422, "有", "填写使用面积", "示例路 8 号")

		full := h.answer(h.Get(path), h.offer())
		full.Set("act", "submit")
		var scans []casefiletest.Upload
		for _, m := range h.offer().MaterialsFor(casefiletest.Situation) {
			scans = append(scans, casefiletest.Upload{Field: "file." + m.ID, Name: m.ID + ".pdf", Content: casefiletest.PDF()})
			full.Set("original."+m.ID, "yes")
		}
		h.Officer("clerk", "clerk", casefiletest.Lead) // the office whose clerk compares
		receipt := h.Send(path, full, scans...).Want(200, "已收件", "打印收件凭证", "当场受理", "最晚受理日期")
		h.Get(path).Want(200, "收件信息") // going back leads to what became of it
		h.Get("/counter/cases").Want(200, "赵示例", "今天收了 1 件")
		h.Get("/counter/cases?tab=results").Want(200, "这里还没有办件")
		h.Get("/counter/acceptance").Want(200, "赵示例", "剩 5 个工作日")
		c := receipt.Fields("accept")
		h.Post(receipt.Link(`/accept$`), c).Want(200, "已受理", "承诺办结日期")
		h.Post(receipt.Link(`/accept$`), c).Want(409, "这一步没有办成", "受理")
		scan := h.Get(strings.TrimSuffix(receipt.Link(`/accept$`), "/accept")).Want(200, "B级 已核对原件").Link(`^/counter/files/.*[0-9a-f]$`)
		if got := h.Get(scan).Want(200).Raw; !strings.HasPrefix(got, string(casefiletest.PDF())) || !strings.Contains(got, hexOf("可信等级B：此件经示例区市场监督管理局于2026年")) {
			t.Errorf("a scan that was compared does not say so: %.900s", got[len(casefiletest.PDF()):])
		}
		h.Get("/counter").Want(200)
		h.Get(person.Path).Want(200, "再核对一次证件") // the person has gone
	})
}

// begun is a draft that the resident began at home.
func (h hall) begun(ctx context.Context) casework.Draft {
	h.T.Helper()
	d, err := h.Casework.Start(ctx, casework.Start{Region: casefiletest.District, Item: casefiletest.Restaurant})
	h.Must(err)
	d, err = h.Casework.Save(ctx, d.Region, d.ID, d.Version, casework.Edit{Situation: casefiletest.Situation, Form: map[string]string{"shop_address": "示例路 1 号"}})
	h.Must(err)
	return d
}

func TestContinue_draftFromHomeInTwoClicks(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		d := h.begun(w.Resident("李虚构", 501))
		h.Get("/counter/drafts/449901/" + string(d.ID)).Want(403) // nobody has shown a document yet
		person := h.Post("/counter/identify", number(501)).Want(200, "先接着办", "餐饮店综合许可")
		h.Post(person.Link(`/continue$`), url.Values{"draft": {person.Link(`^449901/dra_`)}}).Want(200, "示例路 1 号", "办件卡")

		w.Officer("clerk2", "clerk", "")
		other := w.Browser("clerk2")
		other.Get("/counter/drafts/449901/" + string(d.ID)).Want(403)
		in := number(501)
		in.Set("draft", " "+strings.ToLower(casework.ShowCode(d.Code)))
		other.Post("/counter/identify", in).Want(200, "示例路 1 号") // the code on the phone leads straight there
		in = url.Values{"draft": {d.Code}}                       // scanned before the document: little is shown, and the document asked for
		asked := w.Browser("clerk2").Post("/counter/identify", in).Want(200, "找到草稿：餐饮店综合许可", "李虚构", "核对办事人的证件后打开")
		if strings.Contains(asked.Raw, "示例路 1 号") || strings.Contains(asked.Raw, casefiletest.Number(501)) {
			t.Error("the code alone shows what was entered")
		}
		w.Browser("clerk2").Post("/counter/identify", url.Values{"number": {casework.ShowCode(d.Code)}}).Want(200, "找到草稿：餐饮店综合许可")
		in.Set("draft", "2222-2222")
		w.Browser("clerk2").Post("/counter/identify", in).Want(422, "没有这个草稿码")
		in = number(1)
		in.Set("draft", d.Code)
		w.Browser("clerk2").Post("/counter/identify", in).Want(200, "没有找到这个草稿")
	})
}

func TestIntake_staleEditShowsBoth(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		me := w.Resident("李虚构", 501)
		d := h.begun(me)
		in := number(501)
		in.Set("draft", d.Code)
		page := h.Post("/counter/identify", in).Want(200)
		mine := page.Fields("intake")
		mine.Set("act", "save")
		mine.Set("form.shop_address", "示例路 3 号")
		now, err := w.Casework.Draft(me, d.Region, d.ID)
		w.Must(err)
		_, err = w.Casework.Save(me, d.Region, d.ID, now.Version, casework.Edit{Form: map[string]string{"shop_address": "示例路 2 号"}})
		w.Must(err)
		clash := h.Send(page.Path, mine).Want(409, "李虚构 在", "改过同样的内容", "示例路 2 号", "示例路 3 号")
		if v := clash.Fields("intake").Get("form.shop_address"); v != "示例路 3 号" {
			t.Errorf("what was entered became %q", v)
		}
		again := clash.Fields("intake")
		again.Set("act", "save")
		h.Send(page.Path, again).Want(200, "已保存")
		if now, _ = w.Casework.Draft(me, d.Region, d.ID); now.Form["shop_address"] != "示例路 3 号" {
			t.Errorf("kept %q", now.Form["shop_address"])
		}
	})
}

func TestIntake_badInputLosesNothing(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		wrong := number(1)
		wrong.Set("number", casefiletest.Number(1)[:17]+"0")
		if casefiletest.Number(1)[17] == '0' {
			wrong.Set("number", casefiletest.Number(1)[:17]+"1")
		}
		h.Post("/counter/identify", wrong).Want(422, "最后一位与前 17 位对不上")
		d := h.begun(w.Resident("李虚构", 501))
		in := number(501)
		in.Set("draft", d.Code)
		page := h.Post("/counter/identify", in).Want(200)
		form := page.Fields("intake")
		form.Set("act", "save")
		form.Set("form.area", "八十")
		form.Set("form.shop_address", "示例路 9 号")
		form.Set("form.shop_name", "示例А餐馆（虚构）") // a Cyrillic letter
		first := h.offer().MaterialsFor(casefiletest.Situation)[0]
		got := h.Send(page.Path, form, casefiletest.Upload{Field: "file." + first.ID, Name: "扫描件.pdf", Content: []byte("这不是 PDF")}).Want(422, "扫描件.pdf", "名称里混有形近字母", "А U+0410")
		if f := got.Fields("intake"); f.Get("form.shop_address") != "示例路 9 号" || f.Get("form.area") != "八十" {
			t.Errorf("kept %v", f)
		}
		form = got.Fields("intake")
		form.Set("act", "save")
		form.Set("version", "1000000")
		h.Send(page.Path, form).Want(409)
		form = h.Get(page.Path).Fields("intake")
		form.Set("act", "save")
		form.Set("material."+first.ID, "electronic")
		form.Set("note."+first.ID, "AAAA-BBBB-CCCC")
		if again := h.Send(page.Path, form).Want(422, "查不到这个查验码的电子证照").Fields("intake"); again.Get("material."+first.ID) != "electronic" || again.Get("note."+first.ID) != "AAAA-BBBB-CCCC" {
			t.Errorf("what was refused is gone: %v", again)
		}
		form.Set("note."+first.ID, "")
		form.Set("material."+first.ID, "electronic:data:population") // consent is asked of the person present
		form.Set("version", h.Get(page.Path).Fields("intake").Get("version"))
		if h.Get(page.Path).Fields("intake").Has("consent." + first.ID) {
			t.Error("consent is ticked beforehand")
		}
		if again := h.Send(page.Path, form).Want(422, "先当面问申请人是否同意").Fields("intake"); again.Get("material."+first.ID) != "electronic:data:population" {
			t.Errorf("the way that needs consent is gone: %v", again)
		}
		form.Set("version", h.Get(page.Path).Fields("intake").Get("version"))
		form.Set("consent."+first.ID, "yes")
		kept := h.Send(page.Path, form).Want(200, "数据核验", "申请人已当面同意，", "由办理部门调取：居民身份证电子证照", "改用别的查验：")
		if kept.Fields("intake").Has("consent." + first.ID) {
			t.Error("consent to another look-up is ticked beforehand")
		}
		if now, err := w.Casework.Draft(w.Resident("李虚构", 501), d.Region, d.ID); err != nil || now.Materials[first.ID].Consent == nil || !now.Materials[first.ID].Consent.Counter {
			t.Errorf("consent at the counter: %+v %v", now.Materials[first.ID], err)
		}
		form.Del("consent." + first.ID)
		form.Set("material."+first.ID, "electronic:certificate:resident_id_card") // another look-up, another consent
		form.Set("version", h.Get(page.Path).Fields("intake").Get("version"))
		h.Send(page.Path, form).Want(422, "先当面问申请人是否同意")
		form.Set("version", h.Get(page.Path).Fields("intake").Get("version"))
		form.Set("consent."+first.ID, "yes")
		h.Send(page.Path, form).Want(200, "电子证照", "申请人已当面同意，")
		form.Del("consent." + first.ID)
		form.Set("material."+first.ID, "telepathy")
		form.Set("version", h.Get(page.Path).Fields("intake").Get("version"))
		h.Send(page.Path, form).Want(422)
	})
}

func TestCounter_othersAreRefused(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		me := w.Resident("李虚构", 501)
		d, c := h.begun(me), w.Apply(me)
		w.Officer("fire", "examiner", casefiletest.Fire)
		w.Officer("elsewhere", "clerk", casefiletest.Other)
		draft, base := "/counter/drafts/449901/"+string(d.ID), "/counter/cases/449901/"+string(c.ID)
		for _, path := range []string{"/counter", "/counter/people/per_x", draft, "/counter/cases", "/counter/acceptance", base, base + "/supplement", "/counter/receipts/" + c.Number, "/counter/files/449901/" + string(c.ID) + "/00"} {
			for who, want := range map[string]int{"": 401, "李虚构": 403, "fire": 403} {
				if got := w.Browser(who).Get(path).Status; got != want {
					t.Errorf("%q at %s: %d, want %d", who, path, got, want)
				}
			}
		}
		other := w.Browser("elsewhere") // a counter of an office that has nothing to do with it
		for _, path := range []string{draft, base, "/counter/receipts/" + c.Number} {
			if got := other.Get(path).Status; got != 403 && got != 404 {
				t.Errorf("another office's counter at %s: %d", path, got)
			}
		}
		other.Post(base+"/accept", url.Values{"version": {strconv.Itoa(c.Version)}}).Want(403)
		if f := w.File(c); f.State != casework.Submitted {
			t.Errorf("state %s", f.State)
		}
	})
}

func TestSupplement_answeredAtTheWindow(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		c := w.Apply(w.Resident("李虚构", 501))
		m := h.offer().MaterialsFor(casefiletest.Situation)[0]
		base, target := "/counter/cases/449901/"+string(c.ID), "material."+m.ID
		h.Get(base + "/supplement").Want(409)
		h.Post(base+"/ask", url.Values{"version": {strconv.Itoa(c.Version)}, "act": {"send"}, "ask": {target}, "ask.reason." + target: {"没有盖章"}, "ask.how." + target: {"盖章后重新扫描"}}).Want(200, "代收补正")
		h.Post("/counter/identify", number(501)).Want(200, "待补正", "代收补正")
		page := h.Get(base+"/supplement").Want(200, "没有盖章", "盖章后重新扫描")
		form := page.Fields("supplement")
		form.Set("act", "send")
		h.Send(page.Path, form).Want(422)
		h.Send(page.Path, form, casefiletest.Upload{Field: "items.0.files", Name: "盖章.pdf", Content: casefiletest.PDF()}).Want(200, "待受理")
		if f := w.File(c); f.State != casework.Submitted || len(f.Application.Materials[m.ID].Files) < 1 {
			t.Errorf("%s %+v", f.State, f.Application.Materials[m.ID])
		}
		h.Send(page.Path, form).Want(409, "一次性告知补正")
	})
}

// An item about a field of the form is answered with the field's own control:
// a place is chosen from the list, and what is no place is said at the field.
func TestSupplement_fieldsAtTheWindow(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		c := w.Apply(w.Resident("李虚构", 501))
		base := "/counter/cases/449901/" + string(c.ID)
		ask := url.Values{"version": {strconv.Itoa(c.Version)}, "act": {"send"}, "ask": {"form.shop_division", "form.seats"}}
		for _, f := range ask["ask"] {
			ask.Set("ask.reason."+f, "与现场不符")
			ask.Set("ask.how."+f, "按现场填写")
		}
		h.Post(base+"/ask", ask).Want(200, "代收补正")
		page := h.Get(base+"/supplement").Want(200, "店面所在的街道或者镇", "示例街道", "座位数")
		form := page.Fields("supplement")
		if form.Get("items.0.text") != "449901001" {
			t.Errorf("the place is %q", form.Get("items.0.text"))
		}
		form.Set("items.0.text", "999999")
		form.Set("items.1.text", "很多")
		form.Set("act", "send")
		h.Send(page.Path, form).Want(422, "999999", "很多", "与现场不符")
		form.Set("items.0.text", "449901100")
		form.Set("items.1.text", "40")
		form.Set("act", "save")
		h.Send(page.Path, form, casefiletest.Upload{Field: "items.1.files", Name: "座位.pdf", Content: casefiletest.PDF()}).Want(200, "已保存", "座位.pdf")
		form.Set("act", "detach:1/"+w.File(c).Supplements[0].Items[1].Files[0].Hash)
		if strings.Contains(h.Send(page.Path, form).Want(200).Raw, "座位.pdf") {
			t.Error("the file that was taken away is still there")
		}
		form.Set("act", "send")
		h.Send(page.Path, form).Want(200, "待受理")
		if f := w.File(c).Application.Form; f["shop_division"] != "449901100" || f["seats"] != "40" {
			t.Errorf("answers %v", f)
		}
	})
}

func TestStrings_sameKeys(t *testing.T) {
	b := i18n.NewBundle()
	if err := b.Add(counter.Strings); err != nil {
		t.Fatal(err)
	}
	for key := range b.Words(i18n.Chinese) {
		if !b.Has(i18n.English, key) {
			t.Errorf("no English for %s", key)
		}
	}
	if len(b.Words(i18n.Chinese)) != len(b.Words(i18n.English)) {
		t.Error("the languages differ")
	}
}
