package casework

import (
	"context"
	"testing"

	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// sent gives somebody a mandate for a company and returns him acting under it.
func (w *town) sent(name, company string, scope identity.Scope) (context.Context, string) {
	w.t.Helper()
	var id string
	err := w.db.Write(dbtest.As(w.t, "test"), func(tx *db.Tx) (err error) {
		id, err = w.who.MandateTx(dbtest.As(w.t, "test"), tx, identity.Mandate{Org: company, Person: w.person[name].ID, Kind: identity.MandateAgent, Scope: scope})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	p := auth.From(w.resident(name))
	p.For, p.ForName, p.Within = company, company, []auth.Bound{scope.Bound()}
	return auth.With(w.t.Context(), p), id
}

// secondCompany is another company of the district.
func (w *town) secondCompany() string {
	w.t.Helper()
	code := string(number.FictionalUSCC("91", district, 955))
	err := w.db.Write(dbtest.As(w.t, "test"), func(tx *db.Tx) error {
		return w.who.PutOrgTx(dbtest.As(w.t, "test"), tx, identity.Org{Region: district, Code: code, Name: "示例区虚构第二有限公司", Kind: identity.KindCompany})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

func TestMandate_twoPeopleAndTwoCompanies(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		first, second := identity.SampleCompany, w.secondCompany()
		food := identity.Scope{Acts: []string{identity.ActApply}, Items: []string{identity.ItemKey(district, restaurant)}}
		wang, _ := w.sent("王示例", first, food)
		li, _ := w.sent("李虚构", second, food)
		looks, _ := w.sent("李虚构", first, identity.Scope{Acts: []string{identity.ActSee}})
		elsewhere, _ := w.sent("李虚构", first, identity.Scope{Acts: identity.MandateActs, Offices: []string{water}})

		d, err := w.s.Start(wang, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Start(looks, Start{Region: district, Item: restaurant})
		wants(t, "begins with a mandate to see", err, ErrScope)
		_, err = w.s.Start(elsewhere, Start{Region: district, Item: restaurant})
		wants(t, "begins outside the offices of the mandate", err, ErrScope)
		if _, err := w.s.Draft(looks, d.Region, d.ID); err != nil {
			t.Errorf("sees the draft: %v", err)
		}
		_, err = w.s.Draft(li, d.Region, d.ID)
		wants(t, "the other company opens the draft", err, ErrNoDraft)
		_, err = w.s.Save(looks, d.Region, d.ID, 0, Edit{Situation: map[string]string{"operator": "company"}})
		wants(t, "writes with a mandate to see", err, ErrScope)

		situation := dineIn()
		situation["operator"] = "company"
		d = w.fill(wang, d, situation)
		_, err = w.s.Submit(looks, d.Region, d.ID, d.Version)
		wants(t, "submits with a mandate to see", err, ErrScope)
		c, err := w.s.Submit(wang, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := w.s.Open(looks, c.Region, c.ID, ""); err != nil || !f.Mine {
			t.Errorf("sees the case: %v", err)
		}
		_, err = w.s.Withdraw(looks, c.Region, c.ID, "试一试")
		wants(t, "withdraws with a mandate to see", err, ErrScope)
		for name, ctx := range map[string]context.Context{"the other company": li, "the same company, other offices": elsewhere} {
			_, err = w.s.Open(ctx, c.Region, c.ID, "")
			wants(t, name+" opens the case", err, ErrNoCase)
			_, err = w.s.Timeline(ctx, c.Region, c.ID)
			wants(t, name+" reads the timeline", err, ErrNoCase)
			if mine, err := w.s.MyCases(ctx, "", 5); err != nil || len(mine.Cases) != 0 {
				t.Errorf("%s lists %d cases, %v", name, len(mine.Cases), err)
			}
		}
		if mine, err := w.s.MyCases(looks, "", 5); err != nil || len(mine.Cases) != 1 {
			t.Errorf("who may see lists: %+v %v", mine, err)
		}
	})
}

func TestMandate_endedBeforeSubmissionAtTheCounter(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		_, mandate := w.sent("李虚构", identity.SampleCompany, identity.Scope{Acts: []string{identity.ActApply}, Items: []string{identity.ItemKey(district, restaurant)}})
		clerk := w.officer("窗口员", RoleClerk, "")
		p := w.person["李虚构"]
		start := Start{Region: district, Item: restaurant, Person: p.ID, Shown: p.Number, Company: identity.SampleCompany}
		d, err := w.s.Start(clerk, start)
		if err != nil {
			t.Fatal(err)
		}
		situation := dineIn()
		situation["operator"] = "company"
		d = w.fill(clerk, d, situation)
		if err := w.who.EndMandate(dbtest.As(t, "test"), mandate); err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Submit(clerk, d.Region, d.ID, d.Version)
		wants(t, "submits after the mandate was taken back", err, ErrNotMandated)
		_, err = w.s.Start(clerk, start)
		wants(t, "begins after the mandate was taken back", err, ErrNotMandated)
		w.sent("李虚构", identity.SampleCompany, identity.Scope{Acts: []string{identity.ActSee, identity.ActCollect}})
		_, err = w.s.Start(clerk, start)
		wants(t, "begins with a mandate to collect", err, ErrScope)
	})
}
