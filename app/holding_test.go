package app_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/reuse"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/once"
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
	repeated := once.With(n.As(node.Clerk), "look again "+string(d.ID))
	for range 2 {
		if list, err := n.Reuse.AskPresent(repeated, d.Region, d.ID, node.IDNumber(1)); err != nil || len(list) != 1 {
			t.Errorf("%d, %v", len(list), err)
		}
	}
	n.Time.Advance(reuse.LookLife + time.Second)
	if a := call(n, node.Clerk, "GET", path+"/certificates", ""); a.status != 403 {
		t.Errorf("half an hour later: %d", a.status)
	}
	if _, err := n.Reuse.AskPresent(repeated, d.Region, d.ID, node.IDNumber(1)); !errors.Is(err, reuse.ErrNoLook) {
		t.Errorf("half an hour later, the same command once more: %v", err)
	}
}

// as calls the API as somebody, wants a status, and reads the answer.
func as[T any](t *testing.T, n *node.Node, who, method, path, body string, status int) (out T) {
	t.Helper()
	a := call(n, who, method, path, body)
	if a.status != status {
		t.Fatalf("%s %s as %q: %d, want %d: %.400s", method, path, who, a.status, status, a.body)
	}
	if status < 300 && a.body != "" {
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatalf("%s: %v: %.200s", path, err, a.body)
		}
	}
	return out
}

// Everything that a holder does on pages is done by programs too, and nobody else
// gets at it: what is somebody else's is not there, what one may not do is refused.
func TestAPI_holding(t *testing.T) {
	engines(t, func(t *testing.T, n *node.Node) {
		health := healthOf(t, n)
		own := "/api/v1/certificates/" + health.Region + "/" + health.ID
		showsOverAPI(t, n, health, own)
		copiesOverAPI(t, n, own)
		permitsOverAPI(t, n, own)
		objectsOverAPI(t, n, own)
		guardsOverAPI(t, n)
		for path, who := range map[string]string{"/api/v1/certificates": node.Clerk, "/api/v1/certificate-permits": node.Clerk, "/api/v1/certificate-copies": node.Decider, "/api/v1/certificate-uses": node.Examiner,
			"/api/v1/material-share?region=" + node.District + "&from=2026-09-01&to=2026-09-30": node.Resident} {
			as[any](t, n, who, "GET", path, "", 403)
			as[any](t, n, "", "GET", path, "", 401)
		}
		c := n.Submit(node.Resident)
		share := as[struct {
			Whole struct {
				Cases, Materials, Spared int
				Ways                     map[string]int
			}
			Items []struct{ Item string }
		}](t, n, "示例监察员", "GET", "/api/v1/material-share?region="+c.Region+"&from=2026-09-01&to=2026-09-30", "", 200)
		if share.Whole.Cases != 1 || share.Whole.Ways["certificate"] != 1 || share.Whole.Spared == 0 || share.Whole.Spared >= share.Whole.Materials || len(share.Items) != 1 {
			t.Errorf("the share: %+v", share)
		}
		uses := as[struct{ Uses []struct{ Kind, Who string } }](t, n, node.Resident, "GET", "/api/v1/certificate-uses", "", 200)
		kinds := map[string]int{}
		for _, u := range uses.Uses {
			kinds[u.Kind]++
		}
		if kinds["shown"] != 1 || kinds["given"] != 3 || kinds["checked"] == 0 {
			t.Errorf("uses %v", kinds)
		}
	})
}

func showsOverAPI(t *testing.T, n *node.Node, health certificates.Found, own string) {
	type screen struct{ Region, ID, Digits string }
	as[any](t, n, node.Legal, "POST", own+"/showings", `{}`, 404)
	as[any](t, n, node.Decider, "POST", own+"/showings", `{}`, 403)
	x := as[screen](t, n, node.Resident, "POST", own+"/showings", `{"purpose":"入职体检"}`, 200)
	path := "/api/v1/certificate-showings/" + x.Region + "/" + x.ID
	as[any](t, n, node.Legal, "GET", path, "", 404)
	seen := as[struct {
		Report struct {
			OK    bool
			Paper struct {
				HolderName string `json:"holder_name"`
			}
		}
		Purpose string
	}](t, n, "", "GET", "/api/v1/shown/"+x.Digits, "", 200)
	if !seen.Report.OK || seen.Purpose != "入职体检" || seen.Report.Paper.HolderName != certificates.MaskName(health.HolderName) {
		t.Errorf("looked: %+v", seen)
	}
	n.Time.Advance(holding.CodeLife)
	as[any](t, n, "", "GET", "/api/v1/shown/"+x.Digits, "", 409) // its minute is over
	fresh := as[screen](t, n, node.Resident, "GET", path, "", 200)
	if fresh.Digits == x.Digits {
		t.Error("the code stays")
	}
	as[any](t, n, node.Legal, "POST", path+"/end", "", 404)
	as[any](t, n, node.Resident, "POST", path+"/end", "", 204)
	as[any](t, n, "", "GET", "/api/v1/shown/"+fresh.Digits, "", 409)
	as[any](t, n, "", "GET", "/api/v1/shown/000000000000", "", 404)
}

func copiesOverAPI(t *testing.T, n *node.Node, own string) {
	until := n.Time.Now().AddDate(0, 0, 10).Format(time.RFC3339)
	type copied struct{ Region, ID, Code string }
	good := `{"office":"114499019000000222","purpose":"办理食品经营许可","until":"` + until + `"}`
	as[any](t, n, node.Legal, "POST", own+"/copies", good, 404)
	as[any](t, n, node.Clerk, "POST", own+"/copies", good, 403)
	as[any](t, n, node.Resident, "POST", own+"/copies", strings.Replace(good, "办理食品经营许可", "", 1), 422)
	c := as[copied](t, n, node.Resident, "POST", own+"/copies", good, 200)
	type report struct {
		OK     bool
		Reason string
	}
	for whom, reason := range map[string]string{"": "", "?for=114499019000000222": "", "?for=114499019000000222/2026ABCD1": "", "?for=11449901900000065F": certificates.ErrElsewhere.Code} {
		if r := as[report](t, n, "", "GET", "/api/v1/papers/"+c.Code+"/verification"+whom, "", 200); r.OK != (reason == "") || r.Reason != reason {
			t.Errorf("checked for %q: %+v", whom, r)
		}
	}
	path := "/api/v1/certificate-copies/" + c.Region + "/" + c.ID
	as[any](t, n, node.Legal, "POST", path+"/end", "", 404)
	as[any](t, n, node.Clerk, "POST", path+"/end", "", 403)
	as[any](t, n, node.Resident, "POST", path+"/end", "", 200)
	if r := as[report](t, n, "", "GET", "/api/v1/papers/"+c.Code+"/verification", "", 200); r.OK || r.Reason != certificates.ErrCancelled.Code {
		t.Errorf("taken back: %+v", r)
	}
}

func permitsOverAPI(t *testing.T, n *node.Node, own string) {
	until := n.Time.Now().AddDate(0, 0, 10).Format(time.RFC3339)
	legal, err := n.Identity.Me(n.As(node.Legal))
	if err != nil {
		t.Fatal(err)
	}
	offer := `{"name":"` + node.Legal + `","number":"` + legal.Number + `","give":true,"purpose":"代办","times":1,"until":"` + until + `"}`
	as[any](t, n, node.Legal, "POST", own+"/permits", offer, 404)
	type permit struct{ Region, ID, State string }
	p := as[permit](t, n, node.Resident, "POST", own+"/permits", offer, 200)
	path := "/api/v1/certificate-permits/" + p.Region + "/" + p.ID
	as[any](t, n, node.Resident, "POST", path+"/answer", `{"accept":true}`, 404) // it was not offered to him
	list := as[struct{ Given, Received []permit }](t, n, node.Legal, "GET", "/api/v1/certificate-permits", "", 200)
	if len(list.Given) != 0 || len(list.Received) != 1 || list.Received[0].State != "offered" {
		t.Fatalf("received %+v", list)
	}
	as[any](t, n, node.Legal, "POST", own+"/copies", `{"office_name":"虚构中介","purpose":"代办","until":"`+until+`"}`, 404)
	if p = as[permit](t, n, node.Legal, "POST", path+"/answer", `{"accept":true}`, 200); p.State != "accepted" {
		t.Fatalf("%+v", p)
	}
	as[any](t, n, node.Legal, "POST", own+"/showings", `{}`, 403) // it lets one give, not show
	as[any](t, n, node.Legal, "POST", own+"/copies", `{"office_name":"虚构中介","purpose":"代办","until":"`+until+`"}`, 200)
	again := as[permit](t, n, node.Resident, "POST", own+"/permits", offer, 200)
	path = "/api/v1/certificate-permits/" + again.Region + "/" + again.ID
	as[any](t, n, "示例监察员", "POST", path+"/end", "", 403)
	if p = as[permit](t, n, node.Resident, "POST", path+"/end", "", 200); p.State != "ended" {
		t.Errorf("%+v", p)
	}
	as[any](t, n, node.Legal, "POST", path+"/answer", `{"accept":true}`, 409)
}

func objectsOverAPI(t *testing.T, n *node.Node, own string) {
	report, err := node.File("体检报告.pdf")
	if err != nil {
		t.Fatal(err)
	}
	pdf64 := base64.StdEncoding.EncodeToString(report)
	good := `{"entries":[{"key":"hospital","should":"示例区虚构第二医院"}],"reason":"写错了","files":[{"name":"体检报告.pdf","content":"` + pdf64 + `"}]}`
	as[any](t, n, node.Legal, "POST", own+"/objections", good, 404)
	as[any](t, n, node.Decider, "POST", own+"/objections", good, 403)
	as[any](t, n, node.Resident, "POST", own+"/objections", strings.Replace(good, pdf64, "AAAA", 1), 422)
	type objection struct{ Region, ID, State, Successor, Notice string }
	o := as[objection](t, n, node.Resident, "POST", own+"/objections", good, 200)
	as[any](t, n, node.Resident, "POST", own+"/objections", good, 409)
	path := "/api/v1/certificate-objections/" + o.Region + "/" + o.ID
	as[any](t, n, node.Legal, "GET", path, "", 404)
	list := as[struct {
		ToAnswer []objection `json:"to_answer"`
	}](t, n, node.Decider, "GET", "/api/v1/certificate-objections", "", 200)
	if len(list.ToAnswer) != 1 || list.ToAnswer[0].ID != o.ID {
		t.Fatalf("to answer %+v", list)
	}
	as[any](t, n, node.Resident, "POST", path+"/answer", `{"state":"refused","answer":"x","basis":"y"}`, 403)
	as[any](t, n, node.Decider, "POST", path+"/answer", `{"state":"refused","answer":"x"}`, 422)
	done := as[objection](t, n, node.Decider, "POST", path+"/answer", `{"state":"refused","answer":"与体检系统一致","basis":"《中华人民共和国个人信息保护法》第四十六条"}`, 200)
	if done.State != "refused" || done.Notice == "" {
		t.Fatalf("%+v", done)
	}
	notice := as[struct{ Title string }](t, n, node.Resident, "GET", "/api/v1/papers/"+done.Region+"/"+done.Notice, "", 200)
	if !strings.Contains(notice.Title, "答复书") {
		t.Errorf("in writing: %+v", notice)
	}
	as[any](t, n, node.Resident, "POST", path+"/withdrawal", "", 409)
}

func guardsOverAPI(t *testing.T, n *node.Node) {
	child := string(number.FictionalBorn(node.District, n.Time.Now().AddDate(-9, 0, 0), 3))
	good := `{"name":"` + node.Resident + `","number":"` + node.IDNumber(1) + `","child_name":"王小虚构","child_number":"` + child + `","proof":"出生医学证明","proof_number":"虚构1号"}`
	as[any](t, n, node.Resident, "POST", "/api/v1/guardians", good, 403)
	ward := as[struct {
		ID          string
		ChildNumber string `json:"child_number"`
	}](t, n, node.Clerk, "POST", "/api/v1/guardians", good, 200)
	if ward.ChildNumber == child {
		t.Error("the whole number is told")
	}
	as[any](t, n, node.Legal, "POST", "/api/v1/guardians/"+ward.ID+"/end", `{"reason":"x"}`, 404)
	find := `{"child_number":"` + child + `"}`
	as[any](t, n, node.Resident, "POST", "/api/v1/guardian-searches", find, 403)
	found := as[struct{ Guardians []struct{ ID string } }](t, n, node.Clerk, "POST", "/api/v1/guardian-searches", find, 200)
	if len(found.Guardians) != 1 || found.Guardians[0].ID != ward.ID {
		t.Errorf("found %+v", found)
	}
	as[any](t, n, node.Clerk, "POST", "/api/v1/guardians/"+ward.ID+"/end", `{"reason":"x","ended_on":"2099-01-01"}`, 422)
	as[any](t, n, node.Resident, "POST", "/api/v1/guardians/"+ward.ID+"/end", `{"reason":"由孩子母亲办理"}`, 200)
	as[any](t, n, node.Clerk, "POST", "/api/v1/guardians/"+ward.ID+"/end", `{"reason":"再一次"}`, 409)
}

// What an office asks for again is answered with the holder's certificate: it is
// checked when it is chosen and when it is sent, the office gets a copy for this case,
// and the consent is on record. At the counter the clerk looks with the consent of
// the person present.
func TestSupplement_byCertificate(t *testing.T) {
	engines(t, func(t *testing.T, n *node.Node) {
		health := healthOf(t, n)
		theirs := hold(t, n, certificates.Paper{Title: "健康证明", Type: "health_certificate", Owners: []string{auth.From(n.As(node.Legal)).Person}, HolderName: node.Legal, HolderNumber: node.IDNumber(2), Number: "健〔2026〕0009号"})
		club := hold(t, n, certificates.Paper{Title: "虚构会员证", Type: "club_card", Owners: health.Owners, HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "会〔2026〕1号"})
		ask := func() (casework.Case, string) {
			c := n.Submit(node.Resident)
			items := []casework.SupplementItem{{Target: "material.health", Name: "健康证明", Reason: "看不清", How: "重新提交"}, {Target: "material.layout", Name: "布局图", Reason: "看不清", How: "重新提交"}}
			if _, err := n.Casework.AskSupplement(n.As(node.Clerk), c.Region, c.ID, c.Version, items, ""); err != nil {
				t.Fatal(err)
			}
			return c, "/api/v1/cases/" + c.Region + "/" + string(c.ID) + "/supplement"
		}
		with := func(p certificates.Found) string { return `{"paper":"` + p.Code + `"}` }
		c, path := ask()
		for name, wrong := range map[string]string{"somebody else's": with(theirs), "of another kind": with(club), "none": `{"paper":"ABCDEFGHJKMN"}`} {
			if a := call(n, node.Resident, "PUT", path+"/items/0", wrong); a.status != 422 {
				t.Errorf("%s: %d %.200s", name, a.status, a.body)
			}
		}
		as[any](t, n, node.Legal, "PUT", path+"/items/0", with(theirs), 404)
		as[any](t, n, node.Resident, "PUT", path+"/items/0", with(health), 200)
		as[any](t, n, node.Resident, "PUT", path+"/items/1", `{"text":"已经标明"}`, 200)
		act := func(a certificates.Act) {
			t.Helper()
			if _, err := n.Certificates.Act(auth.System(t.Context(), "test"), health.Region, health.ID, certificates.Order{Act: a, Reason: "复查", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
				t.Fatal(err)
			}
		}
		act(certificates.Suspend) // since it was chosen
		as[any](t, n, node.Resident, "POST", path+"/sending", "", 422)
		act(certificates.Restore)
		as[any](t, n, node.Resident, "POST", path+"/sending", "", 200)
		answered(t, n, c, health, false)

		c, path = ask()
		looks := "/api/v1/drafts/" + c.Region + "/" + string(c.Draft) + "/certificates"
		as[any](t, n, node.Clerk, "GET", looks, "", 403)
		as[any](t, n, node.Legal, "GET", looks, "", 404)
		as[any](t, n, node.Clerk, "POST", looks, `{"shown":"`+node.IDNumber(2)+`","consent":true}`, 403)
		found := as[struct {
			Certificates []struct{ Material, Code string }
		}](t, n, node.Clerk, "POST", looks, `{"shown":"`+node.IDNumber(1)+`","consent":true}`, 200)
		if len(found.Certificates) != 1 || found.Certificates[0].Material != "health" || found.Certificates[0].Code != health.Code {
			t.Fatalf("found %+v", found)
		}
		as[any](t, n, node.Clerk, "PUT", path+"/items/0", with(health), 200)
		as[any](t, n, node.Clerk, "PUT", path+"/items/1", `{"text":"已经标明"}`, 200)
		as[any](t, n, node.Clerk, "POST", path+"/sending", "", 200)
		answered(t, n, c, health, true)
		as[any](t, n, node.Clerk, "GET", looks, "", 409) // nothing is asked for any more
	})
}

// answered looks at what became of the certificate that answered a request.
func answered(t *testing.T, n *node.Node, c casework.Case, health certificates.Found, counter bool) {
	t.Helper()
	n.Settle()
	d, err := n.Casework.Draft(n.As(node.Resident), c.Region, c.Draft)
	ch := d.Materials["health"]
	if err != nil || ch.Mode != casework.Electronic || ch.Paper != health.Code || ch.Copy == "" || ch.Consent == nil || ch.Consent.Counter != counter {
		t.Fatalf("%+v, %v", ch, err)
	}
	copies, err := n.Casework.CopiesOf(n.As(node.Clerk), c.Region, string(c.ID))
	if err != nil || len(copies) != 2 { // the one of the application, and the one in its place
		t.Fatalf("copies %+v, %v", copies, err)
	}
	for _, x := range copies {
		if x.Over(n.Time.Now()) == (x.ID == ch.Copy) || x.Material != "health" || x.Office != c.Org || x.Status != certificates.Valid {
			t.Errorf("copy %+v", x)
		}
	}
	share, err := n.Reuse.Of(n.As("示例监察员"), c.Region, c.SubmittedAt, n.Time.Now().Add(time.Second))
	if err != nil || share.Whole.Ways[reuse.Certificate] != map[bool]int{false: 1, true: 2}[counter] {
		t.Errorf("counted %+v, %v", share.Whole, err)
	}
}

// What two offices of a one thing ask for again is answered with one certificate: it
// is offered on the page, looked at when it is chosen and when the answers are sent,
// each office gets a copy for its case, it is counted in each as not asked for, and
// what becomes of it reaches both.
func TestSupplement_ofOneThingByCertificate(t *testing.T) { engines(t, wholeByCertificate) }

func wholeByCertificate(t *testing.T, n *node.Node) {
	me := n.As(node.Resident)
	card := hold(t, n, certificates.Paper{Title: "居民身份证", Type: "resident_id_card", Owners: []string{auth.From(me).Person}, HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "身0001"})
	b := n.Whole(node.Resident)
	var asked []casework.Case
	for _, part := range []string{"fire", "drainage"} {
		x, _ := b.Part(part)
		_, err := n.Casework.AskSupplement(n.As(node.Clerk), x.Case.Region, x.Case.ID, x.Case.Version, []casework.SupplementItem{{Target: "material.id_card", Name: "身份证", Reason: "看不清", How: "重新提交"}}, "")
		if err != nil {
			t.Fatal(err)
		}
		asked = append(asked, *x.Case)
	}
	n.Settle()
	path, whole := "/api/v1/bundles/"+b.Region+"/"+string(b.ID), "/bundles/"+b.Region+"/"+string(b.ID)
	if a := page(n, "GET", whole+"/supplements", n.SignIn(node.Resident)); a.status != 200 || !strings.Contains(a.body, "用您的电子证照") || !strings.Contains(a.body, "身0001") {
		t.Errorf("the page offers: %d %.300s", a.status, a.body)
	}
	answer := func(code string) string { return `{"target":"material.id_card","paper":"` + code + `"}` }
	if a := call(n, node.Resident, "PUT", path+"/supplements", answer("ABCDEFGHJKMN")); a.status != 422 || !strings.Contains(a.body, "material.id_card.paper") {
		t.Errorf("no such certificate: %d %.300s", a.status, a.body)
	}
	as[any](t, n, node.Legal, "PUT", path+"/supplements", answer(card.Code), 404)
	as[any](t, n, node.Resident, "PUT", path+"/supplements", answer(card.Code), 200)
	act := func(a certificates.Act) {
		t.Helper()
		if _, err := n.Certificates.Act(auth.System(t.Context(), "test"), card.Region, card.ID, certificates.Order{Act: a, Reason: "复查", Basis: "《居民身份证法》第十七条"}); err != nil {
			t.Fatal(err)
		}
		n.Settle()
	}
	act(certificates.Suspend) // since it was chosen
	as[any](t, n, node.Resident, "POST", path+"/supplements/sending", "", 422)
	act(certificates.Restore)
	as[any](t, n, node.Resident, "POST", path+"/supplements/sending", "", 200)
	n.Settle()
	act(certificates.Revoke)
	for _, c := range asked {
		d, err := n.Casework.Draft(me, c.Region, c.Draft)
		if ch := d.Materials["id_card"]; err != nil || ch.Paper != card.Code || ch.Copy == "" || ch.Consent == nil {
			t.Errorf("%s: %+v, %v", c.ItemName, ch, err)
		}
		copies, err := n.Casework.CopiesOf(n.As(node.Clerk), c.Region, string(c.ID))
		if err != nil || len(copies) != 1 || copies[0].Office != c.Org || copies[0].Status != certificates.Revoked {
			t.Errorf("%s: copies %+v, %v", c.ItemName, copies, err)
		}
		if told := changes(t, n, c); len(told) != 1 || !strings.Contains(told[0], "吊销") { // of what came after it was handed in
			t.Errorf("%s was told %v", c.ItemName, told)
		}
	}
	share, err := n.Reuse.Of(n.As("示例监察员"), b.Region, n.Time.Now().Add(-time.Hour), n.Time.Now().Add(time.Hour))
	if err != nil || share.Whole.Ways[reuse.Certificate] != len(asked) {
		t.Errorf("counted %+v, %v", share.Whole, err)
	}
}
