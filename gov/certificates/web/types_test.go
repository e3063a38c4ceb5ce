package web_test

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/ui"
)

// A designer proposes a new version on a page, sees what is wrong at the
// field, loses nothing; somebody else approves it.
func TestTypes_proposeAndApprove(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		if err := x.types.Seed(context.Background(), region); err != nil {
			t.Fatal(err)
		}
		list := want(t, "list", x.get("", "/certificate-types"), 200, "食品经营许可证", "居民身份证", "证照类型目录")
		if strings.Contains(list, "/edit") {
			t.Error("anybody is offered to propose")
		}
		all, _ := x.types.List(context.Background(), "food_permit")
		path := "/certificate-types/" + all[0].Code
		want(t, "type", x.get("", path), 200, "食品安全法实施条例", "KZ_JYCS", "5 年", "主体业态")
		want(t, "in English", x.get("", path+"?lang=en"), 200, "Food business permit", "Kind of business", "5 years")
		want(t, "items", x.get("", path), 200, "相关事项", `href="/items/449901/1A"`, "办食品证<", "示例局", "颁发这类证照的事项", "可以用这类证照代替材料的事项", "这里没有这样的事项", "颁发机构级别", "没有写明")
		want(t, "items in English", x.get("", path+"?lang=en"), 200, "Related items", "Food<", "only some are listed", "Issued by", "No item here")
		card, _ := x.types.List(context.Background(), "resident_id_card")
		want(t, "items that take it", x.get("", "/certificate-types/"+card[0].Code), 200, "这里没有这样的事项", `href="/items/449902/2B"`)
		want(t, "items by the interface", x.get("", "/api/v1"+path), 200, `"items":[{"region":"449901","code":"1A","name":{"zh":"办食品证","en":"Food"},"role":"grants"}]`, `"items_more":true`)
		want(t, "no items by the interface", x.get("", "/api/v1/certificate-types/"+all[0].Authority+"001"), 200, `"items":[]`)
		want(t, "none", x.get("", "/certificate-types/nothing"), 404)
		want(t, "anybody edits", x.get("", path+"/edit"), 401)
		page := want(t, "form", x.get("designer", path+"/edit"), 200, `name="f0.label"`, `value="经营场所"`)
		pairs := filledIn(page)
		w := x.post("designer", path+"/edit", pairs...)
		want(t, "nothing changed", w, 422, "提出", `value="经营场所"`)
		n := "f" + regexp.MustCompile(`.*name="f(\d+)\.key"`).FindStringSubmatch(strings.ReplaceAll(page, "\n", " "))[1]
		want(t, "a bad key and no reason", x.post("designer", path+"/edit", append(append([]string(nil), pairs...), n+".label", "备注", n+".key", "Remark!", n+".name", "KZ_BZ")...), 422, "写小写字母开头的代号", "写明为什么提出")
		pairs = append(pairs, "note", "增加备注")
		bad := append(append([]string(nil), pairs...), n+".label", "备注", n+".key", "Remark!", n+".name", "KZ_BZ")
		want(t, "bad key", x.post("designer", path+"/edit", bad...), 422, `href="#`+ui.FieldID(n+".key")+`"`, "写小写字母开头的代号", `value="备注"`)
		want(t, "bad issuers", x.post("designer", path+"/edit", append(append([]string(nil), pairs...), "issuers", "局")...), 422, `href="#`+ui.FieldID("issuers")+`"`, "2至60个字")
		want(t, "bad level", x.post("designer", path+"/edit", append(append([]string(nil), pairs...), "issuer_level", "7")...), 422, `href="#`+ui.FieldID("issuer_level")+`"`)
		pairs = append(pairs, "issuer_level", "5", "issuers", "市场监督管理局\r\n 112233445566778899 ")
		good := append(append([]string(nil), pairs...), n+".label", "备注", n+".key", "remark", n+".name", "KZ_BZ")
		if w = x.post("designer", path+"/edit", good...); w.Code != 303 || w.Header().Get("Location") != path+"?version=2" {
			t.Fatalf("proposed: %d %.300s", w.Code, w.Body)
		}
		want(t, "not for everybody yet", x.get("", path+"?version=2"), 404)
		want(t, "designer cannot decide", x.post("designer", path+"/2/decision", "act", "approve"), 403)
		want(t, "approver", x.get("approver", path+"?version=2"), 200, "增加备注", `value="reject"`, "与第 1 版的差别", "乡镇", "相关事项", "备注 · ", "颁发", "没有")
		want(t, "the approver finds it", x.get("approver", path), 200, path+"?version=2")
		want(t, "sent back without a word", x.post("approver", path+"/2/decision", "act", "reject"), 422, "写明要改什么")
		if w = x.post("approver", path+"/2/decision", "act", "approve"); w.Code != 303 {
			t.Fatalf("approved: %d %.300s", w.Code, w.Body)
		}
		want(t, "items of the older version", x.get("", path+"?version=1"), 200, `href="/items/449901/1A"`)
		want(t, "level by the interface", x.get("", "/api/v1"+path), 200, `"issuer_level":"5"`)
		want(t, "in force", x.get("", path), 200, "备注", "第 1 版", "乡镇", "市场监督管理局、112233445566778899")
	})
}

// itemsOf stands for the catalogue of items.
func itemsOf(_ context.Context, refs []string) (list []catalogue.RelatedItem, more bool, err error) {
	if slices.Contains(refs, "food_permit") {
		return []catalogue.RelatedItem{{Region: "449901", Code: "1A", Name: catalogue.Text{Zh: "办食品证", En: "Food"}, Office: catalogue.Text{Zh: "示例局"}, Role: catalogue.RoleGrants}}, true, nil
	}
	if slices.Contains(refs, "resident_id_card") {
		list = []catalogue.RelatedItem{{Region: "449902", Code: "2B", Name: catalogue.Text{Zh: "办居住证"}, Role: catalogue.RoleTakes}}
	}
	return list, false, nil
}

var (
	inputRE  = regexp.MustCompile(`<input[^>]*name="([^"]*)"[^>]*>`)
	valueRE  = regexp.MustCompile(`value="([^"]*)"`)
	areaRE   = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selectRE = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`)
	chosenRE = regexp.MustCompile(`<option[^>]*value="([^"]*)"[^>]*selected`)
)

// filledIn is what a browser would send of a form as it is.
func filledIn(page string) (pairs []string) {
	_, page, _ = strings.Cut(page, `<form method="post" novalidate`)
	v := url.Values{}
	for _, m := range inputRE.FindAllStringSubmatch(page, -1) {
		if value := valueRE.FindStringSubmatch(m[0]); value != nil && (!strings.Contains(m[0], `type="checkbox"`) || strings.Contains(m[0], " checked")) {
			v.Set(m[1], value[1])
		} else if !strings.Contains(m[0], `type="checkbox"`) {
			v.Set(m[1], "")
		}
	}
	for _, m := range areaRE.FindAllStringSubmatch(page, -1) {
		v.Set(m[1], m[2])
	}
	for _, m := range selectRE.FindAllStringSubmatch(page, -1) {
		if c := chosenRE.FindStringSubmatch(m[2]); c != nil {
			v.Set(m[1], c[1])
		}
	}
	v.Del("note")
	for k := range v {
		pairs = append(pairs, k, v.Get(k))
	}
	return pairs
}
