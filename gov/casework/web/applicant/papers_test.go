package applicant_test

import (
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// identityCard issues an e-certificate to the resident, in force for some days.
func (w *town) identityCard(days int) (code string) {
	w.t.Helper()
	who, err := w.who.Person(dbtest.As(w.t, "test"), w.who.Region(), w.accounts[me].Person)
	w.must(err)
	w.must(w.s.DB.Write(dbtest.As(w.t, "test"), func(tx *db.Tx) error {
		p, err := w.papers.IssueTx(dbtest.As(w.t, "test"), tx, certificates.Paper{Region: district, Kind: certificates.Certificate, Case: "case_card", CaseNumber: "虚构1", Issuer: lead, IssuerName: "示例区某局（虚构）",
			Owners: []string{who.ID}, HolderName: who.Name, HolderNumber: who.Number, Type: "resident_id_card", TypeName: "居民身份证", Title: "居民身份证", ValidFrom: w.clock.Now(), ValidUntil: w.clock.Now().AddDate(0, 0, days)})
		code = p.Code
		return err
	}))
	return code
}

// A certificate that was chosen and has expired since is told at its row, with
// the way to change it; everything else stays.
func TestSubmit_expiredCertificate(t *testing.T) {
	inVillage(t, func(t *testing.T, w *town) {
		code := w.identityCard(10)
		v := visitor{w: w, as: me}
		p, _ := v.answerAll(v.begin())
		check, _, _ := strings.Cut(p.Path, "?")
		materials := strings.TrimSuffix(check, "check") + "materials"
		f := v.get(materials).want(200, "居民身份证").form(materials)
		f.Set("mode.id_card", "electronic:"+code)
		p = v.send(materials, f).want(200, "提交前核对一遍", "示例小吃店")
		sheet := p.form(check)
		w.clock.Advance(20 * 24 * time.Hour)
		p = v.post(check, sheet).want(422, "「居民身份证」已过有效期", "示例小吃店", "示例路 1 号")
		if p.problemAt("row.material.id_card") == "" && !strings.Contains(p.text(), "换一份有效的，或者上传") {
			t.Errorf("not told at the row:\n%s", p.text())
		}
		p = v.get(materials).want(200).never("electronic:" + code)
		f = p.form(materials)
		f.Set("mode.id_card", "file")
		p = v.send(materials, f, file{"file.id_card", "身份证.pdf", pdf("id_card")}).want(200, "提交前核对一遍")
		v.post(check, p.form(check)).want(200, "已经提交")
	})
}
