package app_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/certificates"
	"tongban/gov/certificates/custody"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/sign/remote"
	"tongban/platform/sign/ring"
	"tongban/test/node"
)

const (
	security = "示例安全管理员"
	machine  = "示例系统管理员"
)

// ordered has two people replace a key, or give an office its own.
func ordered(t *testing.T, n *node.Node, p custody.Proposal) custody.Order {
	t.Helper()
	o, err := n.Custody.Propose(n.As(security), p)
	if err == nil {
		o, err = n.Custody.Decide(n.As(machine), o.ID, true, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Two people replace every key and both authorities and give an office keys of
// its own, on both engines; what was signed before verifies, and the record
// names both people.
func TestCustody_twoPeople(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) { twoPeople(t, postgres) })
	}
}

func twoPeople(t *testing.T, postgres bool) {
	n := node.Open(t, node.Options{Postgres: postgres, Set: func(o *app.Options) { o.Serving = true }})
	before, old := allForms(t, n, n.Granted(node.Resident)), n.Certificates.TrustList()
	n.Time.Set(n.Time.Now().Add(time.Hour))
	for _, role := range append(append([]string{}, ring.Roles...), ring.Authorities...) {
		if o := ordered(t, n, custody.Proposal{Act: custody.Replace, Role: role, Reason: "满三年，按计划更换（演练）"}); o.State != custody.Done || o.Statement == "" {
			t.Fatalf("%s: %+v", role, o)
		}
	}
	const office = "114499019000000222"
	ordered(t, n, custody.Proposal{Act: custody.Endow, Office: office, Reason: "签发量大（演练）"})
	if _, err := n.Custody.Propose(n.As(security), custody.Proposal{Act: custody.Endow, Office: office, Reason: "再来一次"}); !errors.Is(err, custody.ErrOwn) {
		t.Errorf("an office that has its own: %v", err)
	}
	n.Time.Set(n.Time.Now().Add(time.Hour))
	after := allForms(t, n, n.Granted(node.Resident))
	followed, err := old.Follow(n.Certificates.TrustList())
	if err != nil {
		t.Fatal(err)
	}
	for form := range before {
		for when, b := range map[string][]byte{"before": before[form], "after": after[form]} {
			if r := certificates.VerifyFile(b, followed, n.Time.Now()); !r.OK {
				t.Errorf("%s, %s: %q", when, form, r.Reason)
			}
		}
	}
	v, err := n.Custody.Overview(n.As("示例审计员"))
	if err != nil || len(v.Said) != 7 || v.Said[0].By != machine || len(v.Keys) != 2*6+3 {
		t.Fatalf("%d statements, %d keys: %v", len(v.Said), len(v.Keys), err)
	}
	if k := v.Keys[0]; k.Role != ring.Data || k.Began == nil || !k.Due.Equal(k.From.AddDate(3, 0, 0)) || !strings.HasPrefix(k.Began.Reason, "满三年") {
		t.Errorf("the first: %+v", k)
	}
	acts, _, err := audit.Page(t.Context(), n.DB, audit.Filter{Region: n.Region, Action: "certificates.key_order.", Limit: 100})
	names := map[string]string{}
	for _, a := range acts {
		names[a.Action] = a.Name
	}
	if err != nil || len(acts) != 3*7 || names["certificates.key_order.proposed"] != security || names["certificates.key_order.done"] != machine {
		t.Errorf("%d acts, %v, %v", len(acts), names, err)
	}
}

// One person alone replaces nothing; what was sent back, decided or carried out
// stays so.
func TestCustody_refusals(t *testing.T) {
	n := node.Open(t, node.Options{})
	replace := custody.Proposal{Act: custody.Replace, Role: ring.Seal, Reason: "按计划更换"}
	for who, p := range map[string]custody.Proposal{machine: replace, node.Clerk: replace} {
		if _, err := n.Custody.Propose(n.As(who), p); err == nil {
			t.Errorf("%s proposes", who)
		}
	}
	for want, p := range map[error]custody.Proposal{
		custody.ErrReason: {Act: custody.Replace, Role: ring.Seal, Reason: " "},
		custody.ErrWhich:  {Act: custody.Replace, Role: "identity", Reason: "x"},
		custody.ErrOffice: {Act: custody.Endow, Office: "91440000000000000X", Reason: "x"},
	} {
		if _, err := n.Custody.Propose(n.As(security), p); !errors.Is(err, want) {
			t.Errorf("%v instead of %v", err, want)
		}
	}
	o, err := n.Custody.Propose(n.As(security), replace)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Custody.Propose(n.As(security), replace); !errors.Is(err, custody.ErrOpen) {
		t.Errorf("twice: %v", err)
	}
	if _, err := n.Custody.Decide(n.As(security), o.ID, true, ""); err == nil {
		t.Error("whoever proposes approves")
	}
	both := auth.With(t.Context(), func() auth.Principal {
		p := auth.From(n.As(machine))
		p.ID = o.ProposedBy
		return p
	}())
	if _, err := n.Custody.Decide(both, o.ID, true, ""); !errors.Is(err, custody.ErrSamePerson) {
		t.Errorf("with both posts: %v", err)
	}
	if _, err := n.Custody.Carry(n.As(security), o.ID); !errors.Is(err, custody.ErrNotNow) {
		t.Errorf("not approved: %v", err)
	}
	if _, err := n.Custody.Decide(n.As(machine), o.ID, false, ""); !errors.Is(err, custody.ErrReason) {
		t.Errorf("sent back without a reason: %v", err)
	}
	if o, err = n.Custody.Decide(n.As(machine), o.ID, false, "下个月再换"); err != nil || o.State != custody.Rejected {
		t.Errorf("%+v %v", o, err)
	}
	if _, err := n.Custody.Decide(n.As(machine), o.ID, true, ""); !errors.Is(err, custody.ErrDecided) {
		t.Errorf("decided twice: %v", err)
	}
	if len(n.Keys.Known().Statements) > 0 {
		t.Error("a key was replaced")
	}
}

// The signer is closed, then away: the order waits with the reason, and is
// carried out once when it is there again.
func TestCustody_signerClosed(t *testing.T) {
	var s *signer
	n := node.Open(t, node.Options{Set: func(o *app.Options) { s = take(t, o) }})
	o := ordered(t, n, custody.Proposal{Act: custody.Replace, Role: ring.Paper, Reason: "按计划更换（演练）"})
	if o.State != custody.Approved || o.Problem != remote.ErrClosed.Code {
		t.Fatalf("%+v", o)
	}
	s.kill()
	if o, err := n.Custody.Carry(n.As(security), o.ID); err != nil || o.Problem != remote.ErrAway.Code {
		t.Errorf("away: %+v %v", o, err)
	}
	s.start()
	if err := remote.OpenFor(s.dir, clock.System.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if o, err := n.Custody.Carry(n.As(machine), o.ID); err != nil || o.State != custody.Done || o.Problem != "" {
		t.Errorf("%+v %v", o, err)
	}
	if _, err := n.Custody.Carry(n.As(machine), o.ID); !errors.Is(err, custody.ErrNotNow) || len(n.Keys.Known().Statements) != 1 {
		t.Errorf("once more: %v, %d statements", err, len(n.Keys.Known().Statements))
	}
	v, err := n.Custody.Overview(n.As(security))
	if err != nil || v.Signer.Address != n.Options.Signer || !v.Signer.Answers || v.Signer.OpenUntil.IsZero() {
		t.Errorf("%+v %v", v.Signer, err)
	}
}

// A crash after the keys have spoken and before the order says so: carried out
// again, the order only takes down what was said.
func TestCustody_crashBetween(t *testing.T) {
	n := node.Open(t, node.Options{})
	noted, crash := n.Custody.Noted, errors.New("crash")
	n.Custody.Noted = func(context.Context) error { return crash }
	o, err := n.Custody.Propose(n.As(security), custody.Proposal{Act: custody.Replace, Role: ring.Token, Reason: "按计划更换（演练）"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Custody.Decide(n.As(machine), o.ID, true, ""); !errors.Is(err, crash) {
		t.Fatalf("%v", err)
	}
	n.Custody.Noted = noted
	o, err = n.Custody.Carry(n.As(machine), o.ID)
	said := n.Keys.Known().Statements
	if err != nil || o.State != custody.Done || len(said) != 1 || o.Statement != said[0].Hash() {
		t.Errorf("%+v, %d statements, %v", o, len(said), err)
	}
}

// The pages lead two people through it, without scripts.
func TestCustody_pages(t *testing.T) {
	n := node.Open(t, node.Options{})
	one, two := n.SignIn(security), n.SignIn(machine)
	list := page(n, http.MethodGet, "/admin/keys", one)
	if list.status != 200 || !strings.Contains(list.body, "文书数据和留痕密钥") || !strings.Contains(list.body, "还没有登记密钥保管人") {
		t.Fatalf("%d %s", list.status, list.body)
	}
	k, _ := n.Keys.Known().InForce(ring.Data, "")
	at := "/admin/keys/" + k.ID
	if a := page(n, http.MethodGet, at, one); a.status != 200 || !strings.Contains(a.body, "提出更换") {
		t.Errorf("%d", a.status)
	}
	if a := page(n, http.MethodGet, at, two); a.status != 200 || strings.Contains(a.body, "提出更换") {
		t.Errorf("who may not propose is offered it: %d", a.status)
	}
	if a := post(n, at+"/replacement", one, url.Values{"reason": {""}}); a.status != 422 || !strings.Contains(a.body, "请写明理由") {
		t.Errorf("no reason: %d", a.status)
	}
	a := post(n, at+"/replacement", one, url.Values{"reason": {"满三年"}})
	if a.status != 303 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	order := a.location
	if a := page(n, http.MethodGet, order, one); strings.Contains(a.body, "同意并执行") {
		t.Error("whoever proposed is asked to approve")
	}
	if a := post(n, order+"/decision", two, url.Values{"act": {"approve"}}); a.status != 303 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := page(n, http.MethodGet, order, two); !strings.Contains(a.body, "已执行") {
		t.Errorf("%s", a.body)
	}
	if a := page(n, http.MethodGet, at, one); !strings.Contains(a.body, "已停用") || !strings.Contains(a.body, "满三年") {
		t.Error("the old key is not shown as ended")
	}
	if a := page(n, http.MethodGet, "/admin/keys", n.SignIn(node.Clerk)); a.status != 403 {
		t.Errorf("a clerk: %d", a.status)
	}
}
