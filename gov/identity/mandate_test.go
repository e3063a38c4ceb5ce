package identity

import (
	"context"
	"testing"
	"time"

	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

func TestScope_Bound(t *testing.T) {
	food, water := ItemKey("449901", "food"), ItemKey("449901", "water")
	for _, c := range []struct {
		name  string
		s     Scope
		act   string
		item  string
		org   string
		allow bool
	}{
		{"everything", Scope{Acts: MandateActs}, ActCollect, food, "A", true},
		{"who applies sees", Scope{Acts: []string{ActApply}}, ActSee, food, "A", true},
		{"who sees does not apply", Scope{Acts: []string{ActSee}}, ActApply, food, "A", false},
		{"who applies does not collect", Scope{Acts: []string{ActApply}}, ActCollect, food, "A", false},
		{"this item", Scope{Acts: MandateActs, Items: []string{food}}, ActApply, food, "A", true},
		{"another item", Scope{Acts: MandateActs, Items: []string{food}}, ActApply, water, "A", false},
		{"an item of the office", Scope{Acts: MandateActs, Items: []string{food}, Offices: []string{"B"}}, ActApply, water, "B", true},
		{"no act is named", Scope{Acts: MandateActs}, "", food, "A", false},
		{"no item is named", Scope{Acts: MandateActs, Items: []string{food}}, ActSee, "", "", false},
	} {
		if got := c.s.Bound().Allows(c.act, c.item, []string{c.org}); got != c.allow {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// agents are two people and two companies of which one has a legal representative.
type agents struct {
	bench
	boss, agent, other context.Context // legal representative, agent, somebody else
	agentSecret        string
	second             string // another company
}

func (b bench) agents(t *testing.T) agents {
	t.Helper()
	links := b.seeded(t)
	x := agents{bench: b, second: string(number.FictionalUSCC("91", SampleDistrict, 977))}
	_, x.boss = b.enter(t, links["legal_representative"])
	x.agentSecret, x.agent = b.enter(t, links[RoleResident])
	secret, err := b.Register(t.Context(), Registration{Name: "丁示例", Number: string(number.Fictional("449901", 811)), Phone: "14000000811", Password: "correct horse 8"}, Caller{Address: "10.0.0.9"})
	if err != nil {
		t.Fatal(err)
	}
	x.other = b.ctx(t, secret)
	if err := b.db.Write(dbtest.As(t, "test"), func(tx *db.Tx) error {
		return b.PutOrgTx(dbtest.As(t, "test"), tx, Org{Region: SampleDistrict, Code: x.second, Name: "示例区虚构第二有限公司", Kind: KindCompany})
	}); err != nil {
		t.Fatal(err)
	}
	return x
}

// person is who acts in a context, with name and number.
func (x agents) person(t *testing.T, ctx context.Context) Person {
	t.Helper()
	p, err := x.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (x agents) give(t *testing.T, s Scope) Mandate {
	t.Helper()
	p := x.person(t, x.agent)
	m, err := x.GrantMandate(x.boss, Grant{Org: SampleCompany, Name: p.Name, Number: p.Number, Scope: s, Until: x.clock.Now().Add(30 * 24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGrantMandate_byTheLegalRepresentativeOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		x := b.agents(t)
		p := x.person(t, x.agent)
		g := Grant{Org: SampleCompany, Name: p.Name, Number: p.Number, Scope: Scope{Acts: MandateActs}, Until: b.clock.Now().Add(24 * time.Hour)}
		_, err := b.GrantMandate(x.other, g)
		wantErr(t, "a stranger", err, ErrNotLegal)
		elsewhere := g
		elsewhere.Org = x.second
		_, err = b.GrantMandate(x.boss, elsewhere)
		wantErr(t, "another company", err, ErrNotLegal)
		x.give(t, Scope{Acts: MandateActs})
		_, err = b.GrantMandate(x.agent, g)
		wantErr(t, "an agent passes it on", err, ErrNotLegal)
		_, err = b.MandatesFor(x.agent, SampleCompany)
		wantErr(t, "an agent lists agents", err, ErrNotLegal)

		bad := g
		bad.Number, bad.Scope.Acts, bad.Until = "11010119900307001X", nil, b.clock.Now()
		_, err = b.GrantMandate(x.boss, bad)
		wantField(t, "nothing to do", err, "acts", "identity.mandate.acts")
		wantField(t, "no term", err, "until", "identity.mandate.until")
		bad = g
		bad.Until = b.clock.Now().AddDate(4, 0, 0)
		_, err = b.GrantMandate(x.boss, bad)
		wantField(t, "a term without end", err, "until", "identity.mandate.until_long")
		bad = g
		bad.Number = x.person(t, x.boss).Number
		_, err = b.GrantMandate(x.boss, bad)
		wantField(t, "to oneself", err, "number", "identity.mandate.self")
	})
}

func TestGrantMandate_boundsWhatTheAgentTouches(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		x := b.agents(t)
		own := authz.Define("test.own", "")
		food := ItemKey(SampleDistrict, "food")
		m := x.give(t, Scope{Acts: []string{ActApply}, Items: []string{food}})
		if err := b.ActFor(x.agent, SampleCompany); err != nil {
			t.Fatal(err)
		}
		may := func(o authz.Object) bool {
			t.Helper()
			return authz.Require(b.ctx(t, x.agentSecret), own, o) == nil
		}
		company := func(act, thing string) authz.Object {
			return authz.Object{Owners: []string{SampleCompany}, Act: act, Thing: thing}
		}
		if !may(company(ActApply, food)) || !may(company(ActSee, food)) {
			t.Error("what the mandate reaches is refused")
		}
		for _, o := range []authz.Object{company(ActCollect, food), company(ActApply, ItemKey(SampleDistrict, "water")), company("", ""), {Owners: []string{x.second}, Act: ActApply, Thing: food}} {
			if may(o) {
				t.Errorf("allowed: %+v", o)
			}
		}
		if !may(authz.Object{Owners: []string{x.person(t, x.agent).ID}}) {
			t.Error("his own matters are refused")
		}
		wantErr(t, "somebody else ends it", b.EndMandate(x.other, m.ID), ErrNoMandate)
		if err := b.EndMandate(x.boss, m.ID); err != nil {
			t.Fatal(err)
		}
		if may(company(ActApply, food)) {
			t.Error("a mandate that was taken back still works")
		}
		wantErr(t, "twice", b.EndMandate(x.boss, m.ID), ErrMandateOver)
		list, err := b.MandatesFor(x.boss, SampleCompany)
		if err != nil || len(list) != 2 || list[0].Ended.IsZero() || list[0].EndedBy == "" || list[0].Masked == x.person(t, x.agent).Number {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestMandate_endsWithItsTermAndByItsAgent(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		x := b.agents(t)
		x.give(t, Scope{Acts: MandateActs})
		if orgs, _ := b.OrgsOf(x.agent, auth.From(x.agent).Person); len(orgs) != 1 {
			t.Fatalf("%+v", orgs)
		}
		b.clock.Advance(30 * 24 * time.Hour)
		if orgs, _ := b.OrgsOf(x.agent, auth.From(x.agent).Person); len(orgs) != 0 {
			t.Errorf("after the term: %+v", orgs)
		}
		wantErr(t, "after the term", b.ActFor(x.agent, SampleCompany), ErrNotMandated)
		m := x.give(t, Scope{Acts: MandateActs})
		if err := b.EndMandate(x.agent, m.ID); err != nil {
			t.Errorf("the agent gives it up: %v", err)
		}
		mine, err := b.MyMandates(x.agent)
		if err != nil || len(mine) != 2 || !mine[0].Over(b.clock.Now()) || !mine[1].Over(b.clock.Now()) {
			t.Errorf("%+v, %v", mine, err)
		}
		boss, _ := b.MyMandates(x.boss)
		wantErr(t, "the register entry", b.EndMandate(x.boss, boss[0].ID), ErrNoMandate)
	})
}

func TestMandate_waitsForItsPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		x := b.agents(t)
		num := string(number.Fictional("449901", 812))
		grant := func(name string) Mandate {
			m, err := b.GrantMandate(x.boss, Grant{Org: SampleCompany, Name: name, Number: num, Scope: Scope{Acts: MandateActs}, Until: b.clock.Now().Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		if m := grant("戊示例"); m.Person != "" || m.Live(b.clock.Now()) {
			t.Errorf("in force for nobody: %+v", m)
		}
		grant("己示例") // a slip in the name
		secret, err := b.Register(t.Context(), Registration{Name: "戊示例", Number: num, Phone: "14000000812", Password: "correct horse 8"}, Caller{Address: "10.0.0.8"})
		if err != nil {
			t.Fatal(err)
		}
		mine, err := b.MyMandates(b.ctx(t, secret))
		if err != nil || len(mine) != 1 || !mine[0].Live(b.clock.Now()) {
			t.Errorf("%+v, %v", mine, err)
		}
		// Another name for a number that is on record waits too, and tells nothing.
		if m := grant("庚示例"); m.Person != "" {
			t.Errorf("in force under another name: %+v", m)
		}
	})
}
