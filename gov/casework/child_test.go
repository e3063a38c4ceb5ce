package casework

import (
	"testing"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/catalogue/content"
	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// A certificate that names a child is the child's as well as the parent's who
// applied; what names an adult, the parent, or a number that is somebody else's, is
// the applicant's alone.
func TestCertificate_ofAChild(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		c := w.apply(me, dineIn())
		d, err := w.s.Draft(me, c.Region, c.Draft)
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.s.shelf.Fetch(me, c.Region, c.Item, c.ItemVersion)
		if err != nil {
			t.Fatal(err)
		}
		ready, offer := *o, *o.Offer
		ready.Offer = &offer
		offer.Result.Certificate.Holder = content.Holder{Name: "child_name", Number: "child_number"}
		born := func(years, n int) string {
			return string(number.FictionalBorn(district, monday().AddDate(-years, 0, 1), n))
		}
		issue := func(name, num string) (p certificates.Paper) {
			err := w.db.Write(dbtest.As(t, "test"), func(tx *db.Tx) (err error) {
				p, err = w.s.notices.Certificate(t.Context(), tx, &c, &ready, d, map[string]string{"child_name": name, "child_number": num})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		parent := d.Applicant.Person
		p := issue("王小虚构", born(18, 1)) // of age tomorrow
		if len(p.Owners) != 2 || p.Owners[1] != parent {
			t.Fatalf("of a child: %v", p.Owners)
		}
		child, err := w.who.Person(dbtest.As(t, "test"), top, p.Owners[0])
		if err != nil || child.Name != "王小虚构" || child.Number != born(18, 1) || child.Level != identity.LevelFormat {
			t.Fatalf("%+v, %v", child, err)
		}
		if again := issue("王小虚构", born(18, 1)); len(again.Owners) != 2 || again.Owners[0] != child.ID {
			t.Errorf("a second one: %v", again.Owners)
		}
		if p := issue("别人名", born(18, 1)); len(p.Owners) != 1 {
			t.Errorf("the number of somebody else: %v", p.Owners)
		}
		err = w.db.Write(dbtest.As(t, "test"), func(tx *db.Tx) error {
			_, err := w.who.EnsurePersonTx(t.Context(), tx, identity.Person{Region: top, Name: "赵小虚构", Number: born(17, 3), Phone: "14000000999", Level: identity.LevelFormat})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if p := issue("赵小虚构", born(17, 3)); len(p.Owners) != 1 {
			t.Errorf("an account that nobody proved: %v", p.Owners)
		}
		if p := issue("李大虚构", born(19, 2)); len(p.Owners) != 1 || p.Owners[0] != parent {
			t.Errorf("of an adult: %v", p.Owners)
		}
		// From the birthday on nobody else applies with it.
		d.Materials = map[string]drafts.Choice{}
		w.clock.Set(time.Date(2026, 9, 8, 0, 0, 0, 0, calendar.Zone))
		wrong, err := w.s.Applications.PaperProblem(me, d, offer.Materials[0].ID, p.Code)
		if err != nil || len(wrong) != 1 || wrong[0].Code != "casework.problem.paper_none" {
			t.Errorf("used by the parent afterwards: %+v, %v", wrong, err)
		}
	})
}
