package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/reuse"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/test/node"
)

// engines runs a test on both of them.
func engines(t *testing.T, f func(t *testing.T, n *node.Node)) {
	t.Run("sqlite", func(t *testing.T) { f(t, node.Open(t, node.Options{})) })
	t.Run("postgres", func(t *testing.T) { f(t, node.Open(t, node.Options{Postgres: true})) })
}

// hold issues a certificate of a kind to a resident or a company.
func hold(t *testing.T, n *node.Node, p certificates.Paper) certificates.Found {
	t.Helper()
	p.Kind, p.Region, p.Item, p.ItemName = certificates.Certificate, node.District, "1", p.Title
	p.Issuer, p.IssuerName, p.TypeName = "114499019000000222", "示例区市场监督管理局（虚构）", p.Title
	if p.ValidUntil.IsZero() {
		p.ValidUntil = n.Time.Now().AddDate(1, 0, 0)
	}
	err := n.DB.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) (err error) {
		p, err = n.Certificates.IssueTx(t.Context(), tx, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := n.Certificates.Paper(auth.System(t.Context(), "test"), p.Region, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// healthOf is a health certificate of the resident.
func healthOf(t *testing.T, n *node.Node) certificates.Found {
	return hold(t, n, certificates.Paper{Title: "健康证明", Type: "health_certificate", Owners: []string{auth.From(n.As(node.Resident)).Person},
		HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0001号", Fields: []certificates.Field{{Key: "hospital", Label: "体检机构", Value: "示例区虚构医院"}}})
}

// At the counter the clerk finds, when the person present agrees, the certificates
// that stand in for materials, and no others; that is on record and in the list of
// uses of their holder. It is the same for an item and for a one thing.
func TestCounter_findsCertificates(t *testing.T) {
	engines(t, func(t *testing.T, n *node.Node) {
		health := healthOf(t, n)
		hold(t, n, certificates.Paper{Title: "虚构会员证", Type: "club_card", Owners: health.Owners, HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "会〔2026〕1号"})
		ended := hold(t, n, certificates.Paper{Title: "健康证明", Type: "health_certificate", Owners: health.Owners, HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0002号"})
		if _, err := n.Certificates.Act(auth.System(t.Context(), "test"), ended.Region, ended.ID, certificates.Order{Act: certificates.Suspend, Reason: "复查中", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
			t.Fatal(err)
		}
		for _, item := range []string{node.Restaurant, node.OneThing} {
			findsOne(t, n, n.DraftOf(node.Resident, item), health)
		}
	})
}

func findsOne(t *testing.T, n *node.Node, d casework.Draft, health certificates.Found) {
	path := "/api/v1/drafts/" + d.Region + "/" + string(d.ID)
	const asked = `{"shown":"NUMBER","consent":true}`
	good := strings.Replace(asked, "NUMBER", node.IDNumber(1), 1)
	look := func(who, body string, status int) string {
		t.Helper()
		a := call(n, who, "POST", path+"/certificates", body)
		if a.status != status {
			t.Fatalf("%s looks: %d %.300s", who, a.status, a.body)
		}
		return a.body
	}
	look(node.Clerk, good, 403) // nobody has shown a document at this counter
	if _, err := n.Casework.Identify(n.As(node.Clerk), d.Region, d.ID, node.IDNumber(1)); err != nil {
		t.Fatal(err)
	}
	look(node.Clerk, strings.Replace(good, "true", "false", 1), 403)                // not agreed
	look(node.Clerk, strings.Replace(asked, "NUMBER", node.IDNumber(2), 1), 403)    // somebody else is there
	look(node.Resident, good, 403)                                                  // not a counter
	if a := call(n, node.Clerk, "GET", path+"/certificates", ""); a.status != 403 { // before the look
		t.Fatalf("without a look: %d %.300s", a.status, a.body)
	}
	var found struct {
		Certificates []struct{ Material, Title, Number, Code string }
	}
	if err := json.Unmarshal([]byte(look(node.Clerk, good, 200)), &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Certificates) != 1 || found.Certificates[0].Material != "health" || found.Certificates[0].Code != health.Code {
		t.Fatalf("found %+v", found)
	}
	if a := call(n, node.Clerk, "GET", path+"/certificates", ""); a.status != 200 || !strings.Contains(a.body, health.Code) {
		t.Errorf("again: %d %.300s", a.status, a.body)
	}
	if a := call(n, node.Legal, "GET", path+"/certificates", ""); a.status != 404 {
		t.Errorf("somebody else: %d %.300s", a.status, a.body)
	}
	if a := call(n, node.Resident, "GET", path+"/certificates", ""); a.status != 200 || !strings.Contains(a.body, health.Code) {
		t.Errorf("their owner: %d %.300s", a.status, a.body)
	}
	uses, err := n.Holding.Uses(n.As(node.Resident), holding.UseFilter{Kind: holding.Read, Paper: health.ID, Region: health.Region})
	if err != nil || len(uses) == 0 || uses[0].Name != node.Clerk || !strings.Contains(uses[0].Purpose, d.ItemName) || uses[0].Matter != casework.ShowCode(d.Code) {
		t.Fatalf("uses %+v, %v", uses, err)
	}
	a := call(n, node.Clerk, "PUT", path+"/materials/health", `{"mode":"electronic","paper":"`+found.Certificates[0].Code+`","consent":true}`)
	if a.status != 200 {
		t.Fatalf("chosen: %d %.300s", a.status, a.body)
	}
	kept, err := n.Casework.Draft(n.As(node.Clerk), d.Region, d.ID)
	if err != nil || kept.Materials["health"].Consent == nil || !kept.Materials["health"].Consent.Counter || kept.Materials["health"].Consent.Who != node.Clerk {
		t.Fatalf("consent %+v, %v", kept.Materials["health"], err)
	}
	n.Time.Advance(reuse.LookLife + time.Second)
	if a := call(n, node.Clerk, "GET", path+"/certificates", ""); a.status != 403 {
		t.Errorf("half an hour later: %d", a.status)
	}
}
