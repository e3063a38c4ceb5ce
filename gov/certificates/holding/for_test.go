package holding_test

import (
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/db"
)

// A copy counts for its office, by code or name, and for its matter, however its
// number is written; for another office or matter it is refused. What is not a copy
// is bound to nobody.
func TestFor(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		g := gift(w)
		g.OfficeName, g.Matter, g.CaseRegion, g.Case = "示例区市场监督管理局（虚构）", "2026 ABCD 7", region, "case_1"
		f, err := w.papers.Paper(person("per_wang"), region, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		var c holding.Copy
		if err := w.d.Write(person("per_wang"), func(tx *db.Tx) (err error) {
			c, err = w.s.GiveTx(person("per_wang"), tx, f, []string{"per_wang"}, g)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		file := w.file(c)
		for whom, reason := range map[string]string{"": "", office: "", "示例区市场监督管理局（虚构）": "", office + "/2026ABCD7": "", office + "/2026 abcd 7": "", "/2026-ABCD-7": "",
			other: certificates.ErrElsewhere.Code, "示例区公安分局（虚构）/2026ABCD7": certificates.ErrElsewhere.Code, office + "/2026ABCD8": holding.ErrOtherMatter.Code, "/1": holding.ErrOtherMatter.Code} {
			org, matter := holding.ParseFor(whom)
			for form, r := range map[string]certificates.Report{"file": certificates.VerifyFile(file, w.trust, w.clock.Now()), "code": w.check(c.Code)} {
				if got := holding.For(r, org, matter); got.OK != (reason == "") || got.Reason != reason || !got.Genuine {
					t.Errorf("%s for %q: %v %q", form, whom, got.OK, got.Reason)
				}
			}
		}
		if got := holding.For(w.check(p.Code), other, "9"); !got.OK {
			t.Errorf("the certificate itself: %+v", got)
		}
		bound := w.give(p) // names no matter
		if got := holding.For(w.check(bound.Code), office, "9"); !got.OK {
			t.Errorf("a copy without a matter: %+v", got)
		}
		w.clock.Set(c.Until.Add(time.Second))
		if got := holding.For(w.check(c.Code), office, "/1"); got.OK || got.Reason != certificates.ErrExpired.Code {
			t.Errorf("after its day the first reason stays: %+v", got)
		}
	})
}

func (w *world) check(code string) certificates.Report {
	w.t.Helper()
	r, err := w.papers.Check(w.t.Context(), code, code)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}
