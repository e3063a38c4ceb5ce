package web_test

import (
	"net/url"
	"strings"
	"testing"

	catalogueweb "tongban/gov/catalogue/web"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// Initials of pinyin find services and offices on every page that lists them.
func TestPages_initialsOfPinyin(t *testing.T) {
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		h := site(t, d, catalogueweb.Deps{})
		for text, name := range map[string]string{"jzz": "居住证首次申领", "JZZ": "居住证首次申领", "jzzscsl": "居住证首次申领", "cjrz": "残疾人证", "qsxk": "取水许可"} {
			p := get(t, h, "/items?q="+text)
			if first := p.first("h2"); !strings.Contains(first, name) {
				t.Errorf("/items?q=%s shows %s first", text, first)
			}
		}
		for _, path := range []string{"/", "/browse", "/browse?region=440000", "/departments"} {
			p := get(t, h, path)
			if !strings.Contains(p.raw, `name="q"`) {
				t.Errorf("%s has no box to type initials into", path)
			}
			p.sound()
		}
		if zh, en := get(t, h, "/browse"), get(t, h, "/browse?lang=en"); !strings.Contains(zh.raw, "社会保障（社会保险、社会救助）") || strings.Contains(en.raw, "死亡殡葬</") || !strings.Contains(en.raw, "Death and funerals") {
			t.Error("two themes have one name, or one has none in English")
		}
		if p := get(t, h, "/browse?region=449901"); !strings.Contains(p.raw, `name="region" value="449901"`) {
			t.Error("the search of a browsing page forgets its place")
		}
		for _, text := range []string{"gat", "GAT", "公安厅", "公安廳"} {
			p := get(t, h, "/departments?q="+url.QueryEscape(text))
			if p.link("广东省公安厅") == "" && !strings.Contains(p.raw, "广东省公安厅") || strings.Contains(p.raw, "广东省水利厅") {
				t.Errorf("/departments?q=%s", text)
			}
			p.sound()
		}
		for _, lang := range []string{"zh-Hans", "en"} {
			p := get(t, h, "/departments?q=zzqqxx&lang="+lang)
			if p.sound(); strings.Contains(p.raw, "广东省公安厅") || !strings.Contains(p.raw, `href="/departments"`) {
				t.Error("an office that is not there leads nowhere")
			}
		}
	})
}
