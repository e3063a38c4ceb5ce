package applicant_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/items"
	"tongban/platform/auth"
	"tongban/platform/db/dbtest"
)

// atForm walks to the first page of the form.
func (v visitor) atForm() (page, string) {
	v.w.t.Helper()
	p := v.begin()
	for strings.Contains(p.Path, "/situation") {
		path, _, _ := strings.Cut(p.Path, "?")
		f := p.form(path)
		f.Set("situation."+f.Get("q"), situation[f.Get("q")])
		p = v.post(path, f)
	}
	path, _, _ := strings.Cut(p.Path, "?")
	return p, path
}

func TestForm_badValuesKeepEverything(t *testing.T) {
	inVillage(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, path := v.atForm()
		rare := "𪚥䶮·𠮷" // planes 0 and 2
		bad := map[string]string{"form.phone": "123", "form.area": "很大", "form.name": strings.Repeat("长", 60), "form.number": "44990119900307779X", "form.shop_name": rare}
		f := p.form(path)
		for k, x := range bad {
			f.Set(k, x)
		}
		p = v.post(path, f).want(422)
		for k, x := range bad {
			if k != "form.shop_name" && p.problemAt(k) == "" {
				t.Errorf("no problem at %s", k)
			}
			if got := p.form(path).Get(k); got != x {
				t.Errorf("%s: %q was entered, %q is shown", k, x, got)
			}
		}
		if text := p.text(); strings.ContainsAny(text, "{}") {
			t.Errorf("a value is missing in the words: %s", text)
		}
		if p.problemAt("form.shop_name") != "" {
			t.Error("rare characters are refused")
		}
		if !strings.Contains(p.Raw, "<title>错误：") {
			t.Error("the title does not say that something is wrong")
		}
		if again := v.get(p.Path).form(path); again.Get("form.area") != "很大" || again.Get("form.shop_name") != rare {
			t.Errorf("not kept: %v", again)
		}
		f = p.form(path)
		f.Set("act", "later")
		v.post(path, f).want(200, "草稿已保存")
		v.get("/my").want(200, "继续办理")
		f.Del("act")
		f.Set("form.shop_name", strings.Repeat("长", 20_001))
		p = v.post(path, f).want(422)
		if p.problemAt("form.shop_name") == "" || p.form(path).Get("form.area") != "很大" {
			t.Error("an endless value loses the others")
		}
		f = p.form(path)
		for k, x := range values {
			if f.Has(k) {
				f.Set(k, x)
			}
		}
		v.post(path, f)
		p = v.get(path + "?step=business")
		f = p.form(path)
		f.Set("form.opening", "2026-02-30")
		if p = v.post(path, f).want(422); p.problemAt("form.opening") == "" || p.form(path).Get("form.opening") != "2026-02-30" {
			t.Errorf("an impossible date: %q, shown %q", p.problemAt("form.opening"), p.form(path).Get("form.opening"))
		}
		v.post(path, url.Values{"x": {strings.Repeat("x", 2<<20)}}).want(422)
		visitor{w: w, as: me, lang: "en"}.get(path).want(200, "Save and continue")
	})
}

func TestMaterials_badFilesKeepEverything(t *testing.T) {
	inVillage(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, path := v.atForm()
		for strings.HasSuffix(path, "/form") {
			f := p.form(path)
			for _, id := range strings.Fields(f.Get("fields")) {
				if x := values["form."+id]; x != "" && f.Get("form."+id) == "" {
					f.Set("form."+id, p.valueFor("form."+id, x))
				}
			}
			p = v.post(path, f)
			path, _, _ = strings.Cut(p.Path, "?")
		}
		p.want(200, "提交材料")
		f := p.form(path)
		big := io.MultiReader(strings.NewReader("%PDF-1.7\n"), io.LimitReader(zeros{}, 100<<20))
		p = v.send(path, f,
			file{"file.layout", "平面图.pdf", pdf("a")},
			file{"file.rules", "房屋合同.pdf", big},
			file{"file.use_letter", "证明.pdf", strings.NewReader("这不是 PDF")},
			file{"file.drain_plan", "残缺.pdf", strings.NewReader("%PDF-1.7 cut off")},
			file{"file.fire_plan", "空.pdf", strings.NewReader("")},
			file{"file.nothing", "没有.pdf", pdf("b")})
		p.want(422, "「房屋合同.pdf」有 100.1 MB，上限 20 MB。可以改拍照片，或分成几份再传", "「证明.pdf」的内容不是可以收的格式", "「残缺.pdf」打不开", "「空.pdf」里没有内容", "平面图.pdf")
		for _, x := range []string{"file.rules", "file.use_letter", "file.drain_plan", "file.fire_plan"} {
			if p.problemAt(x) == "" {
				t.Errorf("no problem at %s", x)
			}
		}
		v.get(path).want(200, "平面图.pdf")
		p = v.send(path, p.form(path)).want(422)
		if p.problemAt("file.use_letter") == "" && p.problemAt("mode.use_letter") == "" {
			t.Errorf("what is missing is not said:\n%s", p.text())
		}
		var remove string
		for _, x := range strings.Split(p.Raw, `value="layout:`)[1:] {
			remove = "layout:" + x[:64]
		}
		f = p.form(path)
		f.Set("remove", remove)
		v.send(path, f).want(200).never("平面图.pdf")
		if p := v.get(strings.TrimSuffix(path, "materials") + "files/" + strings.TrimPrefix(remove, "layout:")); p.Status != 404 {
			t.Errorf("a removed file: %d", p.Status)
		}
	})
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestForm_twoPeopleAtOnce(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, path := v.atForm()
		mine, theirs := p.form(path), p.form(path)
		theirs.Set("form.shop_name", "窗口填的店名")
		theirs.Set("form.seats", "10")
		theirs.Set("act", "later")
		v.post(path, theirs).want(200)
		mine.Set("form.shop_name", "我填的店名")
		mine.Set("form.shop_address", "示例路 9 号")
		mine.Set("act", "later")
		p = v.post(path, mine).want(409, "选择保留哪一个", "王示例", "2026年9月7日 10:00", "我填的店名", "窗口填的店名")
		f := p.form(path)
		f.Set("form.shop_name", "我填的店名")
		v.post(path, f)
		kept := v.get(path).form(path)
		if kept.Get("form.shop_name") != "我填的店名" || kept.Get("form.shop_address") != "示例路 9 号" {
			t.Errorf("after the choice: %v", kept)
		}
	})
}

func TestSubmit_incompleteOrStale(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, path := v.atForm()
		check := strings.TrimSuffix(path, "/form") + "/check"
		p = v.get(check).want(200, "没有填好")
		p = v.post(check, p.form(check)).want(422)
		if p.problemAt("row.form.shop_name") == "" || p.problemAt("row.material.layout") == "" {
			t.Errorf("what is missing is not said:\n%s", p.text())
		}
		drafts, err := w.s.MyDrafts(w.as(me))
		w.must(err)
		v.post(strings.TrimSuffix(check, "check")+"discard", url.Values{}).want(200, "草稿已放弃")
		v.get(check).want(409)
		_ = drafts
		p, _ = v.answerAll(v.begin())
		check, _, _ = strings.Cut(p.Path, "?")
		sheet := p.form(check)
		draft := strings.Split(check, "/")
		d, err := w.s.Draft(w.as(me), district, casework.DraftID(draft[3]))
		w.must(err)
		_, err = w.s.Save(w.as(me), district, d.ID, d.Version, casework.Edit{Form: map[string]string{"shop_name": "另一个店名"}})
		w.must(err)
		v.post(check, sheet).want(409, "还没有提交", "另一个店名")
		p = v.get(check)
		v.post(check, p.form(check)).want(200, "已经提交")
	})
}

func TestCase_withdrawAndProgress(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, _ := v.answerAll(v.begin())
		check, _, _ := strings.Cut(p.Path, "?")
		path, _, _ := strings.Cut(v.post(check, p.form(check)).Path, "?")
		parts := strings.Split(path, "/")
		f, err := w.s.Open(w.as(me), parts[2], casework.CaseID(parts[3]), "")
		w.must(err)

		anybody := visitor{w: w}
		number := f.Application.Applicant.Number
		for field, form := range map[string]url.Values{
			"number": {"number": {"123"}, "last4": {number[14:]}},
			"last4":  {"number": {f.Number}, "last4": {"1"}},
		} {
			if p := anybody.post("/progress", form).want(422); p.problemAt(field) == "" {
				t.Errorf("no problem at %s", field)
			}
		}
		wrong := "000" + string(rune('0'+(number[17]-'0'+1)%10))
		anybody.post("/progress", url.Values{"number": {f.Number}, "last4": {wrong}}).want(422, "没有查到")
		anybody.post("/progress", url.Values{"number": {casework.ShowNumber(f.Number)}, "last4": {strings.ToLower(number[14:])}}).want(200, "待受理", "提交申请").never("王示例", number)

		for range 20 {
			p = anybody.post("/progress", url.Values{"number": {f.Number}, "last4": {wrong}})
		}
		if p.want(429); p.problemAt("number") == "" {
			t.Error("nobody says why there is no answer")
		}
		anybody.post("/progress", url.Values{"number": {f.Number}, "last4": {number[14:]}}).want(429)
		w.clock.Advance(time.Hour)
		anybody.post("/progress", url.Values{"number": {f.Number}, "last4": {number[14:]}}).want(200)

		p = v.get(path + "/withdraw").want(200)
		p = v.post(path+"/withdraw", url.Values{"reason": {" "}}).want(422)
		if p.problemAt("reason") == "" {
			t.Error("no problem at the reason")
		}
		v.post(path+"/withdraw", url.Values{"reason": {"不开了"}}).want(200, "已经撤回", "撤回确认", "不开了")
		v.post(path+"/withdraw", url.Values{"reason": {"再撤一次"}}).want(200, "不开了").never("再撤一次")
		v.get(path+"/supplement").want(200, "不开了")
		v.get("/cases/999999/case_none").want(404)
		v.get("/apply/999999/none").want(404)
		v.post(path+"/supplement", url.Values{"act": {"send"}}).want(200, "不开了")
		anybody.get("/my").want(401)
	})
}

func TestApply_forTheCompany(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: "legal_representative"}
		p := v.get(applyPath).want(200, "以谁的名义申请", company)
		f := p.form(applyPath)
		orgs, err := w.who.OrgsOf(t.Context(), w.accounts["legal_representative"].Person)
		w.must(err)
		if f.Has("for") {
			t.Errorf("chosen beforehand: %v", f["for"])
		}
		v.post(applyPath, f).want(422, "选择为谁办")
		f.Set("for", orgs[0].Code)
		p = v.post(applyPath, f)
		// The session switched too: the next request comes as the company.
		acting := w.accounts["legal_representative"]
		acting.For, acting.ForName = orgs[0].Code, orgs[0].Name
		w.accounts["legal_representative"] = acting
		v.get("/my").want(200, "餐饮店综合许可", company)
		path, _, _ := strings.Cut(p.Path, "?")
		if p.Status == 200 {
			v.get(path).want(200, company)
		}
		other := visitor{w: w, as: me}
		f.Set("for", orgs[0].Code)
		if p := other.post(applyPath, f); p.Status != 403 {
			t.Errorf("a stranger applies for the company: %d", p.Status)
		}
	})
}

func TestApply_twiceMakesOneDraft(t *testing.T) {
	inVillage(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		form := v.get(applyPath).form(applyPath)
		form.Set("s.operator", "none")
		first, second := v.post(applyPath, form), v.post(applyPath, form)
		if first.Path != second.Path {
			t.Errorf("%s, then %s", first.Path, second.Path)
		}
		drafts, err := w.s.MyDrafts(w.as(me))
		if err != nil || len(drafts) != 1 || drafts[0].Situation["operator"] != "none" {
			t.Fatalf("drafts %+v %v", drafts, err)
		}
		v.get(applyPath).want(200, "您有一份没有提交的申请")
	})
}

func TestContinue_urgentFirst(t *testing.T) {
	inVillage(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, _ := v.answerAll(v.begin())
		check, _, _ := strings.Cut(p.Path, "?")
		path, _, _ := strings.Cut(v.post(check, p.form(check)).Path, "?")
		v.begin()
		id := casework.CaseID(strings.Split(path, "/")[3])
		clerk := w.officer("受理", casework.RoleExaminer, lead)
		f, err := w.s.Open(clerk, district, id, "受理")
		w.must(err)
		_, err = w.s.AskSupplement(clerk, district, id, f.Version, []casework.SupplementItem{{Target: "material.layout", Name: "图", Reason: "不清楚", How: "重画"}}, "")
		w.must(err)
		cards, err := w.deps.Continue(w.as(me))
		if err != nil || len(cards) != 2 || !strings.HasSuffix(cards[0].Href, "/supplement") || !strings.HasSuffix(cards[1].Href, "/continue") {
			t.Fatalf("%+v %v", cards, err)
		}
		if none, err := w.deps.Continue(auth.With(t.Context(), auth.Anonymous)); err != nil || none != nil {
			t.Fatalf("for nobody: %v %v", none, err)
		}
	})
}

func TestSupplement_badFileKeepsText(t *testing.T) {
	inVillage(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, _ := v.answerAll(v.begin())
		check, _, _ := strings.Cut(p.Path, "?")
		path, _, _ := strings.Cut(v.post(check, p.form(check)).Path, "?")
		id := casework.CaseID(strings.Split(path, "/")[3])
		clerk := w.officer("受理", casework.RoleExaminer, lead)
		f, err := w.s.Open(clerk, district, id, "受理")
		w.must(err)
		_, err = w.s.AskSupplement(clerk, district, id, f.Version, []casework.SupplementItem{{Target: "material.layout", Name: "布局图", Reason: "不清楚", How: "重画"}}, "")
		w.must(err)
		w.clock.Advance(time.Hour)
		to := path + "/supplement"
		form := v.get(to).form(to)
		form.Set("items.0.text", "已经重画")
		form.Set("act", "send")
		p = v.send(to, form, file{"items.0.files", "图.pdf", strings.NewReader("no")}).want(422, "「图.pdf」的内容不是可以收的格式")
		if p.problemAt("items.0.files") == "" || p.form(to).Get("items.0.text") != "已经重画" {
			t.Errorf("the text is lost:\n%s", p.text())
		}
		if _, err := w.s.Accept(clerk, district, id, 0); !errors.Is(err, casework.ErrWrongState) {
			t.Errorf("sent in spite of it: %v", err)
		}
		form = p.form(to)
		form.Set("act", "later")
		v.send(to, form).want(200, "还没有送出")
		form.Set("act", "send")
		v.send(to, form).want(200, "补正已经送出")
	})
}

func TestSubmit_underNewRules(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, _ := v.answerAll(v.begin())
		check, _, _ := strings.Cut(p.Path, "?")
		fresh := fstest.MapFS{}
		err := fs.WalkDir(items.Files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := fs.ReadFile(items.Files, path)
			if path == "restaurant-opening/item.json" {
				body = bytes.Replace(body, []byte(`"version": "`), []byte(`"version": "next`), 1)
				body = bytes.Replace(body, []byte(`"amount": 12,`), []byte(`"amount": 11,`), 1)
			}
			fresh[path] = &fstest.MapFile{Data: body}
			return err
		})
		w.must(err)
		_, err = w.items.PublishPackage(dbtest.As(t, "test"), fresh, "restaurant-opening", catalogue.PublishOptions{})
		w.must(err)
		p = v.post(check, p.form(check)).want(409, "更新了规定", "示例小吃店", "还没有提交")
		v.post(check, p.form(check)).want(200, "已经提交")
	})
}
