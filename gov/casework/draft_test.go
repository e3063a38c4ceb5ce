package casework

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework/people"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
)

func TestDraft_staleEditSaysWhoChangedWhat(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		if d.Form["name"] != "王示例" {
			t.Errorf("not filled in with what is known: %v", d.Form)
		}
		clerk := w.officer("窗口", RoleClerk, "")
		_, err = w.s.Draft(clerk, d.Region, d.ID)
		wants(t, "a clerk who has not identified the person", err, ErrNotIdentified)
		_, err = w.s.Identify(clerk, d.Region, d.ID, "110101199001011234")
		wants(t, "another number", err, ErrOtherPerson)
		if _, err = w.s.Identify(clerk, d.Region, d.ID, w.person["王示例"].Number); err != nil {
			t.Fatal(err)
		}
		theirs, err := w.s.Save(clerk, d.Region, d.ID, d.Version+1, Edit{Form: map[string]string{"shop_name": "小店", "area": "80"}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Save(me, d.Region, d.ID, d.Version, Edit{Form: map[string]string{"shop_name": "大店"}})
		var f *fault.Fault
		if !errors.As(err, &f) || !errors.Is(err, ErrStale) {
			t.Fatalf("stale edit: %v", err)
		}
		c, _ := f.Details["clashes"].([]Clash)
		if len(c) != 1 || c[0].Field != "form.shop_name" || c[0].Theirs != "小店" || c[0].Yours != "大店" || c[0].Who != "窗口" || !c[0].When.Equal(theirs.UpdatedAt) {
			t.Errorf("clashes: %+v", c)
		}
		both, err := w.s.Save(me, d.Region, d.ID, d.Version, Edit{Form: map[string]string{"kitchen_area": "20"}})
		if err != nil || both.Form["kitchen_area"] != "20" || both.Form["area"] != "80" {
			t.Errorf("edits of different fields do not go together: %v %v", both.Form, err)
		}
		changes, err := w.s.Changes(me, d.Region, d.ID)
		if err != nil || len(changes) != 2 || changes[0].Name != "窗口" || len(changes[0].Fields) != 2 {
			t.Errorf("changes: %+v %v", changes, err)
		}
	})
}

func TestDraft_belongsToItsOwner(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, other := w.resident("王示例"), w.resident("李虚构")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Draft(other, d.Region, d.ID)
		wants(t, "read by another", err, ErrNoDraft)
		_, err = w.s.Save(other, d.Region, d.ID, 0, Edit{Form: map[string]string{"shop_name": "x"}})
		wants(t, "saved by another", err, ErrNoDraft)
		_, err = w.s.Submit(other, d.Region, d.ID, 0)
		wants(t, "submitted by another", err, ErrNoDraft)
		_, err = w.s.Start(me, Start{Region: district, Item: restaurant, Company: identity.SampleCompany})
		if !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("for a company one does not act for: %v", err)
		}
		_, err = w.s.Start(me, Start{Region: district, Item: "no such item"})
		if !fault.IsKind(err, fault.KindNotFound) {
			t.Errorf("an item that is not there: %v", err)
		}
		_, err = w.s.Start(me, Start{Region: district, Item: restaurant, Person: w.person["李虚构"].ID, Shown: w.person["李虚构"].Number})
		if !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a resident at the counter for another: %v", err)
		}
		if err := w.s.Discard(me, d.Region, d.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Submit(me, d.Region, d.ID, 0)
		wants(t, "submitted after it was discarded", err, ErrDraftClosed)
		if mine, err := w.s.MyDrafts(me); err != nil || len(mine) != 0 {
			t.Errorf("my drafts: %v %v", mine, err)
		}
	})
}

func TestCounter_intakeIsTheSameKindOfCase(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		clerk, p := w.officer("窗口", RoleClerk, ""), w.person["王示例"]
		who, err := w.s.Present(clerk, Person{Name: p.Name, Number: p.Number, Phone: p.Phone})
		if err != nil || who.ID != p.ID {
			t.Fatalf("present: %+v %v", who, err)
		}
		_, err = w.s.Start(clerk, Start{Region: district, Item: restaurant, Person: who.ID, Shown: "x"})
		wants(t, "another document", err, ErrOtherPerson)
		d, err := w.s.Start(clerk, Start{Region: district, Item: restaurant, Person: who.ID, Shown: p.Number})
		if err != nil {
			t.Fatal(err)
		}
		d = w.fill(clerk, d, dineIn())
		d, err = w.s.Choose(clerk, d.Region, d.ID, "layout", ToFollow, "", "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Submit(clerk, d.Region, d.ID, d.Version)
		var pr Problems
		if !errors.As(err, &pr) || len(pr) != 1 || pr[0].Field != "material.layout" || pr[0].Code != "casework.problem.not_deferable" {
			t.Fatalf("a material that may not follow: %v", err)
		}
		if _, err = w.s.Choose(clerk, d.Region, d.ID, "layout", ByFile, "", ""); err != nil {
			t.Fatal(err)
		}
		if d, err = w.s.Choose(clerk, d.Region, d.ID, "health", ToFollow, "", "下周补"); err != nil {
			t.Fatal(err)
		}
		c, err := w.s.Submit(clerk, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		if c.Channel != Counter || c.Owner != p.ID || c.TakenBy != "acc_窗口" {
			t.Errorf("%+v", c)
		}
		if c, err = w.s.Accept(clerk, c.Region, c.ID, c.Version); err != nil || c.State != Accepted {
			t.Fatalf("accept at once: %v %v", c.State, err)
		}
		me := w.resident("王示例")
		if mine, err := w.s.MyCases(me, "", 5); err != nil || len(mine.Cases) != 1 {
			t.Errorf("my cases: %v %v", mine, err)
		}
		if taken, err := w.s.CounterCases(clerk, "", 5); err != nil || len(taken.Cases) != 1 {
			t.Errorf("the counter's cases: %v %v", taken, err)
		}
		file := []Attachment{{Hash: "h", Name: "健康证明.pdf", Size: 5, Kind: "pdf"}}
		if c, err = w.s.AddMaterial(me, c.Region, c.ID, "health", file); err != nil {
			t.Errorf("what was to follow: %v", err)
		}
		_, err = w.s.AddMaterial(me, c.Region, c.ID, "layout", file)
		wants(t, "what was not to follow", err, ErrNoMaterial)
	})
}

func TestCompany_ownsItsCase(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		agent := w.person["李虚构"]
		err := w.db.Write(dbtest.As(t, "test"), func(tx *db.Tx) error {
			_, err := w.who.MandateTx(dbtest.As(t, "test"), tx, identity.Mandate{Org: identity.SampleCompany, Person: agent.ID, Kind: identity.MandateAgent})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		self := w.resident("李虚构")
		p := auth.From(self)
		p.For = identity.SampleCompany
		ctx := auth.With(t.Context(), p)
		d, err := w.s.Start(ctx, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		if d.Applicant.Company != identity.SampleCompany || d.Form["org_uscc"] != identity.SampleCompany {
			t.Errorf("applicant %+v, form %v", d.Applicant, d.Form)
		}
		situation := dineIn()
		situation["operator"] = "company"
		d = w.fill(ctx, d, situation)
		c, err := w.s.Submit(ctx, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		if c.Owner != identity.SampleCompany || c.Person != agent.ID || c.ApplicantName == "李虚构" {
			t.Errorf("%+v", c)
		}
		if mine, err := w.s.MyCases(ctx, "", 5); err != nil || len(mine.Cases) != 1 {
			t.Errorf("the company's cases: %v %v", mine, err)
		}
		if mine, err := w.s.MyCases(self, "", 5); err != nil || len(mine.Cases) != 0 {
			t.Errorf("the person's own cases: %v %v", mine, err)
		}
		_, err = w.s.Open(self, c.Region, c.ID, "")
		wants(t, "as a person, without the company", err, ErrNoCase)
		var b strings.Builder
		if err := w.s.DrawFlow(ctx, &b, c.Region, c.ID, strings.ToUpper); err != nil || !strings.Contains(b.String(), "<svg") {
			t.Errorf("picture: %v", err)
		}
	})
}

// certificate issues an e-certificate of a kind to a person of the town and
// returns its code.
func (w *town) certificate(owner, kind, title string) string {
	w.t.Helper()
	return w.certificateUntil(owner, kind, title, time.Time{})
}

// certificateUntil is certificate with an end.
func (w *town) certificateUntil(owner, kind, title string, until time.Time) string {
	w.t.Helper()
	var p certificates.Paper
	err := w.db.Write(dbtest.As(w.t, "test"), func(tx *db.Tx) (err error) {
		p, err = w.papers.IssueTx(dbtest.As(w.t, "test"), tx, certificates.Paper{Region: district, Kind: certificates.Certificate, Case: "case_" + kind, CaseNumber: "虚构" + kind, Issuer: lead,
			IssuerName: "示例区某局（虚构）", Owners: []string{w.person[owner].ID}, HolderName: owner, HolderNumber: w.person[owner].Number, Type: kind, TypeName: title, Title: title, ValidFrom: w.clock.Now(), ValidUntil: until})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Code
}

// A certificate that was good when it was chosen and is not any more is said at
// its field when the application is handed in; nothing else is lost.
func TestSubmit_certificateExpiredSince(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		d = w.fill(me, d, dineIn())
		before := d
		code := w.certificateUntil("王示例", "resident_id_card", "居民身份证", w.clock.Now().AddDate(0, 0, 10))
		if d, err = w.s.Choose(me, d.Region, d.ID, "id_card", Electronic, code, ""); err != nil {
			t.Fatal(err)
		}
		if p, err := w.s.Check(me, d); err != nil || len(p) > 0 {
			t.Fatalf("in force: %v %v", p, err)
		}
		w.clock.Advance(20 * 24 * time.Hour)
		_, err = w.s.Submit(me, d.Region, d.ID, d.Version)
		var wrong Problems
		if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != "material.id_card" || wrong[0].Code != "casework.problem.paper_expired" {
			t.Fatalf("handed in with an expired certificate: %v", err)
		}
		now, err := w.s.Draft(me, d.Region, d.ID)
		if err != nil || now.State != DraftOpen || now.Version != d.Version || len(now.Form) != len(before.Form) || now.Materials["id_card"].Paper != code {
			t.Errorf("the refusal changed the draft: %+v %v", now, err)
		}
		if d, err = w.s.Attach(me, d.Region, d.ID, "id_card", Attachment{Hash: "aa11", Name: "身份证.pdf", Size: 9, Kind: "pdf"}); err != nil {
			t.Fatal(err)
		}
		if c, err := w.s.Submit(me, d.Region, d.ID, d.Version); err != nil || c.Number == "" {
			t.Errorf("with a document instead: %v", err)
		}
	})
}

// Law: 国务院令第716号 art. 10: a certificate counts as what it is; a residence
// permit is no identity card.
func TestChoose_certificateOfTheWrongKind(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, clerk := w.resident("王示例"), w.officer("窗口", RoleClerk, "")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Identify(clerk, d.Region, d.ID, w.person["王示例"].Number); err != nil {
			t.Fatal(err)
		}
		permit, byName, byType := w.certificate("王示例", "F001", "居住证"), w.certificate("王示例", "F002", "居民身份证"), w.certificate("王示例", "resident_id_card", "身份证件")
		others := w.certificate("李虚构", "F003", "居民身份证")
		try := func(ctx context.Context, code, want string) {
			t.Helper()
			got, err := w.s.Choose(ctx, d.Region, d.ID, "id_card", Electronic, code, "")
			var wrong Problems
			if errors.As(err, &wrong); want == "" && (err != nil || got.Materials["id_card"].Paper != code) || want != "" && (len(wrong) != 1 || wrong[0].Field != "material.id_card" || wrong[0].Code != "casework.problem."+want) {
				t.Errorf("%s: %v, want %q", code, err, want)
			}
		}
		for _, ctx := range []context.Context{me, clerk} {
			try(ctx, permit, "paper_kind")
			try(ctx, "22223333AAAA", "paper_none")
			try(ctx, byName, "")
			try(ctx, byType, "")
		}
		try(me, others, "paper_none")
		try(clerk, others, "paper_other")
		now, err := w.s.Draft(me, d.Region, d.ID)
		if err != nil || now.Materials["id_card"].Paper != byType {
			t.Errorf("a refusal changed what was chosen: %+v %v", now.Materials["id_card"], err)
		}
	})
}

func TestAccepts_importedGuideByItsName(t *testing.T) {
	for _, c := range []struct {
		material, certificate string
		want                  bool
	}{
		{"申请人身份证复印件（正反面）", "居民身份证", true}, {"营业执照副本或事业单位法人证书", "营业执照", true}, {"居民身份证", "居住证", false},
		{"居住证明", "居住证", false}, {"港澳台居民居住证", "居住证", false}, {"临时居民身份证", "居民身份证", false}, {"申请表", "", false},
	} {
		m := catalogue.Material{Name: catalogue.Text{Zh: c.material}}
		p := certificates.Paper{Type: "X", Title: c.certificate}
		if got := (*Applications)(nil).Accepts(true, m, p); got != c.want {
			t.Errorf("%s for %s: %t", c.certificate, c.material, got)
		}
		if (*Applications)(nil).Accepts(false, m, p) {
			t.Errorf("a package that names no certificate takes %s for %s", c.certificate, c.material)
		}
	}
}

// Law: 个人信息保护法 art. 14, 15: choosing "electronic" is consent; it is on
// record with its purpose and can be taken back until the matter is handed in.
func TestConsent_givenByChoosingAndTakenBack(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		d = w.fill(me, d, dineIn())
		if d, err = w.s.Choose(me, d.Region, d.ID, "health", Electronic, "certificate:health_certificate", ""); err != nil {
			t.Fatal(err)
		}
		c := d.Materials["health"].Consent
		if c == nil || !strings.Contains(c.Purpose, "健康证明电子证照") || !strings.Contains(c.Purpose, d.ItemName) || c.Office != d.OrgName || c.By != "acc_"+w.person["王示例"].ID[4:] || c.Counter {
			t.Fatalf("consent %+v", c)
		}
		given := *c
		w.clock.Advance(time.Hour)
		if d, err = w.s.Choose(me, d.Region, d.ID, "health", Electronic, "certificate:health_certificate", ""); err != nil || *d.Materials["health"].Consent != given {
			t.Errorf("the same choice again: %+v %v", d.Materials["health"].Consent, err)
		}
		if d, err = w.s.Unchoose(me, d.Region, d.ID, "health"); err != nil || d.Materials["health"].Mode != "" || d.Materials["health"].Consent != nil {
			t.Fatalf("taken back: %+v %v", d.Materials["health"], err)
		}
		_, err = w.s.Submit(me, d.Region, d.ID, d.Version)
		refusedAt(t, "hand in without a choice", err, "material.health")
		if d, err = w.s.Choose(me, d.Region, d.ID, "health", Electronic, "certificate:health_certificate", ""); err != nil {
			t.Fatal(err)
		}
		if _, err = w.s.Submit(me, d.Region, d.ID, d.Version); err != nil {
			t.Fatal(err)
		}
		want := []string{"casework.consent.given", "casework.consent.withdrawn", "casework.consent.given"}
		if got := w.acts(d.Region, string(d.ID), "casework.consent."); !slices.Equal(got, want) {
			t.Errorf("record %v, want %v", got, want)
		}
		_, err = w.s.Unchoose(me, d.Region, d.ID, "health")
		wants(t, "take back afterwards", err, ErrDraftClosed)
	})
}

// What was given up for another way, and what the answers no longer ask for,
// does not go along.
func TestSubmit_leavesBehindWhatWasGivenUp(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		d = w.fill(me, d, dineIn())
		if d, err = w.s.Choose(me, d.Region, d.ID, "health", ToFollow, "", ""); err != nil || len(d.Materials["health"].Files) != 1 {
			t.Fatalf("%+v %v", d.Materials["health"], err)
		}
		if d, err = w.s.Save(me, d.Region, d.ID, d.Version, Edit{Situation: map[string]string{"service": "takeaway"}}); err != nil {
			t.Fatal(err)
		}
		o, err := w.s.shelf.Fetch(me, d.Region, d.Item, d.ItemVersion)
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]bool{}
		for _, l := range d.Leftovers(o.Materials, o.MaterialsFor(o.Answers(d.Situation, d.Form))) {
			left[l.Material.ID] = l.Unneeded
		}
		if unneeded, ok := left["health"]; !ok || unneeded || !left["fire_plan"] || len(left) != 2 {
			t.Errorf("left behind: %v", left)
		}
		c, err := w.s.Submit(me, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		f, err := w.s.Open(me, c.Region, c.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		got := f.Application
		if _, ok := got.Materials["fire_plan"]; ok || len(got.Materials["health"].Files) != 0 || got.Materials["health"].Mode != ToFollow || len(got.Materials["layout"].Files) != 1 || got.Situation["fire_way"] != "" {
			t.Errorf("handed in: %+v %v", got.Materials, got.Situation)
		}
	})
}

// acts lists the recorded acts on an object whose names begin with prefix.
func (w *town) acts(region, object, prefix string) []string {
	w.t.Helper()
	var out []string
	rows, err := db.All(w.t.Context(), w.db, func(r db.Row) (string, error) {
		var s string
		return s, r.Scan(&s)
	}, `SELECT action FROM audit_entry WHERE region = $1 AND object = $2 ORDER BY id`, region, object)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range rows {
		if strings.HasPrefix(a, prefix) {
			out = append(out, a)
		}
	}
	return out
}

// A name and a number that somebody typed do not prove who applies: the item
// says how sure the office has to be, and a counter makes sure.
func TestSubmit_identityThatTheItemAsksFor(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		var p identity.Person
		err := w.db.Write(dbtest.As(t, "test"), func(tx *db.Tx) (err error) {
			p, err = w.who.EnsurePersonTx(dbtest.As(t, "test"), tx, identity.Person{Region: top, Name: "赵自述", Number: string(number.Fictional(district, 777)), Phone: "14000000777", Level: identity.LevelFormat})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.person["赵自述"] = p
		me := w.resident("赵自述")
		begin := func() Draft {
			d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
			if err != nil {
				t.Fatal(err)
			}
			return w.fill(me, d, dineIn())
		}
		d := begin()
		_, err = w.s.Submit(me, d.Region, d.ID, d.Version)
		refusedAt(t, "typed name and number", err, "applicant")
		if found, err := w.s.Check(me, d); err != nil || len(found) != 1 || found[0].Code != "casework.problem.identity" {
			t.Errorf("check: %v %v", found, err)
		}

		// A clerk who compares the person with the document goes on with the draft.
		clerk := w.officer("窗口", RoleClerk, lead)
		if d, err = w.s.Identify(clerk, d.Region, d.ID, p.Number); err != nil {
			t.Fatal(err)
		}
		if _, err = w.s.Submit(clerk, d.Region, d.ID, d.Version); err != nil {
			t.Errorf("at the counter: %v", err)
		}

		// Once seen at a counter, the person applies from home.
		other := begin()
		_, err = w.s.Submit(me, other.Region, other.ID, other.Version)
		refusedAt(t, "another draft", err, "applicant")
		if _, err := w.s.Present(clerk, people.Person{Name: p.Name, Number: p.Number}); err != nil {
			t.Fatal(err)
		}
		c, err := w.s.Submit(me, other.Region, other.ID, other.Version)
		if err != nil {
			t.Fatalf("after the counter: %v", err)
		}
		if f, err := w.s.Open(me, c.Region, c.ID, ""); err != nil || f.Application.Applicant.Level != identity.LevelCounter {
			t.Errorf("kept level %d %v", f.Application.Applicant.Level, err)
		}
	})
}

// Imported guides ask for what they always did.
func TestItem_importedGuidesAskForTheDefault(t *testing.T) {
	if n := (catalogue.Item{}).IdentityLevel(); n != identity.LevelFormat {
		t.Errorf("level %d", n)
	}
}
