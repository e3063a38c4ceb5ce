package casework

import (
	"slices"
	"testing"

	"tongban/gov/casework/drafts"
	"tongban/gov/catalogue"
	"tongban/platform/fault"
)

// deferred is a case whose health certificates are to follow, at its last step.
func (w *town) deferred() Case {
	w.t.Helper()
	me := w.resident("王示例")
	d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
	if err != nil {
		w.t.Fatal(err)
	}
	d = w.fill(me, d, dineIn())
	if d, err = w.s.Choose(me, d.Region, d.ID, "health", ToFollow, "", "下周补"); err != nil {
		w.t.Fatal(err)
	}
	c, err := w.s.Submit(me, d.Region, d.ID, d.Version)
	if err != nil {
		w.t.Fatal(err)
	}
	if c, err = w.s.Accept(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, c.Version); err != nil {
		w.t.Fatal(err)
	}
	for _, step := range []string{"check_drain", "register", "check_fire", "check_food"} {
		w.do(c, step, "审查"+step, Approve)
	}
	return w.reload(c)
}

func TestDecide_whatWasToFollowComesFirst(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.deferred()
		step, boss := w.open(c)["decide"], w.officer("局长", RoleDecider, lead)
		_, err := w.s.Complete(boss, c.Region, step.ID, Opinion{Result: Approve})
		wants(t, "grant without it", err, drafts.ErrNotAllHere)
		if names, ok := fault.Of(err).Details["materials"].(catalogue.Text); !ok || names.Zh == "" || names.En == "" || names.Zh == names.En {
			t.Errorf("named %+v", names)
		}
		if c = w.reload(c); !c.State.Open() || c.Outcome != "" || w.open(c)["decide"].Version != step.Version {
			t.Fatalf("afterwards %s %s", c.State, c.Outcome)
		}
		file := []Attachment{{Hash: "h", Name: "健康证明.pdf", Size: 5, Kind: "pdf"}}
		if c, err = w.s.AddMaterial(w.resident("王示例"), c.Region, c.ID, "health", file); err != nil {
			t.Fatal(err)
		}
		w.do(c, "decide", "局长", Approve)
		if c = w.reload(c); c.Outcome != Granted {
			t.Errorf("with it: %s %s", c.State, c.Outcome)
		}
	})
}

func TestDecide_refusesWithoutWhatWasToFollow(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.deferred()
		w.do(c, "decide", "局长", Refuse)
		if c = w.reload(c); c.Outcome != Refused {
			t.Errorf("%s %s", c.State, c.Outcome)
		}
	})
}

func TestPause_proceduresOfTheItem(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c, officer := w.accepted(dineIn()), w.officer("市监一", RoleExaminer, lead)
		o, err := w.s.shelf.Fetch(t.Context(), c.Region, c.Item, c.ItemVersion)
		if err != nil {
			t.Fatal(err)
		}
		own := o.Pauses[0]
		if slices.ContainsFunc(NationalRules().Special, func(k SpecialKind) bool { return k.Kind == own.ID }) {
			t.Fatalf("%s is of the law too: this shows nothing", own.ID)
		}
		if c, err = w.s.Pause(officer, c.Region, c.ID, Stop{Kind: own.ID, Reason: "油烟检测", Expected: 5}); err != nil {
			t.Fatal(err)
		}
		if got := c.Terms.Pauses[0]; !c.Paused || got.Name != own.Name.Zh || got.NameEn != own.Name.En || got.Basis != own.Citation.Zh || got.BasisEn != own.Citation.En {
			t.Errorf("stopped for %+v", got)
		}
	})
}
