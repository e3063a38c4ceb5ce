package casework

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework/handout"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/calendar"
)

// hall is a clerk who hands out in the district.
func (w *town) hall(name string) context.Context {
	p := auth.From(w.officer(name, RoleClerk, ""))
	p.Grants = append(p.Grants, auth.Grant{Role: RoleClerk, Permissions: []string{MayHandOut.Name}, Region: district},
		auth.Grant{Role: RoleClerk, Permissions: []string{identity.MayReadPerson.Name}, Region: top, Subtree: true})
	return auth.With(w.t.Context(), p)
}

// granted takes an application with this choice of delivery to its certificate.
func (w *town) granted(me context.Context, situation map[string]string, d Delivery) Case {
	w.t.Helper()
	draft, err := w.s.Start(me, Start{Region: district, Item: restaurant})
	if err != nil {
		w.t.Fatal(err)
	}
	draft = w.fill(me, draft, situation)
	answer := cmp.Or(map[Way]string{AtCounter: "window", ByPost: "mail"}[d.Way], "electronic")
	form := map[string]string{"receive": answer, "mail_name": d.Name, "mail_address": d.Address}
	if draft, err = w.s.Save(me, draft.Region, draft.ID, draft.Version, Edit{Form: form}); err != nil {
		w.t.Fatal(err)
	}
	c, err := w.s.Submit(me, draft.Region, draft.ID, draft.Version)
	if err != nil {
		w.t.Fatal(err)
	}
	if c, err = w.s.Accept(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, 0); err != nil {
		w.t.Fatal(err)
	}
	for range 20 {
		for element := range w.open(c) {
			w.do(c, element, "办理·"+element, Approve)
		}
		if c = w.reload(c); c.State == Decided {
			return c
		}
	}
	w.t.Fatalf("never decided: %+v", w.open(c))
	return c
}

func problem(err error, field string) bool {
	var p Problems
	return errors.As(err, &p) && slices.ContainsFunc(p, func(x Problem) bool { return x.Field == field })
}

func TestHandout_collectedOnceByTheApplicant(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, clerk := w.resident("王示例"), w.hall("出件员")
		c := w.granted(me, dineIn(), Delivery{Way: AtCounter})
		page, err := w.s.Handouts.Waiting(clerk, AtCounter, "", 10)
		if err != nil || len(page.List) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		h := page.List[0]
		due := w.cal.Due(c.ClosedAt, w.s.Rules.Delivery, nil).Due
		if text := h.Counted.Text("en"); !h.Counted.Due.Equal(due) || !strings.Contains(text, "Administrative Licensing Law, art. 44") || !strings.Contains(text, "counts as day 10") || !strings.Contains(h.Counted.Text("zh-Hans"), "第四十四条") {
			t.Errorf("how the day was found:\n%s", text)
		}
		if face, err := w.s.ClockOf(w.officer("市监", RoleExaminer, lead), c.Region, c.ID); err != nil || len(face.Results) != 1 || !face.Results[0].Due.Equal(due) {
			t.Errorf("the clock of a decided case: %+v, %v", face.Results, err)
		}
		if h.Case != c.ID || h.Title == "" || h.Paper != c.Certificate || !h.Due.Equal(due) || h.Light != Green {
			t.Errorf("%+v, want due %v", h, due)
		}
		if mine, err := w.s.Handouts.For(clerk, w.person["王示例"].ID); err != nil || len(mine) != 1 {
			t.Errorf("of the person: %+v, %v", mine, err)
		}
		p := w.person["王示例"]
		over := func(ctx context.Context, x Collector) error {
			_, err := w.s.Handouts.HandOver(ctx, h.Region, h.ID, h.Version, x)
			return err
		}
		if err := over(clerk, Collector{Name: p.Name, Number: p.Number[:17] + "!"}); !problem(err, "number") {
			t.Errorf("a slip in the number: %v", err)
		}
		if err := over(clerk, Collector{Name: "李虚构", Number: p.Number}); !problem(err, "name") {
			t.Errorf("another name: %v", err)
		}
		other := w.person["李虚构"]
		if err := over(clerk, Collector{Name: other.Name, Number: other.Number}); !problem(err, "letter") {
			t.Errorf("somebody else without an authorisation: %v", err)
		}
		wants(t, "the applicant himself", over(me, Collector{Name: p.Name, Number: p.Number}), ErrNoHandout)
		if err := over(clerk, Collector{Name: p.Name, Number: p.Number}); err != nil {
			t.Fatal(err)
		}
		wants(t, "twice", over(clerk, Collector{Name: p.Name, Number: p.Number}), ErrHandedOut)
		lines, err := w.s.Timeline(me, c.Region, c.ID)
		if err != nil || lines[len(lines)-1].Kind != "result.handed_out" || lines[len(lines)-1].Name != "出件员" || lines[len(lines)-2].Kind != "result.prepared" {
			t.Errorf("%+v, %v", lines, err)
		}

		_, err = w.s.Handouts.Again(clerk, c.Region, c.ID, " ")
		if !problem(err, "reason") {
			t.Errorf("again without a reason: %v", err)
		}
		again, err := w.s.Handouts.Again(clerk, c.Region, c.ID, "证件遗失，申请补发")
		if err != nil || again.Number != 2 || again.Title != h.Title {
			t.Fatalf("%+v, %v", again, err)
		}
		_, err = w.s.Handouts.Again(clerk, c.Region, c.ID, "再来一次")
		wants(t, "while one waits", err, handout.ErrWaiting)
		got, err := w.s.Handouts.HandOver(clerk, again.Region, again.ID, 0, Collector{Name: other.Name, Number: other.Number, Letter: true})
		if err != nil || !got.Collector.Agent || !got.Collector.Letter || got.DoneName != "出件员" {
			t.Errorf("by somebody with an authorisation: %+v, %v", got, err)
		}
	})
}

func TestHandout_byPostAndLate(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, clerk := w.resident("王示例"), w.hall("出件员")
		draft, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		for field, d := range map[string]Delivery{"delivery": {Way: "pigeon"}, "delivery.address": {Way: ByPost, Name: "王示例", Phone: "14000000001"},
			"delivery.phone": {Way: ByPost, Name: "王示例", Phone: "?", Address: "示例路1号"}} {
			if _, err := w.s.Deliver(me, draft.Region, draft.ID, d); !problem(err, field) {
				t.Errorf("%+v: %v", d, err)
			}
		}
		c := w.granted(me, dineIn(), Delivery{Way: ByPost, Name: "王示例", Phone: "14000000001", Address: "示例区虚构路1号"})
		page, err := w.s.Handouts.Waiting(clerk, ByPost, "", 1)
		if err != nil || len(page.List) != 1 || page.List[0].Address.Address != "示例区虚构路1号" {
			t.Fatalf("%+v, %v", page, err)
		}
		h := page.List[0]
		p := auth.From(w.officer("监察员", "supervisor", ""))
		p.Grants = []auth.Grant{{Permissions: []string{MaySupervise.Name}, Region: top, Subtree: true}}
		watch := auth.With(t.Context(), p)
		late := func() []LitHandout {
			t.Helper()
			page, err := w.s.Handouts.Late(watch, MaySupervise, ByPost, "", 10)
			if err != nil {
				t.Fatal(err)
			}
			return page.List
		}
		if l := late(); len(l) != 0 {
			t.Errorf("late at once: %+v", l)
		}
		w.clock.Set(h.Due.Add(time.Hour).In(calendar.Zone))
		if l := late(); len(l) != 1 || l[0].Light != Red || l[0].Left >= 0 {
			t.Errorf("over the limit: %+v", l)
		}
		if _, err := w.s.Handouts.Late(me, MaySupervise, ByPost, "", 10); err == nil {
			t.Error("a resident watches")
		}
		if _, err := w.s.Handouts.Post(clerk, h.Region, h.ID, h.Version, "", "SL 17"); !problem(err, "carrier") {
			t.Errorf("nobody carries it: %v", err)
		}
		if _, err := w.s.Handouts.Post(clerk, h.Region, h.ID, h.Version, "示例速递", "编号"); !problem(err, "tracking") {
			t.Errorf("no number: %v", err)
		}
		if _, err := w.s.Handouts.Post(clerk, h.Region, h.ID, h.Version, "示例速递", "sl0000000017"); err != nil {
			t.Fatal(err)
		}
		if l := late(); len(l) != 0 {
			t.Errorf("late after it was posted: %+v", l)
		}
		all, err := w.s.Handouts.OfCase(me, c.Region, c.ID)
		if err != nil || len(all) != 1 || all[0].State != HandoutPosted || all[0].Tracking != "SL0000000017" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestHandout_forACompanyByWhomItSent(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		clerk, second := w.hall("出件员"), w.secondCompany()
		applies, _ := w.sent("王示例", identity.SampleCompany, identity.Scope{Acts: []string{identity.ActApply}})
		w.sent("李虚构", second, identity.Scope{Acts: identity.MandateActs})
		situation := dineIn()
		situation["operator"] = "company"
		w.granted(applies, situation, Delivery{Way: AtCounter})
		page, err := w.s.Handouts.Waiting(clerk, AtCounter, "", 10)
		if err != nil || len(page.List) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		h := page.List[0]
		over := func(name string, letter bool) error {
			p := w.person[name]
			_, err := w.s.Handouts.HandOver(clerk, h.Region, h.ID, 0, Collector{Name: p.Name, Number: p.Number, Letter: letter})
			return err
		}
		if err := over("王示例", true); !problem(err, "number") {
			t.Errorf("who may only apply collects: %v", err)
		}
		if err := over("李虚构", true); !problem(err, "number") {
			t.Errorf("the agent of another company collects: %v", err)
		}
		stranger := number.Fictional(district, 790)
		if _, err := w.s.Handouts.HandOver(clerk, h.Region, h.ID, 0, Collector{Name: "壬示例", Number: string(stranger), Letter: true}); !problem(err, "number") {
			t.Errorf("a stranger collects: %v", err)
		}
		if list, err := w.s.Handouts.For(clerk, w.person["王示例"].ID); err != nil || len(list) != 0 {
			t.Errorf("offered to who may only apply: %+v, %v", list, err)
		}
		w.sent("李虚构", identity.SampleCompany, identity.Scope{Acts: []string{identity.ActCollect}, Items: []string{identity.ItemKey(district, restaurant)}})
		if list, err := w.s.Handouts.For(clerk, w.person["李虚构"].ID); err != nil || len(list) != 1 {
			t.Errorf("not offered to who may collect: %+v, %v", list, err)
		}
		if err := over("李虚构", false); err != nil {
			t.Errorf("who may collect: %v", err)
		}
	})
}

func TestHandout_onWishAfterADownload(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, clerk := w.resident("王示例"), w.hall("出件员")
		c := w.granted(me, dineIn(), Delivery{})
		if page, err := w.s.Handouts.Waiting(clerk, AtCounter, "", 10); err != nil || len(page.List) != 0 {
			t.Fatalf("%+v, %v", page, err)
		}
		h, err := w.s.Handouts.Again(clerk, c.Region, c.ID, "")
		if err != nil || h.Number != 1 || h.Paper != c.Certificate || !h.Due.IsZero() {
			t.Errorf("%+v, %v", h, err)
		}
		running := w.apply(me, dineIn())
		_, err = w.s.Handouts.Again(clerk, running.Region, running.ID, "")
		wants(t, "before the decision", err, handout.ErrUndecided)
	})
}

func TestFindByCode_saysLittleAndStaysOnRecord(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, clerk := w.resident("王示例"), w.officer("窗口员", RoleClerk, "")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		if CleanCode(" "+ShowCode(d.Code)+" ") != d.Code {
			t.Fatalf("code %q", d.Code)
		}
		_, err = w.s.FindByCode(me, d.Code)
		if err == nil {
			t.Error("a resident searches by code")
		}
		found, err := w.s.FindByCode(clerk, ShowCode(d.Code))
		if err != nil || found.ID != d.ID || found.Applicant.Number != "" || found.Form != nil {
			t.Fatalf("%+v, %v", found, err)
		}
		_, err = w.s.Draft(clerk, found.Region, found.ID)
		wants(t, "opened by the code alone", err, ErrNotIdentified)
		if _, err := w.s.Identify(clerk, found.Region, found.ID, w.person["王示例"].Number); err != nil {
			t.Fatal(err)
		}
		read, err := w.s.ReadersOfDraft(me, d.Region, d.ID)
		if err != nil || len(read) != 2 || read[1].Name != "窗口员" || read[1].Purpose == "" {
			t.Errorf("%+v, %v", read, err)
		}
		d = w.fill(me, d, dineIn())
		c, err := w.s.Submit(me, d.Region, d.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := w.s.ReadersOf(me, c.Region, c.ID, "", 10); err != nil || len(read) != 2 {
			t.Errorf("readers of the case: %+v, %v", read, err)
		}
		_, err = w.s.FindByCode(clerk, d.Code)
		wants(t, "after submission", err, ErrNoCode)
		for range 12 {
			_, err = w.s.FindByCode(clerk, d.Code)
		}
		wants(t, "too many", err, ErrManyCodes)
	})
}

func TestHandout_slipWithRoomForTheSignature(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, clerk := w.resident("王示例"), w.hall("出件员")
		w.granted(me, dineIn(), Delivery{Way: ByPost, Name: "𠮷虚构", Phone: "14000000001", Address: "示例区虚构路1号"})
		page, err := w.s.Handouts.Waiting(clerk, ByPost, "", 1)
		if err != nil || len(page.List) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		h := page.List[0]
		before, err := w.s.Handouts.Slip(clerk, h.Region, h.ID)
		if err != nil || len(before) < 1000 || string(before[:5]) != "%PDF-" {
			t.Fatalf("%d bytes, %v", len(before), err)
		}
		if _, err := w.s.Handouts.Post(clerk, h.Region, h.ID, 0, "示例速递", "SL0000000017"); err != nil {
			t.Fatal(err)
		}
		after, err := w.s.Handouts.Slip(clerk, h.Region, h.ID)
		if err != nil || bytes.Equal(before, after) {
			t.Errorf("the slip does not say what happened: %v", err)
		}
		_, err = w.s.Handouts.Slip(me, h.Region, h.ID)
		wants(t, "the applicant prints it", err, ErrNoHandout)
	})
}
