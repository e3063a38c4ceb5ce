package certificates

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tongban/gov/certificates/identifier"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

// certified is a certificate whose type and office have codes in the form of
// the standard.
func certified() Paper {
	p := paper(Certificate, "居住证")
	p.Type, p.TypeName = "114499019000000222001", "居住证"
	p.ValidFrom, p.ValidUntil = start, time.Date(2027, 11, 22, 15, 59, 59, 0, time.UTC)
	p.Fields = []Field{field("name", "姓名", rareName), field("number", "公民身份号码", p.HolderNumber), field("address", "居住地住址", "示例区虚构街道样张路1号"), field("until", "签注有效期至", day(p.ValidUntil))}
	p.Text = []string{"持证人在示例区居住，住址：示例区虚构街道样张路1号，本次签注到" + day(p.ValidUntil) + "。"}
	return p
}

func (w *world) act(p Paper, o Order) (Found, error) {
	o.Reason, o.Basis = "查实情况", "《中华人民共和国行政许可法》第七十条"
	return w.s.Act(officer("acc_d", office, MayManage.Name, MayRead.Name), district, p.ID, o)
}

func (w *world) standing(code string) Status {
	w.t.Helper()
	r, err := w.s.Check(context.Background(), code, "x")
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Status
}

func TestIssue_identifier(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(certified())
		i, err := identifier.Parse(p.Identifier)
		if err != nil || i.Type != p.Type || i.Issuer != p.Issuer || i.Version != 1 || p.Version != 1 {
			t.Fatalf("%q: %+v, %v", p.Identifier, i, err)
		}
		if strings.Contains(p.Identifier, p.Code) {
			t.Error("whoever sees the identifier has the code")
		}
		r, err := w.s.Check(context.Background(), " "+strings.ToLower(p.Identifier)+" ", "x")
		if err != nil || !r.OK || r.Paper.Identifier != p.Identifier || r.Paper.Version != 1 {
			t.Errorf("by identifier: %+v, %v", r, err)
		}
		if r, err = w.s.CheckNumber(context.Background(), p.Number, rareName, "x"); err != nil || !r.OK {
			t.Errorf("by number and holder: %+v, %v", r, err)
		}
		for _, holder := range []string{"", "示例", "别人"} {
			if _, err := w.s.CheckNumber(context.Background(), p.Number, holder, "x"); !errors.Is(err, ErrNoPaper) {
				t.Errorf("by number and %q: %v", holder, err)
			}
		}
		if q := w.issue(paper(Receipt, "收件凭证")); q.Identifier != "" {
			t.Errorf("a receipt has the identifier %s", q.Identifier)
		}
	})
}

func TestAct_nextVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		first := w.issue(certified())
		w.clock.Advance(time.Hour)
		if _, err := w.act(first, Order{Act: Change, Fields: map[string]string{"address": first.Fields[2].Value}}); !errors.Is(err, ErrUnchanged) {
			t.Errorf("nothing changed: %v", err)
		}
		second, err := w.act(first, Order{Act: Change, Fields: map[string]string{"address": "示例区虚构街道新路2号"}})
		if err != nil {
			t.Fatal(err)
		}
		a, _ := identifier.Parse(first.Identifier)
		b, err := identifier.Parse(second.Identifier)
		if err != nil || b.Serial != a.Serial || b.Version != 2 || second.Predecessor != first.Identifier || second.Number != first.Number || !second.ValidUntil.Equal(first.ValidUntil) {
			t.Errorf("%+v after %+v, %v", second.Paper, first, err)
		}
		if !strings.Contains(second.Text[0], "新路2号") || strings.Contains(second.Text[0], "样张路") {
			t.Errorf("the sentences still say %s", second.Text[0])
		}
		if _, err := w.act(second.Paper, Order{Act: Renew, Until: first.ValidUntil.AddDate(0, 0, -1)}); !errors.Is(err, ErrRenewUntil) {
			t.Errorf("renewed for less: %v", err)
		}
		for name, x := range map[string]struct {
			Order
			want error
		}{
			"renewed until the same day":   {Order{Act: Renew, Until: first.ValidUntil}, ErrRenewUntil},
			"renewed into the past":        {Order{Act: Renew, Until: w.clock.Now().Add(-time.Hour)}, ErrUntil},
			"suspended beyond its end":     {Order{Act: Suspend, Until: first.ValidUntil.AddDate(0, 0, 1)}, ErrSuspendUntil},
			"changed what does not stand":  {Order{Act: Change, Fields: map[string]string{"address": "新", "colour": "红"}}, ErrNoField},
			"a particular that is emptied": {Order{Act: Change, Fields: map[string]string{"address": " "}}, ErrEmptied},
		} {
			if _, err := w.act(second.Paper, x.Order); !errors.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		noon := certified()
		noon.ValidUntil = first.ValidUntil.Add(-11 * time.Hour)
		noon.Granted = time.Date(2019, 5, 1, 0, 0, 0, 0, i18n.Zone) // on paper before
		noon.Text = []string{"本证于2019年5月1日发出。"}
		noon = w.issue(noon)
		if _, err := w.act(noon, Order{Act: Renew, Until: first.ValidUntil}); !errors.Is(err, ErrRenewUntil) {
			t.Errorf("renewed until the end of its last day: %v", err)
		}
		if f, err := w.act(noon, Order{Act: Renew, Until: first.ValidUntil.AddDate(1, 0, 0)}); err != nil || !f.GrantedOn().Equal(w.clock.Now()) || f.Text[0] != "本证于"+day(w.clock.Now())+"发出。" {
			t.Errorf("of the stock, renewed: %v %v, %v", f.GrantedOn(), f.Text, err)
		}
		forever := certified()
		forever.ValidUntil = time.Time{}
		if _, err := w.act(w.issue(forever), Order{Act: Renew, Until: first.ValidUntil}); !errors.Is(err, ErrNoEnd) {
			t.Errorf("what has no end was renewed: %v", err)
		}
		if wrong := (&Order{Act: Renew}).Wrong(second, w.clock.Now()); len(wrong) != 3 {
			t.Errorf("reason, clause and date are wanted, said was %v", wrong)
		}
		end := time.Date(2028, 11, 22, 15, 59, 59, 0, time.UTC)
		third, err := w.act(second.Paper, Order{Act: Renew, Until: end})
		if err != nil || third.Version != 3 || !third.ValidFrom.Equal(w.clock.Now()) || !third.ValidUntil.Equal(end) || third.Fields[3].Value != day(end) || !strings.Contains(third.Text[0], day(end)) {
			t.Fatalf("renewed: %+v, %v", third.Paper, err)
		}
		for code, want := range map[string]Status{first.Code: Superseded, second.Code: Superseded, third.Code: Valid, first.Identifier: Superseded, third.Identifier: Valid} {
			if got := w.standing(code); got != want {
				t.Errorf("%s is %s, want %s", code, got, want)
			}
		}
		if list, err := w.s.History(context.Background(), second); err != nil || len(list) != 1 || list[0].Act != Renew || list[0].Successor != third.ID {
			t.Errorf("history %+v, %v", list, err)
		}
		if _, err := w.act(first, Order{Act: Change, Fields: map[string]string{"address": "x"}}); !errors.Is(err, ErrNotNow) {
			t.Errorf("an old version was changed: %v", err)
		}
		w.file(third.Paper)
		until := w.clock.Now().AddDate(0, 1, 0)
		if _, err := w.act(third.Paper, Order{Act: Suspend, Until: until}); err != nil {
			t.Fatal(err)
		}
		fourth, err := w.act(third.Paper, Order{Act: Change, Fields: map[string]string{"address": "示例区虚构街道新路4号"}})
		if err != nil || fourth.Status != Suspended || fourth.Version != 4 || fourth.Reason == "" {
			t.Fatalf("a correction gave it back: %+v, %v", fourth, err)
		}
		w.clock.Set(until.Add(time.Minute))
		runner := schedule.NewRunner(w.d, w.clock, nil)
		w.s.Handle(runner)
		if n, err := runner.RunOnce(context.Background()); n != 1 || err != nil {
			t.Fatalf("%d jobs, %v", n, err)
		}
		if got := w.standing(fourth.Code); got != Valid {
			t.Errorf("when the suspension ends it is %s", got)
		}
	})
}

func TestAct_suspensionEndsByItself(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(certified())
		runner := schedule.NewRunner(w.d, w.clock, nil)
		w.s.Handle(runner)
		if _, err := w.act(p, Order{Act: Suspend, Until: start.Add(-time.Hour)}); !errors.Is(err, ErrUntil) {
			t.Errorf("a suspension that is over: %v", err)
		}
		if _, err := w.act(p, Order{Act: Suspend, Until: start.AddDate(0, 0, 30)}); err != nil {
			t.Fatal(err)
		}
		if got := w.standing(p.Code); got != Suspended {
			t.Errorf("suspended, but %s", got)
		}
		w.clock.Set(start.AddDate(0, 0, 31))
		if n, err := runner.RunOnce(context.Background()); n != 1 || err != nil {
			t.Fatalf("%d jobs, %v", n, err)
		}
		r, err := w.s.Check(context.Background(), p.Code, "x")
		if err != nil || !r.OK || r.Because != "" || !r.Since.IsZero() {
			t.Errorf("given back: %+v, %v", r, err)
		}
		// The holder was told of both.
		mine, err := w.s.Mine(resident(holder, ""), 10)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, f := range mine {
			if f.Kind == Standing {
				told = append(told, f.Title)
				w.file(f.Paper)
			}
		}
		if slices.Sort(told); !slices.Equal(told, []string{"居住证暂扣发还告知书", "居住证暂扣告知书"}) {
			t.Errorf("told %v", told)
		}
	})
}

func TestAct_repeatedHasOneEffect(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(certified())
		who := once.With(officer("acc_d", office, MayManage.Name, MayRead.Name), "key-1")
		o := Order{Act: Reissue, Reason: "持证人声明遗失", Basis: "《居住证暂行条例》第九条"}
		a, err := w.s.Act(who, district, p.ID, o)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := w.s.Act(who, district, p.ID, o); err != nil || b.ID != a.ID {
			t.Errorf("repeated: %s and %s, %v", a.ID, b.ID, err)
		}
		list, _ := w.s.OfCase(context.Background(), district, p.Case)
		if len(list) != 3 { // both versions, and the notice
			t.Errorf("%d papers", len(list))
		}
		if i := slices.IndexFunc(list, func(f Found) bool { return f.Kind == Standing }); i < 0 || list[i].Title != "居住证补发告知书" || !strings.Contains(list[i].Text[0], "换发第2版") || len(list[i].Text) != 1 {
			t.Errorf("told %+v", list)
		}
	})
}

func TestSweep_expires(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(certified())
		forever := certified()
		forever.ValidUntil = time.Time{}
		q := w.issue(forever)
		w.exec(`UPDATE certificates_paper SET number = '', identifier = '', valid_until = NULL WHERE id = $1`, p.ID) // as records of an older release
		w.clock.Set(p.ValidUntil.Add(time.Minute))
		if got := w.standing(p.Code); got != Expired {
			t.Errorf("past its end, but %s", got)
		}
		for range 2 {
			if err := w.s.Sweep(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		for code, want := range map[string]Status{p.Code: Expired, p.Identifier: Expired, q.Code: Valid} {
			if got := w.standing(code); got != want {
				t.Errorf("%s is %s, want %s", code, got, want)
			}
		}
		f, err := w.s.ByCode(context.Background(), p.Code)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := w.s.History(context.Background(), f); err != nil || len(list) != 1 || list[0].Act != Expire || list[0].Notice == "" || list[0].Officer != auth.From(auth.System(context.Background(), "certificates")).ID {
			t.Errorf("history %+v, %v", list, err)
		}
		told, err := w.s.OfHolder(auth.System(context.Background(), "test"), []string{district}, p.Owners[0], 10)
		if err != nil || !slices.ContainsFunc(told, func(f Found) bool {
			return f.Kind == Standing && f.Title == p.Title+"有效期届满告知书" && strings.Contains(f.Text[0], day(p.ValidUntil))
		}) {
			t.Errorf("its holder is not told: %v", err)
		}
		if _, err := w.act(p, Order{Act: Cancel}); err != nil {
			t.Errorf("an expired licence is cancelled (行政许可法 art. 70 no. 1): %v", err)
		}
	})
}

// gone are the keys of an office that is no more.
type gone struct{ Signer }

func (gone) Sign([]byte) ([]byte, error) { return nil, fault.Conflict("sign.party") }

// A term ends also when nobody is left who could write to the holder.
func TestSweep_officeWithoutKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(certified())
		w.s.Signer = gone{w.s.Signer}
		w.clock.Set(p.ValidUntil.Add(time.Minute))
		if err := w.s.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		f, err := w.s.ByCode(context.Background(), p.Code)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := w.s.History(context.Background(), f); err != nil || len(list) != 1 || list[0].Act != Expire || list[0].Notice != "" {
			t.Errorf("history %+v, %v", list, err)
		}
	})
}

// Whatever is ordered in whatever order: the state moves along the table only,
// history explains it, and of one serial number at most one version is in force.
func TestAct_anyOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		rapid.Check(t, func(rt *rapid.T) {
			all := []Paper{w.issue(certified())}
			for range rapid.IntRange(1, 5).Draw(rt, "acts") {
				at := rapid.IntRange(0, len(all)-1).Draw(rt, "which")
				rule := rapid.SampledFrom(Rules[:len(Rules)-1]).Draw(rt, "act")
				before := w.standing(all[at].Code)
				after, err := w.act(all[at], Order{Act: rule.Act, Until: all[at].ValidUntil.AddDate(map[Act]int{Renew: 1}[rule.Act], 0, 0), Fields: map[string]string{"address": another(all)}})
				if rule.Fits(Certificate, before) != (err == nil) {
					rt.Fatalf("%s of a %s certificate: %v", rule.Act, before, err)
				}
				if err != nil {
					continue
				}
				if got := w.standing(all[at].Code); got != rule.To {
					rt.Fatalf("%s makes it %s", rule.Act, got)
				}
				if rule.Next {
					all = append(all, after.Paper)
				}
			}
			valid := 0
			for _, p := range all {
				s := w.standing(p.Code)
				f, _ := w.s.ByCode(context.Background(), p.Code)
				list, err := w.s.History(context.Background(), f)
				if err != nil || len(list) == 0 && s != Valid || len(list) > 0 && list[len(list)-1].To != s {
					rt.Fatalf("history %+v does not explain %s, %v", list, s, err)
				}
				if s == Valid || s == Suspended || s == Moved {
					valid++
				}
			}
			if valid > 1 {
				rt.Fatalf("%d versions in force", valid)
			}
		})
	})
}

func another(all []Paper) string {
	return "示例区虚构街道新路" + strings.Repeat("一", len(all)) + "号"
}
