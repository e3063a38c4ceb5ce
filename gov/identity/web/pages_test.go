package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tongban/gov/identity"
	"tongban/gov/identity/number"
	identityweb "tongban/gov/identity/web"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

var policy = map[string][]string{
	identity.RoleResident:      {identity.MayActForCompany.Name, identity.MayGrantMandates.Name},
	identity.RoleClerk:         {identity.MayReadPerson.Name, identity.MayHelpResidents.Name},
	identity.RoleSecurityAdmin: {identity.MayReadOfficers.Name, identity.MayAssignPosts.Name},
	identity.RoleSystemAdmin:   {identity.MayReadOfficers.Name, identity.MayOpenAccounts.Name},
}

type site struct {
	t      *testing.T
	s      *identity.Service
	clock  *clock.Fake
	url    string
	bundle *i18n.Bundle
	links  map[string]string
}

// onBoth runs f on a seeded site on each engine.
func onBoth(t *testing.T, f func(t *testing.T, x *site)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), identity.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
		s, err := identity.New(identity.Deps{DB: d, Clock: c, Region: "440000", Key: []byte(strings.Repeat("k", 32)), Policy: policy})
		if err != nil {
			t.Fatal(err)
		}
		offices, err := os.Open("../../../items/departments.json")
		if err != nil {
			t.Fatal(err)
		}
		defer offices.Close()
		links, err := s.Seed(t.Context(), identity.SeedInput{Offices: offices})
		if err != nil {
			t.Fatal(err)
		}
		x := &site{t: t, s: s, clock: c, bundle: i18n.NewBundle(), links: map[string]string{}}
		for _, l := range links {
			x.links[l.Role] = l.Secret
		}
		x.serve()
		f(t, x)
	})
}

func (x *site) serve() {
	if err := x.bundle.Add(identityweb.Strings); err != nil {
		x.t.Fatal(err)
	}
	if err := x.bundle.Add(ui.Strings); err != nil {
		x.t.Fatal(err)
	}
	deps := identityweb.Deps{Identity: x.s}
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		if f.Kind == fault.KindUnauthenticated {
			http.Redirect(w, r, identityweb.SignInURL(r), http.StatusSeeOther)
			return
		}
		text := f.Code // the words of the platform's own faults are the app's
		if strings.HasPrefix(f.Code, "identity.") {
			text = web.Words(r.Context(), f)
		}
		http.Error(w, text, web.Status(f.Kind))
	})
	pages.Add(identityweb.Routes(deps)...)
	pages.Add(web.Route{Pattern: "GET /{$}", May: authz.Anyone, Do: func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, "start page of "+auth.From(r.Context()).Name)
		return err
	}}, web.Route{Pattern: "GET /step", May: authz.SignedIn, Do: func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, "step "+r.URL.RawQuery+" of "+auth.From(r.Context()).Owner())
		return err
	}})
	srv := httptest.NewServer(ui.WithPreferences(x.bundle, identityweb.Sessions(deps, pages)))
	x.t.Cleanup(srv.Close)
	x.url = srv.URL
}

// browser is one visitor with cookies.
type browser struct {
	*http.Client
	x *site
}

type answer struct {
	status int
	path   string // where the visitor ended up
	body   string
	header http.Header
}

func (x *site) visitor() browser {
	jar, _ := cookiejar.New(nil)
	return browser{&http.Client{Jar: jar}, x}
}

func (b browser) do(r *http.Request, err error) answer {
	b.x.t.Helper()
	if err != nil {
		b.x.t.Fatal(err)
	}
	res, err := b.Do(r)
	if err != nil {
		b.x.t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if strings.Contains(string(body), "⟦") {
		b.x.t.Errorf("%s: a text is missing: %s", r.URL, regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(string(body)))
	}
	return answer{res.StatusCode, res.Request.URL.RequestURI(), string(body), res.Header}
}

func (b browser) get(path string) answer {
	b.x.t.Helper()
	return b.do(http.NewRequest(http.MethodGet, b.x.url+path, nil))
}

func (b browser) post(path string, pairs ...string) answer {
	b.x.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, b.x.url+path, strings.NewReader(v.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.do(r, err)
}

// as is a visitor who signed in with the one-time link of a role.
func (x *site) as(role string) browser {
	x.t.Helper()
	b := x.visitor()
	if a := b.post("/sign-in/link/" + x.links[role]); a.status != http.StatusOK || a.path != "/" {
		x.t.Fatalf("sign in as %s: %d %s", role, a.status, a.path)
	}
	return b
}

func want(t *testing.T, what string, a answer, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: status %d, want %d", what, a.status, status)
	}
	for _, s := range texts {
		if !strings.Contains(a.body, s) {
			t.Errorf("%s: no %q in\n%s", what, s, a.body)
		}
	}
}

const goodPassword = "correct horse 8"

func TestSignIn_returnsToTheStep(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		b := x.visitor()
		a := b.get("/step?page=3")
		want(t, "asked to sign in", a, 200, `name="next" value="/step?page=3"`)
		n := string(number.Fictional("449901", 700))
		a = b.get("/register?next=" + url.QueryEscape("/step?page=3"))
		want(t, "registration", a, 200, `name="next"`)
		a = b.post("/register", "name", "䶮示例", "number", n, "phone", "14000000700", "password", goodPassword, "next", "/step?page=3")
		if want(t, "registered", a, 200, "step page=3"); a.path != "/step?page=3" {
			t.Errorf("ended up at %s", a.path)
		}
		want(t, "signed out", b.post("/sign-out"), 200, "start page of ")
		a = b.post("/sign-in", "login", n, "password", "wrong password", "next", "/step?page=3")
		want(t, "wrong password", a, 422, n, "账号和密码对不上", `value="/step?page=3"`)
		if strings.Contains(a.body, "wrong password") {
			t.Error("the password comes back")
		}
		a = b.post("/sign-in", "login", "", "password", "")
		want(t, "empty form", a, 422, "填写公民身份号码或账号", "填写密码")
		a = b.post("/sign-in", "login", n, "password", goodPassword, "next", "/step?page=3")
		want(t, "signed in", a, 200, "step page=3")
	})
}

func TestSignIn_nextStaysHere(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		for _, evil := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "/sign-in?next=/x", "evil", "http:/step", "/%0d%0aX: 1\r\n"} {
			link, err := x.s.LinksFor(t.Context(), identity.RoleClerk)
			if err != nil {
				t.Fatal(err)
			}
			if a := x.visitor().post("/sign-in/link/"+link[0].Secret, "next", evil); a.path != "/" {
				t.Errorf("next=%q leads to %s", evil, a.path)
			}
		}
	})
}

func TestRegister_keepsWhatWasEntered(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		b := x.visitor()
		a := b.post("/register", "name", "𠮷虚构", "number", "449901199002300018", "phone", "123", "password", "short")
		want(t, "bad fields", a, 422, `value="𠮷虚构"`, `value="449901199002300018"`, `value="123"`,
			"不是可能的出生日期", "手机号是 11 位数字", "密码至少 10 个字符，现在有 5 个", `aria-invalid="true"`, `href="#f-number"`)
		if strings.Contains(a.body, `value="short"`) {
			t.Error("the password comes back")
		}
		a = b.post("/register", "name", strings.Repeat("长", 63), "number", "x", "phone", "14000000701", "password", goodPassword)
		want(t, "long name", a, 422, "姓名不能超过 50 个字，现在有 63 个", strings.Repeat("长", 63))
		a = b.post("/register", "name", "<script>alert(1)</script>", "number", "x", "phone", "14000000701", "password", goodPassword)
		want(t, "markup", a, 422, "&lt;script&gt;")
		n := string(number.Fictional("449901", 702))
		want(t, "first", b.post("/register", "name", "李示例", "number", n, "phone", "14000000702", "password", goodPassword), 200)
		want(t, "second account", x.visitor().post("/register", "name", "李示例", "number", n, "phone", "14000000702", "password", goodPassword), 422, "您已经有账户了")
		want(t, "huge form", b.post("/register", "name", strings.Repeat("x", 200_000)), 422)
	})
}

func TestLink_askedBeforeUsed(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		path := "/sign-in/link/" + x.links[identity.RoleClerk]
		for range 3 { // a scanner looks as often as it likes
			a := x.visitor().get(path)
			want(t, "look", a, 200, "示例窗口员", `method="post"`)
			if a.header.Get("Referrer-Policy") != "no-referrer" {
				t.Error("the secret address may leak by Referer")
			}
		}
		b := x.visitor()
		want(t, "use", b.post(path), 200, "start page of 示例窗口员")
		want(t, "look again", x.visitor().get(path), 409, "已经用过")
		want(t, "use again", x.visitor().post(path), 409, "已经用过")
		want(t, "made up", x.visitor().get("/sign-in/link/nosuch"), 404, "没有这个登录链接")
		x.clock.Advance(25 * time.Hour)
		want(t, "too old", x.visitor().post("/sign-in/link/"+x.links[identity.RoleDesigner]), 409, "已过期")
	})
}

func TestSessions_cookie(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := plain.PostForm(x.url+"/sign-in/link/"+x.links[identity.RoleClerk], nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		c := res.Cookies()
		if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].Path != "/" || c[0].MaxAge != 0 {
			t.Fatalf("cookie %+v", c)
		}
		b := x.as(identity.RoleResident)
		x.clock.Advance(61 * time.Minute)
		a := b.get("/step?x=1")
		want(t, "after an idle hour", a, 200, "长时间没有操作已退出", `value="/step?x=1"`)
		forged := x.visitor()
		u, _ := url.Parse(x.url)
		forged.Jar.SetCookies(u, []*http.Cookie{{Name: "tongban", Value: strings.Repeat("x", 5000)}})
		if a := forged.get("/step"); !strings.HasPrefix(a.path, "/sign-in") {
			t.Errorf("forged cookie reached %s", a.path)
		}
		r, err := http.NewRequest(http.MethodPost, x.url+"/sign-out", nil)
		if err == nil {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		if a := b.do(r, err); a.status != http.StatusForbidden {
			t.Errorf("post from another site: %d", a.status)
		}
	})
}

func TestAccount_showsAndEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		b := x.as(identity.RoleResident)
		a := b.get("/account")
		want(t, "account", a, 200, "王示例", "4499**********", "140****0001", "五级", "没有设置，只能用一次性链接登录", "就是这里")
		if strings.Contains(a.body, string(number.Fictional(identity.SampleDistrict, 1))) {
			t.Error("the whole number is shown")
		}
		a = b.post("/account/tokens", "name", "", "days", "30")
		want(t, "token without a name", a, 422, "给令牌起个名字")
		want(t, "token for ten years", b.post("/account/tokens", "name", "久", "days", "3650"), 422, "有效天数填 1 到 90", `value="久"`)
		a = b.post("/account/tokens", "name", "家里的程序", "days", "30")
		want(t, "token", a, 201, "只显示这一次", "家里的程序")
		secret := regexp.MustCompile(`<code>(\w+)</code>`).FindStringSubmatch(a.body)
		if len(secret) != 2 {
			t.Fatal("no secret")
		}
		if _, err := x.s.AuthenticateToken(t.Context(), secret[1]); err != nil {
			t.Errorf("the shown token: %v", err)
		}
		if a := b.get("/account"); strings.Contains(a.body, secret[1]) {
			t.Error("the secret is shown a second time")
		}
		revoke := regexp.MustCompile(`/account/tokens/tok_\w+/revoke`).FindString(a.body)
		want(t, "somebody else revokes", x.as(identity.RoleClerk).post(revoke), 404)
		want(t, "revoke", b.post(revoke), 200)
		if _, err := x.s.AuthenticateToken(t.Context(), secret[1]); err == nil {
			t.Error("the revoked token works")
		}
		want(t, "simple password", b.post("/account/password", "password", "aaaaaaaaaaaa"), 422, "太好猜")
		want(t, "password", b.post("/account/password", "password", goodPassword), 200, "已设置")
		want(t, "wrong old password", b.post("/account/password", "old", "no", "password", "other horse 99"), 422, "原来的密码不对")
		want(t, "in English", b.get("/account?lang=en"), 200, "My account", "Level 5")
	})
}

func TestActFor_switch(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		b := x.as("legal_representative")
		want(t, "account", b.get("/account"), 200, "示例区虚构餐饮有限公司")
		a := b.post("/account/act-for", "org", identity.SampleCompany, "next", "/step?of")
		want(t, "switched", a, 200, "step of of "+identity.SampleCompany)
		b.post("/account/act-for", "org", "")
		if a := b.get("/step"); strings.Contains(a.body, identity.SampleCompany) {
			t.Error("still acts for the company")
		}
		want(t, "not mandated", x.as(identity.RoleResident).post("/account/act-for", "org", identity.SampleCompany), 403, "不能代表这家单位")
	})
}

func TestPeople_threeAdministrators(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		system, security, clerk := x.as(identity.RoleSystemAdmin), x.as(identity.RoleSecurityAdmin), x.as(identity.RoleClerk)
		want(t, "clerk looks", clerk.get("/admin/people"), 403)
		a := system.post("/admin/people", "login", "Bad Name", "name", "")
		want(t, "bad account", a, 422, `value="Bad Name"`, "账号以小写字母开头", "填写您的姓名")
		want(t, "taken", system.post("/admin/people", "login", "clerk", "name", "示例某"), 422, "已经有人用了")
		a = system.post("/admin/people", "login", "zhang.san", "name", "张示例")
		want(t, "opened", a, 201, "/sign-in/link/", "只显示这一次")
		link := regexp.MustCompile(`/sign-in/link/\w+`).FindString(a.body)
		path := regexp.MustCompile(`/admin/people/acc_\w+`).FindString(a.body)
		if strings.Contains(a.body, `name="role"`) {
			t.Error("the system administrator is offered to give posts")
		}
		want(t, "found", security.get("/admin/people?q="+url.QueryEscape("张示例")), 200, path)
		want(t, "security opens", security.post("/admin/people", "login", "li.si", "name", "李示例"), 403)
		want(t, "system gives a post", system.post(path+"/posts", "role", "clerk"), 403)
		want(t, "no reach", security.post(path+"/posts", "role", "clerk"), 422, "选择管一个部门，还是本地区的全部部门")
		want(t, "unknown department", security.post(path+"/posts", "role", "clerk", "reach", "one", "org", "123"), 422, "没有这个部门", `value="123"`)
		want(t, "unknown role", security.post(path+"/posts", "role", "king"), 422, "选择一个岗位角色")
		want(t, "post", security.post(path+"/posts", "role", "system_admin", "reach", "all"), 200, "系统管理员", "440000 及以下")
		want(t, "second duty", security.post(path+"/posts", "role", "auditor", "reach", "all"), 422, "要由不同的人担任", "不能再任审计管理员")
		want(t, "department", security.post(path+"/posts", "role", "examiner", "reach", "one", "org", "11449901900000049R"), 200, "示例区水务局")
		officer := x.visitor()
		want(t, "the new officer", officer.post(link), 200, "start page of 张示例")
		want(t, "may now see people", officer.get("/admin/people"), 200)
		end := regexp.MustCompile(path + `/posts/pst_\w+/end`).FindString(security.get(path).body)
		want(t, "the question", security.get(end), 200, "结束张示例的岗位", "不会自动转走")
		want(t, "asked first", security.post(end), 200, "结束张示例的岗位")
		want(t, "nothing has ended", officer.get("/admin/people"), 200)
		want(t, "end", security.post(end, "confirmed", "yes"), 200)
		want(t, "end twice", security.post(end, "confirmed", "yes"), 404)
		want(t, "the question afterwards", security.get(end), 404)
		want(t, "has lost the right", officer.get("/admin/people"), 403)
		want(t, "new link", system.post(path+"/link"), 201, "/sign-in/link/")
		want(t, "the question", system.get(path+"/close"), 200, "注销张示例的账户", "zhang.san", "不能恢复")
		want(t, "asked first", system.post(path+"/close"), 200, "注销张示例的账户")
		want(t, "still open", system.get(path), 200, "张示例")
		want(t, "security closes", security.get(path+"/close"), 403)
		want(t, "closed", system.post(path+"/close", "confirmed", "yes"), 200)
		if a := officer.get("/account"); !strings.HasPrefix(a.path, "/sign-in") {
			t.Errorf("a closed account reached %s", a.path)
		}
	})
}

func TestStrings_sameKeysInBothLanguages(t *testing.T) {
	b := i18n.NewBundle()
	if err := b.Add(identityweb.Strings); err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\{\w+\}`)
	zh, en := b.Words(i18n.Chinese), b.Words(i18n.English)
	for k, v := range zh {
		if _, ok := en[k]; !ok {
			t.Errorf("no English for %s", k)
		}
		for _, n := range names.FindAllString(v, -1) {
			if !strings.Contains(en[k], n) {
				t.Errorf("%s: English lacks %s", k, n)
			}
		}
	}
	for k := range en {
		if _, ok := zh[k]; !ok {
			t.Errorf("no Chinese for %s", k)
		}
	}
}

func TestHelp_lostPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		n := string(number.Fictional("449901", 710))
		resident := x.visitor()
		want(t, "registered", resident.post("/register", "name", "赵示例", "number", n, "phone", "14000000710", "password", goodPassword), 200)
		clerk := x.as(identity.RoleClerk)
		want(t, "bad number", clerk.post("/counter/accounts", "name", "赵示例", "number", n[:17]), 422, "现在有 17 位", `value="赵示例"`)
		a := clerk.post("/counter/accounts", "name", "赵示例", "number", n, "phone", "")
		want(t, "helped", a, 201, "「赵示例」的一次性登录链接")
		if a := resident.get("/account"); !strings.HasPrefix(a.path, "/sign-in") {
			t.Errorf("the old session reached %s", a.path)
		}
		want(t, "old password", x.visitor().post("/sign-in", "login", n, "password", goodPassword), 422)
		link := regexp.MustCompile(`/sign-in/link/\w+`).FindString(a.body)
		want(t, "link", resident.post(link), 200, "赵示例")
		want(t, "account", resident.get("/account"), 200, "五级")
		want(t, "new password", resident.post("/account/password", "password", "another horse 7"), 200)
		want(t, "sign in", x.visitor().post("/sign-in", "login", n, "password", "another horse 7"), 200)
		want(t, "resident helps himself", resident.post("/counter/accounts", "name", "王示例", "number", string(number.Fictional("449901", 1))), 403)
	})
}
