package app_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	drafting "tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/gov/catalogue/standard"
	"tongban/gov/laws"
	"tongban/items"
	"tongban/platform/auth"
	"tongban/test/node"
)

// post sends a form of the site itself.
func post(n *node.Node, path, session string, form url.Values) answer {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: node.Cookie, Value: session})
	return ask(n, r)
}

// says checks the status of a page and what it says.
func says(t *testing.T, a answer, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%d, want %d: %.300s", a.status, status, a.body)
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

func TestLaws_pages(t *testing.T) {
	n := node.Open(t, node.Options{})
	get := func(path, who string) answer {
		session := ""
		if who != "" {
			session = n.SignIn(who)
		}
		return page(n, http.MethodGet, path, session)
	}
	law := "/laws/" + url.PathEscape("行政许可法")
	says(t, get("/laws", ""), 200, "980", "行政许可法")
	says(t, get("/laws?q="+url.QueryEscape("行政许可法第三十二条第一款第四项"), ""), 200, "当场或者在五日内一次告知申请人")
	says(t, get("/laws?q="+url.QueryEscape("没有这样的话语"), ""), 200, "没有找到")
	says(t, get(law+"?article=32", ""), 200, `id="art-32"`, "第四章")
	says(t, get("/laws/"+url.PathEscape("民法典")+"?article=1043", ""), 200, `id="art-1043"`)
	says(t, get("/laws/"+url.PathEscape("公司法")+"?version=2018-10-26", ""), 200, "这是以前的文本")
	says(t, get("/laws/none", ""), 404)
	says(t, get("/items/"+node.District+"/"+node.Restaurant, ""), 200, law, "第三十二条")

	if _, err := n.Laws.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	designer := "示例事项管理员"
	says(t, get("/laws/citations", node.Resident), 403)
	says(t, get("/laws/citations", designer), 200, "没有收录这部法律法规")
	says(t, get("/laws/citations?format=csv", designer), 200, "no_law")
	list, _, err := n.Laws.Citations(n.As(designer), laws.CitationQuery{Region: node.Top, Open: true, Limit: 1})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	f := list[0]
	at := "/laws/citations/" + f.Region + "/" + f.Code + "/1"
	says(t, post(n, at, n.SignIn(designer), url.Values{"note": {""}}), 422, "写下核对的结论")
	says(t, post(n, at, n.SignIn(designer), url.Values{"note": {"仍然适用"}}), 303)
}

func TestQuality_pagesAndGate(t *testing.T) {
	n := node.Open(t, node.Options{})
	if _, err := n.Quality.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	designer, supervisor := n.SignIn("示例事项管理员"), n.SignIn("示例监察员")
	get := func(path, session string) answer { return page(n, http.MethodGet, path, session) }
	says(t, get("/quality", n.SignIn(node.Resident)), 403)
	says(t, get("/quality", designer), 200, "没有设定依据")
	says(t, get("/quality?format=csv", designer), 200, "basis_missing")
	says(t, get("/quality/departments", designer), 200, "平均分")
	says(t, get("/quality/rules", designer), 200, "有兜底的材料")
	says(t, get("/quality/items/"+node.District+"/"+node.Restaurant, designer), 200, "看办事指南")
	says(t, get("/quality/items/"+node.District+"/1144990190000002224440199909999", designer), 404)

	r, err := n.CheckPackage(auth.System(t.Context(), "operator:check"), items.Files, "restaurant-opening", "")
	if err != nil || !r.Passes || r.Score < 90 {
		t.Fatalf("%+v %v", r, err)
	}
	offices, err := catalogue.LoadOffices(items.Files)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.LoadPackage(items.Files, "restaurant-opening", offices)
	if err != nil {
		t.Fatal(err)
	}
	c.Item.Basis = nil
	w, err := n.Quality.Ask(n.As("示例事项管理员"), &c, "上级清单还没有公布依据")
	if err != nil {
		t.Fatal(err)
	}
	at := "/quality/waivers/" + w.Region + "/" + w.Code + "/" + w.Hash
	says(t, get("/quality/waivers", supervisor), 200, "上级清单还没有公布依据", "不放行")
	says(t, post(n, at, designer, url.Values{"do": {"grant"}, "note": {"好"}}), 403)
	says(t, post(n, at, supervisor, url.Values{"do": {"grant"}}), 422, "写明理由")
	says(t, post(n, at, supervisor, url.Values{"do": {"grant"}, "note": {"限一个月补上"}}), 303)
	if _, err := n.Quality.Gate(t.Context(), &c); err != nil {
		t.Errorf("what was let pass is refused: %v", err)
	}
	list, err := n.Quality.Waivers(n.As("示例监察员"), node.District)
	if err != nil || len(list) != 1 || list[0].State != quality.Granted {
		t.Errorf("%+v %v", list, err)
	}
}

func TestQuality_shownWhileDrafting(t *testing.T) {
	n := node.Open(t, node.Options{})
	designer := "示例事项管理员"
	const code = "114400000069401674244050900100901" // an imported guide with materials and limits
	c, err := n.Changes.Begin(n.As(designer), drafting.Change{Region: node.Top, Kind: drafting.Alter, Level: standard.ImplementationLevel, Targets: []drafting.Target{{Code: code}}})
	if err != nil {
		t.Fatal(err)
	}
	path := "/catalogue/changes/" + node.Top + "/" + strconv.Itoa(c.Number) + "/draft"
	says(t, page(n, http.MethodGet, path, n.SignIn(designer)), 200, "现行的得", "没有设定依据")
	before, err := n.Catalogue.Offer(t.Context(), node.Top, code)
	if err != nil {
		t.Fatal(err)
	}
	now := content.Content{Item: before.Item, Materials: before.Materials, Result: before.Result}
	was, err := n.Quality.Score(t.Context(), &now)
	if err != nil {
		t.Fatal(err)
	}
	c, err = n.Changes.Edit(n.As(designer), node.Top, c.Number, c.Version, func(c *drafting.Change) error {
		c.Reason = "电话停用"
		c.Items[0].Values["link_way"] = []string{"020-00000000"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	says(t, page(n, http.MethodGet, path, n.SignIn(designer)), 200, "现行的得 "+strconv.Itoa(was.Score)+" 分", "号码位数不对或者是占位")
	if _, err := n.Changes.Submit(n.As(designer), node.Top, c.Number, c.Version); !errors.Is(err, quality.ErrGate) {
		t.Errorf("a change that makes the guide worse goes on: %v", err)
	}
}
