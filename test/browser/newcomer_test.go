package browser_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// allowance is the service that this journey makes out of nothing.
const allowance = "11449901900000073A4442099951000"

// TestDesigner_newService: somebody publishes a service that was not there
// before, on pages alone: a form of seven fields, four of them bound to a register, two
// materials, a question that changes them, three offices with a supplement,
// limits, fee, window, basis and certificate. A resident applies in exactly the
// clicks that the page before publishing counted, the offices decide, and the
// result is there.
func TestDesigner_newService(t *testing.T) {
	w := open(t)
	tab, began := harness.Open(t, w.look(harness.Look{Width: 1366}, designer)), clock.System.Now()
	b := builder{drawing{tab, w.url + "/design/" + node.District + "/" + allowance}, new(int)}
	tab.Go(w.url + "/design/import")
	b.put("", map[string]string{"region": node.District, "code": allowance, "name": "老年助餐补贴申领", "name_en": "Meal allowance for older people"})
	tab.Follow("建草稿", "")
	b.content()
	b.application()
	b.flow()
	tab.Go(b.at + "/ready")
	tab.Shot("n3-ready")
	b.look()
	tab.Want("指南还没有过发布门槛", "号码位数不对或者是占位")
	tab.Go(b.at + "/windows")
	b.save("sheet:phones", with(map[string]string{}, "more.phone", "12345", "complaint_phone", "12345"))
	tab.Go(b.at + "/ready")
	tab.Want("没有必须改的，可以发布", "6–7 下（2 种走法）")
	tab.Follow("提交审核", "")
	tab.Want("等待法制审核")
	t.Logf("%d pages saved, %d other clicks, %v with every page checked", *b.saved, tab.Clicks(), clock.System.Now().Sub(began).Round(time.Second))
	w.approved(t, allowance)

	v := visit{w, harness.Open(t, w.look(harness.Look{Width: 390, Height: 844}, node.Resident)), false}
	v.Go(w.url + "/items/" + node.District + "/" + allowance)
	v.Shot("n4-guide")
	v.Want("老年助餐补贴申领", "户口簿", "低保证明")
	from := v.Clicks()
	v.next("在线办理", "")
	v.next("开始", "")
	v.Choose("否")
	v.next("继续", "")
	v.Want("来源")
	v.Fill("助餐点", "示例社区食堂")
	v.Choose("我承诺所填内容和材料真实")
	v.Shot("n4-form")
	v.next("保存并继续", "")
	v.Choose("不用交，由办理部门用「户籍库」核对")
	v.Shot("n4-materials")
	v.next("保存并核对", "")
	v.next("提交「老年助餐补贴申领」申请", "")
	v.Want("已经提交")
	if n := v.Clicks() - from; n != 6 {
		t.Errorf("%d clicks from the guide to the receipt, and the page before publishing said 6", n)
	}
	at := harness.Eval[string](v.Tab, "location.pathname")
	w.grant(t, at)
	v.Go(w.url + at)
	v.Want("准予", "老年助餐补贴资格证明")
	v.Shot("n4-result")
}

// builder fills in the tabs of a new item.
type builder struct {
	drawing
	saved *int
}

// put writes values into the fields of a form of the page; boxes are ticked by
// their values.
func (b builder) put(form string, values map[string]string) {
	b.T().Helper()
	raw, err := json.Marshal(values)
	if err != nil {
		b.T().Fatal(err)
	}
	missing := harness.Eval[string](b.Tab, fmt.Sprintf(`(() => { const f = document.querySelector(%q) || document, v = %s, out = [];
		for (const [k, x] of Object.entries(v)) { const list = [...f.querySelectorAll('[name="' + k + '"]')];
			if (!list.length) out.push(k);
			else if (list[0].type === "checkbox") { const e = list.find(e => e.value === x) || list[0]; e.checked = true }
			else { list[0].value = x; if (list[0].value !== x) out.push(k + "=" + x) } }
		return out.join(" ") })()`, cmp.Or(form, "body"), raw))
	if missing != "" {
		b.T().Fatalf("%s has no %s", form, missing)
	}
}

// save writes values of a sheet or row and saves it.
func (b builder) save(row string, values map[string]string) {
	b.T().Helper()
	form := rowForm(row)
	b.put(form, values)
	b.Click(form + ` button[value="save"]`)
	b.Wait(`document.readyState === "complete"`)
	*b.saved++
}

func rowForm(row string) string {
	return fmt.Sprintf(`form.part-form:has([name="row"][value="%s"])`, row)
}

func sheetForm(id string) string { return rowForm("sheet:" + id) }

// add makes a row of a list and returns where it lies.
func (b builder) add(list string) string {
	b.T().Helper()
	b.Click(fmt.Sprintf(`button[name="do"][value="add:%s"]`, list))
	b.Wait(`document.readyState === "complete"`)
	*b.saved++
	return harness.Eval[string](b.Tab, `new URLSearchParams(location.search).get("row")`)
}

// bothIn writes a text in both languages.
func bothIn(values map[string]string, name, zh, en string) {
	values["v."+name+".zh"], values["v."+name+".en"] = zh, en
}

// said are texts in both languages: name, Chinese, English, and so on.
func said(list ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i+2 < len(list); i += 3 {
		bothIn(out, list[i], list[i+1], list[i+2])
	}
	return out
}

// with adds plain values: name, value, and so on.
func with(values map[string]string, list ...string) map[string]string {
	for i := 0; i+1 < len(list); i += 2 {
		values["v."+list[i]] = list[i+1]
	}
	return values
}

// content writes what the guide says.
func (b builder) content() {
	b.Go(b.at + "/basis")
	clause := strings.TrimPrefix(b.add("item/basis"), "item/basis/")
	b.save("item/basis/"+clause, with(map[string]string{}, "law", "中华人民共和国老年人权益保障法", "law_en", "Law on the Protection of the Rights of Older People", "version", "2018-12-29", "article", "第三十三条", "text", "国家建立和完善老年人福利制度，根据经济社会发展水平和老年人的实际需要，增加老年人的社会福利。"))
	b.look()
	b.Go(b.at + "/elements")
	b.save("sheet:name", said("summary", "六十岁以上的居民在社区食堂用餐，每月领助餐补贴。", "Residents over sixty get a monthly allowance for meals."))
	b.save("sheet:answers", said("can_i", "本区六十岁以上的居民可以申领。", "Residents of the district over sixty can.", "bring", "户口簿；低保对象另交证明。", "Household register; proof of minimum income if it applies.",
		"how_long", "受理后十个工作日。", "Ten working days.", "fee", "不收费。", "Free.", "where", "网上，或者到社保窗口。", "Online or at the counter.", "visits", "不用到现场。", "No visit."))
	b.save("sheet:source", said("source", "演练事项，按老年人福利的规定写。", "A practice item, after the rules of benefits for older people."))
	b.look()
	row := b.add("item/conditions")
	b.save(row, with(said("text", "年满六十周岁，户籍在本区。", "Sixty or older and registered in the district."), "clause", clause))
	b.Go(b.at + "/clock")
	limit := func(days string) map[string]string {
		return with(said("citation", "本区助餐补贴办法第六条", "District rules on meal allowances, article 6"), "amount", days, "unit", "workday")
	}
	b.put(sheetForm("legal"), limit("20")) // saving one form keeps what was typed into the others
	b.put(sheetForm("promise"), limit("15"))
	b.save("sheet:correction", limit("5"))
	b.Wait(`document.querySelector('[name="row"][value="sheet:legal"]').form.querySelector('[name="v.amount"]').defaultValue === "20"`)
	b.look()
	b.Go(b.at + "/fees")
	b.put(sheetForm("fee"), with(said("citation", "不收费：没有收费项目", "Free: no fee is listed"), "cents", "0"))
	b.Click(`.tabset a[href$="/windows"]`) // and so does leaving the tab
	b.Wait(`location.pathname.endsWith("/windows")`)
	b.save("sheet:phones", with(map[string]string{}, "more.phone", "0000-12345678", "complaint_phone", "0000-12345679"))
	b.save(b.add("item/places"), with(said("name", "示例区政务服务中心一楼 3 号窗口", "Service hall, ground floor, window 3", "address", "示例路 9 号", "9 Example Road", "hours", "周一至周五 9:00–17:00", "Monday to Friday 9:00–17:00"), "phone", "12345"))
	b.look()
	for i, material := range [][2]string{{"户口簿", "Household register"}, {"低保证明", "Proof of minimum income"}} {
		b.Go(b.at + "/materials")
		values := with(said("name", material[0], material[1], "why", "看户籍和收入。", "Shows residence and income.", "risk", "不在本区的人领走补贴。", "Others would be paid.", "issued_by", "公安机关或者民政部门", "Police or civil affairs"), "clause", clause)
		if i == 0 {
			values = with(values, "instead.0.kind", "data", "instead.0.name.zh", "户籍库", "instead.0.name.en", "Household database", "instead.0.source", "household")
		}
		b.save(b.add("materials"), values)
	}
	b.look()
	b.Go(b.at + "/result")
	b.save("sheet:certificate", with(said("name", "老年助餐补贴资格证明", "Certificate of entitlement to the meal allowance", "validity.citation", "长期有效", "No end"), "text", "{name}可以领取老年助餐补贴，助餐点：{field_1}。"))
	b.save(b.add("result/refusal/reasons"), with(said("text", "未满六十周岁。", "Younger than sixty.", "pass", "年满六十周岁后可以再申请。", "Apply again at sixty."), "clause", clause))
	for _, id := range []string{"review", "lawsuit"} {
		b.Go(b.at + "/result?row=result/refusal/remedies/" + id)
		b.save("result/refusal/remedies/"+id, said("authority", "示例区人民政府", "The district government"))
	}
}

// application writes question, effects and form.
func (b builder) application() {
	b.Go(b.at + "/situations")
	q := b.add("situations/questions")
	b.save(q, said("text", "您是低保对象吗？", "Do you get the minimum income?", "why", "低保对象的补贴多一些。", "The allowance is higher then."))
	b.Go(b.at + "/situations")
	id := strings.TrimPrefix(q, "situations/questions/")
	b.save("sheet:start", with(map[string]string{}, "start", id))
	yes := q + "/options/yes"
	b.Go(b.at + "/situations?row=" + yes)
	b.save(yes, map[string]string{"v.effects.add": "material_2"})
	b.Go(b.at + "/materials?row=materials/material_2")
	b.save("materials/material_2", map[string]string{"v.needed_when.test": id + "=yes"})
	b.look()
	b.Go(b.at + "/form")
	for _, datum := range []string{"sex", "birth"} {
		b.put("", map[string]string{"datum": datum})
		b.add("form/groups/applicant/fields")
		b.Go(b.at + "/form")
	}
	b.save(b.add("form/groups/applicant/fields"), with(said("label", "助餐点", "Canteen", "hint", "常去的社区食堂", "Where you usually eat", "errors.required", "填写助餐点", "Enter the canteen"), "required", "yes"))
	b.look()
}

// flow has three offices look at it side by side, with a supplement.
func (b builder) flow() {
	b.Go(b.at)
	harness.Eval[bool](b.Tab, `(e => { if (e) e.open = true; return true })(document.querySelector(".plan-begin"))`)
	b.Choose("几个部门同时审查，可以请申请人补正后再看一遍")
	for _, office := range []string{"示例区消防救援大队", "示例区水务局", "示例区城市管理和综合执法局"} {
		b.Choose(office)
	}
	b.Follow("用这个模板", "")
	b.Want("没有问题，可以发布", "申请人补正")
	b.look()
}
