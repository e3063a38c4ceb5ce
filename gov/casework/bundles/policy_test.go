package bundles_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/supplements"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/certificates"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/events"

	town "tongban/gov/casework/web/casefile/casefiletest"
)

// What the package says of a part that fails is what happens to the others.
func TestMoves_followThePolicies(t *testing.T) {
	def := func(p content.Policy) *catalogue.Bundle {
		return &catalogue.Bundle{Parts: []catalogue.Part{{ID: "a", Failed: p}, {ID: "b", After: []string{"a"}, Failed: content.GoOn}, {ID: "c", After: []string{"b"}, Failed: content.StopDependents}, {ID: "d", Failed: content.GoOn}}}
	}
	failed := map[string]bundles.Standing{"a": bundles.Failed, "b": bundles.Ahead, "c": bundles.Ahead, "d": bundles.Running}
	for policy, want := range map[content.Policy]string{
		content.StopAll:        "[{stop b a} {stop c a} {end d a}]",
		content.GoOn:           "[{start b }]",
		content.StopDependents: "[{stop b a} {start c }]",
	} {
		if got := fmt.Sprint(bundles.Moves(def(policy), failed)); got != want {
			t.Errorf("%s: %s, want %s", policy, got, want)
		}
	}
	done := map[string]bundles.Standing{"a": bundles.Done, "b": bundles.Done, "c": bundles.Off, "d": bundles.Failed}
	if got := fmt.Sprint(bundles.Moves(def(content.StopAll), done)); got != "[{close  }]" {
		t.Errorf("all ended: %s", got)
	}
}

// Random bundles under random ends: every part has one case or a reason why
// not, never two; nothing starts before what it waits for; it always ends.
func TestMoves_everyPartStartsOnceOrHasAReason(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 7))
		def := &catalogue.Bundle{}
		n := 2 + r.IntN(7)
		for i := range n {
			p := catalogue.Part{ID: fmt.Sprint("p", i), Failed: content.Policies[r.IntN(3)]}
			for j := range i {
				if r.IntN(3) == 0 {
					p.After = append(p.After, fmt.Sprint("p", j))
				}
			}
			def.Parts = append(def.Parts, p)
		}
		at, started, reasons := map[string]bundles.Standing{}, map[string]int{}, map[string]string{}
		for _, p := range def.Parts {
			at[p.ID] = bundles.Ahead
			if r.IntN(5) == 0 {
				at[p.ID], reasons[p.ID] = bundles.Off, "not needed"
			}
		}
		closed := false
		for range 100 {
			for _, m := range bundles.Moves(def, at) {
				switch m.Do {
				case bundles.StartPart:
					p, _ := def.Part(m.Part)
					for _, a := range p.After {
						q, _ := def.Part(a)
						if s := at[a]; s == bundles.Ahead || s == bundles.Running || (s == bundles.Failed || s == bundles.Halted) && q.Failed != content.GoOn {
							t.Fatalf("seed %d: %s starts while %s is %s", seed, m.Part, a, s)
						}
					}
					at[m.Part] = bundles.Running
					started[m.Part]++
				case bundles.StopPart:
					at[m.Part], reasons[m.Part] = bundles.Halted, m.Because
				case bundles.EndPart:
					at[m.Part] = bundles.Failed
				case bundles.CloseAll:
					closed = true
				}
			}
			if again := bundles.Moves(def, at); len(again) > 0 && again[0].Do != bundles.CloseAll {
				t.Fatalf("seed %d: the same standing moves again: %v", seed, again)
			}
			var running []string
			for _, p := range def.Parts {
				if at[p.ID] == bundles.Running {
					running = append(running, p.ID)
				}
			}
			if len(running) == 0 {
				if closed {
					break
				}
				continue
			}
			at[running[r.IntN(len(running))]] = []bundles.Standing{bundles.Done, bundles.Done, bundles.Failed}[r.IntN(3)]
		}
		for _, p := range def.Parts {
			if started[p.ID] > 1 || started[p.ID] == 1 == (reasons[p.ID] != "") {
				t.Fatalf("seed %d: %s has %d cases and the reason %q", seed, p.ID, started[p.ID], reasons[p.ID])
			}
		}
		if !closed {
			t.Fatalf("seed %d does not end: %v", seed, at)
		}
	}
}

// A refused registration ends everything that is not decided, as the guide says.
func TestReact_refusalStopsAll(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, restaurant, dineIn())
		p.decide(b, "drainage", casework.Approve)
		p.decide(b, "register", casework.Refuse)
		p.drain()
		b = p.reload(me, b)
		p.wants(b, map[string]string{"register": "refused", "food": "stopped", "fire": "withdrawn", "drainage": "granted", "sign": "unneeded"})
		if food, _ := b.Part("food"); food.Because != "register" || b.State != bundles.Closed {
			p.T.Errorf("%+v %s", food, b.State)
		}
	})
}

// The commit between a decision and the part that waits for it is lost: the next
// run of the reaction makes the case, and makes one.
func TestReact_survivesACrash(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, restaurant, dineIn())
		p.decide(b, "register", casework.Approve)
		crash := errors.New("the machine stopped")
		err := p.Casework.DB.Tidy(events.WithCause(p.Officer("x", "decider", town.Lead), "crash"), func(tx *db.Tx) error {
			if err := p.s.AdvanceTx(p.Officer("x", "decider", town.Lead), tx, b.Region, b.ID); err != nil {
				return err
			}
			return crash
		})
		if !errors.Is(err, crash) {
			p.T.Fatal(err)
		}
		if x, _ := p.reload(me, b).Part("food"); x.State != bundles.Waiting || p.count("casework_case") != 3 {
			p.T.Fatalf("after the crash: %s, %d cases", x.State, p.count("casework_case"))
		}
		for range 3 {
			p.drain()
		}
		if x, _ := p.reload(me, b).Part("food"); x.State != bundles.Started || x.Case == nil || p.count("casework_case") != 4 {
			p.T.Fatalf("after the restart: %s, %d cases", x.State, p.count("casework_case"))
		}
	})
}

func TestWithdraw_allAndPart(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, restaurant, dineIn())
		if _, err := p.s.DropPart(p.Resident("李虚构", 702), b.Region, b.ID, "fire", "不办了"); !errors.Is(err, bundles.ErrNone) {
			p.T.Errorf("a stranger: %v", err)
		}
		b, err := p.s.DropPart(me, b.Region, b.ID, "food", "先不做热食")
		p.Must(err)
		b, err = p.s.DropPart(me, b.Region, b.ID, "fire", "改做外卖")
		p.Must(err)
		p.drain()
		p.wants(p.reload(me, b), map[string]string{"register": "submitted", "food": "dropped", "fire": "withdrawn", "drainage": "submitted", "sign": "unneeded"})
		b, err = p.s.Withdraw(me, b.Region, b.ID, "不开店了")
		p.Must(err)
		p.drain()
		p.wants(p.reload(me, b), map[string]string{"register": "withdrawn", "food": "dropped", "fire": "withdrawn", "drainage": "withdrawn", "sign": "unneeded"})
		if _, err := p.s.Withdraw(me, b.Region, b.ID, "再撤一次"); !errors.Is(err, bundles.ErrEnded) {
			p.T.Errorf("again: %v", err)
		}
	})
}

// What two offices ask of the same paper is answered once, for both.
func TestAsked_gathersWhatOfficesAsk(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, restaurant, dineIn())
		for _, part := range []string{"fire", "drainage"} {
			x, _ := b.Part(part)
			_, err := p.Casework.AskSupplement(p.Officer("ask"+part, "decider", x.Org), x.Case.Region, x.Case.ID, 0, []supplements.SupplementItem{{Target: "material.id_card", Name: "身份证", Reason: "看不清", How: "重拍一张"}}, "")
			p.Must(err)
		}
		list, err := p.s.Asked(me, b.Region, b.ID)
		p.Must(err)
		if len(list) != 1 || list[0].Target != "material.id_card" || len(list[0].Asks) != 2 {
			p.T.Fatalf("%+v", list)
		}
		if _, err := p.s.SendAnswers(me, b.Region, b.ID); err == nil {
			p.T.Error("sent without an answer")
		}
		file := casework.Attachment{Hash: fmt.Sprintf("%064d", 9), Name: "id.pdf", Size: 10, Kind: "pdf"}
		p.Must(p.s.Answer(me, b.Region, b.ID, list[0].Target, supplements.Answer{Files: []casework.Attachment{file}}))
		b, err = p.s.SendAnswers(me, b.Region, b.ID)
		p.Must(err)
		p.wants(b, map[string]string{"register": "submitted", "food": "waiting", "fire": "submitted", "drainage": "submitted", "sign": "unneeded"})
		for _, part := range []string{"fire", "drainage"} {
			x, _ := b.Part(part)
			app, err := p.Casework.Draft(me, x.ItemRegion, x.Draft)
			p.Must(err)
			if !slices.ContainsFunc(app.Materials["id_card"].Files, func(a casework.Attachment) bool { return a.Hash == file.Hash }) {
				p.T.Errorf("%s did not get it: %+v", part, app.Materials["id_card"])
			}
		}
	})
}

// The officers of one case see where the others stand; those of another office do not.
func TestOfCase_sistersByNeedToKnow(t *testing.T) {
	in(t, restaurantParts, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, restaurant, dineIn())
		fire, _ := b.Part("fire")
		x, err := p.s.OfCase(p.Officer("fire", "decider", town.Fire), fire.Case.Region, fire.Case.ID)
		p.Must(err)
		if x == nil || x.Number != b.Number || len(x.Sisters) != 5 || !x.Sisters[2].Self || x.Sisters[0].Case != casework.Submitted || x.Sisters[0].Due.IsZero() {
			p.T.Errorf("%+v", x)
		}
		if _, err := p.s.OfCase(p.Officer("police", "examiner", town.Other), fire.Case.Region, fire.Case.ID); err == nil {
			p.T.Error("an office without a part sees it")
		}
	})
}

// heldByChild looks whose the certificates of a newborn are: the child's, who has them
// in its own wallet, and the parent's who applied; before the child has a number, the
// parent's alone, and nobody's number stands under the child's name.
func (p place) heldByChild(me context.Context, b bundles.Bundle, child string) {
	p.T.Helper()
	account, seen := "", 0
	for _, x := range p.reload(me, b).Parts {
		papers, err := p.Papers.OfCase(me, x.ItemRegion, string(x.Case.ID))
		p.Must(err)
		for _, f := range papers {
			want, owners := child, 2
			if x.ID == "vaccination" {
				want, owners = "", 1
			}
			if f.Kind != certificates.Certificate {
				continue
			}
			if f.HolderNumber != want || f.HolderName == "王示例" || len(f.Owners) != owners {
				p.T.Errorf("%s: held by %s %q, %v", x.ID, f.HolderName, f.HolderNumber, f.Owners)
			}
			if seen++; owners == 2 {
				account = f.Owners[0]
			}
		}
	}
	its, err := p.Papers.OfHolder(auth.With(p.T.Context(), auth.Principal{ID: "acc_child", Kind: auth.KindPerson, Region: town.Top, Person: account,
		Grants: []auth.Grant{{Role: "resident", Permissions: []string{certificates.MayHold.Name}, Region: town.Top, Subtree: true, Own: true}}}), []string{town.District}, account, 10)
	if err != nil || len(its) != 3 || seen != 4 {
		p.T.Errorf("the child has %d certificates of %d, %v", len(its), seen, err)
	}
}

// One paper is given once and reaches three offices.
func TestSubmit_lifeEvents(t *testing.T) {
	packages := []string{"birth-registration", "child-medical-insurance", "child-social-card", "vaccination-record", "newborn", "death-registration", "funeral-benefit", "medical-account-inheritance", "bereavement"}
	in(t, packages, func(p place) {
		me := p.Resident("王示例", 1)
		b := p.submit(me, "11449901900000065F"+"4"+"442099920000", map[string]string{"married": "yes", "card": "yes"})
		p.wants(b, map[string]string{"registration": "submitted", "medical": "waiting", "card": "waiting", "vaccination": "submitted"})
		// The register gives the child its number, which fits the child; what follows is
		// handed in with it.
		birth := time.Date(2026, 9, 1, 0, 0, 0, 0, calendar.Zone)
		child := string(number.FictionalBorn(town.District, birth, 2))
		p.fillAndDecide(b, "registration", casework.Approve, map[string]string{"child_number": child}, nil, map[string]string{"child_number": town.Number(1)},
			map[string]string{"child_number": string(number.FictionalBorn(town.District, birth, 1))}, map[string]string{"child_number": string(number.FictionalBorn(town.District, birth.AddDate(0, 0, 1), 2))})
		p.drain()
		b = p.reload(me, b)
		p.wants(b, map[string]string{"registration": "granted", "medical": "submitted", "card": "submitted", "vaccination": "submitted"})
		for _, x := range b.Parts {
			app, err := p.Casework.Draft(me, x.ItemRegion, x.Draft)
			p.Must(err)
			if len(app.Materials["birth_paper"].Files) != 1 {
				p.T.Errorf("%s has no birth certificate", x.ID)
			}
			if want := map[string]string{"medical": child, "card": child}[x.ID]; app.Form["child_number"] != want {
				p.T.Errorf("%s is handed in with %q, want %q", x.ID, app.Form["child_number"], want)
			}
		}
		for _, part := range []string{"medical", "card", "vaccination"} {
			p.decide(b, part, casework.Approve)
		}
		p.heldByChild(me, b, child)
		d := p.submit(me, "11449901900000065F"+"4"+"442099930000", map[string]string{"pension": "retired", "account_left": "one"})
		p.wants(d, map[string]string{"death": "submitted", "benefit": "waiting", "medical": "waiting"})
		p.decide(d, "death", casework.Refuse)
		p.drain()
		p.wants(p.reload(me, d), map[string]string{"death": "refused", "benefit": "stopped", "medical": "stopped"})
	})
}
