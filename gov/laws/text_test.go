package laws_test

import (
	"slices"
	"strings"
	"testing"

	"tongban/gov/laws"
)

func TestNumeral_readsWhatChineseWrites(t *testing.T) {
	for n := 1; n < 2000; n++ {
		if got := laws.Numeral(laws.Chinese(n)); got != n {
			t.Fatalf("%d is written %s and read %d", n, laws.Chinese(n), got)
		}
	}
	for text, want := range map[string]int{"三十二": 32, "一百零五": 105, "一百二十": 120, "一千零四十三": 1043, "42": 42, "４２": 42, "十": 10, "条": 0, "": 0} {
		if got := laws.Numeral(text); got != want {
			t.Errorf("Numeral(%q) = %d, want %d", text, got, want)
		}
	}
}

const body = `## 第一章 总则

第一条 为了规范，制定本法。

## 第二章 实施

### 第一节 申请

第三十二条 行政机关应当分别处理：

（一）不需要取得的，告知不受理；

（二）材料不齐全的，区分：
1. 可以当场更正的；
2. 不能当场更正的。

受理或者不予受理，应当出具凭证。

第三十二条之一 本条是后来加的。

第八十三条 本法自2004年7月1日起施行。`

func TestParseText(t *testing.T) {
	text := laws.ParseText(body)
	if n := len(text.Articles); n != 4 {
		t.Fatalf("%d articles", n)
	}
	a, ok := text.Article(32, 0)
	if !ok || len(a.Paragraphs) != 2 || len(a.Paragraphs[0].Items) != 2 || len(a.Paragraphs[0].Items[1].Sub) != 2 {
		t.Fatalf("%+v", a)
	}
	if want := []string{"第二章 实施", "第一节 申请"}; !slices.Equal(a.Heading, want) {
		t.Errorf("heading %q, want %q", a.Heading, want)
	}
	added, ok := text.Article(32, 1)
	if !ok || added.Label != "第三十二条之一" || added.Anchor() != "art-32-1" || added.Heading != nil {
		t.Errorf("%+v", added)
	}
	sections := laws.ParseText("## 第一章\n\n第一条 甲\n\n## 第二章\n\n### 第一节\n\n第二条 乙\n\n### 第二节\n\n第三条 丙\n\n## 第三章\n\n第四条 丁")
	for i, want := range [][]string{{"第一章"}, {"第二章", "第一节"}, {"第二节"}, {"第三章"}} {
		if got := sections.Articles[i].Heading; !slices.Equal(got, want) {
			t.Errorf("article %d stands under %q, want %q", i+1, got, want)
		}
	}
	counted := laws.ParseText("前言。\n\n一、第一点。\n\n（一）细目。\n\n二、第二点。")
	if len(counted.Articles) != 2 || len(counted.Preamble) != 1 || counted.Articles[1].Number != 2 {
		t.Errorf("%+v", counted)
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"《行政许可法》第三十二条第一款第四项":             "《行政许可法》第三十二条第一款第四项",
		"《中华人民共和国行政许可法》（2019年修正）第32条":    "《中华人民共和国行政许可法》第三十二条",
		"依据《居住证暂行条例》第九条、第十条第一款和第二款办理":    "《居住证暂行条例》第九条|《居住证暂行条例》第十条第一款|《居住证暂行条例》第十条第二款",
		"《安全生产法》第五条至第八条":                 "《安全生产法》第六条|《安全生产法》第七条|《安全生产法》第五条|《安全生产法》第八条",
		"符合《高等教育法》、《民办教育促进法》规定的条件":       "《高等教育法》|《民办教育促进法》",
		"根据中华人民共和国食品安全法第三十五条规定":          "《中华人民共和国食品安全法》第三十五条",
		"《中国人民解放军实施〈中华人民共和国药品管理法〉办法》第二条": "《中国人民解放军实施〈中华人民共和国药品管理法〉办法》第二条",
		"本法第三条、该条例第四条":                   "",
		"第三条没有名称":                        "",
		"《没有结束的书名":                       "",
		"《刑法》第一百二十条之二":                   "《刑法》第一百二十条之二",
		"《条例》第三条第（二）项":                   "《条例》第三条第二项",
	} {
		var got []string
		for _, c := range laws.Find(text) {
			got = append(got, c.String())
			if c.Start < 0 || c.End > len(text) || c.Start > c.End {
				t.Errorf("%s: from %d to %d", text, c.Start, c.End)
			}
		}
		w := strings.Split(want, "|")
		if want == "" {
			w = nil
		}
		slices.Sort(got)
		slices.Sort(w)
		if !slices.Equal(got, w) {
			t.Errorf("%s:\n got %q\nwant %q", text, got, w)
		}
	}
	if c := laws.Find("《行政许可法》（2003年8月27日通过，2019年4月23日修正）第三十二条"); len(c) != 1 || c[0].Note == "" || c[0].Article != 32 {
		t.Errorf("%+v", c)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"《行政许可法》第三十二条第一款、第三款至第五条", "《《》", "依据甲乙法第一条", "《甲》（乙）第99999999999999999999条"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range laws.Find(s) {
			if c.Start < 0 || c.End > len(s) || c.Start > c.End || c.Article < 0 {
				t.Fatalf("%q: %+v", s, c)
			}
			_ = c.String()
		}
		laws.ParseText(s)
	})
}

func TestKey(t *testing.T) {
	for _, title := range []string{"中华人民共和国行政许可法", "行政许可法", "《行政许可法》", "中华人民共和国 行政许可法"} {
		if k := laws.Key(title); k != "行政许可法" {
			t.Errorf("%s: %s", title, k)
		}
	}
	if a, b := laws.Key("医疗机构制剂配制质量管理规范(试行)"), laws.Key("医疗机构制剂配制质量管理规范（试行）"); a != b {
		t.Errorf("%s, %s", a, b)
	}
	if k := laws.Key("中华人民共和国"); k == "" {
		t.Error("a title has no key")
	}
}
