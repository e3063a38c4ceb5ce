package catalogue_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/items"
)

func search(t *testing.T, b bundle, q catalogue.Query) catalogue.Results {
	t.Helper()
	res, err := b.Search(b.ctx, q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return res
}

func TestSearch_realItems(t *testing.T) {
	seeded(t, func(t *testing.T, b bundle) {
		testWords(t, b)
		testOrder(t, b)
		testFacets(t, b)
		testRegions(t, b)
		testNothing(t, b)
		testPages(t, b)
		testSynonyms(t, b)
	})
}

// testWords: what is typed, and what the first hit's name holds.
func testWords(t *testing.T, b bundle) {
	for text, want := range map[string]string{
		"居住证": "居住证", "居住證": "居住证", "jzz": "居住证", "juzhuzheng": "居住证", "暂住证": "居住证", "开饭店": "餐饮店", "kfd": "餐饮店", "助学金": "助学金",
		"公证": "公证", "公証": "公证", "gz": "", "律师执业": "律师执业", "lszy": "律师执业", "护士": "护士", "hs": "", "残疾": "残", "教资": "教师资格",
		"11440000006939756B2440101007000": "临时价格干预", "11440000006939756b": "", "440101007000": "临时价格干预", "证": "证", "A卡": "A卡",
		"提价 申报": "提价申报", "申报提价": "提价", "residence permit": "居住证", "restaurant": "餐饮店", "银行": "银行", "居住证怎么办理": "居住证", "我要办理居住证需要什么材料": "居住证", "yinhang": "银行",
	} {
		res := search(t, b, catalogue.Query{Text: text, Limit: 5})
		if res.Total == 0 || !strings.Contains(res.Items[0].Name, want) {
			name := "nothing"
			if res.Total > 0 {
				name = res.Items[0].Name
			}
			t.Errorf("%q: first is %s, want one with %q", text, name, want)
		}
	}
	res := search(t, b, catalogue.Query{Text: "驾照"})
	if res.Understood != (catalogue.Understood{Say: "驾照", Mean: "驾驶"}) || res.Total == 0 {
		t.Errorf("驾照: %+v, %d hits", res.Understood, res.Total)
	}
	if res := search(t, b, catalogue.Query{Text: "公证"}); res.Understood != (catalogue.Understood{}) {
		t.Errorf("公证 needs no other word: %+v", res.Understood)
	}
}

// testOrder: the name before the rest of the guide.
func testOrder(t *testing.T, b bundle) {
	res := search(t, b, catalogue.Query{Text: "身份证", Limit: 100})
	inName := true
	for i, it := range res.Items {
		has := strings.Contains(it.Name, "身份证")
		if has && !inName {
			t.Errorf("item %d has the word in its name but stands behind one that has not", i)
		}
		inName = has
	}
	if res.Total < 200 {
		t.Errorf("身份证: %d hits, materials must count too", res.Total)
	}
	first := search(t, b, catalogue.Query{Text: "主业与品牌查询"}).Items[0]
	if first.Name != "主业与品牌查询" {
		t.Errorf("the whole name: first is %s", first.Name)
	}
}

func testFacets(t *testing.T, b bundle) {
	all := search(t, b, catalogue.Query{Region: "440000", Limit: 1})
	if all.Total != 2024+len(items.Packages) || all.Facets.Orgs[0].Count != 289 || all.Facets.Orgs[0].Name != "广东省司法厅" || all.Facets.Online != 1958+len(items.Packages) {
		t.Errorf("all: %d, %+v, online %d", all.Total, all.Facets.Orgs[0], all.Facets.Online)
	}
	no := false
	for _, q := range []catalogue.Query{
		{Org: "114400000069401674"}, {Theme: "文化体育"}, {Audience: "企业法人"}, {Online: &no}, {Type: "01"}, {Audience: catalogue.ForOrgs},
		{Text: "登记", Audience: "企业法人"}, {Text: "公证", Theme: "司法公证", Online: &no},
	} {
		q.Limit = 100
		res := search(t, b, q)
		if res.Total == 0 {
			t.Errorf("%+v: nothing", q)
		}
		for _, it := range res.Items {
			if q.Org != "" && it.Org != q.Org || q.Theme != "" && !slices.Contains(it.Themes, q.Theme) || q.Online != nil && it.Online != *q.Online || q.Type != "" && it.TypeCode != q.Type {
				t.Errorf("%+v: %s does not fit", q, it.Name)
			}
		}
		// what a facet promises is what choosing it gives
		for _, f := range res.Facets.Themes[:min(3, len(res.Facets.Themes))] {
			next := q
			next.Theme = f.Value
			if got := search(t, b, next).Total; got != f.Count {
				t.Errorf("%+v: theme %s says %d, gives %d", q, f.Value, f.Count, got)
			}
		}
		for _, f := range res.Facets.Orgs[:min(3, len(res.Facets.Orgs))] {
			next := q
			next.Org = f.Value
			if got := search(t, b, next).Total; got != f.Count {
				t.Errorf("%+v: office %s says %d, gives %d", q, f.Name, f.Count, got)
			}
		}
	}
}

// testRegions: items of the region itself, of those above and of those below.
func testRegions(t *testing.T, b bundle) {
	every := 2024 + len(items.Packages)
	for region, want := range map[string]int{"440000": every, "449901": every, "449900": every, "440100": 2024, "330000": 0, "000000": every, "": every} {
		if got := search(t, b, catalogue.Query{Region: region, Limit: 1}).Total; got != want {
			t.Errorf("region %q: %d, want %d", region, got, want)
		}
	}
	if got := search(t, b, catalogue.Query{Text: "居住证首次申领", Region: "440100", Limit: 1}); got.Total > 0 && got.Items[0].Region == "449901" {
		t.Error("an item of another city was found")
	}
}

// testNothing: an answer without hits still leads on.
func testNothing(t *testing.T, b bundle) {
	res := search(t, b, catalogue.Query{Text: "龘龘魑魅魍魉饕餮查询"})
	if res.Total != 0 || len(res.Nearest) == 0 || len(res.Nearest) > 6 {
		t.Errorf("%d hits, %d near", res.Total, len(res.Nearest))
	}
	for _, it := range res.Nearest {
		if !strings.Contains(it.Name, "查询") {
			t.Errorf("near: %s shares no pair of characters", it.Name)
		}
	}
	for _, text := range []string{"qqqqzzzz", "，。", "龘龘龘", "%", `"`, "*", "a b c d e f g h i j", strings.Repeat("证", 200)} {
		if res := search(t, b, catalogue.Query{Text: text}); len(res.Items) > 20 {
			t.Errorf("%q: %d items on a page", text, len(res.Items))
		}
	}
	for _, q := range []catalogue.Query{{Limit: -1}, {Limit: 101}, {Text: "\xff"}, {After: "x"}, {After: "e30"}} {
		if _, err := b.Search(b.ctx, q); !isCode(err, catalogue.ErrQuery) && !isCode(err, catalogue.ErrCursor) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

// testPages: every item once, in one order, whatever the length of a page.
func testPages(t *testing.T, b bundle) {
	for _, text := range []string{"", "公证", "登记"} {
		whole := pageThrough(t, b, text, 100)
		if small := pageThrough(t, b, text, 7); !slices.Equal(whole, small) {
			t.Errorf("%q: pages of 7 give another list than pages of 100", text)
		}
		if total := search(t, b, catalogue.Query{Text: text}).Total; total != len(whole) {
			t.Errorf("%q: %d on pages, %d in all", text, len(whole), total)
		}
	}
}

func pageThrough(t *testing.T, b bundle, text string, limit int) []string {
	var out []string
	q := catalogue.Query{Text: text, Limit: limit}
	for {
		res := search(t, b, q)
		for _, it := range res.Items {
			out = append(out, fmt.Sprint(it.Region, it.Code))
		}
		if res.Next == "" {
			return out
		}
		q.After = res.Next
	}
}

// testSynonyms: every synonym must lead to items that ship, otherwise it says nothing.
func testSynonyms(t *testing.T, b bundle) {
	list, err := b.Synonyms(b.ctx)
	if err != nil || len(list) < 45 {
		t.Fatalf("%d synonyms, %v", len(list), err)
	}
	for _, s := range list {
		if res := search(t, b, catalogue.Query{Text: s.Say, Limit: 1}); res.Total == 0 {
			t.Errorf("%s finds nothing", s.Say)
		}
	}
}
