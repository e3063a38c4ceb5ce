package holding_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// birthday is the first moment on which the child of these tests is of age.
var birthday = time.Date(2026, 12, 1, 0, 0, 0, 0, calendar.Zone)

var childNumber = string(number.FictionalBorn(region, birthday.AddDate(-18, 0, 0), 1))

func relationship() holding.Relationship {
	return holding.Relationship{Name: "王示例", Number: numberOf(7), ChildName: "王小虚构", ChildNumber: childNumber, Proof: holding.Proofs[0], ProofNumber: "虚构字第1号"}
}

var clerk = officer("acc_clerk", office, holding.MayVouch.Name)

// childOf issues a certificate in the name of the child; owner is who applied for it.
func (w *world) childOf(owner string) certificates.Paper {
	return w.issue(permitOf(owner, "王小虚构", childNumber))
}

// A clerk puts on record who acts for a child, with the proof; then the child's
// certificates are in the guardian's wallet, to show, give and object to, until the
// child's eighteenth birthday.
func TestGuardian_untilOfAge(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.t
		parent := person("per_wang")
		own := w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		key := once.With(clerk, "record-1")
		ward, err := w.s.Record(key, relationship())
		if err != nil || ward.Guardian != "per_wang" || ward.Child == "" || ward.ChildMasked == childNumber || !ward.Until.Equal(birthday) || ward.OfficerName != "acc_clerk" {
			t.Fatalf("%+v, %v", ward, err)
		}
		if again, err := w.s.Record(key, relationship()); err != nil || again.ID != ward.ID {
			t.Errorf("said twice: %+v, %v", again, err)
		}
		theirs := w.childOf(ward.Child)
		h, err := w.s.Held(parent, region, theirs.ID)
		if err != nil || h.Relation != holding.Child || h.OfName != "王小虚构" || !h.Ends.Equal(birthday) {
			t.Fatalf("%+v, %v", h, err)
		}
		groups, err := w.s.Wallet(parent, holding.Query{})
		if err != nil || len(groups) != 2 || groups[0].Relation != holding.Own || groups[1].Relation != holding.Child || groups[1].Name != "王小虚构" || groups[1].Held[0].ID != theirs.ID {
			t.Fatalf("the wallet: %+v, %v", groups, err)
		}
		if _, err := w.s.Held(person("per_li"), region, theirs.ID); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("somebody else: %v", err)
		}
		g := gift(w)
		copied, err := w.s.Give(parent, region, theirs.ID, g)
		if err != nil || copied.Relation != holding.Child || copied.HolderName != "王小虚构" {
			t.Fatalf("%+v, %v", copied, err)
		}
		x, err := w.s.Start(parent, region, theirs.ID, "入学报名")
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Set(birthday.Add(-time.Second))
		if _, err := w.s.Held(parent, region, theirs.ID); err != nil {
			t.Errorf("the second before: %v", err)
		}
		w.clock.Set(birthday)
		if _, err := w.s.Held(parent, region, theirs.ID); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("on the birthday: %v", err)
		}
		if _, err := w.s.Give(parent, region, theirs.ID, g); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("gives on the birthday: %v", err)
		}
		if _, err := w.s.Code(parent, region, x.ID); err == nil {
			t.Error("shows on the birthday")
		}
		if groups, err := w.s.Wallet(parent, holding.Query{}); err != nil || len(groups) != 1 || groups[0].Held[0].ID != own.ID {
			t.Errorf("the wallet on the birthday: %+v, %v", groups, err)
		}
		if list, err := w.s.Wards(parent); err != nil || len(list) != 1 || !list[0].Until.Equal(birthday) {
			t.Errorf("what was stays on record: %+v, %v", list, err)
		}
		if _, err := w.s.Record(clerk, relationship()); err == nil {
			t.Error("a guardian of an adult is recorded")
		}
	})
}

// Whoever applied for a child's certificate has it, by its page and file too, until
// the child is of age; from that day on it is the child's alone. What tells how
// the case went he keeps, and what he holds himself.
func TestGuardian_applicantUntilOfAge(t *testing.T) {
	onBoth(t, func(w *world) {
		t, parent := w.t, person("per_wang")
		own, theirs := w.issue(permitOf("per_wang", "王示例", numberOf(7))), w.childOf("per_wang")
		receipt := permitOf("per_wang", "王小虚构", childNumber)
		receipt.Kind, receipt.Title, receipt.Type, receipt.TypeName, receipt.Fields = certificates.Receipt, "收件凭证", "", "", nil
		receipt.Number = "收〔2026〕1号"
		receipt = w.issue(receipt)
		mine := func() map[string]bool {
			list, err := w.papers.Mine(parent, 50)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]bool{}
			for _, f := range list {
				out[f.ID] = true
			}
			return out
		}
		w.people.persons["per_child"] = identity.Person{ID: "per_child", Name: "王小虚构", Number: childNumber}
		child := person("per_child")
		joint := permitOf("per_child", "王小虚构", childNumber)
		joint.Owners = []string{"per_child", "per_wang"} // as cases issue it
		joint = w.issue(joint)
		for _, who := range []context.Context{parent, child} {
			want := map[bool]holding.Relation{true: holding.Own, false: holding.Child}[who == child]
			if h, err := w.s.Held(who, region, joint.ID); err != nil || h.Relation != want {
				t.Errorf("before: %+v, %v", h, err)
			}
		}
		if h, err := w.s.Held(parent, region, theirs.ID); err != nil || h.Relation != holding.Child {
			t.Fatalf("%+v, %v", h, err)
		}
		if _, err := w.papers.File(parent, region, theirs.ID); err != nil || !mine()[theirs.ID] {
			t.Fatalf("before: %v", err)
		}
		w.clock.Set(birthday)
		if _, err := w.papers.Paper(parent, region, theirs.ID); !errors.Is(err, certificates.ErrNoPaper) {
			t.Errorf("its page on the birthday: %v", err)
		}
		if _, err := w.papers.File(parent, region, theirs.ID); !errors.Is(err, certificates.ErrNoPaper) {
			t.Errorf("its file on the birthday: %v", err)
		}
		if _, err := w.s.Held(parent, region, theirs.ID); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("held on the birthday: %v", err)
		}
		if got := mine(); got[theirs.ID] || got[joint.ID] || !got[own.ID] || !got[receipt.ID] {
			t.Errorf("the papers on the birthday: %v", got)
		}
		if g, err := w.s.Wallet(child, holding.Query{}); err != nil || len(g) != 1 || g[0].Relation != holding.Own || len(g[0].Held) != 1 || g[0].Held[0].ID != joint.ID {
			t.Errorf("the child's wallet on the birthday: %+v, %v", g, err)
		}
		if _, err := w.papers.File(child, region, joint.ID); err != nil {
			t.Errorf("and its file: %v", err)
		}
		both := permitOf("per_wang", "王小虚构", childNumber)
		both.Owners, both.IssuedAt = []string{"per_wang", "per_child"}, time.Time{}
		later := w.issue(both) // issued when the child was of age: who applied for it may have it
		if _, err := w.papers.Paper(parent, region, later.ID); err != nil {
			t.Errorf("of an adult: %v", err)
		}
	})
}

// What a clerk has to see, and who may.
func TestGuardian_asks(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.t
		if _, err := w.s.Record(person("per_wang"), relationship()); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a parent records himself: %v", err)
		}
		if _, err := w.s.Record(officer("acc_other", office, certificates.MayRead.Name), relationship()); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("an officer without the permission: %v", err)
		}
		for field, change := range map[string]func(*holding.Relationship){
			"name": func(r *holding.Relationship) { r.Name = "?" }, "number": func(r *holding.Relationship) { r.Number = "1" },
			"child_number": func(r *holding.Relationship) { r.ChildNumber = numberOf(8) }, "proof": func(r *holding.Relationship) { r.Proof = " " }, "proof_number": func(r *holding.Relationship) { r.ProofNumber = "" }} {
			in := relationship()
			change(&in)
			var wrong holding.Problems
			if _, err := w.s.Record(clerk, in); !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		minor := relationship()
		minor.Number = string(number.FictionalBorn(region, birthday.AddDate(-17, 0, 0), 5))
		var wrong holding.Problems
		if _, err := w.s.Record(clerk, minor); !errors.As(err, &wrong) || wrong[0].Field != "number" {
			t.Errorf("a guardian under age: %v", err)
		}
		ward, err := w.s.Record(clerk, relationship())
		if err != nil {
			t.Fatal(err)
		}
		p := w.childOf(ward.Child)
		if _, err := w.s.EndWard(person("per_li"), ward.ID, holding.Ending{Reason: "x"}); !errors.Is(err, holding.ErrNoWard) {
			t.Errorf("somebody else ends it: %v", err)
		}
		if _, err := w.s.EndWard(clerk, ward.ID, holding.Ending{Reason: " "}); !errors.As(err, &wrong) {
			t.Errorf("without a reason: %v", err)
		}
		for field, on := range map[string]time.Time{"ended_on": w.clock.Now().Add(time.Hour), "ended_on ": w.clock.Now().AddDate(0, 0, -1)} {
			if _, err := w.s.EndWard(clerk, ward.ID, holding.Ending{Reason: "x", On: on}); !errors.As(err, &wrong) || wrong[0].Field != strings.TrimSpace(field) {
				t.Errorf("on %s: %v", on, err)
			}
		}
		if _, err := w.s.WardsOfChild(person("per_wang"), childNumber); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a parent looks others up: %v", err)
		}
		if _, err := w.s.WardsOfChild(clerk, "1"); !errors.As(err, &wrong) || wrong[0].Field != "child_number" {
			t.Errorf("no number: %v", err)
		}
		if list, err := w.s.WardsOfChild(clerk, numberOf(7)); err != nil || len(list) != 0 {
			t.Errorf("somebody else's: %v, %v", list, err)
		}
		if list, err := w.s.WardsOfChild(clerk, childNumber); err != nil || len(list) != 1 || list[0].ID != ward.ID || list[0].Over(w.clock.Now()) {
			t.Errorf("found: %+v, %v", list, err)
		}
		recorded := w.clock.Now()
		w.clock.Advance(72 * time.Hour)
		since := recorded.Add(24 * time.Hour)
		once1 := once.With(clerk, "end-1")
		for range 2 {
			if got, err := w.s.EndWard(once1, ward.ID, holding.Ending{Reason: "监护人变更，判决书〔虚构〕2号", On: since}); err != nil || !got.EndedAt.Equal(since) || got.EndedName != "acc_clerk" {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		if _, err := w.s.EndWard(clerk, ward.ID, holding.Ending{Reason: "再一次"}); !errors.Is(err, holding.ErrWardOver) {
			t.Errorf("ended twice: %v", err)
		}
		if got, err := w.s.Ward(clerk, ward.ID); err != nil || !got.Over(w.clock.Now()) || got.Reason == "" {
			t.Errorf("afterwards: %+v, %v", got, err)
		}
		if _, err := w.s.Held(person("per_wang"), region, p.ID); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// A company's certificates are in the wallets of its legal representative and of an
// agent whose mandate reaches them, and in nobody else's.
func TestWallet_company(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.t
		licence := permitOf(firm, "虚构餐饮有限公司", firm)
		licence.Title, licence.TypeName, licence.Type, licence.Number = "食品经营许可证", "食品经营许可证", "", "JY虚构1"
		licence = w.issue(licence)
		w.people.mandates["per_wang"] = []identity.Mandate{{Org: firm, OrgName: "虚构餐饮有限公司", Person: "per_wang", Kind: identity.MandateLegal, From: start}}
		until := start.AddDate(0, 1, 0)
		agent := identity.Mandate{Org: firm, OrgName: "虚构餐饮有限公司", Person: "per_li", Kind: identity.MandateAgent, From: start, Until: until, Scope: identity.Scope{Acts: []string{identity.ActApply}}}
		w.people.mandates["per_li"] = []identity.Mandate{agent}
		groups, err := w.s.Wallet(person("per_wang"), holding.Query{})
		if err != nil || len(groups) != 1 || groups[0].Relation != holding.Company || groups[0].Of != firm || groups[0].Proof != identity.MandateLegal || !groups[0].Ends.IsZero() {
			t.Fatalf("the legal representative: %+v, %v", groups, err)
		}
		if groups, err := w.s.Wallet(person("per_li"), holding.Query{}); err != nil || len(groups) != 0 {
			t.Errorf("an agent who may not collect: %+v, %v", groups, err)
		}
		agent.Scope = identity.Scope{Acts: []string{identity.ActCollect}, Items: []string{identity.ItemKey(region, "1")}}
		w.people.mandates["per_li"] = []identity.Mandate{agent}
		h, err := w.s.Held(person("per_li"), region, licence.ID)
		if err != nil || h.Relation != holding.Company || !h.Ends.Equal(until) {
			t.Fatalf("an agent who may: %+v, %v", h, err)
		}
		c, err := w.s.Give(person("per_li"), region, licence.ID, gift(w))
		if err != nil || c.Relation != holding.Company || c.Holder != firm {
			t.Fatalf("gives: %+v, %v", c, err)
		}
		if list, err := w.s.Copies(person("per_wang")); err != nil || len(list) != 1 || list[0].GivenName != "per_li" {
			t.Errorf("the legal representative sees the copy: %+v, %v", list, err)
		}
		if uses, err := w.s.Uses(person("per_wang"), holding.UseFilter{}); err != nil || len(uses) != 1 || uses[0].Relation != holding.Company {
			t.Errorf("and its use: %+v, %v", uses, err)
		}
		w.people.mandates["per_li"] = nil // taken back
		if _, err := w.s.Held(person("per_li"), region, licence.ID); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("after the mandate: %v", err)
		}
		if _, err := w.s.Copy(person("per_li"), region, c.ID); err != nil {
			t.Errorf("who gave a copy keeps sight of it: %v", err)
		}
	})
}

// A permit ends on its day, by the clock alone; what it began is refused then.
func TestPermit_untilDate(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		o := offer(w, 0)
		m, err := w.s.Permit(person("per_wang"), region, p.ID, o)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Set(o.Until)
		if _, err := w.s.AnswerPermit(person("per_li"), region, m.ID, true); !errors.Is(err, holding.ErrPermitOver) {
			t.Errorf("accepted after its day: %v", err)
		}
		w.clock.Set(start)
		if _, err := w.s.AnswerPermit(person("per_li"), region, m.ID, true); err != nil {
			t.Fatal(err)
		}
		w.clock.Set(o.Until.Add(-time.Minute))
		x, err := w.s.Start(person("per_li"), region, p.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		code, err := w.s.Code(person("per_li"), region, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Look(context.Background(), code.Digits, "1"); err != nil {
			t.Errorf("in time: %v", err)
		}
		w.clock.Set(o.Until)
		if _, err := w.s.Give(person("per_li"), region, p.ID, gift(w)); err == nil {
			t.Error("gives on its last moment")
		}
		if _, err := w.s.Code(person("per_li"), region, x.ID); err == nil {
			t.Error("shows after its day")
		}
		if _, err := w.s.Look(context.Background(), code.Digits, "1"); err == nil {
			t.Error("looked at after its day")
		}
		given, _, err := w.s.Permits(person("per_wang"))
		if err != nil || len(given) != 1 || given[0].Open(w.clock.Now()) {
			t.Errorf("the holder's list: %+v, %v", given, err)
		}
	})
}

// A showing lasts fifteen minutes; a code counts once for everybody within its
// minute and never again, and each look of the same officer in it is one use.
func TestShow_replay(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		x, err := w.s.Start(person("per_wang"), region, p.ID, "登记")
		if err != nil {
			t.Fatal(err)
		}
		reader := officer("acc_market", office, certificates.MayRead.Name)
		seen := map[string]bool{}
		for range 3 {
			c, err := w.s.Code(person("per_wang"), region, x.ID)
			if err != nil || seen[c.Digits] {
				t.Fatalf("code %v twice, %v", c.Digits, err)
			}
			for old := range seen { // every code of before is refused as old
				if _, err := w.s.Look(reader, old, "1"); !errors.Is(err, holding.ErrOldCode) {
					t.Errorf("replayed: %v", err)
				}
			}
			seen[c.Digits] = true
			for range 2 {
				if r, err := w.s.Look(reader, c.Digits, "1"); err != nil || !r.OK {
					t.Fatalf("%+v, %v", r, err)
				}
			}
			w.clock.Advance(holding.CodeLife)
		}
		if uses, err := w.s.Uses(person("per_wang"), holding.UseFilter{Kind: holding.Checked}); err != nil || len(uses) != 3 {
			t.Errorf("%d looks in three minutes, %v", len(uses), err)
		}
		last, err := w.s.Code(person("per_wang"), region, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Set(x.Ends)
		if _, err := w.s.Code(person("per_wang"), region, x.ID); !errors.Is(err, holding.ErrShowingOver) {
			t.Errorf("after fifteen minutes: %v", err)
		}
		if _, err := w.s.Look(auth.With(context.Background(), auth.Principal{}), last.Digits, "2"); err == nil {
			t.Error("looked at after fifteen minutes")
		}
	})
}
