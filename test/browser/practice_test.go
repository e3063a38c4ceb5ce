package browser_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// The pages about certificates in use, as they are in the practice town: nothing
// runs over the edge and nothing is in the way of those who read with aids, in English
// on a telephone.
func TestPractice_pages(t *testing.T) {
	w := open(t)
	links, err := w.Seed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Practice(t.Context(), links); err != nil {
		t.Fatal(err)
	}
	me, legal := w.As(node.Resident), w.As(node.Legal)
	groups, err := w.Holding.Wallet(me, holding.Query{})
	if err != nil || len(groups) != 2 {
		t.Fatal(groups, err)
	}
	copies, err := w.Holding.Copies(me)
	if err != nil || len(copies) != 4 {
		t.Fatal(copies, err)
	}
	hers, err := w.Holding.Objections(me)
	if err != nil || len(hers) != 1 {
		t.Fatal(hers, err)
	}
	his, err := w.Holding.Objections(legal)
	if err != nil || len(his) != 1 {
		t.Fatal(his, err)
	}
	of := slices.IndexFunc(copies, func(c holding.Copy) bool { return c.Case != "" })
	copies[0], copies[of] = copies[of], copies[0] // that of the application comes first
	own, child := groups[0].Held[0], groups[1].Held[0]
	x, err := w.Holding.Start(me, own.Region, own.ID, "入职体检")
	if err != nil {
		t.Fatal(err)
	}
	code, err := w.Holding.Code(me, x.Region, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	d := w.DraftOf(node.Resident, node.Restaurant)
	held, kid := "/my/certificates/"+own.Region+"/"+own.ID, "/my/certificates/"+child.Region+"/"+child.ID
	// The same pages of the test's own town are looked at in every other way by TestSite_accessible.
	for _, look := range []harness.Look{{Width: 390, English: true}} {
		for who, paths := range map[string][]string{
			node.Resident: {"/my/certificates", held, kid, held + "/give", held + "/permit", held + "/object", "/my/copies", "/my/copies/" + copies[0].Region + "/" + copies[0].ID, "/my/permits", "/my/uses",
				"/my/objections/" + hers[0].Region + "/" + hers[0].ID, "/my/showings/" + x.Region + "/" + x.ID, fmt.Sprintf("/drafts/%s/%s/materials", d.Region, d.ID)},
			node.Legal:   {"/my/certificates", "/my/objections/" + his[0].Region + "/" + his[0].ID, "/papers/" + his[0].Region + "/" + his[0].Notice},
			node.Clerk:   {"/counter/guardians", "/counter/cases/" + copies[0].CaseRegion + "/" + copies[0].Case, "/copies/" + copies[0].Region + "/" + copies[0].ID},
			node.Decider: {"/objections", "/objections/" + hers[0].Region + "/" + hers[0].ID},
			"示例监察员":      {"/oversight/reuse", "/certificate-uses", "/certificate-uses?purpose=check&region=" + node.District},
			"":           {"/shown", "/shown/" + code.Digits, "/verify/" + copies[1].Code, "/verify/" + copies[1].Code + "?office=1&matter=2"},
		} {
			tab := harness.Open(t, w.look(look, who))
			for i, path := range paths {
				tab.Go(w.url + path)
				tab.Clean()
				if tab.Says("没有找到这一页") || tab.Says("Page not found") {
					t.Errorf("%s as %q: not found", path, who)
				}
				if n := tab.Overflow(); n > 0 {
					t.Errorf("%v: %s is %d px too wide", look, path, n)
				}
				tab.Shot(fmt.Sprintf("p-%s-%d", map[string]string{node.Resident: "resident", node.Legal: "legal", node.Clerk: "clerk", node.Decider: "decider", "示例监察员": "super", "": "anyone"}[who], i))
			}
		}
	}
}

// A wrong entry is corrected by the office, in writing; somebody else is let use a
// certificate, accepts, and it is taken back; a clerk puts on record who acts for a
// child, whose certificate is in the wallet then; the company's are in that of its
// legal representative. On a telephone, without scripts.
func TestJourney_rightsOfHolders(t *testing.T) {
	w, look := open(t), harness.Look{NoScript: true}
	report := filepath.Join(w.files, "布局图.pdf")
	w.health(t)
	see := func(who string, width int) visit {
		l := look
		l.Width = width
		return visit{w, harness.Open(t, w.look(l, who)), look.NoScript}
	}
	her, him, clerk, boss := see(node.Resident, 390), see(node.Legal, 390), see(node.Clerk, 1366), see(node.Decider, 1366)

	her.Go(w.url + "/my/certificates")
	her.next("使用这份证照", "健康证明")
	her.next("内容有误，提出异议", "")
	her.next("提交异议", "")
	her.Want("证明") // nothing was said yet
	her.Fill("“体检机构”应当是", "示例区虚构第二医院")
	her.Fill("理由", "体检是在第二医院做的")
	her.Attach("证明材料", report)
	her.next("提交异议", "")
	her.Want("正在核实", "示例区虚构第二医院", "个工作日")
	mine := harness.Eval[string](her.Tab, "location.pathname")

	boss.Go(w.url + "/objections")
	boss.next("健康证明", "")
	boss.Want("体检是在第二医院做的")
	boss.next("答复持证人", "")
	boss.Want("理由")
	boss.Choose("内容有误，予以更正")
	boss.Fill("核实情况和理由", "经与医院核实，登记有误")
	boss.Fill("依据", "《中华人民共和国个人信息保护法》第四十六条")
	boss.next("答复持证人", "")
	boss.Want("已更正")
	her.Go(w.url + mine)
	her.Want("已更正", "经与医院核实")
	her.next("查看书面答复", "")
	her.Want("健康证明异议处理答复书", "更正并换发证照")
	her.Go(w.url + mine)
	her.next("看更正后的证照", "")
	her.Want("示例区虚构第二医院")

	legal, err := w.Identity.Me(w.As(node.Legal))
	if err != nil {
		t.Fatal(err)
	}
	her.next("授权他人", "")
	her.Fill("对方姓名", node.Legal)
	her.Fill("对方公民身份号码", legal.Number)
	her.Choose("亮证")
	her.Fill("用途", "代办开店检查")
	her.next("发出授权", "")
	him.Go(w.url + "/my/certificates")
	him.Want("有 1 项授权等您答复")
	him.next("查看并答复", "")
	him.next("接受", "")
	him.Want("生效中")
	him.Go(w.url + "/my/certificates")
	him.Want("健康证明")
	her.Go(w.url + "/my/permits")
	her.next("收回授权", "")
	her.Want("已收回或者放弃")
	him.Go(w.url + "/my/certificates")
	if him.Says("健康证明") {
		t.Error("he still has it")
	}

	child := string(number.FictionalBorn(node.District, w.Time.Now().AddDate(-9, 0, 0), 3))
	clerk.Go(w.url + "/counter/guardians")
	clerk.Fill("监护人姓名", node.Resident)
	clerk.Fill("监护人公民身份号码", node.IDNumber(1))
	clerk.Fill("子女姓名", "王小虚构")
	clerk.Fill("子女公民身份号码", child)
	clerk.Choose("出生医学证明")
	clerk.Fill("证明编号", "虚构Z1")
	clerk.next("登记", "")
	clerk.Want("已登记：王示例是王小虚构的监护人")
	wards, err := w.Holding.Wards(w.As(node.Resident))
	if err != nil || len(wards) != 1 {
		t.Fatal(wards, err)
	}
	w.issue(t, certificates.Paper{Title: "学籍证明", Owners: []string{wards[0].Child}, HolderName: "王小虚构", HolderNumber: child, Number: "学〔2026〕虚构1号"})
	w.issue(t, certificates.Paper{Title: "营业执照", Owners: []string{identity.SampleCompany}, HolderName: "示例区虚构餐饮有限公司", HolderNumber: identity.SampleCompany, Number: "虚构2号"})
	her.Go(w.url + "/my/certificates")
	her.Want("子女：王小虚构", "出生医学证明 虚构Z1", "学籍证明")
	if her.Says("营业执照") {
		t.Error("she has the company's")
	}
	him.Go(w.url + "/my/certificates")
	him.Want("营业执照", "示例区虚构餐饮有限公司")
	// The clerk looks the child up, and ends it by the proof that was seen.
	clerk.Go(w.url + "/counter/guardians")
	clerk.next("查询、结束监护登记", "")
	clerk.Fill("子女公民身份号码", child)
	clerk.next("查询", "")
	clerk.Want("有效，到")
	clerk.next(node.Resident, "")
	clerk.Want("出生医学证明 虚构Z1")
	clerk.next("结束监护登记", "")
	clerk.Want("填写理由")
	clerk.Fill("结束的原因", "变更监护人的判决书〔虚构〕2号")
	clerk.Clean()
	clerk.next("结束监护登记", "")
	clerk.Want("监护登记已经结束", "变更监护人的判决书〔虚构〕2号")
	her.Go(w.url + "/my/certificates")
	if her.Says("学籍证明") {
		t.Error("the guardianship is over, and the certificate is still there")
	}
	if _, err := w.Holding.Record(w.As(node.Clerk), holding.Relationship{Name: node.Resident, Number: node.IDNumber(1), ChildName: "王小虚构", ChildNumber: child, Proof: holding.Proofs[0], ProofNumber: "虚构Z2"}); err != nil {
		t.Fatal(err)
	}
	her.Go(w.url + "/my/certificates")
	her.Want("学籍证明")
	w.Time.Set(wards[0].Until)
	her = see(node.Resident, 390)
	her.Go(w.url + "/my/certificates")
	if her.Says("学籍证明") {
		t.Error("the child is of age, and the certificate is still there")
	}
}
