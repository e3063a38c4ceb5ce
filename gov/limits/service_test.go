package limits_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/gov/limits"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/once"
)

const city = "449900"

func officer(name string) auth.Principal {
	return auth.Principal{ID: "acc_" + name, Name: "虚构·" + name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: city, Subtree: true,
		Permissions: []string{limits.MayApproveLimits.Name, limits.MayProposeLimits.Name}}}}
}

type bench struct {
	*limits.Service
	clock        *clock.Fake
	propose, see context.Context
}

func onBoth(t *testing.T, f func(t *testing.T, b bench)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), limits.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))
		f(t, bench{limits.New(limits.Deps{DB: d, Clock: c}), c, auth.With(t.Context(), officer("甲")), auth.With(t.Context(), officer("乙"))})
	})
}

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (b bench) shorter(t *testing.T, region string, amount int, from string) limits.Rule {
	t.Helper()
	r, err := b.Propose(b.propose, limits.Proposal{Region: region, Key: "decision", Amount: amount, Unit: calendar.WorkingDays, Basis: limits.Measure, Citation: "示例市优化营商环境办法第三条", From: day(t, from), Reason: "压缩时限"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b bench) amount(t *testing.T, region, on string) int {
	t.Helper()
	r, err := b.For(t.Context(), region, "decision", day(t, on).Start())
	if err != nil {
		t.Fatal(err)
	}
	return r.Amount
}

func TestApprove_takesASecondPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		r := b.shorter(t, city, 12, "2026-12-01")
		if got := b.amount(t, city, "2026-12-02"); got != 20 {
			t.Fatalf("a proposal counts: %d", got)
		}
		if _, err := b.Approve(b.propose, city, r.Key, r.Number, ""); !errors.Is(err, limits.ErrSamePerson) {
			t.Fatal(err)
		}
		if _, err := b.Approve(b.see, city, r.Key, r.Number, "同意"); err != nil {
			t.Fatal(err)
		}
		for on, want := range map[string]int{"2026-11-30": 20, "2026-12-01": 12, "2030-01-01": 12} {
			if got := b.amount(t, city, on); got != want {
				t.Errorf("%s: %d, want %d", on, got, want)
			}
		}
		if got := b.amount(t, "449901", "2026-12-05"); got != 12 {
			t.Errorf("the district below has %d", got)
		}
		if got := b.amount(t, "440100", "2026-12-05"); got != 20 {
			t.Errorf("another city has %d", got)
		}
		if _, err := b.Reject(b.see, city, r.Key, r.Number, "不同意"); !errors.Is(err, limits.ErrDecided) {
			t.Fatal(err)
		}
	})
}

func TestApprove_rulesFollowOneAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		later := b.shorter(t, city, 8, "2027-06-01")
		sooner := b.shorter(t, city, 12, "2026-12-01")
		for _, r := range []limits.Rule{later, sooner} {
			if _, err := b.Approve(b.see, city, r.Key, r.Number, ""); err != nil {
				t.Fatal(err)
			}
		}
		same := b.shorter(t, city, 10, "2027-06-01")
		if _, err := b.Approve(b.see, city, same.Key, same.Number, ""); err != nil {
			t.Fatal(err)
		}
		for on, want := range map[string]int{"2026-11-30": 20, "2026-12-01": 12, "2027-05-31": 12, "2027-06-01": 10, "2028-01-01": 10} {
			if got := b.amount(t, city, on); got != want {
				t.Errorf("%s: %d, want %d", on, got, want)
			}
		}
	})
}

func TestPropose_refusesWhatTheLawDoesNotAllow(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		good := limits.Proposal{Region: city, Key: "decision", Amount: 30, Unit: calendar.WorkingDays, Basis: limits.Measure, Citation: "某办法", From: day(t, "2026-12-01"), Reason: "事多"}
		for name, c := range map[string]struct {
			change func(*limits.Proposal)
			field  string
		}{
			"longer by a measure": {func(*limits.Proposal) {}, "basis"},
			"no amount":           {func(p *limits.Proposal) { p.Amount = 0 }, "amount"},
			"no clause":           {func(p *limits.Proposal) { p.Citation = " " }, "citation"},
			"no reason":           {func(p *limits.Proposal) { p.Reason = "" }, "reason"},
			"yesterday":           {func(p *limits.Proposal) { p.From = day(t, "2026-11-19") }, "from"},
			"a unit of one's own": {func(p *limits.Proposal) { p.Unit = "weeks" }, "unit"},
		} {
			p := good
			c.change(&p)
			_, err := b.Propose(b.propose, p)
			var list limits.Problems
			if !errors.As(err, &list) || list[0].Name != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		good.Basis = limits.Regulation
		if _, err := b.Propose(b.propose, good); err != nil {
			t.Error("a regulation may:", err)
		}
		good.Key = "lunch"
		if _, err := b.Propose(b.propose, good); !errors.Is(err, limits.ErrNoKey) {
			t.Error(err)
		}
		good.Key, good.Region = "decision", "110000"
		if _, err := b.Propose(b.propose, good); err == nil {
			t.Error("another region's limits are proposed")
		}
	})
}

func TestWithdraw_isForTheProposer(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		r := b.shorter(t, city, 12, "2026-12-01")
		if _, err := b.Withdraw(b.see, city, r.Key, r.Number); !errors.Is(err, limits.ErrNotYours) {
			t.Fatal(err)
		}
		if _, err := b.Withdraw(b.propose, city, r.Key, r.Number); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Approve(b.see, city, r.Key, r.Number, ""); !errors.Is(err, limits.ErrDecided) {
			t.Fatal(err)
		}
		late := b.shorter(t, city, 12, "2026-12-01")
		b.clock.Advance(30 * 24 * time.Hour)
		if _, err := b.Approve(b.see, city, late.Key, late.Number, ""); !errors.Is(err, limits.ErrTooLate) {
			t.Fatal(err)
		}
	})
}

func TestNational_everyRuleHasItsClause(t *testing.T) {
	for _, key := range limits.Keys() {
		r, ok := limits.National(key)
		if !ok || r.Citation == "" || r.CitationEn == "" || r.NameEn == "" || r.Starts == "" {
			t.Errorf("%s: %+v", key, r)
		}
		if r.Extension != "" {
			if _, ok := limits.National(r.Extension); !ok || r.ExtendedBy == "" {
				t.Errorf("%s: extension %q by %q", key, r.Extension, r.ExtendedBy)
			}
		}
	}
}

// A proposal or a decision that is sent again with its key is done once.
func TestPropose_sentAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		b.propose = once.With(b.propose, "key-1")
		first, again := b.shorter(t, city, 12, "2026-12-01"), b.shorter(t, city, 12, "2026-12-01")
		if list, err := b.Rules(t.Context(), city, 10); err != nil || len(list) != 1 || first.Number != again.Number || again.Amount != 12 {
			t.Fatalf("%d rules, %+v %+v, %v", len(list), first, again, err)
		}
		see := once.With(b.see, "key-2")
		for range 2 {
			if r, err := b.Approve(see, city, first.Key, first.Number, "同意"); err != nil || r.State != limits.Approved {
				t.Fatalf("%+v, %v", r, err)
			}
		}
		if _, err := b.Approve(b.see, city, first.Key, first.Number, "同意"); !errors.Is(err, limits.ErrDecided) {
			t.Errorf("without a key: %v", err)
		}
	})
}

// A region's warnings are its own, by two people, within bounds; the law sets none.
func TestWarnings_ofARegion(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		at := func(region string) string {
			w := b.Warnings(region, b.clock.Now())
			return fmt.Sprint(w.Early.Amount, w.Early.Unit, w.Yellow.Amount, w.Yellow.Unit, w.Short.Amount, w.Short.Unit, w.Red.Amount, w.Red.Unit)
		}
		law := at("110000")
		in := limits.Proposal{Region: city, Key: "warning", Amount: 3, Unit: calendar.WorkingDays, Basis: limits.Measure, Citation: "示例市电子监察办法第五条", From: day(t, "2026-11-20"), Reason: "早一点提醒"}
		for _, bad := range []func(p *limits.Proposal){func(p *limits.Proposal) { p.Amount = 11 }, func(p *limits.Proposal) { p.Unit = calendar.Hours }, func(p *limits.Proposal) { p.Key, p.Amount, p.Unit = "short_warning", 9, calendar.Hours }} {
			p := in
			bad(&p)
			var list limits.Problems
			if _, err := b.Propose(b.propose, p); !errors.As(err, &list) || list[0].Name != "amount" {
				t.Errorf("%+v: %v", p, err)
			}
		}
		r, err := b.Propose(b.propose, in)
		if err != nil {
			t.Fatal(err)
		}
		if at(city) != law {
			t.Errorf("a proposal warns: %s", at(city))
		}
		if _, err := b.Approve(b.see, city, r.Key, r.Number, ""); err != nil {
			t.Fatal(err)
		}
		if got := at(city); got == law || !strings.HasPrefix(got, "3") || at("449901") != got || at("110000") != law {
			t.Errorf("the city warns %s, its district %s, elsewhere %s", got, at("449901"), at("110000"))
		}
	})
}

// Where no law sets how long an applicant has for an answer, a region may give
// him more by a measure of its own, with two people, within a bound.
func TestAnswer_ofARegion(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		in := limits.Proposal{Region: city, Key: "supplement_answer", Amount: 20, Unit: calendar.WorkingDays, Basis: limits.Measure, Citation: "示例市政务服务办法第六条", From: day(t, "2026-11-20"), Reason: "材料要去外地开"}
		for _, bad := range []func(p *limits.Proposal){func(p *limits.Proposal) { p.Amount = 61 }, func(p *limits.Proposal) { p.Unit = calendar.CalendarDays }} {
			p := in
			bad(&p)
			var list limits.Problems
			if _, err := b.Propose(b.propose, p); !errors.As(err, &list) || list[0].Name != "amount" || !strings.HasPrefix(list[0].Key, "limits.problem.answer.") {
				t.Errorf("%+v: %v", p, err)
			}
		}
		r, err := b.Propose(b.propose, in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Approve(b.see, city, r.Key, r.Number, ""); err != nil {
			t.Fatal(err)
		}
		for region, want := range map[string]int{city: 20, "449901": 20, "110000": 15} {
			if l, err := b.For(t.Context(), region, "supplement_answer", b.clock.Now()); err != nil || l.Amount != want {
				t.Errorf("%s: %d days, %v", region, l.Amount, err)
			}
		}
	})
}
