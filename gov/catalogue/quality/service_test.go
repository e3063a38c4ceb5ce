package quality_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/items"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/once"
)

func officer(t testing.TB, name string, may ...string) context.Context {
	return auth.With(t.Context(), auth.Principal{ID: "acc_" + name, Name: "虚构·" + name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: may}}})
}

func onBoth(t *testing.T, f func(t *testing.T, s *quality.Service, c *catalogue.Service)) {
	t.Helper()
	all := []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), catalogue.Migrations()}
	dbtest.Run(t, all, func(t *testing.T, d *db.DB) {
		now := clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))
		s := quality.New(quality.Deps{DB: d, Clock: now, General: catalogue.IsGeneral})
		gate := func(ctx context.Context, _, c *content.Content) error { _, err := s.Gate(ctx, c); return err }
		f(t, s, catalogue.New(catalogue.Deps{DB: d, Clock: now, Items: items.Files, Gate: gate}))
	})
}

// A region has its own gate once another person approves it; the kept scores
// follow, and so do the regions below.
func TestGate_ofARegion(t *testing.T) {
	onBoth(t, func(t *testing.T, s *quality.Service, c *catalogue.Service) {
		ctx := auth.System(t.Context(), "test")
		if _, err := c.PublishPackage(ctx, items.Files, "residence-permit", catalogue.PublishOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		anna := officer(t, "甲", quality.MayApproveGate.Name, quality.MaySeeScores.Name, quality.MaySetGate.Name)
		berta := officer(t, "乙", quality.MayApproveGate.Name)
		if _, err := s.ProposeGate(berta, "449900", 100, "x"); !fault.IsKind(err, fault.KindForbidden) {
			t.Fatalf("without permission: %v", err)
		}
		for _, bad := range []error{quality.ErrGateRange, quality.ErrReason, quality.ErrGateSame} {
			gate, reason := 100, "示范市要求"
			switch bad {
			case quality.ErrGateRange:
				gate = 101
			case quality.ErrReason:
				reason = " "
			default:
				gate = s.Rules.Gate
			}
			if _, err := s.ProposeGate(anna, "449900", gate, reason); !errors.Is(err, bad) {
				t.Fatalf("%v, want %v", err, bad)
			}
		}
		p, err := s.ProposeGate(anna, "449900", 100, "示范市要求")
		if err != nil || p.Number != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		if _, err := s.ProposeGate(anna, "449900", 90, "再来一次"); !errors.Is(err, quality.ErrGateWaiting) {
			t.Fatalf("twice: %v", err)
		}
		if _, err := s.DecideGate(anna, "449900", 1, true, ""); !errors.Is(err, quality.ErrGateOwn) {
			t.Fatalf("by who proposed: %v", err)
		}
		if gate, err := s.GateOf(t.Context(), "449901"); err != nil || gate != s.Rules.Gate {
			t.Fatalf("before it is approved: %d %v", gate, err)
		}
		if _, err := s.DecideGate(berta, "449900", 1, true, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.DecideGate(berta, "449900", 1, false, "晚了"); !errors.Is(err, quality.ErrGateDecided) {
			t.Fatalf("twice: %v", err)
		}
		for region, want := range map[string]int{"449901": 100, "449900": 100, "440000": s.Rules.Gate, "449901100": 100, "441900": s.Rules.Gate} {
			if gate, err := s.GateOf(t.Context(), region); err != nil || gate != want {
				t.Errorf("%s: %d, want %d (%v)", region, gate, want, err)
			}
		}
		if n, err := s.Follow(t.Context()); err != nil || n != 1 {
			t.Fatalf("scores do not follow: %d %v", n, err)
		}
		list, _, err := s.List(anna, quality.Query{Region: "449901", Limit: 5})
		if err != nil || len(list) != 1 || list[0].Score < 100 != list[0].Blocked {
			t.Fatalf("%+v %v", list, err)
		}
		if list, err := s.Thresholds(anna, "440000"); err != nil || len(list) != 1 || list[0].DecidedBy != "虚构·乙" {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

func TestFollow_scoresWhatIsPublished(t *testing.T) {
	onBoth(t, func(t *testing.T, s *quality.Service, c *catalogue.Service) {
		ctx := auth.System(t.Context(), "test")
		dirs, err := catalogue.PackageDirs(items.Files)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			if _, err := c.PublishPackage(ctx, items.Files, dir, catalogue.PublishOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.Follow(t.Context()); err != nil || n != len(dirs) {
			t.Fatalf("%d %v", n, err)
		}
		if n, err := s.Follow(t.Context()); err != nil || n != 0 {
			t.Fatalf("again: %d %v", n, err)
		}
		may := officer(t, "甲", quality.MaySeeScores.Name)
		first, next, err := s.List(may, quality.Query{Region: "449900", Limit: 2})
		if err != nil || len(first) != 2 || next == "" || first[0].Score > first[1].Score {
			t.Fatalf("%+v %q %v", first, next, err)
		}
		rest, end, err := s.List(may, quality.Query{Region: "449900", Limit: 100, After: next})
		if err != nil || len(rest) != len(dirs)-2 || end != "" || rest[0].Score < first[1].Score {
			t.Errorf("%+v %q %v", rest, end, err)
		}
		for _, x := range append(first, rest...) {
			for _, f := range x.Findings {
				if strings.HasPrefix(f.Rule, "question_") {
					t.Errorf("%s: %+v", x.Code, f)
				}
			}
		}
		one, err := s.Of(t.Context(), first[0].Region, first[0].Code)
		if err != nil || one.Score != first[0].Score || len(one.Findings) == 0 {
			t.Errorf("%+v %v", one, err)
		}
		list, err := s.Departments(may, "449900")
		if err != nil || len(list) == 0 || list[0].Mean < 50 || list[0].Items == 0 {
			t.Errorf("%+v %v", list, err)
		}
		for i := 1; i < len(list); i++ {
			if list[i].Mean < list[i-1].Mean {
				t.Errorf("averages are not the worst first: %+v", list)
			}
		}
		if _, _, err := s.List(officer(t, "乙"), quality.Query{Region: "449900"}); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a stranger sees scores: %v", err)
		}
		if _, _, err := s.List(may, quality.Query{Region: "449900", After: "x"}); !errors.Is(err, quality.ErrCursor) {
			t.Errorf("a strange place: %v", err)
		}
	})
}

func TestGate_needsASecondPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, s *quality.Service, _ *catalogue.Service) {
		c := sound()
		c.Item.Code, c.Item.Org = "11440000006940116U000119999001", "11440000006940116U"
		if _, err := s.Gate(t.Context(), c); err != nil {
			t.Fatalf("a sound guide: %v", err)
		}
		c.Materials[0].Name = content.Zh("其他材料")
		if _, err := s.Gate(t.Context(), c); !errors.Is(err, quality.ErrGate) {
			t.Fatalf("a catch-all passes: %v", err)
		}
		asker, boss := officer(t, "甲", quality.MayWaive.Name), officer(t, "乙", quality.MayWaive.Name)
		if _, err := s.Ask(asker, c, " "); !errors.Is(err, quality.ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		w, err := s.Ask(asker, c, "上级清单原文如此，已报请修改")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Gate(t.Context(), c); !errors.Is(err, quality.ErrGate) {
			t.Errorf("asking is enough: %v", err)
		}
		if err := s.Decide(asker, w.Region, w.Code, w.Hash, true, "好"); !errors.Is(err, quality.ErrSamePerson) {
			t.Errorf("who asks decides: %v", err)
		}
		if err := s.Decide(officer(t, "丙"), w.Region, w.Code, w.Hash, true, "好"); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a stranger decides: %v", err)
		}
		if err := s.Decide(boss, w.Region, w.Code, w.Hash, true, "同意，限期改"); err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(boss, w.Region, w.Code, w.Hash, false, "又不同意"); !errors.Is(err, quality.ErrDecided) {
			t.Errorf("decided twice: %v", err)
		}
		if _, err := s.Gate(t.Context(), c); err != nil {
			t.Errorf("what a second person let pass is refused: %v", err)
		}
		c.Materials[0].Name = content.Zh("其他有关材料")
		if _, err := s.Gate(t.Context(), c); !errors.Is(err, quality.ErrGate) {
			t.Errorf("other content passes by the same waiver: %v", err)
		}
		list, err := s.Waivers(officer(t, "甲", quality.MaySeeScores.Name), "440000")
		if err != nil || len(list) != 1 || list[0].State != quality.Granted {
			t.Errorf("%+v %v", list, err)
		}
	})
}
