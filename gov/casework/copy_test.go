package casework

import (
	"testing"

	"tongban/gov/casework/copies"
	"tongban/gov/design/plan"
	"tongban/platform/authz"
)

func TestCopy_theFlowAndAnOfficerInform(t *testing.T) {
	const city = "11449901900000057L" // 城管
	inTown(t, func(t *testing.T, w *town) {
		w.draw(plan.Together, func(p *plan.Plan) {
			id, _ := p.Add(plan.Copy, plan.Place{})
			s, _ := p.Find(id)
			s.Office = city
		})
		reader, other := w.officer("城管甲", RoleExaminer, city), w.officer("水务乙", RoleExaminer, "11449901900000081N")
		c := w.accepted(dineIn())
		if len(w.open(c)) != 2 {
			t.Fatalf("the flow waits: %v", keys(w.open(c)))
		}
		in, err := w.s.Copies.Inbox(reader, true, "", 0)
		if err != nil || len(in.Copies) != 1 || in.Copies[0].Case != c.ID || in.Copies[0].Note == "" {
			t.Fatalf("%+v %v", in, err)
		}
		if _, err = w.s.Open(reader, c.Region, c.ID, "抄送阅知"); err != nil {
			t.Errorf("who was informed reads: %v", err)
		}
		_, err = w.s.Open(other, c.Region, c.ID, "看看")
		wants(t, "somebody else reads", err, authz.ErrForbidden)
		_, err = w.s.Copies.Read(other, c.Region, in.Copies[0].ID)
		wants(t, "somebody else marks it", err, copies.ErrNoCopy)
		for range 2 {
			if got, err := w.s.Copies.Read(reader, c.Region, in.Copies[0].ID); err != nil || got.ReadName != "城管甲" {
				t.Errorf("%+v %v", got, err)
			}
		}
		if in, err = w.s.Copies.Inbox(reader, true, "", 0); err != nil || len(in.Copies) != 0 {
			t.Errorf("still unread: %+v %v", in, err)
		}
		_, err = w.s.Copy(reader, c.Region, c.ID, water, "", "转给水务")
		wants(t, "who was only informed copies on", err, authz.ErrForbidden)
		_, err = w.s.Copy(w.officer("消防甲", RoleExaminer, fire), c.Region, c.ID, "nowhere", "", "")
		wants(t, "to an office that is not there", err, ErrNoOffice)
		account, _ := w.realOfficer(city, RoleExaminer)
		if _, err = w.s.Copy(w.officer("消防甲", RoleExaminer, fire), c.Region, c.ID, city, account, "请阅知"); err != nil {
			t.Fatal(err)
		}
		if in, err = w.s.Copies.Inbox(reader, true, "", 0); err != nil || len(in.Copies) != 0 {
			t.Errorf("a copy for one officer is everybody's: %+v %v", in, err)
		}
		if n := w.count(c, "case.copied"); n != 2 {
			t.Errorf("%d on the timeline", n)
		}
		if c = w.reload(c); c.State == Decided {
			t.Error("decided")
		}
	})
}
