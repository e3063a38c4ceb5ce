package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/history"
	"tongban/gov/casework/reliance"
	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/test/node"
)

// A certificate that a case relies on is suspended: the offices that have the
// case are told, its timeline says it, and nobody else hears of it.
func TestCertificate_changeReachesCases(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		n := node.Open(t, node.Options{Postgres: postgres})
		me := n.As(node.Resident)
		var health certificates.Paper
		err := n.DB.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) (err error) {
			health, err = n.Certificates.IssueTx(t.Context(), tx, certificates.Paper{Kind: certificates.Certificate, Region: node.District, Title: "健康证明", TypeName: "健康证明",
				Type: "health_certificate", Item: "1", ItemName: "健康证明", Issuer: "114499019000000222", IssuerName: "示例区市场监督管理局（虚构）", Owners: []string{auth.From(me).Person},
				HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0001号", ValidUntil: n.Time.Now().AddDate(1, 0, 0)})
			return err
		})
		if err != nil {
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
		other := n.Accepted(node.Resident) // an application without that certificate
		if c, err = n.Casework.Accept(n.As(node.Clerk), c.Region, c.ID, c.Version); err != nil {
			t.Fatal(err)
		}
		n.Settle()
		tasks := n.Tasks(c)
		if _, err := n.Certificates.Act(auth.System(t.Context(), "test"), health.Region, health.ID, certificates.Order{Act: certificates.Suspend, Reason: "体检结果复查中", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
			t.Fatal(err)
		}
		n.Settle()
		if told := changes(t, n, c); len(told) != 1 || !strings.Contains(told[0], "体检结果复查中") {
			t.Errorf("the timeline says %v", told)
		}
		if told := changes(t, n, other); len(told) != 0 {
			t.Errorf("another case was told: %v", told)
		}
		page, err := n.Casework.Copies.Inbox(n.As(node.Examiner), true, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, cp := range page.Copies {
			if cp.Case == c.ID && strings.Contains(cp.Note, "体检结果复查中") {
				got[cp.Org] = true
			}
		}
		for _, task := range tasks {
			if !got[task.Org] {
				t.Errorf("%s has a step of the case and was not told", task.OrgName)
			}
		}
		// Given back, granted, and revoked after the grant: the office in charge is told again.
		n.Time.Advance(time.Hour)
		if _, err := n.Certificates.Act(auth.System(t.Context(), "test"), health.Region, health.ID, certificates.Order{Act: certificates.Restore, Reason: "复查合格", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
			t.Fatal(err)
		}
		n.Settle()
		n.Finish(c.Region, string(c.ID))
		if _, err := n.Certificates.Act(auth.System(t.Context(), "test"), health.Region, health.ID, certificates.Order{Act: certificates.Withdraw, Reason: "以欺骗手段取得", Basis: "《中华人民共和国行政许可法》第六十九条第二款"}); err != nil {
			t.Fatal(err)
		}
		n.Settle()
		if told := changes(t, n, c); len(told) != 3 {
			t.Errorf("after the grant the timeline says %v", told)
		}
	}
}

// changes are the lines of a timeline about certificates.
func changes(t *testing.T, n *node.Node, c casework.Case) (out []string) {
	t.Helper()
	list, err := history.OfCase(context.Background(), n.DB, c.Region, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.Kind == reliance.Changed {
			out = append(out, e.Text)
		}
	}
	return out
}
