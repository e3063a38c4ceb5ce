package bundles_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/offers"
	town "tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/items"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/events/eventstest"
	"tongban/platform/files"
)

const restaurant = "114499019000000222" + "4" + "442099910000"

var restaurantParts = []string{"business-registration", "food-licence", "fire-safety-check", "drainage-permit", "outdoor-advertising", "restaurant"}

// place is a town with one things.
type place struct {
	*town.Town
	s   *bundles.Service
	bus *events.Bus
}

func in(t *testing.T, packages []string, f func(p place)) {
	t.Helper()
	town.Run(t, func(w *town.Town) { f(settle(w, packages)) })
}

func settle(w *town.Town, packages []string) place {
	for _, name := range packages {
		_, err := w.Items.PublishPackage(dbtest.As(w.T, "test"), items.Files, name, catalogue.PublishOptions{})
		w.Must(err)
	}
	p := place{Town: w, bus: events.New(w.Casework.DB, slog.New(slog.DiscardHandler))}
	p.s = bundles.New(bundles.Deps{DB: w.Casework.DB, Clock: w.Clock, Calendar: w.Casework.Calendar, Cases: w.Casework, Items: w.Items, Papers: w.Papers, Regions: w.Casework.Regions})
	p.s.React(p.bus)
	return p
}

// draft fills in an application: every shown field, a file for every material.
func (p place) draft(ctx context.Context, item string, situation map[string]string) casework.Draft {
	p.T.Helper()
	d, err := p.Casework.Start(ctx, casework.Start{Region: town.District, Item: item})
	p.Must(err)
	return p.fill(ctx, d, situation)
}

func (p place) fill(ctx context.Context, d casework.Draft, situation map[string]string) casework.Draft {
	p.T.Helper()
	o, err := p.Casework.Offer(ctx, d.Region, d.Item, d.ItemVersion)
	p.Must(err)
	form := town.Answers(o.Form)
	for id, v := range map[string]string{"child_birth": "2026-09-01", "death_date": "2026-09-01", "enrolled": "2026-09-01", "living_since": "2026-03-01", "finish": "2030-07-01",
		"account": "12345678", "account_number": "12345678", "student_id": "S-1"} {
		if form[id] != "" {
			form[id] = v
		}
	}
	d, err = p.Casework.Save(ctx, d.Region, d.ID, d.Version, casework.Edit{Situation: situation, Form: form})
	p.Must(err)
	ref, err := p.Files.Put(ctx, bytes.NewReader(town.PDF()), 1<<20, []files.Kind{files.PDF})
	p.Must(err)
	all := map[string]string{}
	for k, v := range d.Form {
		all[k] = v
	}
	for k, v := range situation {
		all[k] = v
	}
	for _, m := range o.MaterialsFor(all) {
		d, err = p.Casework.Attach(ctx, d.Region, d.ID, m.ID, casework.Attachment{Hash: ref.Hash, Size: ref.Size, Kind: string(ref.Kind), Name: m.ID + ".pdf"})
		p.Must(err)
	}
	return d
}

func (p place) submit(ctx context.Context, item string, situation map[string]string) bundles.Bundle {
	p.T.Helper()
	d := p.draft(ctx, item, situation)
	b, err := p.s.Submit(ctx, d.Region, d.ID, d.Version)
	p.Must(err)
	return b
}

// reload reads a one thing as its applicant.
func (p place) reload(ctx context.Context, b bundles.Bundle) bundles.Bundle {
	p.T.Helper()
	b, err := p.s.Bundle(ctx, b.Region, b.ID)
	p.Must(err)
	return b
}

// decide brings the case of a part to its decision.
func (p place) decide(b bundles.Bundle, part string, outcome casework.Result) {
	p.T.Helper()
	p.fillAndDecide(b, part, outcome, nil)
}

// fillAndDecide is decide where the last step fills something in; what it refuses
// is tried in vain first.
func (p place) fillAndDecide(b bundles.Bundle, part string, outcome casework.Result, fields map[string]string, refused ...map[string]string) {
	p.T.Helper()
	x, _ := b.Part(part)
	if x.Case == nil {
		p.T.Fatalf("%s has no case", part)
	}
	c, err := p.Casework.Accept(p.Officer("accept"+part, "decider", x.Org), x.Case.Region, x.Case.ID, 0)
	p.Must(err)
	for range 8 {
		open, err := desk.Open(p.T.Context(), p.Casework.DB, c.Region, c.ID)
		p.Must(err)
		if len(open) == 0 {
			return
		}
		t := open[0]
		op := casework.Opinion{Result: casework.Approve, Text: "意见"}
		if outcome == casework.Refuse && t.Element == "decide" {
			op = casework.Opinion{Result: casework.Refuse, Text: "不同意", Refusal: casework.Refusal{Grounds: []string{"reason.untrue"}, Facts: "材料与现场不一致", Pass: "换成真实的材料"}}
		}
		officer := p.Officer("do"+part+t.Element, t.Role, t.Org)
		if t.Element == "decide" {
			for _, op.Fields = range refused {
				var wrong casework.Problems
				if _, err := p.Casework.Complete(officer, c.Region, t.ID, op); !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != "fields.child_number" {
					p.T.Errorf("approved with %v: %v", op.Fields, err)
				}
			}
			op.Fields = fields
		}
		_, err = p.Casework.Complete(officer, c.Region, t.ID, op)
		p.Must(err)
	}
	p.T.Fatalf("%s is not decided after eight steps", part)
}

// drain runs the reactions to rest.
func (p place) drain() {
	p.T.Helper()
	eventstest.Drain(p.T, p.bus)
}

func states(b bundles.Bundle) map[string]string {
	out := map[string]string{}
	for _, p := range b.Parts {
		out[p.ID] = string(p.State)
		if p.Case != nil {
			out[p.ID] = string(p.Case.State)
			if p.Case.Outcome != "" {
				out[p.ID] = string(p.Case.Outcome)
			}
		}
	}
	return out
}

func (p place) wants(b bundles.Bundle, want map[string]string) {
	p.T.Helper()
	if got := states(b); fmt.Sprint(got) != fmt.Sprint(want) {
		p.T.Fatalf("parts stand %v, want %v", got, want)
	}
}

func dineIn() map[string]string {
	return map[string]string{"operator": "none", "place": "free", "service": "dine_in", "fire_way": "inspect", "drain": "own", "sign": "small"}
}

// count counts rows.
func (p place) count(table string) int {
	p.T.Helper()
	n, err := db.One(p.T.Context(), p.Casework.DB, db.Value[int], `SELECT count(*) FROM `+table)
	p.Must(err)
	return n
}

func TestSubmit_makesTheCasesOfAllPartsThatStartAtOnce(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		d := p.draft(me, restaurant, dineIn())
		if _, err := p.Casework.Submit(me, d.Region, d.ID, d.Version); !errors.Is(err, offers.ErrManyParts) {
			p.T.Fatalf("as one case: %v", err)
		}
		b, err := p.s.Submit(me, d.Region, d.ID, d.Version)
		p.Must(err)
		p.wants(b, map[string]string{"register": "submitted", "food": "waiting", "fire": "submitted", "drainage": "submitted", "sign": "unneeded"})
		for _, x := range b.Parts {
			if x.Case != nil && (x.Case.Owner != b.Owner || x.Case.Number == b.Number || x.Case.Org != x.Org) {
				p.T.Errorf("case of %s: %+v", x.ID, x.Case)
			}
		}
		again, err := p.s.Submit(me, d.Region, d.ID, 0)
		if err != nil || again.ID != b.ID || p.count("casework_case") != 3 || p.count("casework_bundle") != 1 {
			p.T.Fatalf("again: %v %s, %d cases", err, again.ID, p.count("casework_case"))
		}
		papers, err := p.Papers.OfCase(me, b.Region, string(b.ID))
		if err != nil || len(papers) != 1 || papers[0].Kind != certificates.Receipt || papers[0].CaseNumber != b.Number {
			p.T.Errorf("receipt: %v %+v", err, papers)
		}
	})
}

// An office gets what its part needs and nothing else; one material reaches
// every part that needs it.
func TestSubmit_passesOnWhatEachPartNeeds(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		d := p.draft(me, restaurant, dineIn())
		told, err := p.s.Preview(me, d)
		p.Must(err)
		b, err := p.s.Submit(me, d.Region, d.ID, d.Version)
		p.Must(err)
		got := map[string][]string{}
		for _, x := range b.Parts {
			if x.Case == nil {
				continue
			}
			app, err := p.Casework.Draft(me, x.ItemRegion, x.Draft)
			p.Must(err)
			for m, c := range app.Materials {
				if len(c.Files) != 1 {
					p.T.Errorf("%s of %s: %+v", m, x.ID, c)
				}
				got[m] = append(got[m], x.ID)
			}
			for _, v := range told {
				if v.ID == x.ID {
					p.toldOf(v, app)
				}
			}
			if app.Form["shop_address"] == "" || app.Form["number"] != town.Number(1) {
				p.T.Errorf("form of %s: %v", x.ID, app.Form)
			}
			if (app.Form["seats"] != "") != (x.ID == "fire") || app.Form["dishes"] != "" {
				p.T.Errorf("%s got what is not its own: %v", x.ID, app.Form)
			}
		}
		for m, want := range map[string][]string{"id_card": {"register", "fire", "drainage"}, "use_letter": {"register"}, "fire_plan": {"fire"}, "layout": nil, "licence": nil} {
			if !slices.Equal(got[m], want) {
				p.T.Errorf("%s went to %v, want %v", m, got[m], want)
			}
		}
	})
}

// toldOf compares what the applicant was told before handing in with the
// application that the office got.
func (p place) toldOf(v bundles.Preview, app casework.Draft) {
	p.T.Helper()
	questions := map[string][]string{"register": {"place"}, "food": {"operator", "place"}, "fire": {"fire_way"}, "drainage": {"drain"}}
	if !slices.Equal(v.Questions, questions[v.ID]) {
		p.T.Errorf("%s: told that the answers to %v go there, want %v", v.ID, v.Questions, questions[v.ID])
	}
	if len(app.Situation) != len(v.Questions) {
		p.T.Errorf("%s: told of %v, got %v", v.ID, v.Questions, app.Situation)
	}
	if has := slices.Contains(v.Fields, "seats"); has != (app.Form["seats"] != "") {
		p.T.Errorf("%s: told of the fields %v, got %v", v.ID, v.Fields, app.Form)
	}
}

// Who agrees to a certificate being looked up is told every office that will
// look, and that is what is kept.
func TestChoose_consentNamesEveryOffice(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		d := p.draft(me, restaurant, dineIn())
		d, err := p.Casework.Choose(me, d.Region, d.ID, "id_card", casework.Electronic, "certificate:resident_id_card", "")
		p.Must(err)
		parts, err := p.s.Preview(me, d)
		p.Must(err)
		var want []string
		for _, x := range parts {
			if slices.Contains(x.Materials, "id_card") && !slices.Contains(want, x.OrgName) {
				want = append(want, x.OrgName)
			}
		}
		if c := d.Materials["id_card"].Consent; len(want) < 3 || c == nil || c.Office != strings.Join(want, "、") {
			p.T.Errorf("consent %+v, want the offices %v", c, want)
		}
	})
}

// A part that waits starts by itself, once, with the certificate of the one before.
func TestReact_startsWhatWaitsWithTheResultBefore(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, restaurant, dineIn())
		p.decide(b, "register", casework.Approve)
		p.drain()
		p.drain()
		b = p.reload(me, b)
		p.wants(b, map[string]string{"register": "granted", "food": "submitted", "fire": "submitted", "drainage": "submitted", "sign": "unneeded"})
		food, _ := b.Part("food")
		app, err := p.Casework.Draft(me, food.ItemRegion, food.Draft)
		p.Must(err)
		c := app.Materials["licence"]
		papers, err := p.Papers.OfCase(me, b.Parts[0].Case.Region, string(b.Parts[0].Case.ID))
		p.Must(err)
		i := slices.IndexFunc(papers, func(f certificates.Found) bool { return f.Kind == certificates.Certificate })
		if c.Mode != drafts.Electronic || i < 0 || c.Paper != papers[i].Code || c.Consent == nil || c.Consent.Office != food.OrgName {
			p.T.Errorf("licence: %+v", c)
		}
		for _, part := range []string{"fire", "drainage", "food"} {
			p.decide(b, part, casework.Approve)
		}
		p.drain()
		if b = p.reload(me, b); b.State != bundles.Closed || b.ClosedAt.IsZero() || p.count("casework_case") != 4 {
			p.T.Errorf("%s, %d cases", b.State, p.count("casework_case"))
		}
	})
}
