package casework

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/calendar"
	"tongban/platform/once"
)

func TestPackage_fromDraftToCertificate(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		c := w.apply(me, dineIn())
		if c.State != Submitted || !ValidNumber(c.Number) {
			t.Fatalf("submitted: %+v", c)
		}
		if want := time.Date(2026, 9, 14, 23, 59, 59, 999999000, calendar.Zone); !c.AcceptDue.Equal(want) {
			t.Errorf("to be accepted by %v, want %v", c.AcceptDue, want)
		}
		c, err := w.s.Accept(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, c.Version)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := keys(w.open(c)), []string{"check_drain", "check_fire", "register"}; !slices.Equal(got, want) {
			t.Fatalf("open after acceptance: %v, want %v", got, want)
		}
		if org := w.open(c)["check_fire"].Org; org != fire {
			t.Errorf("fire check is with %s", org)
		}
		w.do(c, "check_drain", "水务", Approve)
		w.do(c, "register", "市监一", Approve)
		w.do(c, "check_fire", "消防", Approve)
		w.do(c, "check_food", "市监一", Approve)
		w.do(c, "decide", "局长", Approve)
		c = w.reload(c)
		if c.State != Decided || c.Outcome != Granted || c.Certificate == "" {
			t.Fatalf("decided: %+v", c)
		}
		papers, err := w.papers.OfCase(me, c.Region, string(c.ID))
		if err != nil {
			t.Fatal(err)
		}
		var kinds []certificates.Kind
		for _, p := range papers {
			kinds = append(kinds, p.Kind)
		}
		if want := []certificates.Kind{certificates.Receipt, certificates.Acceptance, certificates.Certificate}; !slices.Equal(kinds, want) {
			t.Errorf("papers %v, want %v", kinds, want)
		}
		line, err := w.s.Timeline(me, c.Region, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range line {
			got = append(got, e.Kind)
		}
		want := []string{"case.submitted", "case.accepted", "task.completed", "task.completed", "task.completed", "task.completed", "task.completed", "case.decided"}
		if !slices.Equal(got, want) {
			t.Errorf("timeline %v", got)
		}
	})
}

func TestSubmit_twiceMakesOneCase(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		d = w.fill(me, d, dineIn())
		var wg sync.WaitGroup
		got := make([]Case, 4)
		errs := make([]error, 4)
		for i := range got {
			wg.Go(func() { got[i], errs[i] = w.s.Submit(once.With(me, "key-1"), d.Region, d.ID, d.Version) })
		}
		wg.Wait()
		for i := range got {
			if errs[i] != nil || got[i].ID != got[0].ID || got[i].Number != got[0].Number {
				t.Errorf("submit %d: %v %v, first %v", i, errs[i], got[i].ID, got[0].ID)
			}
		}
		mine, err := w.s.MyCases(me, "", 10)
		if err != nil || len(mine.Cases) != 1 {
			t.Errorf("my cases: %v %v", mine.Cases, err)
		}
	})
}

func TestSubmit_incompleteNamesFields(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Submit(me, d.Region, d.ID, d.Version)
		var p Problems
		if !errors.As(err, &p) {
			t.Fatalf("submit: %v", err)
		}
		var fields []string
		for _, x := range p {
			fields = append(fields, x.Field)
		}
		for _, want := range []string{"situation.operator", "form.shop_address", "material.layout"} {
			if !slices.Contains(fields, want) {
				t.Errorf("no problem at %s, only %v", want, fields)
			}
		}
	})
}

func TestDecide_refusalSaysWhyHowToPassAndWhereToTurn(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		for _, step := range []string{"check_drain", "register", "check_fire", "check_food"} {
			w.do(c, step, "审查"+step, Approve)
		}
		task := w.open(c)["decide"]
		op := Opinion{Result: Refuse, Refusal: Refusal{Grounds: []string{"reason.drain", "reason.layout"}, Facts: "现场没有隔油池"}}
		if _, err := w.s.Complete(w.officer("局长", task.Role, task.Org), c.Region, task.ID, op); err != nil {
			t.Fatal(err)
		}
		if c = w.reload(c); c.Outcome != Refused {
			t.Fatalf("outcome %q", c.Outcome)
		}
		papers, err := w.papers.OfCase(w.resident("王示例"), c.Region, string(c.ID))
		if err != nil {
			t.Fatal(err)
		}
		notice := papers[len(papers)-1]
		value := map[string]string{}
		for _, f := range notice.Fields {
			value[f.Key] = f.Value
		}
		for key, part := range map[string]string{"reason1": "食品安全法", "pass1": "改好布局", "reason2": "隔油", "pass2": "再申请", "evidence": "现场没有隔油池", "remedy1": "60日", "remedy2": "6个月"} {
			if !strings.Contains(value[key], part) {
				t.Errorf("%s is %q, should say %q", key, value[key], part)
			}
		}
		if notice.Kind != certificates.Refusal || value["reason3"] != "" {
			t.Errorf("notice %s, third reason %q", notice.Kind, value["reason3"])
		}
	})
}
