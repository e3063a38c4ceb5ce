package app_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/test/node"
)

// neighbour is another installation with keys of its own, on a real server.
func neighbour(t *testing.T) (*node.Node, string) {
	t.Helper()
	var site *app.Site
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	n := node.Open(t, node.Options{BaseURL: address, Set: func(o *app.Options) { o.DataDir, o.Site = t.TempDir(), "邻省政务服务平台（虚构）" }})
	site = n.Site
	server.Config.Handler = site
	server.Start()
	t.Cleanup(server.Close)
	return n, address
}

// recognise enters a node here with two people, over the API of nobody but
// themselves.
func recognise(t *testing.T, n *node.Node, file, fingerprint string) trusted.Node {
	t.Helper()
	p, err := n.Nodes.Propose(n.As("示例安全管理员"), trusted.Proposal{File: []byte(file), Fingerprint: fingerprint, Grade: "A", Note: "互认协议（虚构）"})
	if err == nil {
		p, err = n.Nodes.Decide(n.As("示例监察员"), trusted.Decision{ID: p.ID, Version: p.Version, Approve: true, Fingerprint: fingerprint})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Two installations on the loopback: a certificate of the one is verified and
// used at the other, and what is done to it there is told to the case here.
func TestNodes_certificateOfTheNeighbour(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		there, address := neighbour(t)
		n := node.Open(t, node.Options{Postgres: postgres})
		me := n.As(node.Resident)
		var health certificates.Paper
		err := there.DB.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) (err error) {
			health, err = there.Certificates.IssueTx(t.Context(), tx, certificates.Paper{Kind: certificates.Certificate, Region: node.District, Title: "健康证明", TypeName: "健康证明",
				Type: "health_certificate", Issuer: "114499019000000222", IssuerName: "邻市卫生健康局（虚构）", Owners: []string{"per_there"},
				HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0009号", ValidUntil: n.Time.Now().AddDate(1, 0, 0)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		form, err := there.Certificates.SignedData(auth.System(t.Context(), "test"), health.Region, health.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := n.Certificates.CheckFile(context.Background(), form.Data, "x"); err != nil || r.OK {
			t.Fatalf("of nobody: %+v, %v", r, err)
		}
		own, err := there.Nodes.Own()
		if err != nil || own.Site != address {
			t.Fatalf("%+v, %v", own.About, err)
		}
		entry := recognise(t, n, own.Text, own.Fingerprint)
		r, err := n.Certificates.CheckFile(context.Background(), form.Data, "x")
		if err != nil || !r.OK || !r.Online || r.Recognised == nil || r.Recognised.Name != "邻省政务服务平台（虚构）" {
			t.Fatalf("%+v, %v", r, err)
		}
		a := page(n, "GET", "/verify/"+health.Code+"?node="+entry.ID, "")
		if a.status != 200 || !strings.Contains(a.body, "邻省政务服务平台（虚构）") || !strings.Contains(a.body, "健康证明") {
			t.Errorf("the page: %d %s", a.status, a.body)
		}
		if a := page(n, "GET", "/verify?code="+url.QueryEscape(address+"/verify/"+health.Code), ""); a.status != 303 && !strings.Contains(a.body, "邻省") {
			t.Errorf("the address in the QR code: %d", a.status)
		}
		if _, err := n.Nodes.TakeIn(me, form.Data, "x"); err != nil {
			t.Fatal(err)
		}
		d := n.Draft(node.Resident)
		if d, err = n.Casework.Choose(me, d.Region, d.ID, "health", casework.Electronic, certificates.ShowCode(health.Code), ""); err != nil {
			t.Fatal(err)
		}
		c, err := n.Casework.Submit(me, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		n.Settle()
		if _, err := there.Certificates.Act(auth.System(t.Context(), "test"), health.Region, health.ID, certificates.Order{Act: certificates.Revoke, Reason: "体检结论造假", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
			t.Fatal(err)
		}
		n.Time.Advance(40 * 60 * 1e9)
		there.Time.Set(n.Time.Now())
		if err := n.Nodes.Poll(auth.System(t.Context(), "test")); err != nil {
			t.Fatal(err)
		}
		n.Settle()
		if told := changes(t, n, c); len(told) != 1 || !strings.Contains(told[0], "体检结论造假") {
			t.Errorf("the timeline says %v", told)
		}
		if r, err := n.Certificates.CheckFile(context.Background(), form.Data, "x"); err != nil || r.OK || r.Reason != certificates.ErrRevoked.Code {
			t.Errorf("revoked there: %+v, %v", r, err)
		}
	}
}
