package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"tongban/app"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/web"
	"tongban/test/node"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(signerFolder); dir != "" {
		fmt.Fprintln(os.Stderr, signs(dir))
		os.Exit(1)
	}
	os.Exit(node.Main(m))
}

// actors are one holder of every role; "" is nobody.
var actors = map[string]string{
	"": "", identity.RoleResident: node.Resident, identity.RoleClerk: node.Clerk, identity.RoleExaminer: node.Examiner, identity.RoleDecider: node.Decider,
	identity.RoleSupervisor: "示例监察员", identity.RoleAuditor: "示例审计员", identity.RoleDesigner: "示例事项管理员",
	identity.RoleSecurityAdmin: "示例安全管理员", identity.RoleSystemAdmin: "示例系统管理员",
}

// filled puts values that name nothing into a path.
func filled(path string) string {
	path = strings.NewReplacer("{region}", node.District, "{code}", "1144990190000002224440199909999", "{$}", "").Replace(path)
	return regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "none")
}

type answer struct {
	status   int
	location string
	body     string
}

func ask(n *node.Node, r *http.Request) answer {
	w := httptest.NewRecorder()
	n.Site.ServeHTTP(w, r)
	return answer{w.Code, w.Header().Get("Location"), w.Body.String()}
}

// page asks for a page as somebody; posts are empty forms of the site itself.
func page(n *node.Node, method, path, session string) answer {
	r := httptest.NewRequest(method, path, nil)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: node.Cookie, Value: session})
	}
	return ask(n, r)
}

func principal(t *testing.T, n *node.Node, session string) auth.Principal {
	t.Helper()
	if session == "" {
		return auth.Anonymous
	}
	p, err := n.Identity.Authenticate(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every page, for every role and for nobody: the door is closed to whoever
// lacks the permission, and nothing breaks for whoever holds it.
func TestPages_everyRole(t *testing.T) {
	n := node.Open(t, node.Options{})
	if len(n.Site.Pages.Routes()) < 80 {
		t.Fatalf("only %d pages are registered", len(n.Site.Pages.Routes()))
	}
	for role, who := range actors {
		t.Run("as "+role, func(t *testing.T) {
			for _, rt := range n.Site.Pages.Routes() {
				checkPage(t, n, rt, signIn(n, who)) // afresh, because a post may end the session
			}
		})
	}
}

func signIn(n *node.Node, who string) string {
	if who == "" {
		return ""
	}
	return n.SignIn(who)
}

// asked is what a page answers that is told nothing: it needs a query and says so.
var asked = map[string]int{"/stock/sample.csv": http.StatusNotFound, "/openid4vci/authorize": http.StatusUnprocessableEntity}

func checkPage(t *testing.T, n *node.Node, rt web.Route, session string) {
	t.Helper()
	method, path, ok := strings.Cut(rt.Pattern, " ")
	if !ok || !strings.HasPrefix(path, "/") {
		t.Fatalf("%q is no method and path", rt.Pattern)
	}
	if rt.May.Name == "" || rt.May.Why == "" {
		t.Errorf("%s: no permission, or one that says nothing", rt.Pattern)
	}
	p := principal(t, n, session)
	a := page(n, method, filled(path), session)
	led := a.status == http.StatusSeeOther && strings.HasPrefix(a.location, "/sign-in")
	switch {
	case a.status >= 500:
		t.Errorf("%s: status %d\n%s", rt.Pattern, a.status, a.body)
	case strings.Contains(a.body, "⟦"):
		t.Errorf("%s: a text is missing: %s", rt.Pattern, regexp.MustCompile(`⟦[^⟧]*⟧?`).FindString(a.body))
	case authz.Allows(p, rt.May):
		whole := !strings.Contains(strings.ReplaceAll(path, "{$}", ""), "{")
		if led && path != "/sign-out" {
			t.Errorf("%s: led to the sign-in page", rt.Pattern)
		}
		elsewhere := rt.May == authz.Anyone && a.status == http.StatusSeeOther // who has signed in need not sign in
		if method == http.MethodGet && whole && a.status != asked[path] && a.status != http.StatusOK && !elsewhere {
			t.Errorf("%s: status %d %s", rt.Pattern, a.status, a.location)
		}
	case p.SignedIn() && a.status != http.StatusForbidden:
		t.Errorf("%s: status %d without %s", rt.Pattern, a.status, rt.May.Name)
	case !p.SignedIn() && !led:
		t.Errorf("%s: nobody gets status %d", rt.Pattern, a.status)
	}
}

// The same for every operation of the API, with tokens.
func TestAPI_everyRole(t *testing.T) {
	n := node.Open(t, node.Options{})
	if len(n.Site.API.Operations()) < 30 {
		t.Fatalf("only %d operations are registered", len(n.Site.API.Operations()))
	}
	for role, who := range actors {
		t.Run("as "+role, func(t *testing.T) {
			for _, op := range n.Site.API.Operations() {
				checkOperation(t, n, op, who)
			}
		})
	}
}

func checkOperation(t *testing.T, n *node.Node, op web.Operation, who string) {
	t.Helper()
	var body io.Reader
	if op.Method != http.MethodGet && op.Method != http.MethodDelete {
		body = strings.NewReader("{}")
	}
	r := httptest.NewRequest(op.Method, filled(op.Path), body)
	r.Header.Set("Content-Type", "application/json")
	p := auth.Anonymous
	if who != "" {
		token := n.Token(who)
		r.Header.Set("Authorization", "Bearer "+token)
		var err error
		if p, err = n.Identity.AuthenticateToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	a := ask(n, r)
	refused := a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
	switch {
	case op.May.Name == "":
		t.Errorf("%s: no permission", op.ID)
	case a.status >= 500:
		t.Errorf("%s: status %d %s", op.ID, a.status, a.body)
	case authz.Allows(p, op.May):
		if a.status == http.StatusUnauthorized && op.May != authz.Anyone {
			t.Errorf("%s: status %d with %s", op.ID, a.status, op.May.Name)
		}
	case !refused:
		t.Errorf("%s: status %d without %s: %s", op.ID, a.status, op.May.Name, a.body)
	case (a.status == http.StatusForbidden) != p.SignedIn():
		t.Errorf("%s: status %d, signed in: %v", op.ID, a.status, p.SignedIn())
	}
}

// door is one address of a thing with the names of those it is open to.
type door struct {
	path string
	open []string
	shut []string
}

// Another resident, another office and another region do not get at things.
func TestObjects_othersStayOut(t *testing.T) {
	n := node.Open(t, node.Options{})
	outside := n.Hire("异地", "440100", "", identity.RoleClerk)
	farDecider := n.Hire("异地审批", "440100", "", identity.RoleDecider)
	draft, kase := n.Draft(node.Resident), n.Accepted(node.Resident)
	task := n.Tasks(kase)[0]
	papers, err := n.Certificates.OfCase(n.As(node.Clerk), kase.Region, string(kase.ID))
	if err != nil || len(papers) == 0 {
		t.Fatalf("%d papers: %v", len(papers), err)
	}
	others := []string{node.Legal, "", outside, farDecider, "示例安全管理员", "示例系统管理员", "示例审计员", "示例事项管理员", "示例审查员·教育局", "示例审批人·教育局"}
	of := func(format string, id any) string { return fmt.Sprintf(format, kase.Region, id) }
	for _, d := range []door{
		{of("/drafts/%s/%s", draft.ID), []string{node.Resident}, append(others, node.Decider)},
		{of("/drafts/%s/%s/form", draft.ID), []string{node.Resident}, others},
		{of("/cases/%s/%s", kase.ID), []string{node.Resident}, others},
		{of("/cases/%s/%s/application", kase.ID), []string{node.Resident}, others},
		{of("/cases/%s/%s/clock", kase.ID), []string{node.Resident}, others},
		{of("/papers/%s/%s.pdf", papers[0].ID), []string{node.Resident, node.Clerk, node.Decider}, others},
		{of("/work/tasks/%s/%s", task.ID), []string{node.Examiner, node.Decider}, append(others, node.Resident)},
		{of("/work/cases/%s/%s?purpose=复核", kase.ID), []string{node.Examiner, node.Decider}, append(others, node.Resident)},
		{of("/counter/cases/%s/%s", kase.ID), []string{node.Clerk}, append(others, node.Resident)},
		{of("/oversight/cases/%s/%s", kase.ID), []string{"示例监察员"}, append(others, node.Resident, node.Clerk)},
	} {
		for _, who := range d.open {
			if a := page(n, http.MethodGet, d.path, signIn(n, who)); a.status != http.StatusOK {
				t.Errorf("%s: %s gets status %d", d.path, who, a.status)
			}
		}
		for _, who := range d.shut {
			a := page(n, http.MethodGet, d.path, signIn(n, who))
			led := who == "" && a.status == http.StatusSeeOther && strings.HasPrefix(a.location, "/sign-in")
			if a.status != http.StatusForbidden && a.status != http.StatusNotFound && !led {
				t.Errorf("%s: %q gets status %d", d.path, who, a.status)
			}
			if strings.Contains(a.body, "虚构小馆") {
				t.Errorf("%s: %q reads the application", d.path, who)
			}
		}
	}
}

// Who examined a case may not decide it.
func TestObjects_twoPersons(t *testing.T) {
	n := node.Open(t, node.Options{})
	kase := n.Accepted(node.Resident)
	for range 10 {
		tasks := n.Tasks(kase)
		for _, task := range tasks {
			path := fmt.Sprintf("/work/tasks/%s/%s/decide", kase.Region, task.ID)
			form := strings.NewReader(fmt.Sprintf("result=approve&version=%d", task.Version))
			r := httptest.NewRequest(http.MethodPost, path, form)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: node.Cookie, Value: n.SignIn(node.Decider)}) // holds both posts everywhere
			a := ask(n, r)
			if task.Role == identity.RoleDecider {
				if a.status != http.StatusForbidden {
					t.Errorf("the examiner decides: status %d", a.status)
				}
				return
			}
			if a.status != http.StatusSeeOther {
				t.Fatalf("%s: status %d", task.Name, a.status)
			}
		}
		n.Settle()
	}
	t.Error("nothing was left to decide")
}

// Every permission that a door asks for is held by some role, and no role
// holds a permission that does not exist.
func TestRoles_match(t *testing.T) {
	n := node.Open(t, node.Options{})
	held := map[string]bool{authz.Anyone.Name: true, authz.SignedIn.Name: true}
	for role, list := range app.Roles {
		for _, p := range list {
			if p.Name == "" || p.Why == "" {
				t.Errorf("%s holds %+v", role, p)
			}
			held[p.Name] = true
		}
	}
	for _, rt := range n.Site.Pages.Routes() {
		if !held[rt.May.Name] {
			t.Errorf("%s: nobody holds %s", rt.Pattern, rt.May.Name)
		}
	}
	for _, op := range n.Site.API.Operations() {
		if !held[op.May.Name] {
			t.Errorf("%s: nobody holds %s", op.ID, op.May.Name)
		}
	}
}
