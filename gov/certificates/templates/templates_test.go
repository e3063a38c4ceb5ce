package templates_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/layout"
	"tongban/gov/certificates/templates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/once"
)

const region = "449901"

var now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

type world struct {
	types *kinds.Service
	s     *templates.Service
	d     *db.DB
	food  kinds.Type
}

func onBoth(t *testing.T, f func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), certificates.Migrations()}, func(t *testing.T, d *db.DB) {
		w := world{d: d, types: kinds.New(kinds.Deps{DB: d, Clock: clock.NewFake(now)})}
		w.s = templates.New(templates.Deps{DB: d, Clock: clock.NewFake(now), Types: w.types})
		for _, seed := range []func(context.Context, string) error{w.types.Seed, w.s.Seed, w.s.Seed} {
			if err := seed(t.Context(), region); err != nil {
				t.Fatal(err)
			}
		}
		list, err := w.types.List(t.Context(), "food_permit")
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		w.food = list[0]
		f(t, w)
	})
}

func officer(id string, p authz.Permission, where string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: id, Kind: auth.KindOfficer, Name: id, Grants: []auth.Grant{{Permissions: []string{p.Name}, Region: where}}})
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// Every shipped type has a template, and nothing is wrong with any.
func TestSeed_everyType(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		types, _ := kinds.Shipped()
		list, err := w.s.List(t.Context())
		if err != nil || len(list) != len(types) {
			t.Fatalf("%d templates for %d types, %v", len(list), len(types), err)
		}
		photos := 0
		for _, x := range list {
			problems, err := w.s.Lint(t.Context(), x.Template)
			if err != nil || slices.ContainsFunc(problems, func(p layout.Problem) bool { return !p.Warn }) {
				t.Errorf("%s: %+v %v", x.Type, problems, err)
			}
			for _, p := range problems {
				t.Logf("%s: part %d %s %s", x.Type, p.Part, p.Code, p.What)
			}
			photos += len(x.PhotoKeys())
			for _, long := range []bool{false, true} {
				if b, err := w.s.Preview(t.Context(), x.Template, long); err != nil || !strings.HasPrefix(string(b), "%PDF") {
					t.Errorf("%s: %v", x.Type, err)
				}
			}
		}
		if photos < 2 {
			t.Errorf("%d templates show a photograph", photos)
		}
	})
}

// Two people publish; what was published never changes.
func TestPropose_twoPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		designer, publisher := officer("acc_designer", templates.MayDesign, region), officer("acc_publisher", templates.MayPublish, region)
		l, version, err := w.s.InForce(t.Context(), w.d, w.food.Code)
		if err != nil || version != 1 {
			t.Fatal(version, err)
		}
		before := l.Mark(1)
		_, err = w.s.Propose(designer, region, l, "没有改")
		wants(t, "nothing changed", err, templates.ErrUnchanged)
		_, err = w.s.Propose(designer, region, l, " ")
		wants(t, "without a reason", err, templates.ErrNote)
		next := l
		next.Parts = slices.Clone(l.Parts)
		next.Parts[1].Size = 30
		_, err = w.s.Propose(officer("x", templates.MayDesign, "449902"), region, next, "改标题")
		wants(t, "of elsewhere", err, authz.ErrForbidden)
		_, err = w.s.Propose(officer("x", templates.MayDesign, "449902"), "449902", next, "改标题")
		wants(t, "a type kept elsewhere", err, templates.ErrElsewhere)
		bad := next
		bad.Parts = slices.Clone(next.Parts)[:3]
		_, err = w.s.Propose(designer, region, bad, "只留三项")
		wants(t, "without a seal", err, templates.ErrUnsound)
		if f := fault.Of(err); !strings.Contains(f.Error(), "unsound") {
			t.Errorf("%v", f)
		}
		p, err := w.s.Propose(designer, region, next, "标题改小")
		if err != nil || p.Version != 2 || p.State != kinds.Proposed {
			t.Fatalf("%+v %v", p, err)
		}
		_, err = w.s.Propose(designer, region, bad, "再提一份")
		wants(t, "beside another", err, templates.ErrUnsound)
		next.Parts[1].Size = 31
		_, err = w.s.Propose(designer, region, next, "再提一份")
		wants(t, "beside another", err, templates.ErrOpen)
		next.Parts[1].Size = 30
		_, err = w.s.Decide(officer("acc_designer", templates.MayPublish, region), region, w.food.Code, 2, true, "")
		wants(t, "by himself", err, templates.ErrSamePerson)
		_, err = w.s.Decide(designer, region, w.food.Code, 2, true, "")
		wants(t, "without permission", err, authz.ErrForbidden)
		_, err = w.s.Decide(publisher, region, w.food.Code, 2, false, "")
		wants(t, "sent back without a word", err, templates.ErrNote)
		_, err = w.s.Decide(publisher, region, w.food.Code, 9, true, "")
		wants(t, "none such", err, templates.ErrNoTemplate)
		if _, err = w.s.Version(t.Context(), w.d, w.food.Code, 2); !errors.Is(err, templates.ErrNoTemplate) {
			t.Errorf("a proposal counts: %v", err)
		}
		if _, err = w.s.Decide(publisher, region, w.food.Code, 2, true, ""); err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Decide(publisher, region, w.food.Code, 2, true, "")
		wants(t, "twice", err, templates.ErrDecided)
		l, version, _ = w.s.InForce(t.Context(), w.d, w.food.Code)
		old, err := w.s.Version(t.Context(), w.d, w.food.Code, 1)
		if err != nil || version != 2 || l.Parts[1].Size != 30 || old.Mark(1) != before {
			t.Errorf("version %d, %v; the first is %s, was %s", version, err, old.Mark(1), before)
		}
	})
}
