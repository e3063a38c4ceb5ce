package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/handout"
	"tongban/gov/certificates"
	"tongban/gov/certificates/custody"
	"tongban/gov/certificates/holding"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	"tongban/gov/design"
	"tongban/gov/design/plan"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/dmn/table"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// world is a node behind a server, with cases in every state.
type world struct {
	*node.Node
	url   string
	files string // folder with files to upload

	draft                               casework.Draft
	submitted, asked, accepted, granted casework.Case
	task, deciding                      casework.Task
	paper, code, person, post           string
	node, waiting                       string // recognised installation; proposal of another
	stock                               string // path of an intake run with doubts
	kind, request                       string // type of the certificate; what the counter asks a wallet for
	handout                             handout.Handout
	whole                               bundles.Bundle
	copied                              holding.Copy
	shown                               holding.Showing
	objected                            holding.Objection
	key, keyOrder                       string // a key that is in force; an order about it that waits
	ward                                string // who acts for a child
}

// open serves a town to a browser.
func open(t *testing.T) *world {
	t.Helper()
	if harness.Executable() == "" {
		t.Skip("SKIPPED: no Chromium. Install it or set TONGBAN_CHROMIUM; the site was not checked in a browser.")
	}
	return serve(t)
}

// serve opens a node with nothing but the seeded town, and serves it.
func serve(t *testing.T) *world {
	t.Helper()
	w := &world{files: t.TempDir()}
	var site http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { site.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	w.Node, w.url = node.Open(t, node.Options{BaseURL: server.URL}), server.URL
	site = w.Site
	for _, name := range []string{"布局图.pdf", "厨房制度.pdf", "灭火疏散预案.pdf", "隔油池.jpg", "招牌.png"} {
		body, err := node.File(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(w.files, name), body, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// furnished is a world with a draft and with cases in every state.
func furnished(t *testing.T) *world {
	t.Helper()
	return furnish(t, open(t))
}

// furnish puts a draft and cases in every state into a world.
func furnish(t *testing.T, w *world) *world {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.granted = w.Granted(node.Resident)
	papers, err := w.Certificates.OfCase(auth.System(t.Context(), "test"), w.granted.Region, string(w.granted.ID))
	must(err)
	for _, p := range papers {
		if p.Kind == "certificate" {
			w.paper, w.code, w.kind = p.ID, p.Code, p.Type
		}
	}
	w.draft, w.submitted, w.asked, w.accepted = w.Draft(node.Resident), w.Submit(node.Resident), w.Submit(node.Resident), w.Accepted(node.Resident)
	clerk := w.As(node.Clerk)
	_, err = w.Casework.AskSupplement(clerk, w.asked.Region, w.asked.ID, w.asked.Version, []casework.SupplementItem{
		{Target: "material.layout", Name: "设备布局和操作流程图", Reason: "看不清面积", How: "标明各间面积"}}, "")
	must(err)
	_, err = w.Casework.Identify(clerk, w.draft.Region, w.draft.ID, node.IDNumber(1)) // its owner comes to the counter
	must(err)
	w.task = w.Tasks(w.accepted)[0]
	w.deciding = w.toDecide(w.Accepted(node.Resident))
	p, err := w.Identity.PersonByNumber(clerk, node.IDNumber(1), "窗口收件")
	must(err)
	w.person = p.ID
	_, posts, err := w.Identity.OfficerPosts(w.As("示例安全管理员"), w.Account(node.Clerk))
	must(err)
	w.post = posts[0].ID
	shown, err := w.Wallets.Ask(clerk, node.District, wallets.Wanted{Type: w.kind, Claims: []string{"operator_name"}}, "年度检查")
	must(err)
	w.request = shown.ID
	w.furnishNodes(t)
	w.furnishStock(t)
	w.furnishDesign(t)
	w.furnishHandout(t)
	w.furnishWhole(t)
	w.furnishWard(t)
	w.furnishHolding(t)
	w.furnishKeys(t)
	w.Settle()
	return w
}

// furnishNodes leaves one recognised installation and a proposal of another.
func (w *world) furnishNodes(t *testing.T) {
	t.Helper()
	enter := func(name, site string, approve bool) string {
		keys, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: name, Clock: w.Time})
		var f trusted.File
		if err == nil {
			f, err = trusted.MakeFile(trusted.About{Name: name, Region: node.District, Site: site, Trust: certificates.TrustOf(keys, site)}, keys.Data(), w.Time.Now())
		}
		var n trusted.Node
		if err == nil {
			n, err = w.Nodes.Propose(w.As("示例安全管理员"), trusted.Proposal{File: []byte(f.Text), Fingerprint: f.Fingerprint, Grade: "A", Note: "互认协议（虚构）第 1 号"})
		}
		if err == nil && approve {
			n, err = w.Nodes.Decide(w.As("示例监察员"), trusted.Decision{ID: n.ID, Version: n.Version, Approve: true, Fingerprint: f.Fingerprint})
		}
		if err != nil {
			t.Fatal(err)
		}
		return n.ID
	}
	w.node = enter("邻市政务服务平台（虚构）", "https://zwfw.neighbour.example", true)
	w.waiting = enter("远市政务服务平台（虚构）", "https://zwfw.faraway.example", false)
}

// furnishKeys leaves a key that was replaced by two people, and an order that
// one of them has proposed.
func (w *world) furnishKeys(t *testing.T) {
	t.Helper()
	o, err := w.Custody.Propose(w.As("示例安全管理员"), custody.Proposal{Act: custody.Replace, Role: ring.Seal, Reason: "满三年，按计划更换（演练）"})
	if err == nil {
		_, err = w.Custody.Decide(w.As("示例系统管理员"), o.ID, true, "")
	}
	if err == nil {
		o, err = w.Custody.Propose(w.As("示例安全管理员"), custody.Proposal{Act: custody.Replace, Role: ring.Data, Reason: "经办人离岗，按规定更换（演练）"})
	}
	if err != nil {
		t.Fatal(err)
	}
	k, _ := w.Keys.Known().InForce(ring.Data, "")
	w.key, w.keyOrder = k.ID, o.ID
}

// furnishDesign leaves a draft of the restaurant's flow: offices side by side,
// with a supplement loop.
func (w *world) furnishDesign(t *testing.T) {
	t.Helper()
	ctx := w.As(designer)
	_, around, err := w.Design.Open(ctx, node.District, node.Restaurant)
	if err != nil {
		t.Fatal(err)
	}
	var offices []string
	for _, o := range around.Offices[1:4] {
		offices = append(offices, o.ID)
	}
	d, err := w.Design.Begin(ctx, node.District, node.Restaurant, 0, plan.Loop, offices)
	if err != nil {
		t.Fatal(err)
	}
	id, d, err := w.Design.AddTable(ctx, node.District, node.Restaurant, d.Version, "要不要现场核查", []string{"area"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.Design.EditTable(ctx, node.District, node.Restaurant, d.Version, id, design.TableEdit{Act: func(x *table.Table) error {
		x.Rules = append(x.Rules, x.NewRule())
		for i, line := range [][3]string{{"< 100", `"不用"`, "小店书面审查"}, {">= 100", `"要"`, ""}} {
			x.Rules[i].Cells[table.In][0].Text, x.Rules[i].Cells[table.Out][0].Text, x.Rules[i].Cells[table.Note][0].Text = line[0], line[1], line[2]
		}
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
}

// furnishWhole has a one thing under way, of which an office asks for something.
func (w *world) furnishWhole(t *testing.T) {
	t.Helper()
	w.whole = w.Whole(node.Resident)
	fire, _ := w.whole.Part("fire")
	if _, err := w.Casework.AskSupplement(w.As(node.Decider), fire.Case.Region, fire.Case.ID, 0, []casework.SupplementItem{{Target: "material.fire_plan", Name: "消防平面布置图和灭火疏散预案", Reason: "看不清出口", How: "标出出口再交一次"}}, ""); err != nil {
		t.Fatal(err)
	}
}

// furnishHolding has a certificate on the screen, a copy handed over and an
// objection waiting.
func (w *world) furnishHolding(t *testing.T) {
	t.Helper()
	her, region := w.As(node.Resident), w.granted.Region
	var err error
	if w.copied, err = w.Holding.Give(her, region, w.paper, holding.Gift{Office: w.granted.Org, Purpose: "开业检查", Until: w.Time.Now().AddDate(0, 0, 30)}); err != nil {
		t.Fatal(err)
	}
	if w.shown, err = w.Holding.Start(her, region, w.paper, ""); err != nil {
		t.Fatal(err)
	}
	h, err := w.Holding.Held(her, region, w.paper)
	if err != nil {
		t.Fatal(err)
	}
	if w.objected, err = w.Holding.Object(her, region, w.paper, []holding.Entry{{Key: h.Fields[0].Key, Should: "虚构小馆（改）"}}, "名称写错了", []holding.Proof{{Hash: "0", Name: "证明.pdf", Size: 1, Kind: "pdf"}}); err != nil {
		t.Fatal(err)
	}
}

// furnishWard has somebody on record who acts for a child.
func (w *world) furnishWard(t *testing.T) {
	t.Helper()
	ward, err := w.Holding.Record(w.As(node.Clerk), holding.Relationship{Name: node.Resident, Number: node.IDNumber(1), ChildName: "王小虚构",
		ChildNumber: string(number.FictionalBorn(node.District, w.Time.Now().AddDate(-9, 0, 0), 3)), Proof: holding.Proofs[0], ProofNumber: "虚构Z1"})
	if err != nil {
		t.Fatal(err)
	}
	w.ward = ward.ID
}

// furnishHandout has a certificate wait at the counter.
func (w *world) furnishHandout(t *testing.T) {
	t.Helper()
	var err error
	if w.handout, err = w.Casework.Handouts.Again(w.As(node.Clerk), w.granted.Region, w.granted.ID, "申请人要一份纸质的"); err != nil {
		t.Fatal(err)
	}
}

// toDecide has every examination of a case done and returns the step to decide.
func (w *world) toDecide(c casework.Case) casework.Task {
	for {
		tasks := w.Tasks(c)
		for _, task := range tasks {
			if task.Role == casework.RoleDecider {
				return task
			}
			if _, err := w.Casework.Complete(w.As(node.Examiner), c.Region, task.ID, casework.Opinion{Result: casework.Approve, Text: "经审查，符合条件。"}); err != nil {
				panic(err)
			}
		}
		w.Settle()
	}
}

// look adds somebody's session to a look.
func (w *world) look(l harness.Look, who string) harness.Look {
	if l.Width == 0 {
		l.Width = 1366
	}
	l.Cookies = map[string]string{}
	if who != "" {
		l.Cookies[node.Cookie] = w.SignIn(who)
	}
	if who == node.Clerk {
		l.Cookies["counter_shown"] = node.IDNumber(1)
	}
	return l
}

func (w *world) file(name string) string { return filepath.Join(w.files, name) }

// people are those whose pages are looked at; "" is nobody.
var people = []string{"", node.Resident, node.Clerk, node.Examiner, node.Decider, "示例监察员", "示例审计员", "示例事项管理员", "示例安全管理员", "示例系统管理员"}

// guide is an imported guide, with its own materials and limits.
const guide = "/items/" + node.Top + "/114400000069401674244050900100901"

const imported = "/items?q=%E6%B3%95%E5%BE%8B%E6%8F%B4%E5%8A%A9" // a search among the imported guides

// pages are the addresses of pages that name things, by who reads them.
func (w *world) pages(who string) []string {
	of := func(c casework.Case, format string) string { return fmt.Sprintf(format, c.Region, c.ID) }
	draft := fmt.Sprintf("/drafts/%s/%s", w.draft.Region, w.draft.ID)
	whole := fmt.Sprintf("/bundles/%s/%s", w.whole.Region, w.whole.ID)
	item := node.District + "/" + node.Restaurant
	held := fmt.Sprintf("/my/certificates/%s/%s", w.granted.Region, w.paper)
	switch who {
	case "":
		return []string{imported, "/laws?q=%E9%A3%9F%E5%93%81%E7%BB%8F%E8%90%A5", "/laws/%E8%A1%8C%E6%94%BF%E8%AE%B8%E5%8F%AF%E6%B3%95?article=32", "/laws/%E5%85%AC%E5%8F%B8%E6%B3%95?version=2018-10-26", "/items/" + item, "/items/" + item + "/situations", guide, "/verify/" + w.code, "/certificate-types/" + w.kind, "/lists/sharing", "/directory/440799902000", "/nodes/" + w.node, "/nothing-here", w.Link("示例事项管理员")}
	case node.Resident:
		return []string{"/apply/" + item, draft, draft + "/situation?q=place", draft + "/form", draft + "/materials", draft + "/check",
			of(w.submitted, "/cases/%s/%s?done=submitted"), of(w.accepted, "/cases/%s/%s"), of(w.granted, "/cases/%s/%s"), of(w.granted, "/cases/%s/%s/clock"), of(w.asked, "/cases/%s/%s/application"),
			of(w.asked, "/cases/%s/%s/supplement"), of(w.submitted, "/cases/%s/%s/withdraw"), of(w.submitted, "/cases/%s/%s/materials"), of(w.granted, "/cases/%s/%s/rating"), whole, whole + "/withdraw", whole + "/parts/food/withdraw", whole + "/supplements",
			held, held + "/give", held + "/permit", held + "/object", "/my/copies/" + w.copied.Region + "/" + w.copied.ID, "/my/showings/" + w.shown.Region + "/" + w.shown.ID, "/my/objections/" + w.objected.Region + "/" + w.objected.ID}
	case node.Clerk:
		return []string{"/counter/people/" + w.person, "/counter/people/" + w.person + "?q=jzz", fmt.Sprintf("/counter/drafts/%s/%s", w.draft.Region, w.draft.ID),
			fmt.Sprintf("/counter/handouts/%s/%s", w.handout.Region, w.handout.ID), "/counter/receipts/" + w.submitted.Number, "/counter/bundles/" + w.whole.Number, of(w.submitted, "/counter/cases/%s/%s"), of(w.accepted, "/counter/cases/%s/%s"), of(w.accepted, "/counter/cases/%s/%s/clock"), of(w.asked, "/counter/cases/%s/%s/supplement"), "/verify/ask?type=" + w.kind, fmt.Sprintf("/verify/ask/%s/%s", node.District, w.request), "/counter/guardians/" + w.ward}
	case node.Examiner:
		return []string{"/work?shape=post", "/work?shape=department", fmt.Sprintf("/work/tasks/%s/%s", w.task.Region, w.task.ID), of(w.accepted, "/work/cases/%s/%s"), of(w.accepted, "/work/cases/%s/%s?purpose=x"), of(w.accepted, "/work/cases/%s/%s/clock"), "/stock", w.stock, w.stock + "/mapping", w.stock + "/doubts"}
	case node.Decider:
		return []string{"/work?shape=post", fmt.Sprintf("/work/tasks/%s/%s", w.deciding.Region, w.deciding.ID), fmt.Sprintf("/papers/%s/%s/acts/renew", w.granted.Region, w.paper), "/objections/" + w.objected.Region + "/" + w.objected.ID, "/copies/" + w.copied.Region + "/" + w.copied.ID}
	case "示例监察员":
		return []string{"/oversight/bundles", of(w.submitted, "/oversight/cases/%s/%s"), of(w.accepted, "/oversight/cases/%s/%s"), of(w.accepted, "/oversight/cases/%s/%s/clock"), "/nodes/" + w.node, "/nodes/" + w.waiting + "?version=1"}
	case designer:
		draft := "/design/" + item
		return []string{"/design?q=%E9%A4%90%E9%A5%AE", draft, draft + "?step=approve_2", draft + "?step=condition_1", draft + "/trial", draft + "/changes", draft + "/expert", draft + "/tables", draft + "/elements", draft + "/materials", draft + "/materials?row=materials%2Flease", draft + "/situations", draft + "/form", draft + "/clock", draft + "/fees", draft + "/windows", draft + "/basis", draft + "/result", draft + "/preview", draft + "/preview/guide?lang=en", draft + "/preview/form", draft + "/ready", draft + "/tables/table_1?try=1&i.area=120", "/running/" + item, "/design/" + node.District + "/" + node.OneThing + "/parts", "/design/" + node.District + "/" + node.OneThing + "/sharing", "/certificate-types/" + w.kind + "/edit", "/certificate-types/" + w.kind + "/template", "/certificate-types/" + w.kind + "/template/edit", "/limits?region=" + node.District, "/quality/items/" + item}
	case "示例安全管理员":
		return []string{"/admin/people/" + w.Account(node.Clerk), "/admin/people/" + w.Account(node.Clerk) + "/posts/" + w.post + "/end", "/admin/people?q=examiner", "/admin/keys/" + w.key}
	case "示例系统管理员":
		return []string{"/admin/people/" + w.Account(node.Clerk), "/admin/people/" + w.Account(node.Clerk) + "/close", "/admin/people?q=examiner", "/admin/keys/" + w.key, "/admin/key-orders/" + w.keyOrder}
	}
	return nil
}

// reachable are all pages that somebody may open: those of the route table
// without values, and those that name things.
func (w *world) reachable(t *testing.T, who string) []string {
	t.Helper()
	p := auth.Anonymous
	if who != "" {
		p = auth.From(w.As(who))
	}
	out := w.pages(who)
	for _, rt := range w.Site.Pages.Routes() {
		path, ok := strings.CutPrefix(strings.ReplaceAll(rt.Pattern, "{$}", ""), "GET ")
		public := who != "" && rt.May == authz.Anyone && path != "/"                                                                                                                                                               // the same page for everybody
		if ok && !public && !strings.Contains(path, "{") && !strings.HasPrefix(path, "/.well-known") && !strings.Contains(path, "/files/") && path != "/sitemap.xml" && path != "/robots.txt" && path != "/verify/offline.html" && // for machines; a file
			authz.Allows(p, rt.May) {
			out = append(out, path)
		}
	}
	return out
}
