package applicant_test

import (
	"context"
	"embed"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tongban/gov/casework"
	caseweb "tongban/gov/casework/web"
	"tongban/gov/casework/web/applicant"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/i18n"
)

const (
	me        = identity.RoleResident
	applyPath = "/apply/" + district + "/" + restaurant
)

// values fill the form of the restaurant.
var values = map[string]string{
	"form.phone": "14000000001", "form.shop_name": "示例小吃店", "form.shop_division": "449901001", "form.shop_address": "示例路 1 号", "form.area": "86.5", "form.kitchen_area": "20",
	"form.lease_end": "2028-12-31", "form.dishes": "hot", "form.cold_room": "8", "form.seats": "30", "form.staff": "4", "form.manager": "王示例", "form.opening": "2026-12-01",
	"form.receive": "online", "form.fire_standard": "yes", "form.pledge": "yes", "form.mail_name": "王示例", "form.mail_address": "示例路 1 号",
}

var situation = map[string]string{"operator": "none", "place": "free", "service": "dine_in", "fire_way": "inspect", "drain": "own", "sign": "small"}

// answerAll walks from the first page to the check page and counts the presses.
func (v visitor) answerAll(p page) (page, int) {
	v.w.t.Helper()
	for presses := 0; ; presses++ {
		path, _, _ := strings.Cut(p.Path, "?")
		if strings.HasSuffix(path, "/check") {
			return p, presses
		}
		if presses > 20 {
			v.w.t.Fatalf("still not at the check page but at %s\n%s", p.Path, p.text())
		}
		f := p.form(path)
		switch {
		case strings.HasSuffix(path, "/materials"):
			var list []file
			for name, first := range p.unchosen() {
				f.Set(name, first)
			}
			for k := range f {
				if m, ok := strings.CutPrefix(k, "mode."); ok && f.Get(k) == "file" {
					list = append(list, file{"file." + m, m + ".pdf", pdf(m)})
				}
			}
			p = v.send(path, f, list...)
		default:
			p = v.step(p, path)
		}
	}
}

// unchosen are the questions on a page of which no answer is chosen, with the
// first one.
func (p page) unchosen() map[string]string {
	first, chosen := map[string]string{}, map[string]bool{}
	p.each(func(n *html.Node) {
		if n.Data != "input" || attr(n, "type") != "radio" {
			return
		}
		name := attr(n, "name")
		if first[name] == "" {
			first[name] = attr(n, "value")
		}
		for _, a := range n.Attr {
			chosen[name] = chosen[name] || a.Key == "checked"
		}
	})
	for name := range chosen {
		if chosen[name] {
			delete(first, name)
		}
	}
	return first
}

// valueFor takes the first option where the field is a choice without the value.
func (p page) valueFor(name, wish string) string {
	first, found := "", false
	p.each(func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") == name && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox") {
			if first == "" {
				first = attr(n, "value")
			}
			found = found || attr(n, "value") == wish
		}
	})
	if first != "" && !found {
		return first
	}
	return wish
}

// begin makes a draft and returns the first page after it.
func (v visitor) begin() page {
	v.w.t.Helper()
	p := v.get(applyPath).want(200)
	return v.post(applyPath, p.form(applyPath)).want(200)
}

func TestStory_applyFollowSupplementDecide(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p := v.begin()
		p, presses := v.answerAll(p)
		if presses > 9 { // six questions, then the form and the materials
			t.Errorf("%d presses from the start to the check page", presses)
		}
		p.want(200, "提交前核对一遍", "示例小吃店", "示例路 1 号", "告知是否受理", "2026年9月14日").never("449901199")
		check, _, _ := strings.Cut(p.Path, "?")
		sheet := p.form(check)
		p = v.post(check, sheet).want(200, "已经提交", "办件编号", "示例区市场监督管理局最晚于 2026年9月14日当日", "下载收件凭证")
		path, _, _ := strings.Cut(p.Path, "?")
		if again := v.post(check, sheet).want(200); !strings.HasPrefix(again.Path, path) {
			t.Errorf("submitted twice: %s, then %s", path, again.Path)
		}
		if back := v.get(check); !strings.HasPrefix(back.Path, path) {
			t.Errorf("going back after submitting shows %s", back.Path)
		}
		parts := strings.Split(path, "/")
		region, id := parts[2], casework.CaseID(parts[3])
		v.get("/my").want(200, "正在办理", "餐饮店综合许可")

		// The office asks for two things; the clock stands.
		clerk := w.officer("受理", casework.RoleExaminer, lead)
		f, err := w.s.Open(clerk, region, id, "受理审查")
		w.must(err)
		_, err = w.s.AskSupplement(clerk, region, id, f.Version, []casework.SupplementItem{
			{Target: "material.layout", Name: "平面布局图", Reason: "看不清面积", How: "标明各间面积"},
			{Target: "form.area", Name: "使用面积", Reason: "与布局图不一致", How: "按布局图填写"}}, "")
		w.must(err)
		v.get("/my").want(200, "等您处理", "去补正")
		v.get(path).want(200, "需要您改 2 处", "在您这里", "谁看过我的信息", "受理审查")
		p = v.get(path+"/supplement").want(200, "看不清面积", "按布局图填写", "时限现在停着", "看这个日期怎么算出来的", "申请人答复补正的时间：15 个工作日", "计第 15 日")
		v.get(path+"/clock").want(200, "受理或者一次告知补正的期限", "申请人答复补正的时间：15 个工作日")
		visitor{w: w, as: me, lang: "en"}.get(path+"/clock").want(200, "Time for an applicant to answer a request for supplements", "counts as day 15")
		form := p.form(path + "/supplement")
		form.Set("act", "send")
		form.Set("items.1.text", "很大")
		p = v.send(path+"/supplement", form)
		p.want(422)
		if p.problemAt("items.0.text") == "" && p.problemAt("items.1.text") == "" {
			t.Errorf("no problem at an item:\n%s", p.text())
		}
		form = p.form(path + "/supplement")
		form.Set("act", "send")
		form.Set("items.1.text", "90")
		w.clock.Advance(48 * time.Hour)
		v.send(path+"/supplement", form, file{"items.0.files", "布局图（改）.pdf", pdf("better")}).want(200, "补正已经送出", "2026年9月16日")

		w.decide(region, id)
		p = v.get(path).want(200, "准予", "个环节同时办理", "餐饮店综合许可证", "评价这次服务")
		if flow := v.get(path + "/flow.svg"); !strings.Contains(flow.Raw, "is-done") || strings.Contains(flow.Raw, "<script") {
			t.Errorf("the picture of the flow: %.300s", flow.Raw)
		}
		v.get(path+"/clock").want(200, "时限是怎么算的", "时间用在哪里", "国庆")
		v.get("/my").want(200, "我的证照", "餐饮店综合许可证", "已经结束")
		visitor{w: w, as: me, lang: "en"}.get(path).want(200, "Granted", "What happened")
		visitor{w: w, as: "legal_representative"}.get(path).want(404)
		visitor{w: w}.get(path).want(401)
	})
}

// decide brings a submitted case to the certificate. Time goes by, over the
// October holidays.
func (w *town) decide(region string, id casework.CaseID) {
	w.t.Helper()
	clerk := w.officer("受理", casework.RoleExaminer, lead)
	f, err := w.s.Open(clerk, region, id, "受理审查")
	w.must(err)
	_, err = w.s.Accept(clerk, region, id, f.Version)
	w.must(err)
	w.clock.Advance(24 * time.Hour)
	for range 10 {
		f, err = w.s.Open(auth.System(w.t.Context(), "test"), region, id, "")
		w.must(err)
		if !f.State.Open() {
			return
		}
		for _, t := range f.Tasks {
			if t.State != casework.TaskOpen {
				continue
			}
			by := w.officer(t.Role+" "+t.OrgName, t.Role, t.Org)
			_, err := w.s.Complete(by, region, t.ID, casework.Opinion{Result: casework.Approve, Text: "内部意见"})
			w.must(err)
		}
	}
	w.t.Fatal("not decided")
}

// as is the context of one of the accounts.
func (w *town) as(role string) context.Context { return auth.With(w.t.Context(), w.accounts[role]) }

func TestStrings_bothLanguages(t *testing.T) {
	b := i18n.NewBundle()
	for _, f := range []embed.FS{applicant.Strings, caseweb.Strings} {
		if err := b.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	name := regexp.MustCompile(`\{[a-z_0-9]+\}`)
	for key, zh := range b.Words(i18n.Chinese) {
		en, ok := b.Words(i18n.English)[key]
		if !ok {
			t.Errorf("%s has no English words", key)
		}
		for _, x := range name.FindAllString(en, -1) {
			if !strings.Contains(zh, x) {
				t.Errorf("%s: %s is in the English words only", key, x)
			}
		}
		for _, bad := range []string{"请", "对不起", "抱歉", "无效", "！", "失败"} {
			if strings.Contains(strings.ReplaceAll(zh, "申请", ""), bad) {
				t.Errorf("%s: %q says %s", key, zh, bad)
			}
		}
	}
	if len(b.Words(i18n.Chinese)) != len(b.Words(i18n.English)) {
		t.Error("the languages have different keys")
	}
}

// Nothing that counts as consent is chosen beforehand; what is chosen is told
// with its purpose, can be taken back, and files of a way that was given up are
// not handed in.
func TestMaterials_consentIsTheApplicantsOwnAct(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p := v.begin()
		for !strings.Contains(p.Path, "/materials") {
			path, _, _ := strings.Cut(p.Path, "?")
			p = v.step(p, path)
		}
		path, _, _ := strings.Cut(p.Path, "?")
		open := p.unchosen()
		for _, id := range []string{"id_card", "health"} {
			if !strings.HasPrefix(open["mode."+id], "electronic:") {
				t.Errorf("%s is chosen beforehand: %v", id, open)
			}
		}
		f := p.form(path)
		p = v.send(path, f).want(422)
		for _, id := range []string{"id_card", "health", "rules"} {
			if p.problemAt("mode."+id) == "" {
				t.Errorf("no problem at %s", id)
			}
		}
		f.Set("act", "upload")
		p = v.send(path, f, file{"file.health", "体检.pdf", pdf("health")}).want(200, "体检.pdf").never("不会随申请提交")
		f = p.form(path)
		f.Set("mode.health", "electronic:certificate:health_certificate")
		f.Set("act", "upload")
		p = v.send(path, f).want(200, "体检.pdf", "不提交", "不会随申请提交", "您在 2026年9月7日", "健康证明电子证照", "撤回同意")
		v.get(strings.TrimSuffix(path, "materials")+"check").want(200, "不会提交的内容", "体检.pdf", "您在 2026年9月7日")
		f = p.form(path)
		f.Set("unchoose", "health")
		p = v.send(path, f).want(200, "体检.pdf").never("撤回同意")
		if _, ok := p.unchosen()["mode.health"]; !ok {
			t.Error("the choice stays after the consent was taken back")
		}
		for name, first := range p.unchosen() {
			f.Set(name, first)
		}
		f.Del("unchoose")
		var list []file
		for k := range f {
			if m, ok := strings.CutPrefix(k, "mode."); ok && f.Get(k) == "file" {
				list = append(list, file{"file." + m, m + ".pdf", pdf(m)})
			}
		}
		p = v.send(path, f, list...).want(200, "提交前核对一遍", "不会提交的内容", "体检.pdf")
		check, _, _ := strings.Cut(p.Path, "?")
		p = v.post(check, p.form(check)).want(200, "已经提交")
		parts := strings.Split(strings.Split(p.Path, "?")[0], "/")
		clerk := w.officer("受理", casework.RoleExaminer, lead)
		seen, err := w.s.Open(clerk, parts[2], casework.CaseID(parts[3]), "受理审查")
		w.must(err)
		if c := seen.Application.Materials["health"]; c.Consent == nil || len(c.Files) != 0 {
			t.Errorf("handed in: %+v", c)
		}
		v.get(strings.Split(p.Path, "?")[0]).want(200, "您同意过的事", "健康证明电子证照")
	})
}

// step answers one page before the materials.
func (v visitor) step(p page, path string) page {
	v.w.t.Helper()
	f := p.form(path)
	switch {
	case strings.HasSuffix(path, "/situation"):
		q := f.Get("q")
		f.Set("situation."+q, situation[q])
	case strings.HasSuffix(path, "/form"):
		for _, id := range strings.Fields(f.Get("fields")) {
			if x := values["form."+id]; x != "" && f.Get("form."+id) == "" {
				f.Set("form."+id, p.valueFor("form."+id, x))
			}
		}
	default:
		v.w.t.Fatalf("lost at %s", p.Path)
	}
	return v.post(path, f)
}
