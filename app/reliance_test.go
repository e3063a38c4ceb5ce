package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/history"
	"tongban/gov/casework/reliance"
	"tongban/gov/casework/reuse"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
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
		other := n.Accepted(node.Resident) // from before there was that certificate
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
		if told := changes(t, n, c); len(told) != 3 || !strings.Contains(told[0], "暂扣。理由：体检结果复查中") || !strings.Contains(told[1], "暂扣发还") || !strings.Contains(told[2], "撤销。理由：") {
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

// A certificate stands in for a material: the case gets a copy of it that is
// stamped with the case, the officer reads its data and what it is worth now, its
// holder sees who did, and the material counts as not asked for.
func TestCertificate_reused(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		n := node.Open(t, node.Options{Postgres: postgres})
		me := n.As(node.Resident)
		var health certificates.Paper
		err := n.DB.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) (err error) {
			health, err = n.Certificates.IssueTx(t.Context(), tx, certificates.Paper{Kind: certificates.Certificate, Region: node.District, Title: "健康证明", TypeName: "健康证明",
				Type: "health_certificate", Item: "1", ItemName: "健康证明", Issuer: "114499019000000222", IssuerName: "示例区市场监督管理局（虚构）", Owners: []string{auth.From(me).Person},
				HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0001号", ValidUntil: n.Time.Now().AddDate(1, 0, 0),
				Fields: []certificates.Field{{Key: "hospital", Label: "体检机构", Value: "示例区虚构医院"}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c := n.Submit(node.Resident) // agreed that the office fetches the health certificate: it is here, and handed over
		copies, err := n.Holding.Copies(me)
		if err != nil || len(copies) != 1 || copies[0].Paper != health.ID || copies[0].Case != string(c.ID) || copies[0].Office != c.Org {
			t.Fatalf("handed over: %+v, %v", copies, err)
		}
		if list, err := n.Holding.Copies(n.As(node.Legal)); err != nil || len(list) != 0 {
			t.Errorf("somebody else's copies: %+v, %v", list, err)
		}
		// The officer sees data and status; after a suspension the page says so.
		page := func(who string) string {
			r := httptest.NewRequest(http.MethodGet, "/counter/cases/"+c.Region+"/"+string(c.ID), nil)
			r.AddCookie(&http.Cookie{Name: node.Cookie, Value: n.SignIn(who)})
			w := httptest.NewRecorder()
			n.Site.ServeHTTP(w, r)
			return w.Body.String()
		}
		if body := page(node.Clerk); !strings.Contains(body, "示例区虚构医院") || !strings.Contains(body, "证照此刻的状态") || strings.Contains(body, "现在不能作数") {
			t.Error("the officer does not see the data")
		}
		if _, err := n.Certificates.Act(auth.System(t.Context(), "test"), health.Region, health.ID, certificates.Order{Act: certificates.Suspend, Reason: "体检结果复查中", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
			t.Fatal(err)
		}
		if body := page(node.Clerk); !strings.Contains(body, "所用证照现在不能作数") || !strings.Contains(body, "暂扣。体检结果复查中") {
			t.Error("the officer is not warned")
		}
		copied, err := n.Holding.OfCase(n.As(node.Clerk), c.Region, string(c.ID))
		if err != nil || len(copied) != 1 || copied[0].Status != certificates.Suspended {
			t.Errorf("live: %+v, %v", copied, err)
		}
		if _, err := n.Holding.OfCase(n.As(node.Legal), c.Region, string(c.ID)); err == nil {
			t.Error("a stranger reads the copies of the case")
		}
		uses, err := n.Holding.Uses(me, holding.UseFilter{Kind: holding.Read})
		if err != nil || len(uses) != 1 || uses[0].Name != node.Clerk || !strings.Contains(uses[0].Purpose, "餐饮店综合许可") {
			t.Errorf("the holder's list: %+v, %v", uses, err)
		}
		share, err := n.Reuse.Of(n.As("示例监察员"), node.District, n.Time.Now().Add(-time.Hour), n.Time.Now().Add(time.Hour))
		if err != nil || share.Whole.Cases != 1 || share.Whole.Ways[reuse.Certificate] != 1 || share.Whole.Ways[reuse.File] == 0 || share.Whole.Spared() >= share.Whole.Materials || len(share.Items) != 1 {
			t.Errorf("the share: %+v, %v", share, err)
		}
		if _, err := n.Reuse.Of(me, node.District, n.Time.Now(), n.Time.Now()); err == nil {
			t.Error("a resident counts")
		}
		if empty, err := n.Reuse.Of(n.As("示例监察员"), "449900", n.Time.Now().Add(-time.Hour), n.Time.Now().Add(time.Hour)); err == nil && empty.Whole.Cases != 0 {
			t.Errorf("another region has %+v", empty)
		}
	}
}

// A copy ends when its case does, decided or withdrawn, and not before; the officers
// of the case still read its data.
func TestCertificate_overWithItsCase(t *testing.T) { engines(t, overWithItsCase) }

func overWithItsCase(t *testing.T, n *node.Node) {
	legal := n.As(node.Legal)
	hold(t, n, certificates.Paper{Title: "健康证明", Type: "health_certificate", Owners: []string{auth.From(legal).Person}, HolderName: node.Legal, HolderNumber: node.IDNumber(5), Number: "健〔2026〕0005号"})
	granted, withdrawn := n.Accepted(node.Legal), n.Submit(node.Legal)
	state := func(c casework.Case) (holding.Copy, certificates.Report) {
		t.Helper()
		list, err := n.Holding.Copies(legal)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if x.Case == string(c.ID) {
				r, err := n.Certificates.Check(t.Context(), x.Code, x.Code)
				if err != nil {
					t.Fatal(err)
				}
				return x, r
			}
		}
		t.Fatalf("no copy for %s among %d", c.ID, len(list))
		return holding.Copy{}, certificates.Report{}
	}
	for _, c := range []casework.Case{granted, withdrawn} {
		if x, r := state(c); !x.EndedAt.IsZero() || !r.OK {
			t.Errorf("while the case is open: %+v %+v", x, r)
		}
	}
	n.Finish(granted.Region, string(granted.ID))
	if _, err := n.Casework.Withdraw(legal, withdrawn.Region, withdrawn.ID, "不办了"); err != nil {
		t.Fatal(err)
	}
	n.Settle()
	for _, c := range []casework.Case{granted, withdrawn} {
		if x, r := state(c); x.EndedAt.IsZero() || r.OK || r.Reason != certificates.ErrCancelled.Code || r.Because != holding.CaseOver {
			t.Errorf("after the case: %+v %+v", x, r)
		}
	}
	if list, err := n.Holding.OfCase(n.As(node.Clerk), granted.Region, string(granted.ID)); err != nil || len(list) != 1 || list[0].Status != certificates.Valid {
		t.Errorf("the officer reads %+v, %v", list, err)
	}
}

// A certificate is renewed while its holder's objection waits, a permit and a copy
// stand and the office's form is open: the objection goes on about the next version,
// what hangs on the old one says that it is not to be used, the form says all that
// is wrong at once, and the holder has it in writing.
func TestCertificate_renewed(t *testing.T) { engines(t, renewed) }

func renewed(t *testing.T, n *node.Node) {
	me, boss := n.As(node.Resident), n.As(node.Decider)
	old := healthOf(t, n)
	c := n.Submit(node.Resident) // with the first version
	proof := []holding.Proof{{Hash: strings.Repeat("a", 64), Name: "体检报告.pdf", Size: 10, Kind: "pdf"}}
	o, err := n.Holding.Object(me, old.Region, old.ID, []holding.Entry{{Key: "hospital", Should: "示例区虚构第二医院"}}, "写错了", proof)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Holding.Give(me, old.Region, old.ID, holding.Gift{OfficeName: "虚构商场", Purpose: "入场", Until: n.Time.Now().AddDate(0, 1, 0)}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Holding.Permit(me, old.Region, old.ID, holding.Offer{Name: node.Legal, Number: node.IDNumber(5), Show: true, Purpose: "出示", Until: n.Time.Now().AddDate(0, 1, 0)}); err != nil {
		t.Fatal(err)
	}
	path := "/papers/" + old.Region + "/" + old.ID + "/acts/"
	cookie := n.SignIn(node.Decider)
	post := func(act string, form url.Values) (int, string) {
		r := httptest.NewRequest(http.MethodPost, path+act, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: node.Cookie, Value: cookie})
		w := httptest.NewRecorder()
		n.Site.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, body := post("renew", url.Values{"until": {old.ValidUntil.Format(time.DateOnly)}}); code != 422 || !strings.Contains(body, "有 3 处要改") || !strings.Contains(body, "新的有效期要晚于现在的有效期") || !strings.Contains(body, "写明依据") {
		t.Errorf("what is wrong with the renewal: %d %.300s", code, body)
	}
	if code, body := post("change", url.Values{"reason": {"更正"}, "basis": {"x"}, "field.hospital": {" "}}); code != 422 || !strings.Contains(body, "不能清空") || !strings.Contains(body, `value=" "`) {
		t.Errorf("an emptied particular: %d %.300s", code, body)
	}
	if code, _ := post("renew", url.Values{"until": {old.ValidUntil.AddDate(0, 0, 40).Format(time.DateOnly)}, "reason": {"体检合格"}, "basis": {"《行政许可法》第五十条第二款"}}); code != 303 {
		t.Fatalf("renewed: %d", code)
	}
	n.Settle()
	if code, body := post("suspend", url.Values{"reason": {"x"}, "basis": {"x"}}); code != 409 || !strings.Contains(body, "「已换新版本」，不能办理暂扣") {
		t.Errorf("the old version: %d %.300s", code, body)
	}
	copies, err := n.Holding.Copies(me)
	given, _, err2 := n.Holding.Permits(me)
	if err != nil || err2 != nil || len(copies) != 2 || copies[0].Standing != certificates.Superseded || len(given) != 1 || given[0].Standing != certificates.Superseded {
		t.Errorf("what hangs on it: %+v %+v, %v %v", copies, given, err, err2)
	}
	done, err := n.Holding.Resolve(boss, o.Region, o.ID, holding.Resolution{State: holding.ObjectionCorrected, Answer: "核对无误", Basis: "《个人信息保护法》第四十六条", Act: certificates.Change, Fields: map[string]string{"hospital": "示例区虚构第二医院"}})
	if err != nil || done.Paper == old.ID || done.Successor == "" {
		t.Fatalf("the objection goes on: %+v, %v", done, err)
	}
	third, err := n.Certificates.Paper(me, old.Region, done.Successor)
	if err != nil || third.Version != 3 || third.Number != old.Number || !third.ValidFrom.After(old.ValidFrom) {
		t.Errorf("the version that stands: %+v, %v", third, err)
	}
	n.Settle()
	n.Time.Advance(time.Minute)
	if _, err := n.Certificates.Act(boss, third.Region, third.ID, certificates.Order{Act: certificates.Revoke, Reason: "出借他人", Basis: "《行政处罚法》第九条第三项"}); err != nil {
		t.Fatal(err)
	}
	n.Settle()
	if told := changes(t, n, c); len(told) != 3 || !strings.Contains(told[0], "延续") || !strings.Contains(told[1], "变更") || !strings.Contains(told[2], "吊销") { // of what came after the version that it was handed
		t.Errorf("the case that relied on the first version: %v", told)
	}
	mine, err := n.Certificates.Mine(me, 50)
	told := slices.DeleteFunc(mine, func(f certificates.Found) bool { return f.Kind != certificates.Standing })
	if err != nil || len(told) != 3 { // of the renewal and the revocation, and the answer to the objection: no other of the same change
		t.Errorf("in writing: %+v, %v", told, err)
	}
}
