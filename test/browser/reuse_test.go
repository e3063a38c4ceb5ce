package browser_test

import (
	"fmt"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// issue issues a certificate of the market office.
func (w *world) issue(t *testing.T, p certificates.Paper) {
	t.Helper()
	p.Kind, p.Region, p.TypeName, p.Item, p.ItemName, p.Issuer, p.IssuerName = certificates.Certificate, node.District, p.Title, "1", p.Title, "114499019000000222", "示例区市场监督管理局（虚构）"
	if err := w.DB.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) error {
		_, err := w.Certificates.IssueTx(t.Context(), tx, p)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// health gives the resident a health certificate.
func (w *world) health(t *testing.T) {
	t.Helper()
	w.issue(t, certificates.Paper{Title: "健康证明", Type: "health_certificate", Owners: []string{auth.From(w.As(node.Resident)).Person}, HolderName: node.Resident, HolderNumber: node.IDNumber(1),
		Number: "健〔2026〕0001号", ValidUntil: w.Time.Now().AddDate(1, 0, 0), Fields: []certificates.Field{{Key: "hospital", Label: "体检机构", Value: "示例区虚构医院"}}})
}

// The clerk asks the person present, finds the health certificate and takes it
// with one press; the office that examines reads its data. For an item and for a
// one thing, with scripts and without.
func TestJourney_certificateAtTheCounter(t *testing.T) {
	w := open(t)
	w.health(t)
	for i, item := range []string{node.Restaurant, node.OneThing} {
		look := harness.Look{Width: 1366, NoScript: i == 1}
		t.Run(look.String(), func(t *testing.T) {
			d := w.DraftOf(node.Resident, item)
			if _, err := w.Casework.Identify(w.As(node.Clerk), d.Region, d.ID, node.IDNumber(1)); err != nil {
				t.Fatal(err)
			}
			clerk := visit{w, harness.Open(t, w.look(look, node.Clerk)), look.NoScript}
			clerk.Go(fmt.Sprintf("%s/counter/drafts/%s/%s", w.url, d.Region, d.ID))
			clerk.Want("先告诉办事人")
			if clerk.Says("健〔2026〕0001号") {
				t.Error("the certificate is shown before anybody agreed")
			}
			clerk.next("办事人同意，查找能用的电子证照", "")
			clerk.Want("健〔2026〕0001号", "示例区市场监督管理局", "没有查到办事人可以代替这份材料的有效电子证照")
			clerk.Shot("counter-certificates")
			clerk.next("办事人同意，用这张", "健〔2026〕0001号")
			clerk.Want("用这张", "申请人已当面同意，"+node.Clerk)
			clerk.Shot("counter-certificate-taken")
			clerk.next("提交并出收件凭证", "")
			clerk.Want("已收件")
			copies, err := w.Holding.Copies(w.As(node.Resident))
			if err != nil || len(copies) == 0 || copies[0].Title != "健康证明" || copies[0].Material != "health" {
				t.Fatalf("handed over %+v, %v", copies, err)
			}
			c, err := w.Casework.Open(w.As(node.Clerk), copies[0].CaseRegion, casework.CaseID(copies[0].Case), "受理审查")
			if err != nil || c.ID != casework.CaseID(copies[0].Case) {
				t.Fatal(err)
			}
			officer := visit{w, harness.Open(t, w.look(harness.Look{Width: 1366}, node.Clerk)), true}
			officer.Go(w.url + "/counter/cases/" + copies[0].CaseRegion + "/" + copies[0].Case)
			officer.Want("示例区虚构医院", "证照此刻的状态", "A级：颁发机构签发")
		})
	}
	w.askedAgain(t)
}

// askedAgain answers a request for supplements with a certificate: the holder on a
// telephone, and the clerk with the consent of the person present.
func (w *world) askedAgain(t *testing.T) {
	t.Helper()
	ask := func() casework.Case {
		c := w.Submit(node.Resident)
		if _, err := w.Casework.AskSupplement(w.As(node.Clerk), c.Region, c.ID, c.Version, []casework.SupplementItem{{Target: "material.health", Name: "健康证明", Reason: "看不清", How: "重新提交"}}, ""); err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := ask()
	her := visit{w, harness.Open(t, w.look(harness.Look{Width: 390}, node.Resident)), false}
	her.Go(fmt.Sprintf("%s/cases/%s/%s/supplement", w.url, c.Region, c.ID))
	her.Want("用您的电子证照", "健〔2026〕0001号")
	her.Clean()
	her.Choose("《健康证明》（健〔2026〕0001号）")
	her.Shot("supplement-certificate")
	her.next("送出补正", "")
	her.Want("补正")
	c = ask()
	clerk := visit{w, harness.Open(t, w.look(harness.Look{Width: 1366}, node.Clerk)), false}
	clerk.Go(fmt.Sprintf("%s/counter/cases/%s/%s/supplement", w.url, c.Region, c.ID))
	if clerk.Says("健〔2026〕0001号") {
		t.Error("the certificate is shown before anybody agreed")
	}
	clerk.next("办事人同意，查找能用的电子证照", "")
	clerk.next("办事人同意，用这张", "健〔2026〕0001号")
	clerk.Want("用这张")
	clerk.Clean()
	clerk.Shot("counter-supplement-certificate")
	clerk.Go(fmt.Sprintf("%s/counter/cases/%s/%s", w.url, c.Region, c.ID))
	file, err := w.Casework.Open(w.As(node.Clerk), c.Region, c.ID, "受理审查")
	if err != nil || len(file.Supplements) != 1 || file.Supplements[0].Items[0].Paper == "" || file.Supplements[0].Items[0].Consent == nil || !file.Supplements[0].Items[0].Consent.Counter {
		t.Errorf("%+v, %v", file.Supplements, err)
	}
}
